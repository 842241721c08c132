// IPv6 in messages (RFC 5118), each trait in a message of our own. Nothing here is carried over IPv6 yet; what is read is
// the text, by a registrar of the domain [2001:db8::77], whatever the messages came over.

import { describe, expect, it } from 'vitest';
import { countersOf } from '../../src/registrar/index.ts';
import { SENT_BY } from '../unit/engine/driver.ts';
import { exchange, header } from '../unit/registrar/harness.ts';
import { type Change, request, response } from './own-messages.ts';
import {
  boundTo,
  clientSays,
  expectOfRequest,
  parserSays,
  type RequestResult,
  registrarSays,
} from './three-readers.ts';

const DOMAIN = '[2001:db8::77]';
const OURS = { domain: DOMAIN };
const BOUND: RequestResult = {
  parser: 'ok',
  registrar: '200 OK',
  bound: ['<sip:wren@[2001:db8::9]>'],
  options: OURS,
};
const ASKED: RequestResult = { parser: 'ok', registrar: '200 OK', options: OURS };
const METHOD: RequestResult = { parser: 'ok', registrar: '405 Method Not Allowed', options: OURS };
const FOREIGN: RequestResult = { parser: 'ok', registrar: '404 Domain Not Served', options: OURS };

/** IPv6 wherever an address stands; `uri` is the Request-URI. */
const over6 = (method: string, uri: string, change: Change = {}): Uint8Array =>
  request(method, {
    line: `${method} ${uri} SIP/2.0`,
    ...change,
    instead: {
      Via: 'Via: SIP/2.0/UDP [2001:db8::9];branch=z9hG4bK-6',
      To: `To: <sip:wren@${DOMAIN}>`,
      From: `From: "W" <sip:wren@${DOMAIN}>;tag=6`,
      Contact: 'Contact: "W" <sip:wren@[2001:db8::9]>',
      ...change.instead,
    },
  });

const via = (value: string): Change => ({ instead: { Via: `Via: SIP/2.0/UDP ${value}` } });
const to = (host: string): Change => ({ instead: { To: `To: <sip:wren@${host}>` } });

const SESSION = `v=0
o=wren 1 1 IN IP6 2001:db8::9
s=dawn chorus
c=IN IP6 2001:db8::9
t=0 0
m=audio 6000 RTP/AVP 0
c=IN IP4 192.0.2.9
`;
const WITH_SESSION: Change = { extra: 'Content-Type: application/sdp', body: SESSION };
const OPTIONAL_SESSION: Change = {
  extra: 'Content-Type: application/sdp\nContent-Disposition: session;handling=optional',
  body: SESSION,
};
const MANY_VIAS = via(
  `[2001:db8::9]:6050;branch=z9hG4bK-a\nVia: SIP/2.0/UDP 192.0.2.9;branch=b\nVia: SIP/2.0/TCP [2001:db8::8];branch=c;received=192.0.2.8`,
);
const MAPPED: Change = {
  instead: {
    Via: 'Via: SIP/2.0/UDP [::ffff:192.0.2.9]:19823;branch=z9hG4bK-m\nVia: SIP/2.0/UDP [::ffff:192.0.2.8];branch=n',
    Contact: 'Contact: <sip:wren@[::ffff:192.0.2.9]>',
  },
};

type Row = readonly [section: string, trait: string, message: Uint8Array, expected: RequestResult];

