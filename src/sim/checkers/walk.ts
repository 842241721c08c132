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

/** Where in a flow somebody stands: in the loops that are under way, the outermost first. */
export interface Walk {
  readonly loops: Loop[];
}

interface Loop {
  readonly steps: readonly PlanStep[];
  at: number;
  roundsLeft: number;
}

export const beginWalk = (plan: RunPlan): Walk => ({ loops: [{ steps: plan.flow, at: 0, roundsLeft: 1 }] });

/** Another one at the same place. */
export const copyWalk = ({ loops }: Walk): Walk => ({ loops: loops.map((loop) => ({ ...loop })) });

/** To the next attempt. */
export function walkOn(walk: Walk): Stretch {
  const pauses: Pause[] = [];
  for (;;) {
    const next = nextStep(walk);
    if (next === null) return { pauses, step: null };
    if (next.kind === 'attempt') return { pauses, step: next };
    pauses.push(next);
  }
}

/** Past it; null: the flow is over. The scenario bounds how deep loops are nested. */
function nextStep({ loops }: Walk): AttemptStep | Pause | null {
  for (let loop = loops.at(-1); loop !== undefined; loop = loops.at(-1)) {
    if (loop.at < loop.steps.length) {
      const step = loop.steps[loop.at++]!;
      if (step.kind !== 'repeat') return step;
      loops.push({ steps: step.steps, at: 0, roundsLeft: step.times });
    } else if (--loop.roundsLeft > 0) loop.at = 0;
    else loops.pop();
  }
  return null;
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
