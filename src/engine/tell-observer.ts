// What an observer is told of a transaction: a record made for the occasion, which only engines with an observer pay for.

import { decodeLatin1 } from '../std/index.ts';
import type { EndedTransaction } from './observer.ts';
import type { Engine } from './state.ts';
import { flowIdOfSlot } from './targets.ts';
import { NOT_SENT } from './transactions.ts';

export function tellAnswered(engine: Engine, slot: number, endUs: number): void {
  engine.observer?.answered(endedTransaction(engine, slot, endUs));
}

export function tellUnanswered(engine: Engine, slot: number, outcome: number, endUs: number): void {
  engine.observer?.unanswered(endedTransaction(engine, slot, endUs), outcome);
}

export function tellKeepaliveEnded({ observer }: Engine, context: number, roundTripUs: number): void {
  observer?.keepaliveEnded(context, roundTripUs);
}

function endedTransaction(engine: Engine, slot: number, endUs: number): EndedTransaction {
  const { transactions } = engine;
  const firstSentUs = transactions.firstSentUs[slot]!;
  return {
    context: transactions.context[slot]!,
    cseq: transactions.cseq[slot]!,
    flow: flowIdOfSlot(engine, slot),
    requestUri: redirectedUri(engine, slot),
    sentAtUs: firstSentUs === NOT_SENT ? null : firstSentUs,
    retransmissions: transactions.retransmitted[slot]!,
    endUs,
  };
}

function redirectedUri({ redirects }: Engine, slot: number): string | null {
  const number = redirects === null ? 0 : redirects.ofSlot[slot]!;
  if (number === 0) return null;
  const { text } = redirects!.uris[number - 1]!;
  return decodeLatin1(text, 0, text.length);
}
