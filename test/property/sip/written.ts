// Messages, challenges and Contact lists as values, and as one of the many texts that carry the same values: other order,
// other case, compact names, white space, quotes or none, rows or commas.

import fc from 'fast-check';

const ALNUM = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';
const of = (characters: string, most = 8): fc.Arbitrary<string> =>
  fc.string({ minLength: 1, maxLength: most, unit: fc.constantFrom(...characters) });
const word = of(ALNUM);
const token = of(`${ALNUM}-.!%*_+\`'~`);
/** What may stand between quotes as it is. */
const plainText = fc.string({ maxLength: 12, unit: fc.constantFrom(...ALNUM, ...' ,;=<>:@?/') });
/** The same with quoted pairs, which stay as they are written. */
const quotedText = fc.array(fc.oneof(plainText, fc.constantFrom('\\"', '\\\\'))).map((parts) => parts.join(''));
const uri = fc
  .tuple(
    word,
    fc.constantFrom('test.example', '192.0.2.1:5060', '[2001:db8::1]'),
    fc.constantFrom('', ';x=y', '?a=b,c'),
  )
  .map(([user, host, rest]) => `sip:${user}@${host}${rest}`);
const space = fc.constantFrom('', '', ' ', '\t', '\r\n ', ' \r\n\t ');
const seconds = fc.nat({ max: 0xffffffff });
const swapped = (text: string): fc.Arbitrary<string> =>
  fc.mixedCase(fc.constant(text.toLowerCase()), { toggleCase: (character) => character.toUpperCase() });

export interface ContactValue {
  readonly uri: string;
  readonly expires: number | null;
  readonly q: string | null;
}

const contactValue: fc.Arbitrary<ContactValue> = fc.record({
  uri,
  expires: fc.option(seconds, { nil: null }),
  q: fc.option(fc.constantFrom('0', '0.5', '1.000'), { nil: null }),
});

const contactText = (contact: ContactValue): fc.Arbitrary<string> => {
  const parameters = [
    ...(contact.expires === null ? [] : [swapped('expires').map((name) => `${name}=${contact.expires}`)]),
    ...(contact.q === null ? [] : [swapped('q').map((name) => `${name}=${contact.q}`)]),
    fc.constantFrom('x', 'x="a;,\\"b"', 'y = z'),
  ];
  const display = fc.oneof(
    fc.constantFrom('', 'A B '),
    quotedText.map((text) => `"${text}" `),
  );
  return fc
    .tuple(
      display,
      space,
      fc.tuple(...parameters).chain((all) => fc.shuffledSubarray(all, { minLength: all.length })),
    )
    .map(([shown, gap, all]) => `${shown}<${contact.uri}>${all.map((each) => `${gap};${gap}${each}`).join('')}`);
};

export interface Written<T> {
  readonly value: T;
  /** One character for each byte. */
  readonly text: string;
}

/** Rows of Contact values: up to three rows of up to three contacts. */
export const contactRows: fc.Arbitrary<Written<readonly ContactValue[]> & { readonly rows: readonly string[] }> = fc
  .array(fc.array(contactValue, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 3 })
  .chain((rows) =>
    fc
      .tuple(...rows.map((row) => fc.tuple(...row.map(contactText)).map((texts) => texts.join(' , '))))
      .map((texts) => ({
        value: rows.flat(),
        rows: texts,
        text: texts.join('\r\nm:'),
      })),
  );

export interface ChallengeValue {
  readonly realm: string;
  readonly nonce: string;
  readonly opaque: string | null;
  readonly stale: boolean;
  readonly algorithm: string | null;
  readonly qop: 'auth' | 'auth-int' | 'auth,auth-int' | null;
}

const challengeValue: fc.Arbitrary<ChallengeValue> = fc.record({
  realm: quotedText,
  nonce: quotedText,
  opaque: fc.option(quotedText, { nil: null }),
  stale: fc.boolean(),
  algorithm: fc.constantFrom(null, 'MD5', 'MD5-sess', 'SHA-256', 'SHA-256-sess', 'SHA-512-256', 'SHA-512-256-sess'),
  qop: fc.constantFrom(null, 'auth', 'auth-int', 'auth,auth-int'),
});

