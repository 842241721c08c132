// What RFC 4475 tortures with, in answers: to a real REGISTER of a client, whose Via, Call-ID and CSeq they carry. Where the
// RFC shows the trait in a request only, a registrar can still put it into an answer, and then it stands here too. The
// verdicts are those of three-readers.ts. A registrar that is sent these counts them and is silent.

import { describe, expect, it } from 'vitest';
import { COUNTER_STRAY } from '../../src/metrics/index.ts';
import { countersOf } from '../../src/registrar/index.ts';
import { counted, responsesOf } from '../unit/engine/books.ts';
import { SENT_BY } from '../unit/engine/driver.ts';
import { readRequest } from '../unit/engine/messages.ts';
import { type Change, response } from './own-messages.ts';
import { type ClientSays, clientSays, parserSays, registrarSays } from './three-readers.ts';

const OK = '200 OK';
const OWN_URI = `sip:u000@${SENT_BY}`;
const AT_HOME = `@${SENT_BY}`;

const contact = (value: string): Change => ({ instead: { Contact: `Contact: ${value}` } });
const via = (value: string): Change => ({ instead: { Via: `Via: ${value}` } });
const to = (value: string): Change => ({ instead: { To: `To: ${value}` } });
const cseq = (value: string): Change => ({ instead: { CSeq: `CSeq: ${value}` } });
const length = (value: string): Change => ({ instead: { 'Content-Length': `Content-Length: ${value}` } });
const extra = (lines: string): Change => ({ extra: lines });
const line = (text: string): Change => ({ line: text });
const without = (...names: string[]): Change => ({ without: names });

const LONG = 'tweet'.repeat(1000);
const DIGEST = 'Digest realm="test.example", nonce="n1", algorithm=MD5, qop="auth"';
const FOREIGN_SCHEME = 'Featherprint plumage="grey"';

const TORTUOUS: Change = {
  instead: {
    Via: `v :  SIP  / 2.0  / UDP\n    ${SENT_BY} ;\n  branch  =   {branch}`,
    From: 'fRoM   : "The \\"Wren\\" \\\\"\t <sip:u000@test.example>\n  ;\n  TAG = w1',
    To: 'T :\n sip:u000@test.example ;   tag    = t1',
    CSeq: 'cseq: 0001\n  REGISTER',
    Contact: `m:"One \\"of\\" two" <${OWN_URI}> ; fresh =\n value ;\n flag ; eXpires = 77 , <sip:second@192.0.2.78>`,
    'Content-Length': 'Content-Length   : 000',
  },
  extra: 's :\nX-New:   some value\n that goes on\nX-Separators: ;,;;,,;',
};

type Row = readonly [section: string, trait: string, status: string, change: Change, parser: string, verdict: string];