const REQUESTS: readonly Row[] = [
  ['4.1', 'references in Request-URI, To, From, Via and Contact', over6('REGISTER', `sip:${DOMAIN}`), BOUND],
  [
    '4.2',
    'an address without brackets in the Request-URI',
    over6('REGISTER', 'sip:2001:db8::77'),
    { ...ASKED, registrar: '400 Malformed Request-URI' },
  ],
  [
    '4.2',
    'an address without brackets in To',
    over6('REGISTER', `sip:${DOMAIN}`, to('2001:db8::77')),
    { ...ASKED, registrar: '400 Malformed To' },
  ],
  [
    '4.2',
    'an address without brackets in sent-by, which leaves nowhere to answer to',
    over6('REGISTER', `sip:${DOMAIN}`, via('2001:db8::9;branch=z9hG4bK-6')),
    { ...ASKED, parser: 'via', registrar: 'none' },
  ],
  [
    '4.2',
    'a bracket that is not closed',
    over6('REGISTER', 'sip:[2001:db8::77'),
    { ...ASKED, registrar: '400 Malformed Request-URI' },
  ],
  [
    '4.3',
    'a port that slipped into the brackets makes another address',
    over6('REGISTER', 'sip:[2001:db8::77:5070]'),
    FOREIGN,
  ],
  [
    '4.3',
    'a port that slipped into the brackets is read as an address',
    over6('REGISTER', 'sip:[2001:db8::77:5070]', to('[2001:db8::77:5070]')),
    { ...BOUND, options: { domain: '[2001:db8::77:5070]' } },
  ],
  ['4.4', 'a port behind the brackets is a port', over6('REGISTER', `sip:${DOMAIN}:5070`), BOUND],
  [
    '4.5',
    'received in brackets: BYE',
    over6('BYE', `sip:${DOMAIN}`, via('[2001:db8::9];received=[2001:db8::9:255];branch=z9hG4bK-6')),
    METHOD,
  ],
  [
    '4.5',
    'received in brackets: REGISTER',
    over6('REGISTER', `sip:${DOMAIN}`, via('[2001:db8::9];received=[2001:db8::9:255];branch=z9hG4bK-6')),
    BOUND,
  ],
  [
    '4.5',
    'received without brackets: OPTIONS',
    over6('OPTIONS', `sip:${DOMAIN}`, via('[2001:db8::9];received=2001:db8::9:255;branch=z9hG4bK-6')),
    ASKED,
  ],
  [
    '4.5',
    'received without brackets: REGISTER',
    over6('REGISTER', `sip:${DOMAIN}`, via('[2001:db8::9];received=2001:db8::9:255;branch=z9hG4bK-6')),
    BOUND,
  ],
  ['4.6', 'addresses without brackets in a body: INVITE', over6('INVITE', `sip:wren@${DOMAIN}`, WITH_SESSION), METHOD],
  [
    '4.6',
    'addresses without brackets in a body: REGISTER',
    over6('REGISTER', `sip:${DOMAIN}`, OPTIONAL_SESSION),
    BOUND,
  ],
  ['4.7', 'Vias of both families: BYE', over6('BYE', `sip:wren@${DOMAIN}`, MANY_VIAS), METHOD],
  ['4.7', 'Vias of both families: REGISTER', over6('REGISTER', `sip:${DOMAIN}`, MANY_VIAS), BOUND],
  ['4.8', 'addresses of both families in a body: INVITE', over6('INVITE', `sip:wren@${DOMAIN}`, WITH_SESSION), METHOD],
  [
    '4.8',
    'addresses of both families in a body: REGISTER, which has no use for it',
    over6('REGISTER', `sip:${DOMAIN}`, WITH_SESSION),
    { ...ASKED, registrar: '415 Unsupported Media Type' },
  ],
  ['4.9', 'IPv4 addresses mapped into IPv6: INVITE', over6('INVITE', `sip:wren@${DOMAIN}`, MAPPED), METHOD],
  [
    '4.9',
    'IPv4 addresses mapped into IPv6: REGISTER',
    over6('REGISTER', `sip:${DOMAIN}`, MAPPED),
    { ...BOUND, bound: ['<sip:wren@[::ffff:192.0.2.9]>'] },
  ],
  [
    '4.10',
    'a third colon before an IPv4 address, as the old grammar had it: OPTIONS',
    over6('OPTIONS', 'sip:wren@[2001:db8:::192.0.2.7]', to('[2001:db8:::192.0.2.7]')),
    { ...ASKED, options: { domain: '[2001:db8:::192.0.2.7]' } },
  ],
  [
    '4.10',
    'a third colon before an IPv4 address, as the old grammar had it: REGISTER',
    over6('REGISTER', `sip:${DOMAIN}`, { instead: { Contact: 'Contact: <sip:wren@[2001:db8:::192.0.2.7]>' } }),
    { ...BOUND, bound: ['<sip:wren@[2001:db8:::192.0.2.7]>'] },
  ],
  [
    '4.10',
    'two colons before an IPv4 address: OPTIONS',
    over6('OPTIONS', 'sip:wren@[2001:db8::192.0.2.7]', to('[2001:db8::192.0.2.7]')),
    { ...ASKED, options: { domain: '[2001:db8::192.0.2.7]' } },
  ],
];

type Answer = readonly [section: string, trait: string, status: string, change: Change, verdict: string];

const others = (contact: string): Change => ({ extra: `Contact: ${contact}` });

