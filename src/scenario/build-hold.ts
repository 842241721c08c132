// The step `hold`: from what was written to what is planned, and what its refreshes ask for where the file doesn't say.

import type { AttemptStep, HoldStep, PlanStep } from './plan.ts';
import type { WrittenStep } from './schema.ts';

/** As phones do that spread their refreshes. */
const DEFAULT_LEAST_SHARE = 0.8;
const DEFAULT_MOST_SHARE = 0.95;
/** RFC 3261 §10.2.1.1 leaves the wish to the client; an hour is what most phones ask for. */
const DEFAULT_EXPIRES_SECONDS = 3600;

/** Whether phones stay registered, so that there is something to measure when all starts have been made. */
export const hasWrittenHold = (steps: readonly (WrittenStep | undefined)[] | undefined): boolean =>
  steps?.some((step) => {
    if (step === undefined || typeof step === 'string') return false;
    return 'hold' in step || ('repeat' in step && hasWrittenHold(step.repeat.steps));
  }) ?? false;

type WrittenHold = Extract<WrittenStep, { readonly hold: unknown }>['hold'];

/** `refresh` is what the options that a hold has in common with other steps amount to. */
export const buildHold = (written: WrittenHold, refresh: AttemptStep): HoldStep => ({
  kind: 'hold',
  forUs: written.for,
  leastShare: written.refreshAt?.least ?? DEFAULT_LEAST_SHARE,
  mostShare: written.refreshAt?.most ?? DEFAULT_MOST_SHARE,
  marginUs: written.margin ?? 0,
  capUs: written.cap ?? null,
  refresh: { ...refresh, expiresSeconds: written.expires ?? null },
});

/** A hold that names no `expires` goes on with what the register or refresh before it, as the file reads, asks for. */
export const settleHolds = (flow: readonly PlanStep[]): readonly PlanStep[] =>
  settle(flow, { expiresSeconds: DEFAULT_EXPIRES_SECONDS });

interface Latest {
  expiresSeconds: number;
}

/** The loader bounds how deep steps are nested. */
const settle = (steps: readonly PlanStep[], latest: Latest): readonly PlanStep[] =>
  steps.map((step): PlanStep => {
    if (step.kind === 'repeat') return { ...step, steps: settle(step.steps, latest) };
    if (step.kind === 'hold') {
      latest.expiresSeconds = step.refresh.expiresSeconds ?? latest.expiresSeconds;
      return { ...step, refresh: { ...step.refresh, expiresSeconds: latest.expiresSeconds } };
    }
    if (step.kind !== 'attempt') return step;
    const isAsking = step.procedure === 'register' || step.procedure === 'refresh';
    // One that asks for nothing leaves nothing to hold.
    if (isAsking && (step.expiresSeconds ?? 0) > 0) latest.expiresSeconds = step.expiresSeconds ?? 0;
    return step;
  });
