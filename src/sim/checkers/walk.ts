// The flow of a plan, step by step as a phone lives it: loops counted out, numbers of the step header read back. Written anew
// and lazily, not with the engine's program, which it is there to watch.

import type { AttemptStep, HoldStep, PlanStep, PlanWait, RunPlan } from '../../scenario/index.ts';
import { US_PER_SECOND } from '../../std/index.ts';

/** What lies before an attempt, or before the end of the flow: waits, holds, and bindings forgotten. */
export type Pause = { readonly kind: 'discard' } | { readonly kind: 'wait'; readonly wait: PlanWait } | HoldStep;

/** One stretch of a flow: pauses, then an attempt; null: the end of the flow. */
export interface Stretch {
  readonly pauses: readonly Pause[];
  readonly step: AttemptStep | null;
}

export type Walk = Iterator<AttemptStep | Pause>;

export const beginWalk = (plan: RunPlan): Walk => stepsOf(plan.flow);

/** To the next attempt. */
export function walkOn(walk: Walk): Stretch {
  const pauses: Pause[] = [];
  for (;;) {
    const next = walk.next();
    if (next.done === true) return { pauses, step: null };
    if (next.value.kind === 'attempt') return { pauses, step: next.value };
    pauses.push(next.value);
  }
}

/** The scenario bounds how deep loops are nested. */
function* stepsOf(steps: readonly PlanStep[]): Generator<AttemptStep | Pause> {
  for (const step of steps) {
    if (step.kind !== 'repeat') yield step;
    else for (let round = 0; round < step.times; round++) yield* stepsOf(step.steps);
  }
}

/** Null: drawn at random. */
export function waitUs(wait: PlanWait, grantedSeconds: number): number | null {
  if (wait.kind === 'fixed') return wait.lengthUs;
  return wait.kind === 'ofExpires' ? Math.round(grantedSeconds * US_PER_SECOND * wait.fraction) : null;
}

/** What the step header says, and which attempt step that is. */
export function readStepHeader(plan: RunPlan, header: string): ReadonlyMap<string, AttemptStep> {
  const found = new Map<string, AttemptStep>();
  const collect = (steps: readonly PlanStep[]): void => {
    for (const step of steps) {
      if (step.kind === 'repeat') collect(step.steps);
      const attempt = step.kind === 'hold' ? step.refresh : step;
      if (attempt.kind !== 'attempt') continue;
      const row = attempt.headers.find(({ name }) => name.toLowerCase() === header.toLowerCase());
      if (row !== undefined)
        found.set(row.value.map((part) => (part.kind === 'text' ? part.text : '')).join(''), attempt);
    }
  };
  collect(plan.flow);
  return found;
}
