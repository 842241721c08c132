// A registrar with a virtual clock and hand-written requests: text in, answers out as text.

import { createHash } from 'node:crypto';
import type { Registrar, RegistrarOptions } from '../../../src/registrar/index.ts';
import { createRegistrar, drain, receive, released } from '../../../src/registrar/index.ts';

export const PEER = 0x7f000002;
export const PEER_PORT = 40_000;

/** 13 November 2010, 23:29:00 GMT, as in RFC 3261 §20.17. */
export const WALL_CLOCK_US = 1_289_690_940_000_000;

export const OPTIONS: RegistrarOptions = {
  domain: 'test.example',
  password: null,
  minExpiresSeconds: 60,
  maxExpiresSeconds: 7200,
  defaultExpiresSeconds: 1800,
  capacity: 100,
  seed: 7,
  transactionCapacity: 256,
  wallClockOffsetUs: WALL_CLOCK_US,
};

export const open = (options: Partial<RegistrarOptions> = {}): Registrar => createRegistrar({ ...OPTIONS, ...options });

export interface Sent {
  readonly text: string;
  readonly address: number;
  readonly port: number;
}

/** Everything that waits in the outbox, which is empty afterwards. */
export const drainAll = (registrar: Registrar): Sent[] => {
  const sent: Sent[] = [];
  drain(registrar, (start, end, address, port) => {
    sent.push({ text: Buffer.from(registrar.slab.subarray(start, end)).toString('latin1'), address, port });
    return true;
  });
  released(registrar, sent.length);
  return sent;
};

/** Hands one datagram over, between poison bytes, and returns what was sent for it: one answer, or none. */
export const exchange = (registrar: Registrar, text: string | Uint8Array, nowUs = 0, port = PEER_PORT): Sent | null => {
  const body = typeof text === 'string' ? Buffer.from(text, 'latin1') : text;
  const bytes = new Uint8Array(body.length + 32).fill(0x58);
  bytes.set(body, 16);
  receive(registrar, nowUs, bytes, 16, 16 + body.length, PEER, port);
  const sent = drainAll(registrar);
  if (sent.length > 1) throw new Error(`${sent.length} answers to one datagram`);
  return sent[0] ?? null;
};

export interface RequestParts {
  readonly method?: string;
  readonly uri?: string;
  readonly via?: string;
  readonly branch?: string;
  readonly user?: string;
  readonly to?: string;
  readonly from?: string;
  readonly callId?: string;
  readonly cseq?: number | string;
  readonly contact?: string | readonly string[];
  readonly expires?: number | string;
  readonly headers?: readonly string[];
}

let branches = 0;

/** A REGISTER of u1 with a branch of its own, unless told otherwise. */
export const request = (parts: RequestParts = {}): string => {
  const method = parts.method ?? 'REGISTER';
  const user = parts.user ?? 'u1';
  const cseq = parts.cseq ?? 1;
  const contacts = parts.contact === undefined ? [] : [parts.contact].flat();
  return [
    `${method} ${parts.uri ?? 'sip:test.example'} SIP/2.0`,
    parts.via ?? `Via: SIP/2.0/UDP 127.0.0.2:40000;rport;branch=${parts.branch ?? `z9hG4bK-${++branches}`}`,
    'Max-Forwards: 70',
    parts.from ?? `From: <sip:${user}@test.example>;tag=f1`,
    parts.to ?? `To: <sip:${user}@test.example>`,
    `Call-ID: ${parts.callId ?? 'call-1'}`,
    `CSeq: ${typeof cseq === 'number' ? `${cseq} ${method}` : cseq}`,
    ...contacts.map((contact) => `Contact: ${contact}`),
    ...(parts.expires === undefined ? [] : [`Expires: ${parts.expires}`]),
    ...(parts.headers ?? []),
    'Content-Length: 0',
    '',
    '',
  ].join('\r\n');
};

export const statusOf = (sent: Sent | null): number => (sent === null ? 0 : Number(sent.text.slice(8, 11)));

/** The values of all rows of one header, in order. */
export const header = (sent: Sent | null, name: string): string[] =>
  (sent?.text ?? '')
    .split('\r\n')
    .filter((line) => line.toLowerCase().startsWith(`${name.toLowerCase()}: `))
    .map((line) => line.slice(name.length + 2));

export const md5 = (text: string): string => createHash('md5').update(text).digest('hex');

/** What a challenge says under a name. */
export const challengeValue = (sent: Sent | null, name: string): string | undefined =>
  new RegExp(`${name}="?([^",]*)"?`).exec(header(sent, 'WWW-Authenticate')[0] ?? '')?.[1];

export interface Answer {
  readonly nonce: string;
  readonly user?: string;
  readonly realm?: string;
  readonly password?: string;
  readonly uri?: string;
  readonly nc?: string | null;
  readonly method?: string;
}

/** An Authorization header for a challenge, by RFC 2617 §3.2.2 and with another MD5 than the registrar's. */
export const authorization = (answer: Answer): string => {
  const user = answer.user ?? 'u1';
  const realm = answer.realm ?? 'test.example';
  const uri = answer.uri ?? 'sip:test.example';
  const nc = answer.nc === undefined ? '00000001' : answer.nc;
  const ha1 = md5(`${user}:${realm}:${answer.password ?? 'secret'}`);
  const ha2 = md5(`${answer.method ?? 'REGISTER'}:${uri}`);
  const middle = nc === null ? '' : `${nc}:c1:auth:`;
  const response = md5(`${ha1}:${answer.nonce}:${middle}${ha2}`);
  const qop = nc === null ? '' : `, qop=auth, nc=${nc}, cnonce="c1"`;
  return `Authorization: Digest username="${user}", realm="${realm}", nonce="${answer.nonce}", uri="${uri}", response="${response}", algorithm=MD5${qop}`;
};
