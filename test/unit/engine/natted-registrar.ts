// A registrar as phones behind a NAT see it: it tells where requests come from (RFC 3581 §4), and keeps bindings as they are asked
// for, one for each Contact.

import type { Peer } from './driver.ts';
import { answer, readRequest } from './messages.ts';

export interface NattedRegistrar {
  readonly peer: Peer;
  /** Hosts and ports of the Contacts that are bound for a user. */
  readonly boundOf: (user: string) => readonly string[];
}

export interface NattedOptions {
  /** Where a request from this flow is seen, `address:port`. */
  readonly seen: (nowUs: number, flow: number) => string;
  readonly isChallenging?: boolean;
  /** The status line of what is answered instead; null: nothing is. */
  readonly refuses?: (text: string) => string | null;
}

const CHALLENGE = 'WWW-Authenticate: Digest realm="test.example", nonce="n1"';

export const isDeletion = (text: string): boolean => /\r\nContact: <[^>]*>;expires=0/.test(text);
export const hostOf = (text: string): string => readRequest(text).contact.split('@')[1] ?? '';

export const createNattedRegistrar = ({ seen, isChallenging = false, refuses }: NattedOptions): NattedRegistrar => {
  const bound = new Map<string, Map<string, string>>();
  const peer: Peer = (text, nowUs, flow = 0) => {
    // A keepalive that nobody answers.
    if (text === '\r\n\r\n') return [];
    const refusal = refuses?.(text) ?? null;
    const right = (): string => {
      if (isChallenging && readRequest(text).credentials === null) return answer(text, '401 X', CHALLENGE);
      return refusal === null ? take(bound, text) : answer(text, refusal);
    };
    const [address, port] = seen(nowUs, flow).split(':');
    return [{ atUs: nowUs + 1000, bytes: right().replace(';rport', `;rport=${port};received=${address}`) }];
  };
  return { peer, boundOf: (user) => [...(bound.get(user)?.keys() ?? [])] };
};

const take = (bound: Map<string, Map<string, string>>, text: string): string => {
  const { value, values } = readRequest(text);
  const user = /sip:([^@]+)@/.exec(value('To'))?.[1] ?? '';
  const contacts = bound.get(user) ?? new Map<string, string>();
  bound.set(user, contacts);
  const expires = values('Expires')[0] ?? '';
  for (const row of values('Contact')) {
    const host = /@([^>;]+)/.exec(row)?.[1] ?? '';
    if ((/;expires=(\d+)/.exec(row)?.[1] ?? expires) === '0') contacts.delete(host);
    else contacts.set(host, /<[^>]*>/.exec(row)?.[0] ?? '');
  }
  return answer(text, '200 OK', ...[...contacts.values()].map((uri) => `Contact: ${uri};expires=1800`));
};
