// Kamailio without a challenge and with the older digest (RFC 2069), and killed in the middle of a run.

import { afterEach, it } from 'vitest';
import type { KamailioAuth } from '../interop/kamailio.ts';
import {
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

const AUTHS: readonly KamailioAuth[] = ['none', 'digest'];
const WITH_PASSWORD: readonly KamailioAuth[] = ['digest'];

afterEach(stopStarted);

describeWithPeers(['kamailio', 'kamcmd'], 'Kamailio, what is stored is what is reported', () => {
  it.each(AUTHS)('auth %s: registering 10,000 contexts stores 10,000', registersAll, LONG_MS);
  it.each(AUTHS)('auth %s: refreshing 10,000 contexts keeps 10,000', refreshesAll, LONG_MS);
  it.each(AUTHS)(
    'auth %s: unregistering leaves 0, and the same scenario works twice in a row',
    unregistersAllTwice,
    LONG_MS,
  );
  it.each(AUTHS)('auth %s: wiping every context by wildcard leaves 0 (RFC 3261 §10.2.2)', wipesAll, LONG_MS);
  it.each(WITH_PASSWORD)('auth %s: a wrong password stores 0 and is 10,000 auth-failed', failsByWrongPassword, LONG_MS);
});

describeWithPeers(['kamailio', 'kamcmd'], 'Kamailio that comes and goes', () => {
  it(
    'killed in the middle and started again: every attempt ends once, sums close, the run ends in time',
    survivesItsKill,
    LONG_MS,
  );
});
