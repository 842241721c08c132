// Requests that look wrong and are right (RFC 4475 §3.1.1), each trait in a message of our own: once with the method that the
// RFC shows it with, and once in a REGISTER, so that a registrar does not only refuse the method but works with the trait.

import { describe, expect, it } from 'vitest';
import { countersOf } from '../../src/registrar/index.ts';
import { exchange, header } from '../unit/registrar/harness.ts';
import { type Change, request } from './own-messages.ts';
import { boundTo, expectOfRequest, type RequestResult, registrarSays } from './three-readers.ts';

const OURS = { domain: 'torture.example' };
const OWN_CONTACT = '<sip:wren@192.0.2.77:5077>';
const REFUSED: RequestResult = { parser: 'ok', registrar: '405 Method Not Allowed' };
const UNKNOWN: RequestResult = { parser: 'ok', registrar: '501 Not Implemented' };
const ASKED: RequestResult = { parser: 'ok', registrar: '200 OK' };
const BOUND: RequestResult = { parser: 'ok', registrar: '200 OK', bound: [OWN_CONTACT] };

/** Folded, spaced out, abbreviated, in odd capitals and in an odd order, all at once. */
const tortuous = (method: string): Uint8Array =>
  request(method, {
    instead: {
      Via: 'V  : SIP  /   2.0\n /UDP\n    192.0.2.77 : 5077 ; branch = z9hG4bK-fold ; rport,\n SIP/2.0/TCP hop2.example',
      'Max-Forwards': 'mAx-FoRwArDs: 0068',
      From: 'fRoM   : "The \\"Wren\\" \\\\"\t <sip:wren@torture.example>\n  ;\n  TAG = w1',
      To: 'T :\n sip:wren@torture.example ;   other   =  1',
      CSeq: `cseq: 0009\n  ${method}`,
      Contact:
        'm:"One \\"of\\" two" <sip:wren@192.0.2.77:5077> ; fresh =\n value ;\n flag ; q = 0.5\n ,<sip:second@192.0.2.78>',
      'Content-Length': 'Content-Length   : 0000',
    },
    extra: [
      's :',
      'X-New:   some value',
      ' that goes on',
      'X-Separators: ;,;;,,;',
      'v:  SIP  / 2.0  / TCP     hop3.example   ;\n branch  =   z9hG4bKa  ,\n SIP  /    2.0   / UDP  hop4.example; branch=\n b',
      'Route:\n <sip:edge.example;lr;unknown=yes;bare>',
    ].join('\n'),
  });

const ODD_CHARACTERS: Change = {
  line: "REGISTER sip:2-wrens.~(or!robins)&don't+ask$/why?,;/;*:&a+b=1,c!*d$e_f.(g)@torture.example SIP/2.0",
  instead: {
    Via: "Via: SIP/2.0/TCP wren.example;branch=z9hG4bK-.!%66*_+`'~",
    To: 'To: "W\\\\x07r\\\\x00e\\\\x7fn" <sip:2-wrens.~(or!robins)&don\'t+ask$/why?,;/;*@torture.example>',
    From: "From: sing~` song'+_ at*%!.- <sip:wren@torture.example>;odd''~+*_!.-%=\"Жук и ü\";tag=.~x'+`*%!-_",
    'Call-ID': 'Call-ID: nest%Zq-!.*_+\'`~@[}{](><)?:\\/"',
  },
  extra: "X-odd-!.%*+_`'~: \\xef\\xbb\\xbf大",
};

const long = (text: string, count: number): string => text.repeat(count);

/** 34 Vias and values of hundreds of characters. */
const longValues: Change = {
  instead: {
    Via: [
      ...Array.from({ length: 33 }, (_, i) => `${['Via', 'v', 'VIA', 'V  '][i % 4]}: SIP/2.0/TCP hop${33 - i}.example`),
      `Via: SIP/2.0/TCP far.example;received=192.0.2.9;branch=${long('far', 60)}`,
    ].join('\n'),
    To: `To: "${long('wren ', 40)}" <sip:wren@torture.example:6000;a=${long('b', 90)};${long('c', 120)}=d;${long('e', 110)}>`,
    From: `f: sip:${long('longlongname', 10)}@torture.example;tag=12${long('982', 50)};x${long('y', 80)}=${long('z', 80)}`,
    'Call-ID': `Call-ID: one${long('really', 30)}longcallid`,
  },
  extra: `X-${long('Long-', 30)}Name: ${long('value ', 50)};${long('parameter', 30)} = ${long('value', 40)}`,
};

