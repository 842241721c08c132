// What goes wrong with single targets of a world that has several: each of them for a time, or several at once.

import type { Random } from '../std/index.ts';
import type { Fault } from './draw-registrar.ts';
import { drawSpans } from './draw-spans.ts';
import type { DrawnTargets, TargetFault, TargetFaultKind, TargetOptions } from './target-faults.ts';
import { ONE_TARGET } from './target-faults.ts';

const KINDS: readonly TargetFaultKind[] = ['silent', 'refusing', 'unavailable', 'astray'];
/** Worlds with several targets are few, and what they are drawn for has to happen in them. */
const LEAST_SHARE = 0.4;
const LONGEST_SECONDS = 400;

export function drawTargetFaults(targets: DrawnTargets | null, runSeconds: number, fault: Fault): TargetOptions {
  if (targets === null) return ONE_TARGET;
  const none: readonly TargetFault[] = [];
  const faults = KINDS.flatMap((kind) =>
    fault(`target ${kind}`, (own) => drawFaults(own, kind, targets.count, runSeconds), none, LEAST_SHARE),
  );
  return { ...targets, faults };
}

/** Of one target, or of each at times of its own. */
function drawFaults(random: Random, kind: TargetFaultKind, count: number, runSeconds: number): readonly TargetFault[] {
  const only = random.chance(0.6) ? random.between(0, count - 1) : null;
  return Array.from({ length: count }, (_, target) => target)
    .filter((target) => only === null || target === only)
    .flatMap((target) => drawSpans(random, runSeconds, LONGEST_SECONDS).map((span) => ({ ...span, target, kind })));
}
