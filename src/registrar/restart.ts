// The registrar's process ended and came back. Bindings, which a registrar keeps in a store, are as they were, and so is what
// an address-of-record remembers with them; everything else is gone: server transactions, so that a retransmission is taken
// for a new request; answers that had not left, and requests that waited for service; and the secret behind the nonces, so that
// every nonce out there is stale.
//
// A registrar that loses its bindings too is simply a new one (createRegistrar).

import { drainAnswers, releaseAnswers } from './answer-ring.ts';
import { createSeededHash } from './seeded-hash.ts';
import { closeOldest } from './server-transactions.ts';
import type { Registrar } from './state.ts';

/** `seed` makes the new nonces its own. Only while the transport holds none of its answers. */
export const restart = (registrar: Registrar, nowUs: number, seed: number): void => {
  const { held, ring, service, transactions } = registrar;
  registrar.nowUs = nowUs;
  if (held !== null) held.count = 0;
  if (service !== null) {
    service.count = 0;
    service.busyUntilUs = 0;
  }
  while (transactions.closed < transactions.opened) closeOldest(transactions);
  const unsent = drainAnswers(ring, () => true);
  releaseAnswers(ring, unsent);
  registrar.nonceHash = createSeededHash(seed);
};
