// Kamailio without a challenge, with the older digest (RFC 2069) and with qop, each with ten thousand contexts, and killed in the
// middle of a run.

import { afterEach, it } from 'vitest';
import type { KamailioAuth } from '../interop/kamailio.ts';
import {
  CONTEXTS,
  failsByWrongPassword,
  LONG_MS,
  refreshesAll,
  registersAll,
  stopStarted,
  survivesItsKill,
  unregistersAllTwice,
  wipesAll,
} from '../interop/kamailio-runs.ts';
import { describeWithPeers } from '../interop/peers.ts';

const WITH_PASSWORD: readonly (readonly [KamailioAuth, number])[] = [
  ['digest', CONTEXTS],
  ['digest-qop', CONTEXTS],
];
const RUNS: typeof WITH_PASSWORD = [['none', CONTEXTS], ...WITH_PASSWORD];

afterEach(stopStarted);

describeWithPeers(['kamailio', 'kamcmd'], 'Kamailio, what is stored is what is reported', () => {
  it.each(RUNS)('auth %s: registering %i contexts stores as many', registersAll, LONG_MS);
  it.each(RUNS)('auth %s: refreshing %i contexts keeps as many', refreshesAll, LONG_MS);
  it.each(RUNS)(
    'auth %s: unregistering %i leaves 0, and the same scenario works twice in a row',
    unregistersAllTwice,
    LONG_MS,
  );
  it.each(RUNS)('auth %s: wiping each of %i contexts by wildcard leaves 0 (RFC 3261 §10.2.2)', wipesAll, LONG_MS);
  it.each(WITH_PASSWORD)(
    'auth %s: a wrong password stores 0 and is %i times auth-failed',
    failsByWrongPassword,
    LONG_MS,
  );
});

describeWithPeers(['kamailio', 'kamcmd'], 'Kamailio that comes and goes', () => {
  it(
    'killed in the middle and started again: every attempt ends once, sums close, the run ends in time',
    survivesItsKill,
    LONG_MS,
  );
});
