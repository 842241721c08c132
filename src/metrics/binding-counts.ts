// @hot
// What 2xx answers said of bindings, over the whole run: how often a registrar listed something else than was asked for, and
// how often it told of a Path, a Service-Route, GRUUs or associated URIs, with the first text of each for a person to see. The texts
// come from the wire and are kept as they are, cut to their field; who prints them makes them harmless.

import type { MetricsBlock } from './block.ts';
import * as at from './layout.ts';

/** A 2xx that this is true of; BINDINGS_* or TOLD_*. */
export function countBinding(block: MetricsBlock, what: number): void {
  block.bindings[what] = block.bindings[what]! + 1;
}

/** The same for what was told, TOLD_*; the first text of a block is kept. */
export function countTold(block: MetricsBlock, what: number, bytes: Uint8Array, start: number, end: number): void {
  countBinding(block, what);
  const told = what - at.TOLD_FIRST;
  if (block.toldLengths[told]! > 0) return;
  const length = Math.min(end - start, at.TOLD_TEXT_BYTES);
  const kept = told * at.TOLD_TEXT_BYTES;
  for (let i = 0; i < length; i++) block.toldBytes[kept + i] = bytes[start + i]!;
  block.toldLengths[told] = length;
}
