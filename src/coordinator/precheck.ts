// Is anybody there? Asked once before any load, outside all counts. The first identity asks for its bindings; any answer
// counts, a 403 as well. An ICMP refusal means that nothing listens: no load is sent. Silence proves nothing (a registrar
// may drop what it does not like), so the run goes on with a warning, and is unreachable if nothing ever comes back.
//
// With --wait-target the question is repeated until something answers: a registrar that is just being started.

import { US_PER_MS, US_PER_SECOND } from '../std/index.ts';
import { monotonicNowUs } from '../transport/index.ts';
import type { ProbeDone, ResolvedTarget } from '../worker/messages.ts';
import { precheckPlan } from './derived-plan.ts';
import type { ProbeOptions } from './probe.ts';
import { runProbe } from './probe.ts';
import { randomRunId } from './run-identity.ts';
import { pauseUnlessStopped } from './stop-switch.ts';

export type PrecheckAnswer = 'answered' | 'refused' | 'silent' | 'stopped';

export interface PrecheckEnd {
  readonly answer: PrecheckAnswer;
  /** What asked last; null: nobody asked. */
  readonly transport: ProbeDone['transport'] | null;
}

export interface PrecheckOptions extends Pick<ProbeOptions, 'pool' | 'plan' | 'seed' | 'userAgent' | 'stop'> {
  /** Asked one after the other until one of them answers. */
  readonly targets: readonly ResolvedTarget[];
  /** 0: ask once. */
  readonly waitTargetUs: number;
}

export const SILENCE_SECONDS = 2;
const SILENCE_US = SILENCE_SECONDS * US_PER_SECOND;
/** A refusal comes at once; asking again without a pause would be a flood of its own. */
const REFUSED_PAUSE_MS = 250;

/** Asks until something answers, the waiting time is over or the operator stops it; throws what stopped the worker. */
export const askTarget = async (options: PrecheckOptions): Promise<PrecheckEnd> => {
  const untilUs = monotonicNowUs() + options.waitTargetUs;
  for (;;) {
    const end = await askEach(options);
    const leftMs = (untilUs - monotonicNowUs()) / US_PER_MS;
    if (isSettled(end) || leftMs <= 0) return end;
    if (end.answer === 'refused') await pauseUnlessStopped(options.stop, Math.min(REFUSED_PAUSE_MS, leftMs));
  }
};

const isSettled = ({ answer }: PrecheckEnd): boolean => answer === 'answered' || answer === 'stopped';

/** RFC 3263 §4.3: the next target where one fails. All of them are refused only when each was. */
const askEach = async (options: PrecheckOptions): Promise<PrecheckEnd> => {
  let end: PrecheckEnd = { answer: 'refused', transport: null };
  for (const target of options.targets) {
    const asked = await askOnce(options, target);
    if (isSettled(asked)) return asked;
    end = end.answer === 'silent' ? end : asked;
  }
  return end;
};

/** Each question has a run id of its own: a late answer to an earlier one matches nothing. */
const askOnce = async (options: PrecheckOptions, target: ResolvedTarget): Promise<PrecheckEnd> => {
  const { waitTargetUs: _wait, targets: _targets, ...exchange } = options;
  if (options.stop.level() > 0) return { answer: 'stopped', transport: null };
  const { answer, transport } = await runProbe({
    ...exchange,
    target,
    plan: precheckPlan(options.plan),
    runId: randomRunId(),
    timeoutUs: SILENCE_US,
    stopAtFirstAnswer: true,
    trace: false,
  });
  return { answer: options.stop.level() > 0 && answer !== 'answered' ? 'stopped' : answer, transport };
};
