// Requests that are wrong (RFC 4475 §3.1.2, §3.2), each trait in a message of our own: with the method that the RFC shows it
// with, and in a REGISTER, of which nothing may be bound. Where the RFC leaves it open whether to refuse or to guess, they are
// refused: a client under test shall learn of its mistake.

import { describe, expect, it } from 'vitest';
import { exchange, header, statusOf } from '../unit/registrar/harness.ts';
import { type Change, request } from './own-messages.ts';
import { boundTo, expectOfRequest, type RequestResult, registrarSays } from './three-readers.ts';

const OURS = { domain: 'torture.example' };
const OWN_CONTACT = '<sip:wren@192.0.2.77:5077>';

const refused = (parser: string, phrase: string): RequestResult => ({ parser, registrar: `400 ${phrase}` });
const CONTACT: RequestResult = refused('ok', 'Malformed Contact');
const REQUEST_LINE: RequestResult = refused('start-line', 'Malformed Request-Line');
const METHOD: RequestResult = { parser: 'ok', registrar: '405 Method Not Allowed' };
const VERSION: RequestResult = { parser: 'version', registrar: '505 Version Not Supported' };
const BOUND: RequestResult = { parser: 'ok', registrar: '200 OK', bound: [OWN_CONTACT] };
const ASKED: RequestResult = { parser: 'ok', registrar: '200 OK' };

/** An INVITE, an OPTIONS or a REGISTER with another line in place of one of its own. */
const invite = (instead: Change['instead'] = {}): Uint8Array => request('INVITE', { instead });
const options = (instead: Change['instead'] = {}): Uint8Array => request('OPTIONS', { instead });
const register = (instead: Change['instead'] = {}): Uint8Array => request('REGISTER', { instead });
const lineOf = (line: string): Uint8Array => request(line.split(' ')[0]!, { line });

const BODY = { extra: 'Content-Type: text/plain', body: 'chirp' };
const HUGE = `1${'0'.repeat(100)}`;
const SEPARATORS = { Via: 'Via: SIP/2.0/UDP 192.0.2.77;,;;,' };
const OPEN_QUOTE = { To: 'To: "Mr. W. Ren <sip:wren@torture.example>' };
const SPACED_TO = { To: 'To: "Wren, W." < sip:wren@torture.example >' };
const BARE_NAME = { From: 'From: Wren, Winter <sip:wren@torture.example>;tag=43' };
const OTHER_METHOD = { CSeq: 'CSeq: 8 BYE' };
const COOKIE_ALONE = { Via: 'Via: SIP/2.0/UDP 192.0.2.77;branch=z9hG4bK' };

type Row = readonly [section: string, trait: string, message: Uint8Array, expected: RequestResult];

