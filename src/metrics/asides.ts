// @hot
// What a worker counts besides registrations: requests that come in and the answers to them, and keepalives. Whole run, no banks,
// and apart from the counters of transactions, so that datagramsSent stays requestsSent + retransmissions. Recorded by the engine in
// a few instructions. The names of results are here too.

import type { MetricsBlock } from './block.ts';

/** Incoming requests: index = METHOD_* of the parser; a test holds the names equal. 0 is any other method. */
export const INCOMING_METHOD_NAMES: readonly string[] = [
  'other',
  'REGISTER',
  'OPTIONS',
  'ACK',
  'INVITE',
  'CANCEL',
  'NOTIFY',
  'SUBSCRIBE',
  'MESSAGE',
  'BYE',
  'INFO',
  'UPDATE',
  'PRACK',
  'REFER',
  'PUBLISH',
];

/** Answers that were handed to the kernel. */
export const ASIDE_ANSWERED_200 = 16;
export const ASIDE_ANSWERED_405 = 17;
export const ASIDE_ANSWERED_481 = 18;
/** Datagrams of the peer that only keep a NAT's mapping alive: CRLF, CRLFCRLF, four zero bytes. */
export const ASIDE_PEER_KEEPALIVES = 19;

/** Keepalives of ours: handed to the kernel, answered, without an answer when the next one was due. */
export const ASIDE_PINGS_SENT = 20;
export const ASIDE_PINGS_ANSWERED = 21;
export const ASIDE_PINGS_LOST = 22;
/** Answers to keepalives that came too late, twice, or to none of ours. */
export const ASIDE_PINGS_UNKNOWN = 23;

/** Sockets whose requests came to be seen at another address, and Contacts that were repaired for it (mappings.ts). */
export const ASIDE_MAPPING_CHANGES = 24;
export const ASIDE_REPAIRS = 25;
/** Requests that delete the binding of a Contact that leads nowhere, those without a 2xx, and new Contacts registered in its place. */
export const ASIDE_DELETIONS = 40;
export const ASIDE_DELETIONS_FAILED = 41;
export const ASIDE_REPLACEMENTS = 42;
/** Contacts that lead nowhere and were left so, because one was repaired a short time ago. */
export const ASIDE_REPAIRS_STOPPED = 43;
/** Contexts that speak from another port than at first (rebinds.ts). */
export const ASIDE_REBOUND = 44;

/** The status of each counter of answers. */
export const ANSWER_STATUSES: readonly (readonly [counter: number, status: number])[] = [
  [ASIDE_ANSWERED_200, 200],
  [ASIDE_ANSWERED_405, 405],
  [ASIDE_ANSWERED_481, 481],
];

export function countAside(block: MetricsBlock, counter: number): void {
  block.asides[counter] = block.asides[counter]! + 1;
}

export function asideOf(block: MetricsBlock, counter: number): number {
  return block.asides[counter]!;
}

export function countAnswer(block: MetricsBlock, status: number): void {
  if (status === 200) countAside(block, ASIDE_ANSWERED_200);
  else countAside(block, status === 405 ? ASIDE_ANSWERED_405 : ASIDE_ANSWERED_481);
}
