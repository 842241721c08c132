// The attempt that a registration has under way: what it has heard so far, and the promise of whoever asked for it.

import type { EndedTransaction } from '../engine/index.ts';
import type { Procedure } from '../scenario/index.ts';
import type { Line } from './line.ts';
import type { AttemptReport, TransactionReport } from './reports.ts';
import type { Response } from './response.ts';

/** More than an attempt ever needs; what a peer makes us send beyond that is in the sums only. */
const MOST_TRANSACTIONS = 100;

export interface Attempt {
  readonly rid: number;
  readonly number: number;
  readonly procedure: Procedure;
  readonly automatic: boolean;
  /** The registrar's. */
  readonly requestUri: string;
  readonly transactions: TransactionReport[];
  readonly promise: Promise<AttemptReport>;
  readonly resolve: (report: AttemptReport) => void;
  readonly reject: (error: unknown) => void;
  startedUs: number;
  retransmissions: number;
}

export const createAttempt = (
  facts: Pick<Attempt, 'rid' | 'number' | 'procedure' | 'automatic' | 'requestUri'>,
): Attempt => {
  let resolve: Attempt['resolve'] = () => {};
  let reject: Attempt['reject'] = () => {};
  const promise = new Promise<AttemptReport>((succeed, fail) => {
    resolve = succeed;
    reject = fail;
  });
  return { ...facts, transactions: [], promise, resolve, reject, startedUs: 0, retransmissions: 0 };
};

/** How a transaction ended. */
export interface TransactionEnd {
  readonly ended: EndedTransaction;
  readonly how: string;
  readonly response: Response | null;
}

/** Adds a transaction that has ended to its attempt, and reports it. */
export const addTransaction = (attempt: Attempt, end: TransactionEnd, line: Line): TransactionReport => {
  const { ended, how, response } = end;
  const report: TransactionReport = {
    rid: attempt.rid,
    attempt: attempt.number,
    transaction: attempt.transactions.length + 1,
    callId: `${line.runId}-${attempt.rid}`,
    cseq: ended.cseq,
    requestUri: ended.requestUri ?? attempt.requestUri,
    status: response?.status ?? null,
    reason: response?.reason ?? null,
    ended: how,
    latencyUs: ended.sentAtUs === null ? null : Math.max(0, ended.endUs - ended.sentAtUs),
    retransmissions: ended.retransmissions,
    local: line.local,
    remote: line.remoteOf(ended.flow),
    response,
  };
  attempt.retransmissions += ended.retransmissions;
  if (attempt.transactions.length < MOST_TRANSACTIONS) attempt.transactions.push(report);
  return report;
};

/** How an attempt ended. */
export interface AttemptEnd {
  readonly cause: string;
  readonly endUs: number;
  readonly wireUs: number;
  readonly grantedSeconds: number;
}

export const reportAttempt = (attempt: Attempt, end: AttemptEnd): AttemptReport => {
  const { rid, number, procedure, automatic, transactions, retransmissions } = attempt;
  const succeeded = end.cause === 'succeeded';
  const response = transactions.at(-1)?.response ?? null;
  return {
    rid,
    attempt: number,
    procedure,
    automatic,
    succeeded,
    cause: succeeded ? null : end.cause,
    status: response?.status ?? null,
    reason: response?.reason ?? null,
    latencyUs: Math.max(0, end.endUs - attempt.startedUs),
    wireUs: end.wireUs,
    retransmissions,
    transactions,
    response,
    grantedSeconds: end.grantedSeconds,
  };
};
