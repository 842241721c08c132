// Requests taken apart and answers put together, slowly and obviously, without a line of the project's own parser.

import type { Peer, Reply, Sent } from './driver.ts';

export interface Request {
  readonly startLine: string;
  /** Values of a header's rows, in order. */
  readonly values: (name: string) => readonly string[];
  /** The only value of a header that must be there once. */
  readonly value: (name: string) => string;
  readonly branch: string;
  readonly cseq: number;
  readonly callId: string;
  readonly fromTag: string;
  /** What stands between the angle brackets of Contact; empty without one. */
  readonly contact: string;
  /** The parameters of the first Authorization, else Proxy-Authorization, quotes and all; null without credentials. */
  readonly credentials: ReadonlyMap<string, string> | null;
  /** Those of every row, Authorization before Proxy-Authorization. */
  readonly allCredentials: readonly ReadonlyMap<string, string>[];
}

export const readRequest = (text: string): Request => {
  const [head = '', body] = text.split('\r\n\r\n');
  if (!head.endsWith(`\r\nContent-Length: ${body?.length}`))
    throw new Error('Content-Length is last, and the body is as long');
  const [startLine = '', ...lines] = head.split('\r\n');
  const headers = lines.map((line) => {
    const colon = line.indexOf(': ');
    if (colon < 1) throw new Error(`not a header: ${line}`);
    return { name: line.slice(0, colon).toLowerCase(), value: line.slice(colon + 2) };
  });
  const values = (name: string): readonly string[] =>
    headers.filter((header) => header.name === name.toLowerCase()).map((header) => header.value);
  const value = (name: string): string => {
    const all = values(name);
    if (all.length !== 1) throw new Error(`${name} stands ${all.length} times`);
    return all[0]!;
  };
  const allCredentials = ['Authorization', 'Proxy-Authorization'].flatMap((name) => readAllCredentials(values(name)));
  return {
    startLine,
    values,
    value,
    branch: part(value('Via'), /;branch=([^;]+)/),
    cseq: Number(part(value('CSeq'), /^(\d+) REGISTER$/)),
    callId: value('Call-ID'),
    fromTag: part(value('From'), /;tag=([^;]+)$/),
    contact: part(values('Contact')[0] ?? '', /^<([^>]*)>/),
    credentials: allCredentials[0] ?? null,
    allCredentials,
  };
};

/** No server is answered twice: RFC 3261 §22.3, RFC 8760 §2.4. */
const readAllCredentials = (rows: readonly string[]): readonly ReadonlyMap<string, string>[] => {
  const all = rows.map(readCredentials);
  const realms = all.map((credentials) => credentials.get('realm'));
  if (new Set(realms).size < realms.length) throw new Error('credentials stand twice');
  return all;
};

const part = (text: string, pattern: RegExp): string => pattern.exec(text)?.[1] ?? '';

const readCredentials = (row: string): ReadonlyMap<string, string> => {
  if (!row.startsWith('Digest ')) throw new Error(`not Digest: ${row}`);
  const found = new Map<string, string>();
  for (const [, name, value] of row.slice(7).matchAll(/([a-z]+)=("(?:[^"\\]|\\.)*"|[^",\s]+)(?:, |$)/g)) {
    if (found.has(name!)) throw new Error(`${name} stands twice in the credentials`);
    found.set(name!, value!);
  }
  const again = [...found].map(([name, value]) => `${name}=${value}`).join(', ');
  if (again !== row.slice(7)) throw new Error(`credentials that cannot be taken apart: ${row}`);
  return found;
};

/** An answer to a request, with its Via, From, To, Call-ID and CSeq (RFC 3261 §8.2.6.2). */
export const answer = (request: string, status: string, ...headers: readonly string[]): string => {
  const { value } = readRequest(request);
  return [
    `SIP/2.0 ${status}`,
    `Via: ${value('Via')}`,
    `From: ${value('From')}`,
    `To: ${value('To')};tag=t1`,
    `Call-ID: ${value('Call-ID')}`,
    `CSeq: ${value('CSeq')}`,
    ...headers,
    'Content-Length: 0',
    '',
    '',
  ].join('\r\n');
};

/** What a registrar without opinions says: it grants what was asked for, and lists that one binding. */
export const accept = (request: string): string => {
  const { contact, values } = readRequest(request);
  const expires = values('Expires')[0] ?? '';
  const isBound = contact !== '' && expires !== '0';
  return answer(request, '200 OK', ...(isBound ? [`Contact: <${contact}>;expires=${expires}`] : []));
};

/** Answers each datagram after a delay with what `say` makes of it; null says nothing. */
export const answering = (
  say: (request: string, nowUs: number, number: number) => string | null,
  delayUs = 1000,
): Peer => {
  let number = 0;
  return (request, nowUs): readonly Reply[] => {
    const bytes = say(request, nowUs, number++);
    return bytes === null ? [] : [{ atUs: nowUs + delayUs, bytes }];
  };
};

/** Accepts everything, a millisecond later. */
export const accepting = (delayUs = 1000): Peer => answering(accept, delayUs);

export const requestsOf = (run: { readonly sent: readonly Sent[] }): readonly Request[] =>
  run.sent.map(({ text }) => readRequest(text));

export const timesOfSending = (run: { readonly sent: readonly Sent[] }): readonly number[] =>
  run.sent.map(({ atUs }) => atUs);
