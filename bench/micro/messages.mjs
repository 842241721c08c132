// Answers to a REGISTER of ours as registrars send them: bench/yardsticks/nullreg.c echoes the request's header lines;
// Kamailio's were copied from a Kamailio 5.6.3 (test/interop/kamailio.cfg, with AUTH and QOP), header for header; the long one
// is what an IMS core says to a user with several bindings (Path, Service-Route and P-Associated-URI: RFC 3327, RFC 3608,
// RFC 7315).
//
// Each comes in VARIETY texts that differ in number, branch, tag and nonce, laid out like datagrams in a receive buffer: a
// benchmark that read one and the same text over and over would measure the branch predictor's memory.

import { mix32 } from '../../dist/std/index.js';

/** A power of two. */
export const VARIETY = 64;
const STRIDE_BYTES = 2048;
export const SENT_BY = '127.0.0.1:40123';

const digits = (value, width) => (value >>> 0).toString(16).padStart(width, '0');
export const userOf = (n) => `u${String(n).padStart(8, '0')}`;
export const branchOf = (n) => `z9hG4bK1f2e3d4c${digits(mix32(1, n), 8)}${digits(n, 8)}`;
export const nonceOf = (n) => digits(mix32(2, n), 8) + digits(mix32(3, n), 8) + digits(mix32(4, n), 8) + digits(n, 8);
export const cseqOf = (n) => 1 + (n % 7);

const toTag = (n) => `cf4bc337ad1842d095811216b02f713a.${digits(mix32(5, n), 8)}`;
const base64Nonce = (n) => Buffer.from(nonceOf(n).slice(0, 30)).toString('base64');

const via = (n, more) => `Via: SIP/2.0/UDP ${SENT_BY};branch=${branchOf(n)};rport${more}`;
const from = (n) => `From: <sip:${userOf(n)}@test.example>;tag=${digits(mix32(6, n), 8)}`;
const to = (n, tag) => `To: <sip:${userOf(n)}@test.example>${tag}`;
const contact = (n, more) => `Contact: <sip:${userOf(n)}@${SENT_BY}>${more}`;
const ids = (n) => [`Call-ID: k3x9-${n}`, `CSeq: ${cseqOf(n)} REGISTER`];
const message = (lines) => `${lines.join('\r\n')}\r\n\r\n`;

const echoed = (n) => [
  via(n, ''),
  'Max-Forwards: 70',
  from(n),
  to(n, ''),
  ...ids(n),
  contact(n, ''),
  'Expires: 1800',
  'User-Agent: regstorm/0.1.0 (k3x9)',
  'Content-Length: 0',
];

export const nullreg200 = (n) => message(['SIP/2.0 200 OK', ...echoed(n)]);

export const nullreg401 = (n) => {
  const challenge = `WWW-Authenticate: Digest realm="test.example", nonce="${nonceOf(n)}", qop="auth", algorithm=MD5`;
  return message(['SIP/2.0 401 Unauthorized', challenge, ...echoed(n)]);
};

const kamailio = (n, status, line) =>
  message([
    `SIP/2.0 ${status}`,
    via(n, '=40123;received=127.0.0.1'),
    from(n),
    to(n, `;tag=${toTag(n)}`),
    ...ids(n),
    line,
    'Server: kamailio (5.6.3 (x86_64/linux))',
    'Content-Length: 0',
  ]);

export const kamailio200 = (n) => kamailio(n, '200 OK', contact(n, ';expires=1800'));

export const kamailio401 = (n) =>
  kamailio(
    n,
    '401 Unauthorized',
    `WWW-Authenticate: Digest realm="test.example", nonce="${base64Nonce(n)}", qop="auth"`,
  );

export const long200 = (n) =>
  message([
    'SIP/2.0 200 OK',
    via(n, '=40123;received=127.0.0.1'),
    from(n),
    to(n, `;tag=${toTag(n)}`),
    ...ids(n),
    `Contact: <sip:${userOf(n)}@192.0.2.17:5060;transport=tcp>;expires=312;q=0.8;+sip.instance="<urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6>"`,
    `Contact: <sip:${userOf(n)}@192.0.2.18:5062;ob>;reg-id=1;expires=1207;+g.3gpp.smsip;audio;video`,
    contact(n, ';expires=1800;q=0.5'),
    'Path: <sip:term@pcscf-7.visited.example;lr>',
    'Service-Route: <sip:orig@scscf-3.test.example;lr>',
    `P-Associated-URI: <sip:${userOf(n)}@test.example>, <sip:+4930555${digits(n, 4)}@test.example;user=phone>, <tel:+4930555${digits(n, 4)}>`,
    'P-Charging-Function-Addresses: ccf=192.0.2.40; ecf=192.0.2.41',
    `P-Charging-Vector: icid-value="${nonceOf(n)}"; orig-ioi=visited.example; term-ioi=test.example`,
    'Allow: INVITE, ACK, CANCEL, BYE, PRACK, UPDATE, REFER, NOTIFY, INFO, MESSAGE, OPTIONS, SUBSCRIBE',
    'Allow-Events: presence, message-summary, dialog, reg, ua-profile',
    'Supported: path, gruu, outbound, timer, 100rel, replaces, sec-agree',
    'Date: Thu, 26 Nov 2026 02:41:09 GMT',
    'Server: Example-CSCF/9.4.1',
    'Content-Length: 0',
  ]);

/** VARIETY texts in one buffer. Message n lies in [starts[n], ends[n]), at a multiple of 8 bytes, as receive slots do. */
export const layMessages = (textOf) => {
  const bytes = new Uint8Array(VARIETY * STRIDE_BYTES);
  const starts = new Int32Array(VARIETY);
  const ends = new Int32Array(VARIETY);
  for (let n = 0; n < VARIETY; n++) {
    const text = Buffer.from(textOf(n), 'latin1');
    starts[n] = n * STRIDE_BYTES + 8 * (n & 7);
    ends[n] = starts[n] + text.length;
    bytes.set(text, starts[n]);
  }
  return { bytes, starts, ends };
};