const ANSWERS: readonly Row[] = [
  ['3.1.1.1', 'everything folded, spaced out and abbreviated', OK, TORTUOUS, 'ok', 'succeeded'],
  [
    '3.1.1.1',
    'WRONG, spaces in sent-by make it another one: nobody puts them there, and bytes are compared',
    OK,
    via('SIP/2.0/UDP 127.0.0.1 : 40000;branch={branch}'),
    'ok',
    'stray',
  ],
  [
    '3.1.1.2',
    'a quoted NUL, and UTF-8 as a parameter',
    OK,
    to('"\\\\\\x00" <sip:a@b>;!x*~-%="Жü";tag=.~x\'+`*%!-_'),
    'ok',
    'succeeded',
  ],
  ['3.1.1.2', 'every character of a token as the method', OK, cseq("1 !odd-Verb_0*+`.%'~"), 'ok', 'stray'],
  ['3.1.1.3', 'escapes in our own contact', OK, contact(`<SIP:%75%300%30${AT_HOME}>`), 'ok', 'succeeded'],
  [
    '3.1.1.3',
    'an escaped escape is not our own contact',
    OK,
    contact(`<sip:%2575000${AT_HOME}>`),
    'ok',
    'binding-missing',
  ],
  [
    '3.1.1.4',
    'our user with an escaped NUL behind it is another',
    OK,
    contact(`<sip:u000%00${AT_HOME}>`),
    'ok',
    'binding-missing',
  ],
  [
    '3.1.1.5',
    'an escape in a header name makes it another header',
    OK,
    { instead: { Contact: `C%6Fntact: <${OWN_URI}>` } },
    'ok',
    'binding-missing',
  ],
  ['3.1.1.5', 'an escape in the method of CSeq makes it another method', OK, cseq('1 RE%47ISTER'), 'ok', 'stray'],
  ['3.1.1.6', 'no space between a display name and its bracket', OK, contact(`wren<${OWN_URI}>`), 'ok', 'succeeded'],
  [
    '3.1.1.7',
    'values of 5000 characters',
    OK,
    { ...to(`"${LONG}" <sip:${LONG}@b>;${LONG}=${LONG};tag=${LONG}`), extra: `${LONG}: ${LONG}` },
    'ok',
    'succeeded',
  ],
  [
    '3.1.1.9',
    'a user with a semicolon in it is another',
    OK,
    contact(`<sip:u000;par=u%40b${AT_HOME}>`),
    'ok',
    'binding-missing',
  ],
  [
    '3.1.1.10',
    'a transport that nobody knows, in our own Via',
    OK,
    via(`SIP/2.0/PIGEON ${SENT_BY};branch={branch}`),
    'ok',
    'succeeded',
  ],
  ['3.1.1.11', 'a binary body with line ends and NULs', OK, { body: '\\x00\n\n\\xff"\\x00' }, 'ok', 'succeeded'],
  ['3.1.1.12', 'a phrase in UTF-8', '200 Да, "10 * 20" = двести', {}, 'ok', 'succeeded'],
  ['3.1.1.12', 'a phrase in bytes that are no UTF-8', '200 \\xfe\\xff', {}, 'ok', 'succeeded'],
  ['3.1.1.13', 'an empty phrase', '100 ', {}, 'ok', 'provisional'],
  ['3.1.1.13', 'an empty phrase and no space before it, which is taken all the same', '403', {}, 'ok', 'status-403'],
  [
    '3.1.2.1',
    'separators with nothing between them in Via',
    OK,
    via(`SIP/2.0/UDP ${SENT_BY};branch={branch};,;;,`),
    'via',
    'malformed',
  ],
  ['3.1.2.1', 'a comma behind our own Via', OK, via(`SIP/2.0/UDP ${SENT_BY};branch={branch},`), 'via', 'malformed'],
  ['3.1.2.1', 'semicolons behind a tag', OK, to('<sip:a@b>;tag=1;;'), 'to', 'malformed'],
  ['3.1.2.1', 'semicolons behind our own contact', OK, contact(`<${OWN_URI}>;;;;`), 'ok', 'binding-missing'],
  ['3.1.2.2', 'a Content-Length larger than the datagram', OK, length('9999'), 'truncated', 'malformed'],
  ['3.1.2.3', 'a negative Content-Length', OK, length('-999'), 'content-length', 'malformed'],
  ['3.1.2.3', 'a Content-Length in words', OK, length('five'), 'content-length', 'malformed'],
  ['3.1.2.4', 'an expires parameter above 2^32', OK, contact(`<${OWN_URI}>;expires=99999999999999`), 'ok', 'succeeded'],
  ['3.1.2.5', 'a CSeq above 2^32', '503 Later', cseq('1844674407370955161700 REGISTER'), 'cseq', 'malformed'],
  ['3.1.2.5', 'our CSeq and 2^32 more', OK, cseq('4294967297 REGISTER'), 'cseq', 'malformed'],
  [
    '3.1.2.5',
    'a Retry-After of thirty digits and a Warning of four, alone',
    '503 Later',
    extra(`Retry-After: ${'9'.repeat(30)}\nWarning: 1812 nest "Full"`),
    'ok',
    'status-503',
  ],
  ['3.1.2.6', 'a quote that does not end in To', OK, to('"Mr. W. Ren <sip:a@b>'), 'to', 'malformed'],
  [
    '3.1.2.6',
    'a quote that does not end before our own contact',
    OK,
    contact(`"W <${OWN_URI}>`),
    'ok',
    'binding-missing',
  ],
  ['3.1.2.7', 'angle brackets around angle brackets', OK, contact(`<<${OWN_URI}>>`), 'ok', 'binding-missing'],
  ['3.1.2.8', 'a space in our own contact', OK, contact('<sip:u000 @127.0.0.1:40000>'), 'ok', 'binding-missing'],
  ['3.1.2.9', 'two spaces before the status', OK, line('SIP/2.0  200 OK'), 'status', 'malformed'],
  ['3.1.2.10', 'spaces at the end of the Status-Line are part of the phrase', '200 OK  ', {}, 'ok', 'succeeded'],
  [
    '3.1.2.11',
    'a header in our own contact makes it another (RFC 3261 §19.1.4)',
    OK,
    contact(`<${OWN_URI}?Route=%3Csip:e%3E>`),
    'ok',
    'binding-missing',
  ],
  ['3.1.2.12', 'a Date that is not in GMT', OK, extra('Date: Fri, 01 Jan 2010 16:00:00 EST'), 'ok', 'succeeded'],
  [
    '3.1.2.13',
    'our own contact with a header and without brackets',
    OK,
    contact(`${OWN_URI}?Route=%3Csip:e%3E`),
    'ok',
    'binding-missing',
  ],
  ['3.1.2.14', 'spaces around the URI in To', OK, to('"Wren, W." < sip:a@b >'), 'to', 'malformed'],
  [
    '3.1.2.15',
    'a comma in a display name without quotes',
    OK,
    { instead: { From: 'From: Wren, Winter <sip:a@b>;tag=43' } },
    'from',
    'malformed',
  ],
  ['3.1.2.16', 'another version', OK, line('SIP/7.0 200 OK'), 'version', 'malformed'],
  ['3.1.2.17', 'another method in CSeq', OK, cseq('1 OPTIONS'), 'ok', 'stray'],
  ['3.1.2.18', 'an unknown method in CSeq', OK, cseq('1 WARBLE'), 'ok', 'stray'],
  ['3.1.2.19', 'a status of 2^32 and 5', '4294967301 far too many', {}, 'status', 'malformed'],
  ['3.1.2.19', 'a status of 2^32 and 200', '4294967496 OK', {}, 'status', 'malformed'],
  ['3.1.2.19', 'a status of 700', '700 OK', {}, 'status', 'malformed'],
  ['3.1.2.19', 'a status of 99', '99 OK', {}, 'status', 'malformed'],
  ['3.1.2.19', 'a status of 0200', '0200 OK', {}, 'status', 'malformed'],
  ['3.2.1', 'a branch that is the cookie alone', OK, via(`SIP/2.0/UDP ${SENT_BY};branch=z9hG4bK`), 'ok', 'stray'],
  ['3.3.1', 'neither Call-ID, From nor To', OK, without('Call-ID', 'From', 'To'), 'missing-header', 'malformed'],
  ['3.3.1', 'no Call-ID', OK, without('Call-ID'), 'missing-header', 'malformed'],
  ['3.3.1', 'no From', OK, without('From'), 'missing-header', 'malformed'],
  ['3.3.1', 'no To', OK, without('To'), 'missing-header', 'malformed'],
  ['3.3.1', 'no CSeq', OK, without('CSeq'), 'missing-header', 'malformed'],
  ['3.3.1', 'no Via', OK, without('Via'), 'missing-header', 'malformed'],
  [
    '3.3.2',
    'a contact of an unknown scheme before our own',
    OK,
    contact(`<warble:tweet>, <${OWN_URI}>`),
    'ok',
    'succeeded',
  ],
  [
    '3.3.3',
    'a contact of a known scheme before our own',
    OK,
    contact(`tel:+15551234;q=1, <${OWN_URI}>`),
    'ok',
    'succeeded',
  ],
  [
    '3.3.4',
    'other schemes in From and To, which match nothing',
    OK,
    { instead: { From: 'From: <http://b>;tag=1', To: 'To: isbn:978;tag=2' } },
    'ok',
    'succeeded',
  ],
  ['3.3.5', 'Require, which is for requests', OK, extra('Require: flocking'), 'ok', 'succeeded'],
  ['3.3.5', 'an extension refused', '420 Bad Extension', extra('Unsupported: flocking'), 'ok', 'status-420'],
  [
    '3.3.6',
    'a body of an unknown type',
    OK,
    { ...extra('Content-Type: application/x-birdsong'), body: '<song/>' },
    'ok',
    'succeeded',
  ],
  [
    '3.3.7',
    'a challenge of an unknown scheme',
    '401 Who',
    extra(`WWW-Authenticate: ${FOREIGN_SCHEME}`),
    'ok',
    'challenge-unusable',
  ],
  [
    '3.3.7',
    'a challenge of an unknown scheme before one of ours',
    '401 Who',
    extra(`WWW-Authenticate: ${FOREIGN_SCHEME}\nWWW-Authenticate: ${DIGEST}`),
    'ok',
    'challenged',
  ],
  [
    '3.3.7',
    'the same from a proxy',
    '407 Who',
    extra(`Proxy-Authenticate: ${FOREIGN_SCHEME}\nProxy-Authenticate: ${DIGEST}`),
    'ok',
    'challenged',
  ],
  ['3.3.8', 'a second CSeq', OK, extra('CSeq: 1 REGISTER'), 'duplicate-header', 'malformed'],
  ['3.3.8', 'a second Call-ID', OK, extra('i: other'), 'duplicate-header', 'malformed'],
  ['3.3.8', 'a second From', OK, extra('f: <sip:a@b>'), 'duplicate-header', 'malformed'],
  ['3.3.8', 'a second To', OK, extra('t: <sip:a@b>'), 'duplicate-header', 'malformed'],
  [
    '3.3.8',
    'a second Expires, of which the first stands',
    OK,
    { ...contact(`<${OWN_URI}>`), extra: 'Expires: 60\nExpires: 0' },
    'ok',
    'succeeded',
  ],
  ['3.3.9', 'two lengths', OK, extra('l: 0'), 'duplicate-header', 'malformed'],
  [
    '3.3.10',
    'a second Via, of the broadcast address',
    OK,
    extra('Via: SIP/2.0/UDP 255.255.255.255;branch=z9hG4bK2'),
    'ok',
    'stray',
  ],
  [
    '3.3.10',
    'a second Via in the same row',
    OK,
    via(`SIP/2.0/UDP ${SENT_BY};branch={branch}, SIP/2.0/UDP 255.255.255.255`),
    'ok',
    'stray',
  ],
  ['3.3.11', 'Max-Forwards 0', OK, extra('Max-Forwards: 0'), 'ok', 'succeeded'],
  [
    '3.3.12',
    'a parameter behind our own contact without brackets',
    OK,
    contact(`${OWN_URI};feathered;expires=60`),
    'ok',
    'succeeded',
  ],
  [
    '3.3.13',
    'a parameter that we did not send in our own contact (RFC 3261 §19.1.4)',
    OK,
    contact(`<${OWN_URI};feathered>`),
    'ok',
    'succeeded',
  ],
  [
    '3.3.14',
    'a contact with a header in it before our own',
    OK,
    contact(`<${OWN_URI}?Route=%3Csip:e%3E>;expires=5, <${OWN_URI}>`),
    'ok',
    'succeeded',
  ],
  [
    '3.3.15',
    'an answer that could not be made in a format that is wanted',
    '406 Not Acceptable',
    extra('Warning: 399 nest "No format fits"'),
    'ok',
    'status-406',
  ],
  ['3.4.1', 'no branch', OK, via(`SIP/2.0/UDP ${SENT_BY}`), 'ok', 'stray'],
  [
    '3.4.1',
    'no tags and no length',
    OK,
    { without: ['Content-Length'], instead: { From: 'From: sip:a@b', To: 'To: <sip:a@b>' } },
    'ok',
    'succeeded',
  ],
];

