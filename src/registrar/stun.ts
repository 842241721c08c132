// @hot
// STUN Binding requests on the SIP port (RFC 5626 §4.4.2, §8): answered with the address and port that they came from, so that a phone
// keeps its NAT's mapping and learns of a new one. Stateless; a retransmission is answered anew (RFC 5389 §7.3.1).

import { readStun, STUN_BINDING_REQUEST, STUN_OK, writeBindingResponse } from '../sip/index.ts';
import { commitAnswer, overwrittenBelow, reserveAnswer } from './answer-ring.ts';
import { closeBelow } from './server-transactions.ts';
import type { Registrar } from './state.ts';

/** Counts the datagram as a keepalive, and answers it if there is room. False: it is no Binding request. */
export const answerStun = (
  registrar: Registrar,
  bytes: Uint8Array,
  start: number,
  end: number,
  peerAddress: number,
  peerPort: number,
): boolean => {
  const { counters, ring, stun, transactions } = registrar;
  if (readStun(bytes, start, end, stun) !== STUN_OK || stun.type !== STUN_BINDING_REQUEST) return false;
  counters.keepAlives++;
  if (!reserveAnswer(ring)) return true;
  counters.transactionsOverwritten += closeBelow(transactions, overwrittenBelow(ring));
  const answerEnd = writeBindingResponse(ring.slab, ring.headOffset, stun, peerAddress, peerPort);
  commitAnswer(ring, answerEnd, peerAddress, peerPort);
  return true;
};
