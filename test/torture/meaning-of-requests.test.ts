// Requests that can be read and yet can't be granted, or look as if they couldn't (RFC 4475 §3.3, §3.4), each trait in a
// message of our own: with the method that the RFC shows it with, and in a REGISTER.

import { describe, expect, it } from 'vitest';
import { exchange, header } from '../unit/registrar/harness.ts';
import { type Change, request } from './own-messages.ts';
import { boundTo, expectOfRequest, type RequestResult, registrarSays } from './three-readers.ts';

const OURS = { domain: 'torture.example' };
const OWN_CONTACT = '<sip:wren@192.0.2.77:5077>';

const METHOD: RequestResult = { parser: 'ok', registrar: '405 Method Not Allowed' };
const SCHEME: RequestResult = { parser: 'ok', registrar: '416 Unsupported URI Scheme' };
const EXTENSION: RequestResult = { parser: 'ok', registrar: '420 Bad Extension' };
const DROPPED: RequestResult = { parser: 'missing-header', registrar: 'none' };
const REPEATED: RequestResult = { parser: 'duplicate-header', registrar: '400 Repeated Header' };
const ASKED: RequestResult = { parser: 'ok', registrar: '200 OK' };
const BOUND: RequestResult = { ...ASKED, bound: [OWN_CONTACT] };

const register = (instead: Change['instead'] = {}): Uint8Array => request('REGISTER', { instead });
const lineOf = (line: string): Uint8Array => request(line.split(' ')[0]!, { line });
const repeating = (method: string, extra: string): Uint8Array => request(method, { extra });

const NO_IDENTITY = { without: ['From', 'To', 'Call-ID', 'Max-Forwards'] };
const REQUIRED = {
  extra: 'Require: flocking, moulting\nRequire: nesting\nProxy-Require: foraging',
};
const FOREIGN_BODY = { extra: 'Content-Type: application/x-birdsong', body: '<song/>' };
const REPEATED_ALL = {
  extra:
    'CSeq: 59 INVITE\nCall-ID: torture-2\nTo: <sip:b@torture.example>\nFrom: <sip:c@torture.example>\nMax-Forwards: 5',
};
const OLD_SYNTAX: Change = {
  without: ['Max-Forwards', 'Content-Length'],
  instead: {
    Via: 'Via: SIP/2.0/UDP 192.0.2.77:5077',
    From: 'From: <sip:+15551234@torture.example;user=phone>',
    To: 'To: sip:wren@torture.example',
  },
  extra: 'Record-Route: <sip:wren@torture.example;maddr=edge.example>',
};

type Row = readonly [section: string, trait: string, message: Uint8Array, expected: RequestResult];

