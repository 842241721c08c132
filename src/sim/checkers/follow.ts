// What follows from an attempt's end in the flow of its context: the next step, the same step again, or nothing. Ends that the
// scenario expects, and those after which it says `continue`, lead on; others stop the flow.

import { isPastHold } from './devices.ts';
import type { Told } from './endings.ts';
import { isMet } from './endings.ts';
import { goOnHolding, mayHold } from './holds.ts';
import { noteFollowed } from './ledger.ts';
import type { Attempt, ContextPage, World } from './model.ts';
import { grantRetry } from './retries.ts';
import type { Walk } from './walk.ts';
import { walkOn } from './walk.ts';

export interface Ended {
  readonly attempt: Attempt;
  /** The flow as it was under way; null: none. */
  readonly walk: Walk | null;
  readonly outcomes: readonly string[];
  readonly endUs: number | null;
  readonly told: Told;
}

/** The attempt is over, and its page idle; puts the page where the flow goes on. */
export function follow(world: World, page: ContextPage, ended: Ended): void {
  const { attempt, walk, outcomes, endUs } = ended;
  const { step } = attempt;
  if (step === null || walk === null || outcomes.length === 0) return;
  const past = isPastHold(world, attempt, outcomes, endUs);
  if (past === 'yes' && outcomes.length === 1) noteFollowed(world.ledger, 'device past its hold');
  const retrying = past === 'yes' ? null : grantRetry(world, { ...ended, walk }, past === 'maybe');
  const leadsOn = outcomes.filter(
    (outcome) => isLeading(attempt, outcome) || (past === 'yes' && outcome !== 'aborted'),
  );
  noteEnding(world, attempt, outcomes);
  page.retrying = retrying;
  if (retrying !== null && leadsOn.length === 0) {
    page.stage = 'retrying';
    page.walk = walk;
    page.readyUs = null;
    return;
  }
  if (leadsOn.length === 0) return;
  const isExact = outcomes.length === 1;
  if (attempt.isHeld) goOnHolding(ended);
  else {
    const stretch = walkOn(walk);
    page.pauses = stretch.pauses;
    page.nextStep = stretch.step;
  }
  page.readyUs = isExact ? endUs : null;
  page.otherwise = isExact ? [] : outcomes;
  page.walk = walk;
  page.stage = page.nextStep === null && !mayHold(page) ? 'idle' : 'walking';
  foresee(page);
}

/** Ends that the scenario turned into something else than success and stop. */
function noteEnding({ ledger }: World, { step }: Attempt, outcomes: readonly string[]): void {
  if (outcomes.length > 1) return;
  const isGood = isMet(step, outcomes[0]!);
  if (isGood !== (outcomes[0] === 'succeeded'))
    noteFollowed(ledger, isGood ? 'expected failure' : 'unexpected success');
  if (!isGood && step?.onFailure === 'continue') noteFollowed(ledger, 'went on after a failure');
}

/** Nothing follows what the end of the run has cut off. */
const isLeading = ({ step }: Attempt, outcome: string): boolean =>
  outcome !== 'aborted' && (isMet(step, outcome) || step?.onFailure === 'continue');

/** A next step or a `discard` that comes at once; one after a wait may still be cut off. */
function foresee(page: ContextPage): void {
  const firstWait = page.pauses.findIndex(({ kind }) => kind !== 'discard');
  const firstDiscard = page.pauses.findIndex(({ kind }) => kind === 'discard');
  const isSure = page.otherwise.length === 0;
  if (firstDiscard >= 0) {
    const { certainty } = page.belief;
    page.belief = { ...page.belief, certainty: certainty === 'known' ? 'or none' : certainty };
    page.isForgotten = true;
    if (isSure && (firstWait < 0 || firstDiscard < firstWait)) page.socket.forgetting.add(page);
  }
  if (isSure && page.stage === 'walking' && firstWait < 0) owe(page);
}

/** A request of this context comes in this very turn, if nothing stands in its way. */
export function owe(page: ContextPage): void {
  page.socket.owing.add(page);
  page.challengedUs = page.worker.turnUs;
}
