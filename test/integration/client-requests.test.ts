// What a program puts into its requests: headers behind the `?` of its address, and a body.

import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { RegistrationClient } from '../../src/index.ts';
import { accepting, at, clientTools, codeOf } from './client-peers.ts';
import { challenge } from './hostile-auth-runs.ts';
import type { SipRequest } from './hostile-message.ts';
import { ok } from './hostile-message.ts';

const { startPeer, createClient } = clientTools();

const bodyOf = ({ text }: SipRequest): string => text.slice(text.indexOf('\r\n\r\n') + 4);

describe('An address with a header part', () => {
  it('19.1.5 becomes headers of its requests, unescaped and for good, and From and To have none of it', async () => {
    const peer = await startPeer(accepting);
    const from = '"Alice" <sip:alice@test.example?X-Tenant=7%20%25&subject=caf%C3%A9>';
    const request = createClient().buildInitialRegister({ ...at(peer), from });
    expect(request.headers).toEqual([
      { name: 'X-Tenant', value: '7 %' },
      { name: 'subject', value: 'café' },
    ]);
    await request.send();
    await request.registration.buildRegister().removeHeader('Subject').send();
    const [first, second] = peer.requests;
    expect(first?.to).toBe('"Alice" <sip:alice@test.example>');
    expect(first?.from).toMatch(/^"Alice" <sip:alice@test\.example>;tag=\w+$/);
    expect(Buffer.from(first?.text ?? '', 'latin1').toString()).toContain('\r\nX-Tenant: 7 %\r\nsubject: café\r\n');
    expect(second?.text).toContain('\r\nX-Tenant: 7 %\r\n');
    expect(second?.text).not.toContain('subject');
  });

  it('19.1.1 leaves a question mark in the user part to the user', async () => {
    const peer = await startPeer(accepting);
    await createClient().register({ ...at(peer), from: 'sip:a?b=1@test.example?X-A=' });
    expect(peer.requests[0]?.to).toBe('<sip:a?b=1@test.example>');
    expect(peer.requests[0]?.text).toContain('\r\nX-A: \r\n');
  });

  const client = new RegistrationClient();
  it.each<readonly [string, string]>([
    ...['From', 'Call-ID', 'CSeq', 'Via', 'Record-Route', 'Route', 'Contact', 'v', 'Content-Type', 'User-Agent'].map(
      (name) => [name, 'is written by regstorm itself'] as const,
    ),
    ...['Accept', 'Accept-Encoding', 'Accept-Language', 'Allow', 'Organization', 'Supported', 'k', 'Date'].map(
      (name) => [name, 'does not come from a URI (RFC 3261 §19.1.5)'] as const,
    ),
    ...['MIME-Version', 'Timestamp', 'Require', 'proxy-require', 'Content-Language'].map(
      (name) => [name, 'does not come from a URI (RFC 3261 §19.1.5)'] as const,
    ),
    ['body', "would be the message's body (RFC 3261 §19.1.1)"],
    ['X-A=1&x-a', 'stands twice'],
    ['', 'is no header; write Name=value'],
    ['X%0D%0AY', 'is not a header name'],
    ['X%', 'has a "%" that is no escape'],
  ])('19.1.5 may not say %s', (name, message) => {
    expect(() => client.buildInitialRegister({ from: `sip:alice@test.example?${name}=1` })).toThrow(message);
  });

  it.each([
    ['sip:alice@test.example?X-A=1%0D%0AX-B:2', 'line break'],
    ['sip:alice@test.example?X-A=%ff', 'that is no escape'],
    ['sip:alice@test.example?', 'is no header'],
    [`sip:alice@test.example?${Array.from({ length: 33 }, (_, i) => `X-${i}=1`).join('&')}`, 'more than 32 headers'],
  ])('19.1.5 is refused as a whole: %s', (from, message) => {
    expect(() => client.buildInitialRegister({ from })).toThrow(message);
  });
});

