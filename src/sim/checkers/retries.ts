// Retries as they can be told from outside (docs/METHOD.md, RFC 5626 §4.5, RFC 3261 §20.33): a step is tried again only after an end
// that the scenario names, not more often than it allows, within the wait that its policy and a Retry-After leave, and while the run's
// budget has a retry left. The budget is counted here once more, from the attempts that were seen to begin; where it is not known what
// an attempt ended with, it lies between two numbers.

import { isLoading } from '../../engine/index.ts';
import type { AttemptStep, PlanLoad, PlanRetry, Procedure } from '../../scenario/index.ts';
import { US_PER_SECOND } from '../../std/index.ts';
import { againSpan } from './devices.ts';
import type { Again, Told } from './endings.ts';
import { isAgain, isMet } from './endings.ts';
import { countIn, noteFollowed } from './ledger.ts';
import type { Attempt, ContextPage, WorkerBook, World } from './model.ts';
import type { Request } from './request-form.ts';
import type { RetryBook, Retrying } from './retry-book.ts';
import { WHOLE } from './retry-book.ts';
import type { Span } from './span.ts';
import { copyWalk, type Walk } from './walk.ts';
import { wrong } from './wrong.ts';

const loadEndUs = ({ warmupUs, durationUs, cooldownUs }: PlanLoad): number =>
  durationUs === null ? Number.POSITIVE_INFINITY : warmupUs + durationUs + cooldownUs;

/** An attempt that is no retry has begun: it adds its share. */
export function earn({ retries }: WorkerBook): void {
  if (retries === null) return;
  retries.low = Math.min(retries.low + retries.share, retries.most);
  retries.high = Math.min(retries.high + retries.share, retries.most);
}

/** One that may be a retry has begun. */
function mayEarn({ retries }: WorkerBook): void {
  if (retries !== null) retries.high = Math.min(retries.high + retries.share, retries.most);
}

/** A step has begun that may have failed before, or that follows itself. */
export function noteMaybeRetry(world: World, worker: WorkerBook, procedure: Procedure): void {
  countIn(world.ledger.retries, procedure, false);
  mayEarn(worker);
}

export interface Failure {
  readonly attempt: Attempt;
  readonly walk: Walk;
  readonly outcomes: readonly string[];
  readonly endUs: number | null;
  readonly told: Told;
}

/** What follows from an attempt's end: its next try, sure or not; null: none. `mayGoOn`: the flow may go on instead. */
export function grantRetry(
  world: World,
  { attempt, walk, outcomes, endUs, told }: Failure,
  mayGoOn: boolean,
): Retrying | null {
  const { step, page, tries } = attempt;
  const { retries } = page.worker;
  const plan = step?.retry;
  if (retries === null || step === null || plan === undefined) return null;
  const again = kindsOf(attempt, outcomes, told);
  if (again.every((kind) => kind === 'no')) return null;
  const isSure = again.every((kind) => kind === 'yes') && endUs !== null && !mayGoOn;
  const granted = spend(retries, isSure);
  if (granted !== 'yes') countIn(world.ledger.denied, attempt.procedure, isSure && granted === 'no');
  if (granted === 'no') {
    noteFollowed(world.ledger, 'retry denied');
    return null;
  }
  if (typeof told === 'number' && plan.policy !== 'exosip2') noteFollowed(world.ledger, 'retry after Retry-After');
  const { lowUs, highUs } = spanOf({ attempt, outcomes, endUs, told }, plan);
  const retrying: Retrying = {
    step,
    tries: tries + 1,
    isHeld: attempt.isHeld,
    lowUs,
    highUs,
    isSure: isSure && granted === 'yes',
    walk: copyWalk(walk),
  };
  retries.waiting.add(page);
  retries.lateUs = Math.min(retries.lateUs, retrying.highUs);
  return retrying;
}

/** Whether each of these ends is one after which the step is tried again, budget or not. */
function kindsOf({ step, page, tries }: Attempt, outcomes: readonly string[], told: Told): readonly Again[] {
  const plan = step?.retry;
  if (step === null || plan === undefined || plan.policy === 'none') return ['no'];
  if (!page.worker.couldStart || tries >= (plan.tries ?? Number.POSITIVE_INFINITY)) return ['no'];
  return outcomes.map((outcome) => (isMet(step, outcome) ? 'no' : isAgain(plan, outcome, told)));
}

/** Whether the budget would be asked if these had no answer. */
export const wantsRetry = (attempt: Attempt, outcomes: readonly string[]): boolean =>
  kindsOf(attempt, outcomes, null).some((kind) => kind !== 'no');