const REQUESTS: readonly Row[] = [
  [
    '3.3.1',
    'WRONG, no 400 to a request without Call-ID, From and To: an answer could not repeat them: INVITE',
    request('INVITE', NO_IDENTITY),
    DROPPED,
  ],
  [
    '3.3.1',
    'WRONG, no 400 to a request without Call-ID, From and To: an answer could not repeat them: REGISTER',
    request('REGISTER', NO_IDENTITY),
    DROPPED,
  ],
  ['3.3.1', 'WRONG, no 400 to a request without Call-ID', request('REGISTER', { without: ['Call-ID'] }), DROPPED],
  ['3.3.1', 'WRONG, no 400 to a request without From', request('REGISTER', { without: ['From'] }), DROPPED],
  ['3.3.1', 'WRONG, no 400 to a request without To', request('REGISTER', { without: ['To'] }), DROPPED],
  ['3.3.1', 'WRONG, no 400 to a request without CSeq', request('REGISTER', { without: ['CSeq'] }), DROPPED],
  [
    '3.3.1',
    'no answer to a request without Via: there is nowhere to send it',
    request('REGISTER', { without: ['Via'] }),
    DROPPED,
  ],
  ['3.3.1', 'a request without Max-Forwards is taken', request('REGISTER', { without: ['Max-Forwards'] }), BOUND],
  ['3.3.2', 'a scheme in the Request-URI that nobody knows: OPTIONS', lineOf('OPTIONS warble:tweet SIP/2.0'), SCHEME],
  ['3.3.2', 'a scheme in the Request-URI that nobody knows: REGISTER', lineOf('REGISTER warble:tweet SIP/2.0'), SCHEME],
  [
    '3.3.3',
    'a scheme in the Request-URI that is not for SIP: OPTIONS',
    lineOf('OPTIONS http://192.0.2.9:80 SIP/2.0'),
    SCHEME,
  ],
  [
    '3.3.3',
    'a scheme in the Request-URI that is not for SIP: REGISTER',
    lineOf('REGISTER tel:+15551234 SIP/2.0'),
    SCHEME,
  ],
  [
    '3.3.3',
    'sips, which this registrar has no TLS for, counts as such a scheme: REGISTER',
    lineOf('REGISTER sips:torture.example SIP/2.0'),
    SCHEME,
  ],
  [
    '3.3.4',
    'an address-of-record that is no SIP URI, with other schemes all over',
    register({ To: 'To: isbn:978', From: 'From: <http://www.example>;tag=3', Contact: 'Contact: <name:W_Ren>' }),
    { parser: 'ok', registrar: '400 Malformed To' },
  ],
  [
    '3.3.4',
    'other schemes in From and Contact are no reason to refuse, and are kept as they are',
    register({
      From: 'From: <http://www.example>;tag=3',
      Contact: 'Contact: <name:W_Ren>\nContact: tel:+15551234;q=1',
    }),
    { ...ASKED, bound: ['<name:W_Ren>', '<tel:+15551234>;q=1'] },
  ],
  ['3.3.5', 'extensions that nobody supports: OPTIONS', request('OPTIONS', REQUIRED), EXTENSION],
  ['3.3.5', 'extensions that nobody supports: REGISTER', request('REGISTER', REQUIRED), EXTENSION],
  [
    '3.3.5',
    'extensions that are asked of proxies only: REGISTER',
    request('REGISTER', { extra: 'Proxy-Require: foraging' }),
    BOUND,
  ],
  [
    '3.3.6',
    'a body of an unknown type: INVITE, whose method is refused first',
    request('INVITE', FOREIGN_BODY),
    METHOD,
  ],
  [
    '3.3.6',
    'a body of an unknown type: REGISTER',
    request('REGISTER', FOREIGN_BODY),
    { parser: 'ok', registrar: '415 Unsupported Media Type' },
  ],
  [
    '3.3.6',
    'a body of an unknown type: OPTIONS',
    request('OPTIONS', FOREIGN_BODY),
    { parser: 'ok', registrar: '415 Unsupported Media Type' },
  ],
  [
    '3.3.6',
    'a body of an unknown type that may be ignored: REGISTER',
    request('REGISTER', { ...FOREIGN_BODY, extra: 'Content-Disposition: x-perch;handling=optional' }),
    BOUND,
  ],
  [
    '3.3.7',
    'credentials of an unknown scheme, where nobody asks for any',
    request('REGISTER', { extra: 'Authorization: Featherprint plumage=grey' }),
    BOUND,
  ],
  [
    '3.3.7',
    'credentials of an unknown scheme, where a password is asked for',
    request('REGISTER', { extra: 'Authorization: Featherprint plumage=grey' }),
    { parser: 'ok', registrar: '401 Unauthorized', options: { password: 'secret' } },
  ],
  ['3.3.8', 'five headers that may stand once stand twice: INVITE', repeating('INVITE', REPEATED_ALL.extra), REPEATED],
  ['3.3.8', 'a second CSeq: REGISTER', repeating('REGISTER', 'CSeq: 42 REGISTER'), REPEATED],
  ['3.3.8', 'a second Call-ID: REGISTER', repeating('REGISTER', 'i: torture-1'), REPEATED],
  ['3.3.8', 'a second To: REGISTER', repeating('REGISTER', 't: <sip:b@torture.example>'), REPEATED],
  ['3.3.8', 'a second From: REGISTER', repeating('REGISTER', 'f: <sip:b@torture.example>'), REPEATED],
  ['3.3.8', 'a second Max-Forwards: REGISTER', repeating('REGISTER', 'Max-Forwards: 5'), REPEATED],
  ['3.3.8', 'a second Expires: REGISTER', repeating('REGISTER', 'Expires: 60\nExpires: 0'), REPEATED],
  [
    '3.3.9',
    'two lengths that differ: OPTIONS',
    request('OPTIONS', { extra: 'Content-Length: 5\nContent-Type: text/plain', body: 'How long is a tail?' }),
    REPEATED,
  ],
  ['3.3.9', 'two lengths, though they are the same: REGISTER', repeating('REGISTER', 'l: 0'), REPEATED],
  [
    '3.3.11',
    'Max-Forwards 0 is for proxies: OPTIONS',
    request('OPTIONS', { instead: { 'Max-Forwards': 'Max-Forwards: 0' } }),
    ASKED,
  ],
  ['3.3.11', 'Max-Forwards 0 is for proxies: REGISTER', register({ 'Max-Forwards': 'Max-Forwards: 0' }), BOUND],
  [
    '3.3.12',
    "a parameter behind a Contact without brackets is the Contact's",
    register({ Contact: 'Contact: sip:+15551234@gateway.example;feathered' }),
    { ...ASKED, bound: ['<sip:+15551234@gateway.example>;feathered'] },
  ],
  [
    '3.3.13',
    "a parameter between the brackets is the URI's",
    register({ Contact: 'Contact: <sip:+15551234@gateway.example;feathered>' }),
    { ...ASKED, bound: ['<sip:+15551234@gateway.example;feathered>'] },
  ],
  [
    '3.3.14',
    'a header in the URI of a Contact stays in it',
    register({ Contact: 'm: <sip:wren@torture.example?Route=%3Csip:edge.example%3E>' }),
    { ...ASKED, bound: ['<sip:wren@torture.example?Route=%3Csip:edge.example%3E>'] },
  ],
  [
    '3.3.15',
    'an Accept that nothing fits: INVITE, whose method is refused first',
    request('INVITE', { extra: 'Accept: text/x-birdsong' }),
    METHOD,
  ],
  [
    '3.3.15',
    'an Accept that nothing fits, and an answer that has no body anyway: REGISTER',
    request('REGISTER', { extra: 'Accept: text/x-birdsong' }),
    BOUND,
  ],
  ['3.4.1', 'no branch, no tag, no length, no Max-Forwards: INVITE', request('INVITE', OLD_SYNTAX), METHOD],
  ['3.4.1', 'no branch, no tag, no length, no Max-Forwards: REGISTER', request('REGISTER', OLD_SYNTAX), BOUND],
];