const REQUESTS: readonly Row[] = [
  [
    '3.1.2.1',
    'separators with nothing between them in Via: INVITE',
    invite(SEPARATORS),
    refused('via', 'Malformed Via'),
  ],
  [
    '3.1.2.1',
    'separators with nothing between them in Via: REGISTER',
    register(SEPARATORS),
    refused('via', 'Malformed Via'),
  ],
  [
    '3.1.2.1',
    'commas with nothing between them in Via: REGISTER',
    register({ Via: 'Via: SIP/2.0/UDP 192.0.2.77;branch=z9hG4bK-c,, SIP/2.0/UDP 192.0.2.78' }),
    refused('via', 'Malformed Via'),
  ],
  ['3.1.2.1', 'semicolons behind a Contact', register({ Contact: 'Contact: "W" <sip:wren@192.0.2.77>;;;;' }), CONTACT],
  ['3.1.2.1', 'a comma behind a Contact', register({ Contact: 'Contact: <sip:wren@192.0.2.77>,' }), CONTACT],
  [
    '3.1.2.1',
    'semicolons behind To',
    register({ To: 'To: <sip:wren@torture.example>;;' }),
    refused('to', 'Malformed To'),
  ],
  [
    '3.1.2.2',
    'a Content-Length larger than the datagram: INVITE',
    request('INVITE', { ...BODY, instead: { 'Content-Length': 'Content-Length: 9999' } }),
    refused('truncated', 'Body Shorter Than Content-Length'),
  ],
  [
    '3.1.2.2',
    'a Content-Length larger than the datagram by one: REGISTER',
    register({ 'Content-Length': 'l: 1' }),
    refused('truncated', 'Body Shorter Than Content-Length'),
  ],
  [
    '3.1.2.3',
    'a negative Content-Length: INVITE',
    request('INVITE', { ...BODY, instead: { 'Content-Length': 'Content-Length: -999' } }),
    refused('content-length', 'Malformed Content-Length'),
  ],
  [
    '3.1.2.3',
    'a negative Content-Length: REGISTER',
    register({ 'Content-Length': 'Content-Length: -1' }),
    refused('content-length', 'Malformed Content-Length'),
  ],
  [
    '3.1.2.3',
    'a Content-Length in words: REGISTER',
    register({ 'Content-Length': 'Content-Length: five' }),
    refused('content-length', 'Malformed Content-Length'),
  ],
  [
    '3.1.2.4',
    'a CSeq above 2^32, and everything else too large as well',
    register({
      CSeq: 'CSeq: 18446744073709551657 REGISTER',
      'Max-Forwards': `Max-Forwards: 300\nExpires: ${HUGE}`,
      Contact: `Contact: <sip:wren@192.0.2.77>\n  ;expires=${HUGE}`,
    }),
    refused('cseq', 'Malformed CSeq'),
  ],
  ['3.1.2.4', 'a CSeq of 2^31', register({ CSeq: 'CSeq: 2147483648 REGISTER' }), refused('cseq', 'Malformed CSeq')],
  [
    '3.1.2.4',
    'a Max-Forwards above 255 alone is as good as none',
    register({ 'Max-Forwards': 'Max-Forwards: 300' }),
    BOUND,
  ],
  ['3.1.2.4', 'an Expires of a hundred digits alone', register({ 'Max-Forwards': `Expires: ${HUGE}` }), BOUND],
  [
    '3.1.2.4',
    'an expires parameter of a hundred digits alone',
    register({ Contact: `Contact: ${OWN_CONTACT};expires=${HUGE}` }),
    BOUND,
  ],
  ['3.1.2.6', 'a quote that does not end in To: INVITE', invite(OPEN_QUOTE), refused('to', 'Malformed To')],
  ['3.1.2.6', 'a quote that does not end in To: REGISTER', register(OPEN_QUOTE), refused('to', 'Malformed To')],
  [
    '3.1.2.6',
    'a quote that ends in the wrong place: REGISTER',
    register({ To: 'To: "W <sip:wren@torture.example> <sip:other@torture.example>' }),
    refused('to', 'Malformed To'),
  ],
  [
    '3.1.2.6',
    'a quote that does not end in Contact',
    register({ Contact: 'Contact: "W <sip:wren@192.0.2.77>' }),
    CONTACT,
  ],
  [
    '3.1.2.7',
    'angle brackets around the Request-URI: INVITE',
    lineOf('INVITE <sip:torture.example> SIP/2.0'),
    REQUEST_LINE,
  ],
  [
    '3.1.2.7',
    'angle brackets around the Request-URI: REGISTER',
    lineOf('REGISTER <sip:torture.example> SIP/2.0'),
    REQUEST_LINE,
  ],
  ['3.1.2.8', 'a space in the Request-URI: INVITE', lineOf('INVITE sip:torture.example; lr SIP/2.0'), REQUEST_LINE],
  ['3.1.2.8', 'a space in the Request-URI: REGISTER', lineOf('REGISTER sip:torture.example; lr SIP/2.0'), REQUEST_LINE],
  [
    '3.1.2.9',
    'more than one space between the parts: INVITE',
    lineOf('INVITE  sip:torture.example  SIP/2.0'),
    REQUEST_LINE,
  ],
  [
    '3.1.2.9',
    'more than one space between the parts: REGISTER',
    lineOf('REGISTER sip:torture.example  SIP/2.0'),
    REQUEST_LINE,
  ],
  ['3.1.2.10', 'spaces behind the version: OPTIONS', lineOf('OPTIONS sip:torture.example SIP/2.0  '), REQUEST_LINE],
  ['3.1.2.10', 'spaces behind the version: REGISTER', lineOf('REGISTER sip:torture.example SIP/2.0 '), REQUEST_LINE],
  [
    '3.1.2.11',
    'headers in the Request-URI: INVITE, whose method is refused first',
    lineOf('INVITE sip:torture.example?Route=%3Csip:edge.example%3E SIP/2.0'),
    METHOD,
  ],
  [
    '3.1.2.11',
    'headers in the Request-URI: REGISTER, to which they are not applied',
    lineOf('REGISTER sip:torture.example?Contact=%3Csip:cuckoo%40192.0.2.66%3E SIP/2.0'),
    refused('ok', 'Malformed Request-URI'),
  ],
  [
    '3.1.2.12',
    'a Date that is not in GMT: INVITE',
    request('INVITE', { extra: 'Date: Fri, 01 Jan 2010 16:00:00 EST' }),
    METHOD,
  ],
  [
    '3.1.2.12',
    'a Date that is not in GMT, or none at all, makes no difference: REGISTER',
    request('REGISTER', { extra: 'Date: Fri, 01 Jan 2010 16:00:00 EST\nDate: tomorrow' }),
    BOUND,
  ],
  [
    '3.1.2.13',
    'headers in a Contact without angle brackets',
    register({ Contact: 'Contact: sip:wren@192.0.2.77?Route=%3Csip:edge.example%3E' }),
    CONTACT,
  ],
  ['3.1.2.14', 'spaces around the URI in To: OPTIONS', options(SPACED_TO), refused('to', 'Malformed To')],
  ['3.1.2.14', 'spaces around the URI in To: REGISTER', register(SPACED_TO), refused('to', 'Malformed To')],
  ['3.1.2.14', 'spaces in the URI of a Contact', register({ Contact: 'Contact: <sip:wren @192.0.2.77>' }), CONTACT],
  [
    '3.1.2.15',
    'a comma in a display name without quotes: OPTIONS',
    options(BARE_NAME),
    refused('from', 'Malformed From'),
  ],
  [
    '3.1.2.15',
    'a comma in a display name without quotes: REGISTER',
    register(BARE_NAME),
    refused('from', 'Malformed From'),
  ],
  [
    '3.1.2.15',
    'a comma in the name of a Contact',
    register({ Contact: 'Contact: Wren, W <sip:wren@192.0.2.77>' }),
    CONTACT,
  ],
  [
    '3.1.2.16',
    'version 7.0, in the Via too: OPTIONS',
    request('OPTIONS', {
      line: 'OPTIONS sip:torture.example SIP/7.0',
      instead: { Via: 'Via:     SIP/7.0/UDP wren.example;branch=z9hG4bK7' },
    }),
    VERSION,
  ],
  ['3.1.2.16', 'version 7.0: REGISTER', lineOf('REGISTER sip:torture.example SIP/7.0'), VERSION],
  ['3.1.2.17', 'another method in CSeq: OPTIONS', options(OTHER_METHOD), refused('cseq-method', 'CSeq Method Differs')],
  [
    '3.1.2.17',
    'another method in CSeq: REGISTER',
    register(OTHER_METHOD),
    refused('cseq-method', 'CSeq Method Differs'),
  ],
  [
    '3.1.2.18',
    'an unknown method, and another one in CSeq',
    request('WARBLE', { instead: OTHER_METHOD }),
    { parser: 'cseq-method', registrar: '501 Not Implemented' },
  ],
  [
    '3.1.2.18',
    'an unknown method in CSeq alone: REGISTER',
    register({ CSeq: 'CSeq: 8 WARBLE' }),
    refused('cseq-method', 'CSeq Method Differs'),
  ],
  ['3.2.1', 'a branch that is the cookie alone is taken as RFC 2543 took one: OPTIONS', options(COOKIE_ALONE), ASKED],
  ['3.2.1', 'a branch that is the cookie alone is taken as RFC 2543 took one: REGISTER', register(COOKIE_ALONE), BOUND],
];

