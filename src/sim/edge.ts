// What stands in front of the registrar: its own queue, and the proxies and border controllers of a real network. It answers
// some requests by itself, delays the others, and has room for only so many.
//
//   request -> room in the queue? -> 100 first? -> answered here? -> (service time) -> registrar
//              no: 503 or silence
//
// What it does with a transaction hangs on the branch and the seed, so that a retransmission meets the same fate, as it would
// with a stateful proxy. Its answers are put together from the request's lines by plain string work.

import { hashText, uniformOf } from '../std/index.ts';

export interface EdgeAnswer {
  /** `404 Not Found`; null: silence, for good. */
  readonly status: string | null;
  /** Header lines. */
  readonly headers: readonly string[];
}

export interface AnswerShare extends EdgeAnswer {
  readonly share: number;
}

export interface EdgeOptions {
  readonly seed: number;
  /** Each request keeps the registrar busy for so long; 0: it has no queue. */
  readonly serviceUs: number;
  /** Longest backlog; a request beyond it is answered 503, or dropped. */
  readonly backlogUs: number;
  readonly isSilentWhenFull: boolean;
  /** Share of transactions that hear a 100 at once. */
  readonly provisionalShare: number;
  /** Share of those that hear nothing after it. */
  readonly hungShare: number;
  /** Shares of transactions that the edge answers itself; the rest goes to the registrar. */
  readonly answers: readonly AnswerShare[];
}

/** Everything passes. */
export const OPEN_EDGE: EdgeOptions = {
  seed: 0,
  serviceUs: 0,
  backlogUs: 0,
  isSilentWhenFull: false,
  provisionalShare: 0,
  hungShare: 0,
  answers: [],
};

export interface EdgeCounts {
  provisionals: number;
  hung: number;
  answered: number;
  overloaded: number;
  dropped: number;
}

export interface Edge {
  readonly options: EdgeOptions;
  readonly counts: EdgeCounts;
  busyUntilUs: number;
  /** It lets everything pass. */
  isHealed: boolean;
}

/** What becomes of a request: an immediate answer or several, and when the registrar gets it (null: never). */
export interface Fate {
  readonly answers: readonly string[];
  readonly servedAtUs: number | null;
}

export const createEdge = (options: EdgeOptions): Edge => ({
  options,
  counts: { provisionals: 0, hung: 0, answered: 0, overloaded: 0, dropped: 0 },
  busyUntilUs: 0,
  isHealed: false,
});

const SALT_PROVISIONAL = 1;
const SALT_ANSWER = 2;
const SALT_HUNG = 3;
const TRYING: EdgeAnswer = { status: '100 Trying', headers: [] };
const OVERLOADED: EdgeAnswer = { status: '503 Service Unavailable', headers: ['Retry-After: 5'] };

export function meet(edge: Edge, nowUs: number, text: string): Fate {
  if (edge.isHealed) return { answers: [], servedAtUs: nowUs };
  const { options, counts } = edge;
  const branch = hashText(/;branch=([^;\s]+)/i.exec(text)?.[1] ?? text);
  const answers: string[] = [];
  if (uniformOf(options.seed, branch, SALT_PROVISIONAL, 0) < options.provisionalShare) {
    counts.provisionals++;
    answers.push(...answerTo(text, TRYING));
    if (uniformOf(options.seed, branch, SALT_HUNG, 0) < options.hungShare) {
      counts.hung++;
      return { answers, servedAtUs: null };
    }
  }
  const own = pickAnswer(options, uniformOf(options.seed, branch, SALT_ANSWER, 0));
  if (own !== null) {
    counts.answered++;
    return { answers: [...answers, ...answerTo(text, own)], servedAtUs: null };
  }
  if (options.serviceUs === 0) return { answers, servedAtUs: nowUs };
  const startUs = Math.max(nowUs, edge.busyUntilUs);
  if (startUs - nowUs > options.backlogUs) {
    if (options.isSilentWhenFull) counts.dropped++;
    else {
      counts.overloaded++;
      answers.push(...answerTo(text, OVERLOADED));
    }
    return { answers, servedAtUs: null };
  }
  edge.busyUntilUs = startUs + options.serviceUs;
  return { answers, servedAtUs: edge.busyUntilUs };
}

/** The edge came back with the registrar: it is idle. */
export function resetEdge(edge: Edge): void {
  edge.busyUntilUs = 0;
}

/** 503 to a request. */
export const unavailable = (request: string): string[] => answerTo(request, OVERLOADED);

function pickAnswer({ answers }: EdgeOptions, drawn: number): AnswerShare | null {
  let below = 0;
  for (const answer of answers) {
    below += answer.share;
    if (drawn < below) return answer;
  }
  return null;
}

/** RFC 3261 §8.2.6: Via, From, To, Call-ID and CSeq as they came, To with a tag. None when one of them is not to be found, or none is to be given. */
function answerTo(request: string, { status, headers }: EdgeAnswer): string[] {
  if (status === null) return [];
  const head = request.split('\r\n\r\n')[0]!.split('\r\n');
  const row = (name: string): string | undefined => head.find((line) => line.startsWith(`${name}: `));
  const [via, from, to, callId, cseq] = ['Via', 'From', 'To', 'Call-ID', 'CSeq'].map(row);
  if (via === undefined || from === undefined || to === undefined || callId === undefined || cseq === undefined) {
    return [];
  }
  const tagged = status.startsWith('100') || to.includes(';tag=') ? to : `${to};tag=edge`;
  const lines = [`SIP/2.0 ${status}`, via, from, tagged, callId, cseq, ...headers, 'Content-Length: 0', '', ''];
  return [lines.join('\r\n')];
}