const ANSWERS: readonly Answer[] = [
  [
    '4.1',
    "somebody else's contact in IPv6 beside our own",
    '200 OK',
    others('<sip:wren@[2001:db8::9]>;expires=9'),
    'succeeded',
  ],
  [
    '4.2',
    "somebody else's contact without brackets beside our own",
    '200 OK',
    others('<sip:wren@2001:db8::9>'),
    'succeeded',
  ],
  ['4.3', 'a contact with its port in the brackets', '200 OK', others('<sip:wren@[2001:db8::9:5070]>'), 'succeeded'],
  [
    '4.4',
    'a contact with its port behind the brackets',
    '200 OK',
    others('<sip:wren@[2001:db8::9]:5070>'),
    'succeeded',
  ],
  ['4.6', 'a body with addresses', '200 OK', WITH_SESSION, 'succeeded'],
  ['4.8', 'a body with addresses of both families', '403 Forbidden', WITH_SESSION, 'status-403'],
  ['4.9', 'a contact with a mapped address', '200 OK', others('<sip:wren@[::ffff:192.0.2.9]>'), 'succeeded'],
  ['4.10', 'a contact with a third colon', '200 OK', others('<sip:wren@[2001:db8:::192.0.2.7]>'), 'succeeded'],
];

describe('RFC 5118: IPv6', () => {
  it.each(REQUESTS)('RFC 5118 §%s %s', (_section, _trait, message, expected) => {
    expectOfRequest(message, expected);
  });

  it.each(ANSWERS)('RFC 5118 §%s %s, in an answer', (_section, _trait, status, change, verdict) => {
    expect(clientSays((sent) => response(sent, status, change)).verdict).toBe(verdict);
  });

  it('RFC 5118 §4.5 a client takes its Via back with received in either form', () => {
    for (const received of ['[2001:db8::9:255]', '2001:db8::9:255']) {
      const change = { instead: { Via: `Via: SIP/2.0/UDP ${SENT_BY};received=${received};branch={branch}` } };
      expect(clientSays((sent) => response(sent, '200 OK', change)).verdict, received).toBe('succeeded');
    }
  });

  it('RFC 5118 §4.7 a client discards an answer with Vias of both families, as it does with any two', () => {
    const second = { extra: 'Via: SIP/2.0/UDP [2001:db8::9];branch=x' };
    expect(clientSays((sent) => response(sent, '200 OK', second)).verdict).toBe('stray');
  });

  it('RFC 5118 §4.7 the Vias come back as they came, the top one with the address that it was sent from', () => {
    const { answer } = registrarSays(over6('REGISTER', `sip:${DOMAIN}`, MANY_VIAS), OURS);
    expect(header(answer, 'Via')).toEqual([
      'SIP/2.0/UDP [2001:db8::9]:6050;branch=z9hG4bK-a;received=127.0.0.2',
      'SIP/2.0/UDP 192.0.2.9;branch=b',
      'SIP/2.0/TCP [2001:db8::8];branch=c;received=192.0.2.8',
    ]);
    expect(answer?.port).toBe(6050);
  });

  it('RFC 5118 §4.9 the answer goes to the port behind a mapped address', () => {
    expect(registrarSays(over6('REGISTER', `sip:${DOMAIN}`, MAPPED), OURS).answer?.port).toBe(19_823);
  });

  it('RFC 5954 §4.2 WRONG, the same address in other digits is another contact: hosts are compared as text, there being no IPv6', () => {
    const { registrar } = registrarSays(over6('REGISTER', `sip:${DOMAIN}`), OURS);
    const contact = 'Contact: <sip:wren@[2001:DB8:0::9]>';
    const again = {
      Via: 'Via: SIP/2.0/UDP [2001:db8::9];branch=z9hG4bK-7',
      CSeq: 'CSeq: 42 REGISTER',
      Contact: contact,
    };
    exchange(registrar, over6('REGISTER', `sip:${DOMAIN}`, { instead: again }));
    expect(boundTo(registrar, 'wren')).toEqual(['<sip:wren@[2001:db8::9]>', '<sip:wren@[2001:DB8:0::9]>']);
    expect(countersOf(registrar).bindingsRefreshed).toBe(0);
  });

  it('RFC 5118 §4.1 an address in capitals is the same, as host names are', () => {
    expect(registrarSays(over6('REGISTER', 'sip:[2001:DB8::77]'), OURS).line).toBe('200 OK');
    expect(parserSays(over6('REGISTER', 'SIP:[2001:DB8::77]'))).toBe('ok');
  });
});
