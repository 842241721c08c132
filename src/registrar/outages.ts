// @hot
// Restarts at set times: the registrar goes away, hears nothing for a while, and comes back without what it held in memory.
// Times count from the first datagram, so one that nobody talks to never restarts.

import { NEVER_US } from '../std/index.ts';
import { withdrawAnswers } from './answer-ring.ts';
import { expireBindings } from './binding-table.ts';
import type { Outages } from './outage-record.ts';
import { createSeededHash } from './seeded-hash.ts';
import { closeOldest } from './server-transactions.ts';
import type { Registrar } from './state.ts';

/** Makes happen what is due; true while it is away. */
export const passOutages = (registrar: Registrar, outages: Outages, nowUs: number): boolean => {
  const { plan } = outages;
  while (outages.index < plan.length) {
    const { atUs, awayUs, keepsBindings } = plan[outages.index]!;
    const sinceUs = nowUs - registrar.startedUs;
    if (!outages.isAway) {
      if (registrar.startedUs < 0 || sinceUs < atUs) return false;
      outages.isAway = true;
      loseMemory(registrar, keepsBindings);
    }
    if (sinceUs < atUs + awayUs) return true;
    outages.isAway = false;
    outages.index++;
  }
  return false;
};

/** When the next one begins or ends. */
export const nextOutageUs = (registrar: Registrar, outages: Outages): number => {
  if (registrar.startedUs < 0 || outages.index >= outages.plan.length) return NEVER_US;
  const { atUs, awayUs } = outages.plan[outages.index]!;
  return registrar.startedUs + (outages.isAway ? atUs + awayUs : atUs);
};

/** Transactions, what waits for service or is held back, the secret behind the nonces; and bindings, if they go too. */
const loseMemory = (registrar: Registrar, keepsBindings: boolean): void => {
  const { bindings, counters, held, ring, service, transactions } = registrar;
  while (transactions.closed < transactions.opened) closeOldest(transactions);
  withdrawAnswers(ring);
  if (held !== null) {
    counters.answersWithheld += held.count;
    held.count = 0;
  }
  if (service !== null) {
    counters.lostInRestarts += service.count;
    service.count = 0;
    service.busyUntilUs = 0;
  }
  counters.restarts++;
  registrar.nonceHash = createSeededHash(registrar.options.seed + counters.restarts);
  if (!keepsBindings) counters.bindingsLost += expireBindings(bindings, NEVER_US);
};