const EXTRA_OCTETS = `INVITE sip:wren@torture.example SIP/2.0
Via: SIP/2.0/UDP 192.0.2.77;branch=z9hG4bK-not-for-you
From: <sip:a@torture.example>;tag=1
To: <sip:b@torture.example>
Call-ID: torture-not-a-message
CSeq: 1 INVITE
Content-Length: 0

`;

/** Behind the end of a message; not counted by its Content-Length. */
const followedBy = (bytes: Uint8Array, text: string): Uint8Array =>
  new Uint8Array(Buffer.concat([bytes, Buffer.from(text.replaceAll('\n', '\r\n'))]));

const TRANSPORTS: Change = {
  instead: {
    Via: ['UDP', 'SCTP', 'TLS', 'PIGEON', 'TCP']
      .map((name, i) => `Via: SIP/2.0/${name} hop${i}.example;branch=z9hG4bK${i}`)
      .join('\n'),
  },
};

const BINARY_BODY =
  '--cut\nContent-Type: text/plain\n\nHi\n--cut\n\n\\x30\\x82\\x00\\x0d\\x0a\\x0d\\x0a\\xff\\x00"\n--cut--\n';
const BINARY: Change = { extra: 'Content-Type: multipart/mixed;boundary=cut', body: BINARY_BODY };

type Row = readonly [section: string, trait: string, message: Uint8Array, expected: RequestResult];

const REQUESTS: readonly Row[] = [
  ['3.1.1.1', 'everything folded, spaced out, abbreviated and out of order: INVITE', tortuous('INVITE'), REFUSED],
  [
    '3.1.1.1',
    'everything folded, spaced out, abbreviated and out of order: REGISTER',
    tortuous('REGISTER'),
    {
      ...ASKED,
      bound: [`${OWN_CONTACT}; fresh =\r\n value;\r\n flag; q = 0.5`, '<sip:second@192.0.2.78>'],
    },
  ],
  ['3.1.1.2', 'every character of a token in a method', request("!odd-Verb_0*+`.%sing'~"), UNKNOWN],
  [
    '3.1.1.2',
    'every character of a token, a user, a word, quoted control characters and UTF-8: REGISTER',
    request('REGISTER', ODD_CHARACTERS),
    { ...BOUND, user: "2-wrens.~(or!robins)&don't+ask$/why?,;/;*" },
  ],
  [
    '3.1.1.3',
    'escapes in user parts and parameters: INVITE',
    request('INVITE', {
      line: 'INVITE sip:sips%3Awren%40torture.example@torture.example SIP/2.0',
      instead: { To: 'To: sip:%77re%6E@torture.example', From: 'From: <sip:a%20wren%20sings@torture.example>;tag=9' },
    }),
    REFUSED,
  ],
  [
    '3.1.1.3',
    'escapes in user parts and parameters are decoded to find the user and kept in the contact: REGISTER',
    request('REGISTER', {
      instead: {
        To: 'To: sip:%77re%6E@torture.example',
        Contact: 'Contact:\n <sip:wr%65n@192.0.2.77;%6C%72;n%61me=v%61lue%25%34%31>',
      },
    }),
    { ...ASKED, bound: ['<sip:wr%65n@192.0.2.77;%6C%72;n%61me=v%61lue%25%34%31>'] },
  ],
  [
    '3.1.1.3',
    'escapes are decoded once, and what comes out is no escape: REGISTER',
    request('REGISTER', { instead: { To: 'To: sip:wren%2541@torture.example' } }),
    { ...BOUND, user: 'wren%41' },
  ],
  [
    '3.1.1.4',
    'an escaped NUL does not cut a user short, and two contacts with one and two of them are two',
    request('REGISTER', {
      instead: {
        To: 'To: sip:wren%00nest@torture.example',
        Contact: 'Contact: <sip:%00@192.0.2.77>\nContact: <sip:%00%00@192.0.2.77>',
        'Content-Length': 'L:0',
      },
    }),
    { ...ASKED, user: 'wren\0nest', bound: ['<sip:%00@192.0.2.77>', '<sip:%00%00@192.0.2.77>'] },
  ],
  ['3.1.1.5', 'a method with an escape in it is another method', request('RE%47ISTE%52'), UNKNOWN],
  [
    '3.1.1.5',
    'a header name with an escape in it is another name, and a display name with one is a name: REGISTER',
    request('REGISTER', {
      instead: { To: 'To: "%Z%57" <sip:wren@torture.example>', Contact: 'Contact: <sip:one@192.0.2.77>' },
      extra: 'C%6Fntact: <sip:two@192.0.2.77>\nContact: <sip:three@192.0.2.77>',
    }),
    { ...ASKED, bound: ['<sip:one@192.0.2.77>', '<sip:three@192.0.2.77>'] },
  ],
  [
    '3.1.1.6',
    'no space between a display name and its bracket: OPTIONS',
    request('OPTIONS', { instead: { From: 'From: wren<sip:wren@torture.example>;tag=w' } }),
    ASKED,
  ],
  [
    '3.1.1.6',
    'no space between a display name and its bracket: REGISTER',
    request('REGISTER', {
      instead: { To: 'To: "w"<sip:wren@torture.example>', Contact: 'Contact: wren<sip:wren@192.0.2.77:5077>' },
    }),
    BOUND,
  ],
  ['3.1.1.7', 'long values and 34 Vias: INVITE', request('INVITE', longValues), REFUSED],
  ['3.1.1.7', 'long values and 34 Vias: REGISTER', request('REGISTER', longValues), BOUND],
  [
    '3.1.1.8',
    'octets behind the end that look like an INVITE are ignored',
    followedBy(request('REGISTER'), EXTRA_OCTETS),
    BOUND,
  ],
  [
    '3.1.1.9',
    'a semicolon and an escaped @ in the user part of the Request-URI: OPTIONS',
    request('OPTIONS', { line: 'OPTIONS sip:wren;nest=u%40other.example@torture.example SIP/2.0' }),
    ASKED,
  ],
  [
    '3.1.1.9',
    'a semicolon and an escaped @ belong to the user: REGISTER',
    request('REGISTER', { instead: { To: 'To: <sip:wren;nest=u%40other.example@torture.example>' } }),
    { ...BOUND, user: 'wren;nest=u@other.example' },
  ],
  ['3.1.1.10', 'all transports and an unknown one in the Vias: OPTIONS', request('OPTIONS', TRANSPORTS), ASKED],
  ['3.1.1.10', 'all transports and an unknown one in the Vias: REGISTER', request('REGISTER', TRANSPORTS), BOUND],
  [
    '3.1.1.10',
    'an unknown transport on top: REGISTER',
    request('REGISTER', { instead: { Via: 'Via: SIP/2.0/PIGEON 192.0.2.77;branch=z9hG4bKp' } }),
    BOUND,
  ],
  ['3.1.1.11', 'a body of several parts with NULs and line ends: MESSAGE', request('MESSAGE', BINARY), REFUSED],
  [
    '3.1.1.11',
    'a body of several parts with NULs and line ends, which may be ignored: REGISTER',
    request('REGISTER', { ...BINARY, extra: `${BINARY.extra}\nContent-Disposition: attachment;handling=optional` }),
    BOUND,
  ],
];

