// What a registrar counts. Plain numbers, raised where the thing happens; countersOf() gives a copy with the answers by
// status, for reports and checkers. Always true:
//
//   datagrams = requests + responses + keepAlives
//   requests  = answered + retransmissionsAnswered + dropped
//   answered  = the sum of byStatus
//   dropped   = droppedUnanswerable + droppedAcks + droppedOutboxFull + droppedTooLong + droppedByRule + droppedQueueFull
//             + droppedAway + absorbed
//
// What waits for service is counted when it is served.

export interface LiveCounters {
  datagrams: number;
  /** Everything that isn't a response or a keep-alive, well-formed or not. */
  requests: number;
  /** Nobody sends a response to a registrar; they are dropped. */
  responses: number;
  /** CRLF alone, and STUN Binding requests, which are answered. */
  keepAlives: number;
  answered: number;
  retransmissionsAnswered: number;
  dropped: number;
  /** So malformed that there is nowhere to send an answer to, or nothing to put into it. */
  droppedUnanswerable: number;
  /** RFC 3261 §17: an ACK is never answered. */
  droppedAcks: number;
  /** Nothing was done about them: as if the network had lost them. */
  droppedOutboxFull: number;
  /** Even a refusal would be longer than an answer may be. */
  droppedTooLong: number;
  /** A rule said so. */
  droppedByRule: number;
  /** Came while the queue for service was full, and got no 503. */
  droppedQueueFull: number;
  /** Came during a restart. */
  droppedAway: number;
  /** Retransmissions of what a rule holds an answer back for (RFC 3261 §17.2.2: discarded in Trying). */
  absorbed: number;
  /** 503 because the queue for service was full; they are among the answered. */
  overloaded: number;
  /** 100s beside the answers. */
  provisionals: number;
  /** Further copies of answers, by a rule. */
  duplicatesSent: number;
  /** Answers that a rule kept from being sent, or held back for so long that they were lost. */
  answersWithheld: number;
  restarts: number;
  /** Waited for service when it went away. */
  lostInRestarts: number;
  /** Requests that the parser refused, answered or dropped. */
  malformed: number;
  /** 513: the answer, or a binding's text, would have been too long. */
  tooLong: number;
  /** 401 and 407, and how many of them said stale=true. */
  challenges: number;
  staleChallenges: number;
  /** Right answers to a challenge. */
  authenticated: number;
  /** 503: no room for another address-of-record, binding or text. */
  full: number;
  /** Server transactions that had to be forgotten before Timer J; a retransmission of those is taken for a new request. */
  transactionsOverwritten: number;
  bindingsAdded: number;
  bindingsRefreshed: number;
  bindingsRemoved: number;
  bindingsExpired: number;
  /** In restarts. */
  bindingsLost: number;
  /** By further ones, where the oldest gives way. */
  bindingsReplaced: number;
  /** Index = status code. */
  readonly byStatus: Float64Array;
}

export interface RegistrarCounters extends Omit<LiveCounters, 'byStatus'> {
  /** Answers by status code, those that occurred: {"200": 3}. */
  readonly byStatus: Readonly<Record<string, number>>;
}

export const createCounters = (): LiveCounters => ({
  datagrams: 0,
  requests: 0,
  responses: 0,
  keepAlives: 0,
  answered: 0,
  retransmissionsAnswered: 0,
  dropped: 0,
  droppedUnanswerable: 0,
  droppedAcks: 0,
  droppedOutboxFull: 0,
  droppedTooLong: 0,
  droppedByRule: 0,
  droppedQueueFull: 0,
  droppedAway: 0,
  absorbed: 0,
  overloaded: 0,
  provisionals: 0,
  duplicatesSent: 0,
  answersWithheld: 0,
  restarts: 0,
  lostInRestarts: 0,
  malformed: 0,
  tooLong: 0,
  challenges: 0,
  staleChallenges: 0,
  authenticated: 0,
  full: 0,
  transactionsOverwritten: 0,
  bindingsAdded: 0,
  bindingsRefreshed: 0,
  bindingsRemoved: 0,
  bindingsExpired: 0,
  bindingsLost: 0,
  bindingsReplaced: 0,
  byStatus: new Float64Array(700),
});

export const copyCounters = (counters: LiveCounters): RegistrarCounters => {
  const byStatus: Record<string, number> = {};
  counters.byStatus.forEach((count, status) => {
    if (count > 0) byStatus[status] = count;
  });
  return { ...counters, byStatus };
};