const granted = ({ run }: ClientSays): number => run.engine.contexts.grantedSeconds[0]!;

describe('answers to a REGISTER', () => {
  it.each(ANSWERS)('§%s %s', (_section, _trait, status, change, parser, verdict) => {
    const seen: Uint8Array[] = [];
    const said = clientSays((request) => {
      seen.push(response(request, status, change));
      return seen[0]!;
    });
    expect(said.verdict, 'client').toBe(verdict);
    expect(parserSays(seen[0]!), 'parser').toBe(parser);
    const { registrar, line: answered } = registrarSays(seen[0]!);
    expect([answered, countersOf(registrar).responses], 'registrar').toEqual(['none', 1]);
  });

  it('3.1.1.1 the interval of our own contact is found behind folds and spaces', () => {
    expect(granted(clientSays((request) => response(request, OK, TORTUOUS)))).toBe(77);
  });

  it('3.1.1.8 a second answer behind the end of the first is ignored', () => {
    const { verdict, run } = clientSays((request) => {
      const both = [response(request, '403 No'), response(request, OK)];
      return new Uint8Array(Buffer.concat(both));
    });
    expect([verdict, responsesOf(run)]).toEqual(['status-403', { 403: 1 }]);
  });

  it('3.1.2.4 an interval above 2^32 is 2^32-1 (RFC 3261 §20.10)', () => {
    const change = contact(`<${OWN_URI}>;expires=1${'0'.repeat(100)}`);
    expect(granted(clientSays((request) => response(request, OK, change)))).toBe(4_294_967_295);
  });

  it('3.3.8 the first Expires stands', () => {
    const change = { ...contact(`<${OWN_URI}>`), extra: 'Expires: 60\nExpires: 0' };
    expect(granted(clientSays((request) => response(request, OK, change)))).toBe(60);
  });

  it('3.3.10 what is discarded is counted once and no answer by it', () => {
    const { run } = clientSays((request) => response(request, OK, extra('v: SIP/2.0/UDP 255.255.255.255')));
    expect([counted(run, COUNTER_STRAY), responsesOf(run)]).toEqual([1, { 200: 1 }]);
  });

  it('3.3.12 an interval behind a contact without brackets is its own', () => {
    const change = contact(`${OWN_URI};feathered;expires=60`);
    expect(granted(clientSays((request) => response(request, OK, change)))).toBe(60);
  });

  it('our own contact is the one that these tables take for it', () => {
    clientSays((request) => {
      expect(readRequest(request).contact).toBe(OWN_URI);
      return response(request, OK);
    });
  });
});
