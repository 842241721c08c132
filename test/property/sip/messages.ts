// Arbitrary SIP messages: mostly right, with every oddity that the grammar allows, and then damaged a little.

import fc from 'fast-check';

const pick = (...texts: readonly string[]): fc.Arbitrary<string> => fc.constantFrom(...texts);

/** Mostly one of the right ones, one time in 25 one of the wrong ones. */
const mostly = (right: readonly string[], wrong: readonly string[]): fc.Arbitrary<string> =>
  fc.oneof({ arbitrary: pick(...right), weight: 24 }, { arbitrary: pick(...wrong), weight: 1 });

const space = pick('', '', ' ', '\t', '  ', '\r\n ', ' \r\n\t');
const name = (text: string): fc.Arbitrary<string> =>
  fc.tuple(pick(text, text.toLowerCase(), text.toUpperCase()), space).map((parts) => parts.join(''));

const uri = pick(
  'sip:alice@test.example',
  'sip:a;b?c=d@h:5060;transport=udp?x=y,z',
  'sips:[2001:db8::1]:5061',
  'tel:+1',
  'urn:service:sos',
  'sip:%00@h',
);
const bareUri = pick('sip:alice@test.example', 'tel:+1', 'sip:h');
const display = pick('', 'Alice ', 'A l i c e', '"q\\"<,;>" ', '""', 'Zoë ', 'sip');
const parameter = fc
  .tuple(
    space,
    mostly(['expires', 'Expires', 'q', 'x', 'rport', 'received', '-', 'tag1'], ['tag', 'TAG', 'branch', '', 'a@']),
    space,
    mostly(['', '=1', '=z9hG4bK1', '= "a;,\\"b"', '=60', ' = 4294967296', '=[::1]', '=::1'], ['=', '="', '=a"b"']),
    space,
  )
  .map((parts) => `;${parts.join('')}`);
const parameters = fc.array(parameter, { maxLength: 3 }).map((list) => list.join(''));
const address = fc.oneof(
  fc.tuple(display, uri, space, parameters).map(([shown, inner, gap, rest]) => `${shown}<${inner}>${gap}${rest}`),
  fc.tuple(bareUri, space, parameters).map((parts) => parts.join('')),
);
const tagged = fc.tuple(address, space, pick(';tag=1', ';TAG=x', '; tag\t=\r\n y', '')).map((parts) => parts.join(''));
const list = (item: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc.array(item, { minLength: 1, maxLength: 3 }).map((items) => items.join(' ,'));

const sentBy = mostly(
  ['192.0.2.1', 'h:5060', 'h : 65535', '[2001:db8::1]:1', 'under_score', 'h.'],
  ['h:65536', 'h:', '[::1', 'h h', ''],
);
const protocol = mostly(
  ['SIP/2.0/UDP ', 'SIP / 2.0 /\r\n TCP\t', 'sip/2.0/X\r\n ', 'A/b/c '],
  ['SIP/2.0', 'SIP/2.0/UDP'],
);
const via = fc
  .tuple(protocol, sentBy, space, pick(';branch=z9hG4bK1', '; BRANCH = 2', ''), parameters)
  .map((parts) => parts.join(''));

const header = (text: string, value: fc.Arbitrary<string>): fc.Arbitrary<string> =>
  fc.tuple(name(text), space, value, space).map(([key, before, inner, after]) => `${key}:${before}${inner}${after}`);

const number = pick('0', '7', '0070', '255', '256', '2147483648', '4294967296', '99999999999999999999', 'x', '');
const optional = fc.oneof(
  { arbitrary: header('Contact', fc.oneof(list(address), mostly(['*', ' * '], ['', '*;x']))), weight: 4 },
  { arbitrary: header('m', list(address)), weight: 2 },
  { arbitrary: header('Expires', number), weight: 2 },
  { arbitrary: header('Max-Forwards', number), weight: 2 },
  { arbitrary: header('WWW-Authenticate', pick('Digest realm="r", nonce="n"', 'Basic x', '')), weight: 2 },
  { arbitrary: header('Via', list(via)), weight: 1 },
  { arbitrary: header('X-Other', pick('', '"', 'a\r\n b', ',;<>')), weight: 2 },
  { arbitrary: header('Content-Length', mostly(['0', '3', '00'], ['100', '-1', ''])), weight: 1 },
);

const cseq = fc
  .tuple(
    mostly(['1', '0009', '2147483647'], ['2147483648', '4294967297', '-1', '']),
    mostly([' ', '\t', '\r\n '], ['']),
    mostly(['REGISTER'], ['OPTIONS', 'register', '']),
  )
  .map((parts) => parts.join(''));

const mandatory = fc.tuple(
  header('Via', list(via)),
  fc.oneof(header('From', tagged), header('f', tagged)),
  fc.oneof(header('To', tagged), header('t', tagged)),
  header('Call-ID', mostly(['c@h', '<">', 'i'], ['', 'a b'])),
  header('CSeq', cseq),
);

const startLine = mostly(
  [
    'SIP/2.0 200 OK',
    'SIP/2.0 401 ',
    'sip/2.0 699',
    'SIP/2.0 503 No "way"',
    'REGISTER sip:a;b?c SIP/2.0',
    'REGISTER x sip/2.0',
  ],
  ['SIP/2.0 700 x', 'SIP/2.0 20 x', 'REGISTER <sip:a> SIP/2.0', 'OPTIONS  x SIP/2.0', 'REGISTER x SIP/3.0', ''],
);

/** One character for each byte. */
export const sipMessage: fc.Arbitrary<string> = fc
  .tuple(pick('', '\r\n'), startLine, mandatory, fc.array(optional, { maxLength: 5 }), pick('', 'abc', '\r\n\r\n'))
  .chain(([before, first, needed, extra, body]) =>
    fc
      .shuffledSubarray([...needed, ...extra], { minLength: needed.length + extra.length })
      .map((lines) => `${before}${[first, ...lines].join('\r\n')}\r\n\r\n${body}`),
  );

const damage = fc.record({
  at: fc.nat({ max: 2000 }),
  remove: fc.nat({ max: 2 }),
  insert: fc.oneof(
    pick(
      '',
      ' ',
      '\t',
      '\r\n',
      '\r',
      '\n',
      ',',
      ';',
      '"',
      '<',
      '>',
      '\\',
      ':',
      '=',
      '@',
      '?',
      '*',
      '\0',
      '\xff',
      '\r\n ',
    ),
    fc.string({ maxLength: 3, unit: 'binary-ascii' }),
  ),
});

/** The same with up to three small changes anywhere. */
export const damagedMessage: fc.Arbitrary<string> = fc
  .tuple(sipMessage, fc.array(damage, { maxLength: 3 }))
  .map(([text, changes]) =>
    changes.reduce((result, { at, remove, insert }) => {
      const place = at % (result.length + 1);
      return result.slice(0, place) + insert + result.slice(place + remove);
    }, text),
  );
