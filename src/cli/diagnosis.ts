// One sentence about what happened to a single user, from the messages that went over the wire: what an operator would read
// out of a capture. Works on the text of the messages, as a person does.

import type { ProbeDone, TracedMessage } from '../coordinator/index.ts';
import { cutTo, harmless } from '../report/index.ts';

export interface DiagnosisFacts {
  /** `127.0.0.1:5060` */
  readonly target: string;
  readonly hasPassword: boolean;
  readonly waitedSeconds: number;
  /** Somebody did not wait for the end. */
  readonly interrupted: boolean;
}

export interface Diagnosis {
  /** Every request got its 2xx in the end. */
  readonly good: boolean;
  readonly sentence: string;
}

interface Answer {
  readonly status: number;
  /** Harmless on a terminal, and short enough for a sentence. */
  readonly phrase: string;
}

const PHRASE_CHARACTERS_MOST = 120;

const isRegister = (message: TracedMessage): boolean => message.direction === 'sent' && /^REGISTER /.test(message.text);

const hasCredentials = (message: TracedMessage): boolean => /^(proxy-)?authorization\s*:/im.test(message.text);

const answerIn = (message: TracedMessage): Answer | null => {
  const line = message.direction === 'received' ? /^SIP\/2\.0 (\d{3}) ?(.*?)\r?$/m.exec(message.text) : null;
  return line === null ? null : { status: Number(line[1]), phrase: cutTo(harmless(line[2]!), PHRASE_CHARACTERS_MOST) };
};

/** Final answers in the order of their arrival, retransmitted ones included. */
const finalAnswers = (messages: readonly TracedMessage[]): Answer[] => {
  const answers: Answer[] = [];
  for (const message of messages) {
    const answer = answerIn(message);
    if (answer !== null && answer.status >= 200) answers.push(answer);
  }
  return answers;
};

const isChallenge = ({ status }: Answer): boolean => status === 401 || status === 407;
const isSuccess = ({ status }: Answer): boolean => status >= 200 && status < 300;

const bad = (sentence: string): Diagnosis => ({ good: false, sentence });

/** The reasons that have a cure of their own; any other status speaks for itself. RFC 3261 §21.4 and §21.5. */
const STATUS_MEANING: Readonly<Record<number, string>> = {
  403: 'the registrar knows the request and refuses it: the account may be disabled, or this address not allowed',
  404: 'the registrar does not know this user or domain; is --domain right?',
  408: 'a proxy on the way got no answer from the registrar',
  416: 'the registrar does not serve this kind of URI',
  420: 'the registrar demands an extension that regstorm does not use',
  423: 'the registrar wants a longer expiry than it was offered',
  480: 'the registrar is there and does not want to serve this user now',
  483: 'the request went round in circles: proxies on the way send it to each other',
  500: 'the registrar had an internal error',
  502: 'a proxy on the way got a broken answer from the registrar',
  503: 'the registrar is overloaded or being maintained',
  504: 'a proxy on the way got no answer from the registrar in time',
  603: 'the registrar declined',
};

const refusal = ({ status, phrase }: Answer): string => {
  const meaning = STATUS_MEANING[status];
  return `answered ${status} ${phrase}`.trimEnd() + (meaning === undefined ? '' : `: ${meaning}`);
};

const challengeFailed = (last: Answer, facts: DiagnosisFacts, withCredentials: number): string => {
  if (!facts.hasPassword) return `challenged (${last.status}) and no password given; use --password-env VAR`;
  if (withCredentials === 0) return `challenged (${last.status}) in a way that regstorm cannot answer`;
  return `the password was not accepted (${last.status} again); wrong password, or the account has another name or realm`;
};

const nothingBack = (done: ProbeDone, facts: DiagnosisFacts): string | null => {
  if (done.answer === 'refused') return `nobody listens on ${facts.target}: the host answered "port unreachable"`;
  if (done.answer === 'answered') return null;
  return `no answer from ${facts.target} within ${facts.waitedSeconds} s: wrong address, a firewall, or a server that ignores it`;
};

/** How far it came: what was sent, and what the last answer was. */
const cutShort = ({ messages }: ProbeDone, { target }: DiagnosisFacts): string => {
  const requests = messages.filter(isRegister).length;
  const last = finalAnswers(messages).at(-1);
  const answer = last === undefined ? `no final answer from ${target} yet` : `the last answer was ${last.status}`;
  return `interrupted after ${requests} ${requests === 1 ? 'request' : 'requests'}: ${answer}`;
};

export const diagnose = (done: ProbeDone, facts: DiagnosisFacts): Diagnosis => {
  if (facts.interrupted) return bad(cutShort(done, facts));
  const nothing = nothingBack(done, facts);
  if (nothing !== null) return bad(nothing);
  const answers = finalAnswers(done.messages);
  const last = answers.at(-1);
  if (last === undefined) return bad(`${facts.target} answers, but never finally: only provisional responses came`);
  const withCredentials = done.messages.filter((message) => isRegister(message) && hasCredentials(message)).length;
  if (isSuccess(last)) return { good: true, sentence: successSentence(answers, withCredentials) };
  if (isChallenge(last)) return bad(challengeFailed(last, facts, withCredentials));
  // Many registrars answer a wrong password with 403 instead of another challenge.
  if (last.status === 403 && withCredentials > 0) {
    return bad(`answered 403 ${last.phrase} to the credentials: wrong password, or the account is not allowed`);
  }
  return bad(refusal(last));
};

const successSentence = (answers: readonly Answer[], withCredentials: number): string => {
  const last = answers.at(-1)!;
  if (withCredentials > 0) return `registered, refreshed and unregistered with digest authentication (${last.status})`;
  return `registered, refreshed and unregistered without a challenge (${last.status})`;
};
