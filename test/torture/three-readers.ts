// One message, given to everyone who reads messages here: the parser, a registrar, and a client that waits for an answer.
//
//   parser      the name of its PARSE_* result, the bytes at an odd offset between others that would change it
//   registrar   its answer, and the books after it
//   client      a real engine with a REGISTER under way in virtual time gets the message 10 ms after its first request:
//
//     'malformed', 'stray'    counted so, else ignored: Timer E resends after T1, and the right answer to that succeeds
//     'asked'                 counted as a request to a phone, and answered but for ACK and CANCEL; the rest as above
//     'provisional'           counted as an answer; the rest as above
//     'challenged'            a second REGISTER with credentials follows at once, and is accepted
//     anything else           the outcome of the attempt, which ends there
//
// What must hold besides is checked for every message: nothing throws, books close, an answer has the headers it owes.

import { expect } from 'vitest';
import { COUNTER_MALFORMED, COUNTER_STRAY, mergeBlocks } from '../../src/metrics/index.ts';
import type { Registrar, RegistrarOptions } from '../../src/registrar/index.ts';
import { bindingsOf, countersOf } from '../../src/registrar/index.ts';
import { createSipMessage, parseErrorName, parseMessage } from '../../src/sip/index.ts';
import { counted, numbersOf } from '../unit/engine/books.ts';
import { drive, type Peer, type Run } from '../unit/engine/driver.ts';
import { accept } from '../unit/engine/messages.ts';
import { createPlan } from '../unit/engine/plans.ts';
import { exchange, header, open, type Sent, statusOf } from '../unit/registrar/harness.ts';

const POISON = 0x22;
const T1_US = 500_000;

export const parserSays = (inner: Uint8Array): string => {
  const bytes = new Uint8Array(inner.length + 20).fill(POISON);
  bytes.set(inner, 7);
  return parseErrorName(parseMessage(bytes, 7, 7 + inner.length, createSipMessage()));
};

export interface RegistrarSays {
  readonly registrar: Registrar;
  readonly answer: Sent | null;
  /** The status and phrase of the answer, `none` without one. */
  readonly line: string;
}

/** What a header has to be there for: RFC 3261 §8.2.1, §8.2.2.3, §8.2.3, §21.4.1, §21.4.17. */
const OWED: Readonly<Record<number, readonly [name: string, value: RegExp]>> = {
  401: ['WWW-Authenticate', /^Digest realm="/],
  405: ['Allow', /^OPTIONS, REGISTER$/],
  415: ['Accept', /^$/],
  420: ['Unsupported', /./],
  423: ['Min-Expires', /^\d+$/],
  501: ['Allow', /^OPTIONS, REGISTER$/],
};

export const registrarSays = (bytes: Uint8Array, options: Partial<RegistrarOptions> = {}): RegistrarSays => {
  const registrar = open(options);
  const answer = exchange(registrar, bytes);
  const { datagrams, requests, responses, answered, dropped } = countersOf(registrar);
  expect([datagrams, requests], 'the books of the registrar').toEqual([requests + responses, answered + dropped]);
  const owed = OWED[statusOf(answer)];
  if (owed !== undefined) expect(header(answer, owed[0])[0], owed[0]).toMatch(owed[1]);
  return { registrar, answer, line: answer === null ? 'none' : (/^SIP\/2\.0 ([^\r]*)/.exec(answer.text)?.[1] ?? '') };
};

/** The contacts that are bound to a user, each with its header parameters. */
export const boundTo = (registrar: Registrar, user: string): readonly string[] =>
  bindingsOf(registrar, user).map(({ contact, params }) => `<${contact}>${params}`);

/** The message that a client gets for its request. */
export type Reply = (request: string) => Uint8Array;

export interface ClientSays {
  readonly verdict: string;
  readonly run: Run;
}

export const clientSays = (reply: Reply): ClientSays => {
  const peer: Peer = (request, nowUs) => {
    if (!isRequest(request)) return [];
    return nowUs === 0 ? [{ atUs: 10_000, bytes: reply(request) }] : [{ atUs: nowUs + 10_000, bytes: accept(request) }];
  };
  const run = drive({ plan: createPlan({ identities: { password: 'secret' } }), peer });
  const sentAtUs = run.sent.filter(({ text }) => isRequest(text)).map(({ atUs }) => atUs);
  const { outcomes, challenged } = numbersOf(run, 'register');
  const ignored = ignoredAs(run);
  if (ignored === null && sentAtUs.length === 1) return { verdict: Object.keys(outcomes).join(), run };
  expect(outcomes, 'the attempt after all').toEqual({ succeeded: 1 });
  if (challenged > 0) return { verdict: 'challenged', run };
  expect(sentAtUs, 'RFC 3261 §17.1.2.2: Timer E goes on').toEqual([0, T1_US]);
  return { verdict: ignored ?? 'provisional', run };
};

const isRequest = (text: string): boolean => text.startsWith('REGISTER ');

/** What a message was counted as that is no answer to a request of ours; null where it is one. */
const ignoredAs = (run: Run): string | null => {
  if (counted(run, COUNTER_MALFORMED) > 0) return 'malformed';
  if (counted(run, COUNTER_STRAY) > 0) return 'stray';
  const { requests, answers } = mergeBlocks([run.metrics]).incoming;
  const asked = Object.entries(requests).filter(([, count]) => count > 0);
  if (asked.length === 0) return null;
  const [method] = asked[0]!;
  const said = run.sent.filter(({ text }) => !isRequest(text)).map(({ text }) => text);
  const status = method === 'OPTIONS' ? 200 : method === 'NOTIFY' ? 481 : 405;
  const isAnswered = method !== 'ACK' && method !== 'CANCEL';
  expect(answers, 'answers to the request').toEqual(isAnswered ? { [status]: 1 } : {});
  expect(
    said.map((text) => text.slice(0, 11)),
    'what was answered',
  ).toEqual(isAnswered ? [`SIP/2.0 ${status}`] : []);
  for (const text of said) expect(parserSays(Buffer.from(text, 'latin1')), 'the answer').toBe('ok');
  return 'asked';
};

/** What a request of our own comes to. */
export interface RequestResult {
  readonly parser: string;
  /** The first line of the answer, or `none`. */
  readonly registrar: string;
  /** The contacts that the user has then; none unless told otherwise. */
  readonly bound?: readonly string[];
  /** Default wren. */
  readonly user?: string;
  readonly options?: Partial<RegistrarOptions>;
}

/** A client never takes a request for an answer. */
export const expectOfRequest = (bytes: Uint8Array, expected: RequestResult): void => {
  const { parser, registrar, bound = [], user = 'wren', options } = expected;
  expect(parserSays(bytes), 'parser').toBe(parser);
  const said = registrarSays(bytes, { domain: 'torture.example', ...options });
  expect(said.line, 'registrar').toBe(registrar);
  expect(boundTo(said.registrar, user), 'bindings').toEqual(bound);
  expect(clientSays(() => bytes).verdict, 'client').toBe(parser === 'ok' ? 'asked' : 'malformed');
};
