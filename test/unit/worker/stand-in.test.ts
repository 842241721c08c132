import { describe, expect, it } from 'vitest';
import { decodeLatin1, encodeAscii } from '../../../src/std/index.ts';
import type { StandIn } from '../../../src/worker/stand-in.ts';
import { ANSWER_MOST_BYTES, createStandIn } from '../../../src/worker/stand-in.ts';

const request = (...more: readonly string[]): Uint8Array =>
  encodeAscii(
    [
      'REGISTER sip:test.example SIP/2.0',
      'Via: SIP/2.0/UDP 127.0.0.1:5060;branch=z9hG4bK1;rport',
      'Max-Forwards: 70',
      'From: <sip:u1@test.example>;tag=f',
      'To: <sip:u1@test.example>',
      'Call-ID: c-1',
      'CSeq: 7 REGISTER',
      'Contact: <sip:u1@127.0.0.1:5060>',
      ...more,
      'Content-Length: 0',
      '',
      '',
    ].join('\r\n'),
  );

/** The lines of the answer to a request that stands among other bytes. */
const answer = (withPassword: boolean, bytes: Uint8Array): string[] => {
  const among = new Uint8Array(bytes.length + 20).fill(0x58);
  among.set(bytes, 10);
  return say(createStandIn('test.example', withPassword), among, 10, 10 + bytes.length).split('\r\n');
};

const say = (standIn: StandIn, bytes: Uint8Array, start: number, end: number): string => {
  const out = new Uint8Array(3 + ANSWER_MOST_BYTES);
  return decodeLatin1(out, 3, standIn.answer(bytes, start, end, out, 3));
};

const COPIED = [
  'Via: SIP/2.0/UDP 127.0.0.1:5060;branch=z9hG4bK1;rport',
  'From: <sip:u1@test.example>;tag=f',
  'To: <sip:u1@test.example>;tag=stand-in',
  'Call-ID: c-1',
  'CSeq: 7 REGISTER',
];
const END = ['Server: stand-in', 'Content-Length: 0', '', ''];

describe('the stand-in of the rehearsal', () => {
  it('grants what was asked for, and copies what a response copies', () => {
    const binding = 'Contact: <sip:u1@127.0.0.1:5060>;expires=3600';
    expect(answer(false, request('Expires: 3600'))).toEqual(['SIP/2.0 200 OK', ...COPIED, binding, ...END]);
  });

  it('lists no binding once it is removed', () => {
    expect(answer(false, request('Expires: 0'))).toEqual(['SIP/2.0 200 OK', ...COPIED, ...END]);
  });

  it('challenges a request without credentials where there is a password, each time with another nonce', () => {
    const standIn = createStandIn('test.example', true);
    const bytes = request('Expires: 3600');
    const nonces = [1, 2].map(() => {
      const text = say(standIn, bytes, 0, bytes.length);
      expect(text).toMatch(/^SIP\/2\.0 401 Unauthorized\r\n/);
      return /WWW-Authenticate: Digest realm="test\.example", algorithm=MD5, qop="auth", nonce="(\w+)"\r\n/.exec(
        text,
      )?.[1];
    });
    expect(new Set(nonces).size).toBe(2);
    expect(nonces).not.toContain(undefined);
  });

  it('has a header more in one answer of fifty, so that the parser stays in use', () => {
    const standIn = createStandIn('test.example', false);
    const bytes = request('Expires: 3600');
    const texts = Array.from({ length: 100 }, () => say(standIn, bytes, 0, bytes.length));
    expect(texts.filter((text) => text.includes('\r\nSupported: x'))).toHaveLength(2);
    expect(new Set(texts).size).toBe(3);
  });

  it('takes any credentials', () => {
    expect(answer(true, request('Authorization: Digest x', 'Expires: 3600'))[0]).toBe('SIP/2.0 200 OK');
  });
});
