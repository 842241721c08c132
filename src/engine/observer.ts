// Whoever drives contexts one at a time wants to know what became of each request and each attempt, not only how many there were.
// An engine under load has no observer, and asking whether it has one is all that it costs.
//
// An observer is told from the midst of the engine's work: it must not call the engine, and does with the news after the turn.

/** One request and what became of it. */
export interface EndedTransaction {
  readonly context: number;
  readonly cseq: number;
  /** Of its first line, where a redirect has changed it; else null. */
  readonly requestUri: string | null;
  /** The flow that it went through, and so to which target. */
  readonly flow: number;
  /** When the kernel took its first datagram; null: it never did. */
  readonly sentAtUs: number | null;
  readonly retransmissions: number;
  readonly endUs: number;
}

/** Instead of a round trip. */
export const NO_PONG = -1;

export interface Observer {
  /** The transaction has its final answer, the datagram at hand. */
  answered(transaction: EndedTransaction): void;
  /** It ends without one: why, as an outcome. */
  unanswered(transaction: EndedTransaction, outcome: number): void;
  /** The context's attempt has ended; it may be commanded anew when the next turn is over. `wireUs` is summed over its transactions. */
  ended(context: number, outcome: number, endUs: number, wireUs: number): void;
  /** A keepalive of the context was answered after so long, or none came until the next one was due (NO_PONG). CRLF has no answer. */
  keepaliveEnded(context: number, roundTripUs: number): void;
}