/** What a registrar lists to somebody who asks without a Contact, after this request. */
const fetchedAfter = (first: Uint8Array): readonly string[] => {
  const { registrar } = registrarSays(first, OURS);
  const query = request('REGISTER', {
    without: ['Contact'],
    instead: { Via: 'Via: SIP/2.0/UDP 192.0.2.77;branch=z9hG4bKq' },
  });
  return header(exchange(registrar, query), 'Contact');
};

describe('requests that can be read', () => {
  it.each(REQUESTS)('§%s %s', (_section, _trait, message, expected) => {
    expectOfRequest(message, expected);
  });

  it('3.3.5 Unsupported lists every extension of Require, row by row, and none of Proxy-Require', () => {
    const { answer } = registrarSays(request('REGISTER', REQUIRED), OURS);
    expect(header(answer, 'Unsupported')).toEqual(['flocking, moulting', 'nesting']);
  });

  it('3.3.12, 3.3.13, 3.3.14 a later fetch has the parameters and headers where they were', () => {
    const contacts = ['sip:w@192.0.2.7;feathered', '<sip:w@192.0.2.7;feathered>', '<sip:w@192.0.2.7?Subject=tweet>'];
    expect(contacts.flatMap((contact) => fetchedAfter(register({ Contact: `Contact: ${contact}` })))).toEqual([
      '<sip:w@192.0.2.7>;feathered;expires=1800',
      '<sip:w@192.0.2.7;feathered>;expires=1800',
      '<sip:w@192.0.2.7?Subject=tweet>;expires=1800',
    ]);
  });

  it('3.4.1 a request without a branch that comes again is the same transaction', () => {
    const { registrar, answer } = registrarSays(request('REGISTER', OLD_SYNTAX), OURS);
    expect(exchange(registrar, request('REGISTER', OLD_SYNTAX))).toEqual(answer);
    expect(boundTo(registrar, 'wren')).toEqual([OWN_CONTACT]);
  });

  it('RFC 3261 §8.2.2.2 WRONG, a request that came on another way gets no 482: its CSeq is found not to be higher', () => {
    const { registrar } = registrarSays(register(), OURS);
    const merged = exchange(registrar, register({ Via: 'Via: SIP/2.0/UDP 192.0.2.77;branch=z9hG4bK-other-way' }));
    expect(merged?.text.split('\r\n')[0]).toBe('SIP/2.0 500 CSeq Out Of Order');
  });
});