describe('A body', () => {
  it('7.4 goes with the request and those after it, in UTF-8, with its type and length, until it is taken off', async () => {
    const peer = await startPeer(accepting);
    const text = '{"who": "{user}", "ä": 1}\n';
    const request = createClient().buildInitialRegister(at(peer)).setBody(text, 'application/json');
    await request.send();
    await request.registration.refresh();
    await request.registration.buildRegister().removeBody().send();
    await request.registration.unregister();
    const bytes = Buffer.from(text).toString('latin1');
    expect(peer.requests.map(bodyOf)).toEqual([bytes, bytes, '', '']);
    expect(
      peer.requests.map(({ text: sent }) => /Content-Type: (.*)\r\nContent-Length: (\d+)\r\n\r\n/.exec(sent)),
    ).toEqual([
      expect.objectContaining({ 1: 'application/json', 2: String(Buffer.byteLength(text)) }),
      expect.objectContaining({ 1: 'application/json', 2: String(Buffer.byteLength(text)) }),
      null,
      null,
    ]);
  });

  it('7.4.1 may be any bytes, which are sent as they were when they were set', async () => {
    const peer = await startPeer(accepting);
    const bytes = Uint8Array.from({ length: 256 }, (_, value) => value);
    const request = createClient().buildInitialRegister(at(peer)).setBody(bytes, 'application/octet-stream');
    bytes.fill(0);
    expect(request.body?.bytes.length).toBe(256);
    await request.send();
    expect(Buffer.from(bodyOf(peer.requests[0]!), 'latin1')).toEqual(
      Buffer.from(Uint8Array.from({ length: 256 }, (_, value) => value)),
    );
  });

  it('7616 3.4.3 is in the digest of qop=auth-int, binary or text', async () => {
    const peer = await startPeer((request, reply) =>
      reply(
        request.authorization === null
          ? challenge(request, 'Digest realm="test.example", nonce="n", qop="auth-int", algorithm=SHA-256')
          : ok(request),
      ),
    );
    const client = createClient();
    client.addCredentials({ username: 'alice', password: 'secret' });
    const request = client.buildInitialRegister(at(peer)).setBody(Uint8Array.of(0, 13, 10, 13, 10, 255), 'a/b');
    await request.send();
    await request.registration.buildRegister().setBody('other', 'text/plain').send();
    const answered = peer.requests.filter(({ authorization }) => authorization !== null);
    expect(answered).toHaveLength(2);
    for (const each of answered) expect(responseOf(each)).toBe(expectedResponse(each));
  });

  it.each<[string, string | Uint8Array, string, string]>([
    ['empty', '', 'text/plain', 'body: it is empty'],
    ['too long', 'x'.repeat(12_001), 'text/plain', 'longer than 12000 bytes'],
    ['without a type', 'x', '', 'is no content type'],
    ['with a line break in its type', 'x', 'text/plain\r\nX: y', 'is no content type'],
  ])('is refused when it is %s', (_, content, type, message) => {
    const request = new RegistrationClient().buildInitialRegister({ from: 'sip:alice@test.example' });
    expect(() => request.setBody(content, type)).toThrow(message);
    expect(request.body).toBeNull();
  });

  it('of 12,000 bytes can be sent; with headers of 4,000 more it is TOO_LONG', async () => {
    const peer = await startPeer(accepting);
    const client = createClient();
    const long = client.buildInitialRegister(at(peer)).setBody('x'.repeat(12_000), 'text/plain');
    await long.send();
    expect(bodyOf(peer.requests[0]!)).toHaveLength(12_000);
    expect(await codeOf(long.registration.buildRegister().setHeader('X-A', 'x'.repeat(4_000)).send())).toBe('TOO_LONG');
  });
});

const responseOf = ({ authorization }: SipRequest): string | undefined => parameter(authorization, 'response');

const parameter = (authorization: string | null, name: string): string | undefined =>
  new RegExp(`\\b${name}="?([^",]*)`).exec(authorization ?? '')?.[1];

/** RFC 7616 §3.4 by hand, from what the request says and its body. */
const expectedResponse = (request: SipRequest): string => {
  const hash = (data: string | Buffer): string => createHash('sha256').update(data).digest('hex');
  const of = (name: string): string => parameter(request.authorization, name) ?? '';
  const entity = hash(Buffer.from(bodyOf(request), 'latin1'));
  const ha1 = hash('alice:test.example:secret');
  const ha2 = hash(`REGISTER:${of('uri')}:${entity}`);
  return hash([ha1, of('nonce'), of('nc'), of('cnonce'), of('qop'), ha2].join(':'));
};