describe('valid requests', () => {
  it.each(REQUESTS)('§%s %s', (_section, _trait, message, expected) => {
    expectOfRequest(message, expected);
  });

  it('3.1.1.1 all four Vias come back in their order, the folds with them', () => {
    const vias = header(registrarSays(tortuous('REGISTER'), OURS).answer, 'Via');
    expect(vias.map((via) => /hop\d/.exec(via)?.[0] ?? null)).toEqual([null, 'hop2', 'hop3', 'hop4']);
  });

  it('3.1.1.3 a contact with other escapes for the same characters is the same contact', () => {
    const { registrar } = registrarSays(
      request('REGISTER', { instead: { Contact: 'Contact: <sip:wr%65n@192.0.2.77>' } }),
      OURS,
    );
    const again = { Via: 'Via: SIP/2.0/UDP 192.0.2.77;branch=z9hG4bK-again', CSeq: 'CSeq: 42 REGISTER' };
    exchange(registrar, request('REGISTER', { instead: { ...again, Contact: 'Contact: <sip:%77ren@192.0.2.77>' } }));
    expect(boundTo(registrar, 'wren')).toEqual(['<sip:%77ren@192.0.2.77>']);
    expect(countersOf(registrar).bindingsRefreshed).toBe(1);
  });

  it('3.1.1.7 all 34 Vias come back', () => {
    expect(header(registrarSays(request('REGISTER', longValues), OURS).answer, 'Via')).toHaveLength(34);
  });

  it('3.1.1.8 there is one answer, to the REGISTER', () => {
    const { registrar, answer } = registrarSays(followedBy(request('REGISTER'), EXTRA_OCTETS), OURS);
    expect(header(answer, 'CSeq')).toEqual(['41 REGISTER']);
    expect(countersOf(registrar).requests).toBe(1);
  });
});