describe('invalid requests', () => {
  it.each(REQUESTS)('§%s %s', (_section, _trait, message, expected) => {
    expectOfRequest(message, expected);
  });

  it('3.1.2.4 an expiry too large is 2^32-1 (RFC 3261 §20.10), and so the longest that is granted, not the 3600 of a malformed one', () => {
    const huge = register({ Contact: `Contact: ${OWN_CONTACT};expires=${HUGE}` });
    expect(header(registrarSays(huge, OURS).answer, 'Contact')).toEqual([`${OWN_CONTACT};expires=7200`]);
    const words = register({ Contact: `Contact: ${OWN_CONTACT};expires=soon` });
    expect(header(registrarSays(words, OURS).answer, 'Contact')).toEqual([`${OWN_CONTACT};expires=3600`]);
  });

  it('3.2.1 two requests with the cookie alone are two transactions, told apart by Call-ID and CSeq', () => {
    const { registrar } = registrarSays(register(COOKIE_ALONE), OURS);
    const other = { ...COOKIE_ALONE, To: 'To: <sip:robin@torture.example>', 'Call-ID': 'Call-ID: torture-2' };
    expect(statusOf(exchange(registrar, register(other)))).toBe(200);
    expect(boundTo(registrar, 'robin')).toEqual([OWN_CONTACT]);
  });
});
