// What a client tells of its work, as plain data: each request and each attempt. All times are microseconds.
//
// The words are those of the rest of regstorm: an attempt is one wish (register, refresh, unregister, wildcard, query) and ends once; a
// transaction is one request of it and its answer, so that an attempt which is challenged has two.

import type { Procedure } from '../scenario/index.ts';
import type { Response } from './response.ts';

export interface Endpoint {
  readonly address: string;
  readonly port: number;
}

/** One request and what became of it. */
export interface TransactionReport {
  readonly rid: number;
  /** Which attempt of the registration, from 1, and which request of the attempt, from 1. */
  readonly attempt: number;
  readonly transaction: number;
  readonly callId: string;
  readonly cseq: number;
  /** The registrar's URI, or where a redirect has led (RFC 3261 §8.1.3.4). */
  readonly requestUri: string;
  /** Null: it had no final answer. */
  readonly status: number | null;
  readonly reason: string | null;
  /** `answered`, or why there was no answer: `timeout`, `timeout-after-provisional`, `unreachable`, `send-error`, `aborted`. */
  readonly ended: string;
  /** From its first datagram to its end; null when nothing left. */
  readonly latencyUs: number | null;
  readonly retransmissions: number;
  readonly local: Endpoint;
  readonly remote: Endpoint;
  readonly response: Response | null;
}

/** One attempt, when it has ended. */
export interface AttemptReport {
  readonly rid: number;
  readonly attempt: number;
  readonly procedure: Procedure;
  /** Made by the client itself: a refresh that was due, or a retry. */
  readonly automatic: boolean;
  readonly succeeded: boolean;
  /** Null when it succeeded; else the outcome's name in docs/errors.md. */
  readonly cause: string | null;
  /** Of the last answer. */
  readonly status: number | null;
  readonly reason: string | null;
  /** From the call to the end. */
  readonly latencyUs: number;
  /** First datagram to final answer, summed over its transactions: the registrar's and the network's part. */
  readonly wireUs: number;
  readonly retransmissions: number;
  readonly transactions: readonly TransactionReport[];
  /** The last answer. */
  readonly response: Response | null;
  /** What the registrar granted to our binding, in seconds; 0 when there is none. */
  readonly grantedSeconds: number;
}

/** A message as it went over the wire. */
export interface MessageReport {
  readonly direction: 'sent' | 'received';
  /** Since the client was made. */
  readonly atUs: number;
  readonly local: Endpoint;
  readonly remote: Endpoint;
  readonly text: string;
}
