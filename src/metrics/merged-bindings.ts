// What answers said of bindings (binding-counts.ts), of all workers together, and as it stands in the result.

import type { MetricsBlock } from './block.ts';
import * as at from './layout.ts';
import type { BindingResult, ToldResult } from './run-result.ts';

export interface MergedBindings {
  /** By BINDINGS_* and TOLD_*. */
  readonly counts: Float64Array;
  /** By TOLD_* less TOLD_FIRST: the text of the first worker that has one, or empty. */
  readonly examples: readonly string[];
}

export function mergeBindings(blocks: readonly MetricsBlock[]): MergedBindings {
  const counts = new Float64Array(at.BINDINGS_COUNT);
  for (const block of blocks) {
    for (let what = 0; what < at.BINDINGS_COUNT; what++) counts[what] = counts[what]! + block.bindings[what]!;
  }
  const decoder = new TextDecoder();
  const examples = Array.from({ length: at.TOLD_COUNT }, (_, told) => {
    const block = blocks.find(({ toldLengths }) => toldLengths[told]! > 0);
    if (block === undefined) return '';
    const start = told * at.TOLD_TEXT_BYTES;
    // A view of shared memory cannot be decoded; slice() copies it.
    return decoder.decode(block.toldBytes.slice(start, start + block.toldLengths[told]!));
  });
  return { counts, examples };
}

const TOLD_NAMES = ['path', 'serviceRoute', 'pubGruu', 'tempGruu', 'associatedUri'] as const;

export function bindingResult({ counts, examples }: MergedBindings): BindingResult {
  const told: Partial<Record<(typeof TOLD_NAMES)[number], ToldResult>> = {};
  for (const [index, name] of TOLD_NAMES.entries()) {
    const answers = counts[at.TOLD_FIRST + index]!;
    if (answers > 0) told[name] = { answers, example: examples[index] ?? '' };
  }
  return {
    grantedLess: counts[at.BINDINGS_GRANTED_LESS]!,
    missing: counts[at.BINDINGS_MISSING]!,
    zero: counts[at.BINDINGS_ZERO]!,
    more: counts[at.BINDINGS_MORE]!,
    fewer: counts[at.BINDINGS_FEWER]!,
    routesLeft: counts[at.BINDINGS_ROUTES_LEFT]!,
    told,
  };
}
