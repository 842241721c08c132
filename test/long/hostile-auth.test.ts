// Registrars that ask for credentials again and again, over node:dgram, and for ever new realms.

import { describe, it } from 'vitest';
import { failsInTheEnd, runsOutOfRealms, succeedsWithNoncesForOne } from '../integration/hostile-auth-runs.ts';
import { type Sockets, TEST_MS } from '../integration/hostile-run.ts';

const SOCKETS: readonly Sockets[] = ['udp-dgram'];
const ENDLESS = [
  ['22.1', 'the same nonce'],
  ['22.1', 'ever new nonces'],
  ['22.4', 'stale=true with the same nonce'],
  ['22.4', 'stale=true with ever new nonces'],
] as const;

describe('challenges without end', () => {
  it.each(ENDLESS)(
    '%s %s: auth-failed, after a bounded number of requests',
    (_section, what) => failsInTheEnd(what, 'udp-dgram'),
    TEST_MS,
  );

  it.each(SOCKETS)(
    '22.4 a nonce that is good for one request only: every attempt is challenged and succeeds, over %s',
    succeedsWithNoncesForOne,
    TEST_MS,
  );

  it('ever new realms: the first 64 are answered, and what is kept of them stays bounded', runsOutOfRealms, TEST_MS);
});
