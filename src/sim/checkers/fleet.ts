// A fleet of libeXosip2's devices as it can be told from outside (`profile: exosip2`). After a 401, 407 or 606 a device sends its request
// once more, with credentials where it has some that fit and without where it has none; three times in all until a 2xx, whatever
// attempts end in between. Refused credentials stay, so that its next attempt may begin with them.
//
// How often it has done so is known from the answers that it was given; one that may have come after Timer F has fired may have been
// none, so that it is known to lie between two numbers.

import type { Challenge, Reading } from './challenge-text.ts';
import type { Attempt, ContextPage, Owed, World } from './model.ts';

const MOST_RESENDS = 3;
const REFUSED_606 = 606;

export const isFleet = (world: World): boolean => world.facts.plan.profile === 'exosip2';

export const leadsFleetOn = (world: World, status: number): boolean => status === REFUSED_606 && isFleet(world);

/** What it owes after the answer; `found`: what can be answered of its challenges. */
export function owedByFleet(world: World, found: readonly Challenge[], status: number, isDamaged: boolean): Owed {
  if (world.facts.plan.identities.password === null || status === REFUSED_606) return 'again';
  if (isDamaged) return 'either';
  return found.length === 0 ? 'again' : 'credentials';
}

/** Whether it has a repetition left, which is then taken. */
export function takeResend({ resends, otherwise }: ContextPage): Reading['leadsOn'] {
  const leadsOn = resends.least >= MOST_RESENDS ? 'no' : resends.most < MOST_RESENDS ? 'yes' : 'unclear';
  if (otherwise.length === 0) resends.least = Math.min(MOST_RESENDS, resends.least + 1);
  resends.most = Math.min(MOST_RESENDS, resends.most + 1);
  return leadsOn;
}

/** A 2xx has come. */
export function forgetResends({ resends, otherwise }: ContextPage): void {
  resends.least = 0;
  if (otherwise.length === 0) resends.most = 0;
}

/** These nonces may be counted from 1: for a fleet's device those of every challenge, also where the nonce is the one that it had. */
export function noteRestarts({ restarted }: ContextPage, found: readonly Challenge[]): void {
  for (const { server, nonce } of found) restarted.add(`${server}\n${nonce}`);
}

/** The request that answers: was it to be the same again, or with credentials? */
export function settleOwed(page: ContextPage, attempt: Attempt, text: string): void {
  if (page.owes === 'either') page.owes = carriesLatest(page, text) ? 'credentials' : 'again';
  if (page.owes !== 'again') return;
  attempt.repeats++;
  attempt.fresh.clear();
}

const carriesLatest = ({ latest }: ContextPage, text: string): boolean =>
  latest.some(({ nonce }) => text.includes(`nonce="${nonce}"`));

/** A request of the same step, where it is not sure that one was owed: what is sent again is sent in the turn of the answer. */
export const isSentAgain = ({ worker, challengedUs }: ContextPage): boolean => worker.turnUs === challengedUs;