/** Every text value in quotes, so that no part of one is another one. */
export const challenge: fc.Arbitrary<Written<ChallengeValue>> = challengeValue.chain((value) => {
  const { opaque, stale, algorithm, qop } = value;
  const parameters = [
    ['realm', `"${value.realm}"`],
    ['nonce', `"${value.nonce}"`],
    ...(opaque === null ? [] : [['opaque', `"${opaque}"`]]),
    ...(stale ? [['stale', 'true']] : []),
    ...(algorithm === null ? [] : [['algorithm', algorithm]]),
    ...(qop === null ? [] : [['qop', `"${qop}"`]]),
    ['domain', '"sip:a, sip:b"'],
  ] as [string, string][];
  const written = parameters.map(([name, text]) =>
    fc.tuple(swapped(name), space, space).map(([shown, before, after]) => `${shown}${before}=${after}${text}`),
  );
  return fc
    .tuple(swapped('digest'), fc.tuple(...written), space)
    .chain(([scheme, texts, gap]) =>
      fc.shuffledSubarray(texts, { minLength: texts.length }).map((all) => `${scheme} ${all.join(`${gap},${gap}`)}`),
    )
    .map((text) => ({ value, text }));
});

export interface MessageValue {
  readonly start:
    | { readonly status: number; readonly phrase: string }
    | { readonly method: string; readonly uri: string };
  readonly branch: string;
  readonly from: { readonly uri: string; readonly tag: string };
  readonly to: { readonly uri: string; readonly tag: string | null };
  readonly callId: string;
  readonly cseq: number;
  readonly expires: number | null;
  readonly maxForwards: number | null;
  readonly body: string;
}

const messageValue: fc.Arbitrary<MessageValue> = fc.record({
  start: fc.oneof(
    fc.record({ status: fc.integer({ min: 100, max: 699 }), phrase: plainText }),
    fc.record({ method: fc.oneof(fc.constantFrom('REGISTER', 'OPTIONS', 'ACK'), token), uri }),
  ),
  branch: token,
  from: fc.record({ uri, tag: token }),
  to: fc.record({ uri, tag: fc.option(token, { nil: null }) }),
  callId: of(`${ALNUM}@<>"?`),
  cseq: fc.nat({ max: 0x7fffffff }),
  expires: fc.option(seconds, { nil: null }),
  maxForwards: fc.option(fc.nat({ max: 255 }), { nil: null }),
  body: fc.string({ maxLength: 20, unit: 'binary-ascii' }),
});

/** Full and compact names, one of which is written in any case. */
const header = (names: readonly string[], value: string): fc.Arbitrary<string> =>
  fc
    .tuple(fc.constantFrom(...names).chain(swapped), space, space, space)
    .map(([name, gap, before, after]) => `${name}${gap.includes('\r') ? '' : gap}:${before}${value}${after}`);

export const message: fc.Arbitrary<Written<MessageValue>> = messageValue.chain((value) => {
  const { start, from, to, expires, maxForwards } = value;
  const method = 'method' in start ? start.method : 'REGISTER';
  const first = 'method' in start ? `${method} ${start.uri} SIP/2.0` : `SIP/2.0 ${start.status} ${start.phrase}`;
  const headers = [
    header(['Via', 'v'], `SIP/2.0/UDP h:5061;rport;branch=${value.branch}`),
    header(['From', 'f'], `"x" <${from.uri}>;tag=${from.tag}`),
    header(['To', 't'], `<${to.uri}>${to.tag === null ? '' : `;tag=${to.tag}`}`),
    header(['Call-ID', 'i'], value.callId),
    header(['CSeq'], `${value.cseq} ${method}`),
    header(['Content-Length', 'l'], String(value.body.length)),
    header(['Subject', 's'], 'a: "b'),
    ...(expires === null ? [] : [header(['Expires'], String(expires))]),
    ...(maxForwards === null ? [] : [header(['Max-Forwards'], String(maxForwards))]),
  ];
  return fc
    .tuple(...headers)
    .chain((lines) => fc.shuffledSubarray(lines, { minLength: lines.length }))
    .map((lines) => ({ value, text: `${[first, ...lines].join('\r\n')}\r\n\r\n${value.body}` }));
});