/** When the next try is due. */
function spanOf({ attempt, outcomes, endUs, told }: Omit<Failure, 'walk'>, plan: PlanRetry): Span {
  if (plan.policy === 'exosip2') return againSpan(attempt, outcomes, endUs);
  const [least, most] = waitOf(plan, attempt.tries + 1, told);
  return { lowUs: (endUs ?? 0) + least, highUs: endUs === null ? Number.POSITIVE_INFINITY : endUs + most };
}

/** Whether the budget has one left; it is taken, or may have been. */
function spend(retries: RetryBook<ContextPage>, isSure: boolean): 'yes' | 'no' | 'maybe' {
  if (retries.high < WHOLE) return 'no';
  const isThere = retries.low >= WHOLE * (1 + retries.rivals);
  retries.low = Math.max(0, retries.low - WHOLE);
  if (!isSure || !isThere) return 'maybe';
  retries.high -= WHOLE;
  return 'yes';
}

/** RFC 5626 §4.5: the base doubled with each failure, up to the cap, less what chance leaves out; and not before Retry-After. */
function waitOf(
  { policy, baseUs, capUs, jitter, retryAfterCapUs }: PlanRetry,
  tries: number,
  told: Told,
): [number, number] {
  const longest = policy === 'exponential' ? Math.min(capUs, baseUs * 2 ** tries) : baseUs;
  const toldUs = told === null ? 0 : told === 'unclear' ? 0 : Math.min(told * US_PER_SECOND, retryAfterCapUs);
  const most = told === 'unclear' ? retryAfterCapUs : toldUs;
  return [Math.max(Math.round(longest * (1 - jitter)), toldUs), Math.max(Math.round(longest), most)];
}

/** The request is the next try of the step that has failed. */
export function isRetry({ stage, retrying, worker }: ContextPage, step: AttemptStep | null): boolean {
  if (stage !== 'retrying' || retrying === null || retrying.step !== step) return false;
  return retrying.isSure || worker.turnUs >= retrying.lowUs;
}

/** Its flow may have gone on, but not to this step: it is the next try of what may have failed. */
export function isRetryInstead(page: ContextPage, step: AttemptStep | null): boolean {
  const { stage, retrying, nextStep, worker } = page;
  if (stage === 'retrying' || retrying === null || retrying.step !== step) return false;
  return !retrying.isHeld && nextStep !== step && worker.turnUs >= retrying.lowUs;
}

/** It has been offered; returns when it was due, null where that is not known exactly. */
export function takeRetry(world: World, { page, text }: Request): number | null {
  const { worker } = page;
  const { lowUs, highUs, isSure } = page.retrying!;
  world.ledger.checks += 2;
  if (!worker.couldStart) throw wrong('retry', worker, 'a retry when nothing starts any more', text);
  if (worker.turnUs < lowUs) throw wrong('retry', worker, `a retry that is due at ${lowUs} or later`, text);
  countIn(world.ledger.retries, page.retrying!.step.procedure, isSure);
  noteFollowed(world.ledger, `retry, ${page.retrying!.step.retry?.policy}`);
  if (page.retrying!.isHeld) noteFollowed(world.ledger, 'retry in a hold');
  if (!isSure) mayEarn(worker);
  return isSure && lowUs === highUs ? lowUs : null;
}

/** A load that ends before its time, since no flow is under way, has forgotten whatever was to be tried again. */
export function checkForgottenRetries(world: World, worker: WorkerBook): void {
  const { retries, turnUs, couldStart, engine } = worker;
  if (retries === null || !couldStart || isLoading(engine) || turnUs >= loadEndUs(world.facts.plan.load)) return;
  for (const { stage, retrying, user } of retries.waiting) {
    world.ledger.checks++;
    if (stage === 'retrying' && retrying?.isSure) throw wrong('retry', worker, `${user} was to try again, and has not`);
  }
}

/** At the end of a turn: a retry that was granted must have come when its longest wait was over. */
export function checkLateRetries(world: World, worker: WorkerBook): void {
  const { retries, turnUs, couldStart } = worker;
  if (retries === null || turnUs < retries.lateUs) return;
  retries.lateUs = Number.POSITIVE_INFINITY;
  for (const page of retries.waiting) {
    const { stage, retrying, user } = page;
    if (stage !== 'retrying' || retrying === null) {
      retries.waiting.delete(page);
      continue;
    }
    world.ledger.checks++;
    if (retrying.isSure && couldStart && retrying.highUs <= turnUs) {
      throw wrong('retry', worker, `${user} was to try again at ${retrying.highUs} at the latest, and has not`);
    }
    if (retrying.highUs > turnUs) retries.lateUs = Math.min(retries.lateUs, retrying.highUs);
  }
}
