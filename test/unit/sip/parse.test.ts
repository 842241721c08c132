// The message parser: what it finds, what it refuses, and with which word.

import { describe, expect, it } from 'vitest';
import {
  createSipMessage,
  MAX_HEADERS,
  MAX_ROWS,
  METHOD_ACK,
  METHOD_CANCEL,
  METHOD_INVITE,
  METHOD_NONE,
  METHOD_OPTIONS,
  METHOD_OTHER,
  METHOD_REGISTER,
  PARSE_OK,
  parseErrorName,
  parseMessage,
} from '../../../src/sip/index.ts';
import { contactRowTexts, parseText, request, response, rowTexts, sipBytes } from '../../support/sip-text.ts';

const resultOf = (text: string): string => parseText(text).result;

describe('start-line', () => {
  it('7.2 a Status-Line gives status and phrase', () => {
    const { result, message, text } = parseText(response());
    expect(result).toBe('ok');
    expect([message.isResponse, message.status, message.method]).toEqual([true, 200, METHOD_NONE]);
    expect(text(message.phraseStart, message.phraseEnd)).toBe('OK');
  });

  it.each([
    ['SIP/2.0 200 ', ''],
    ['SIP/2.0 200', ''],
    ['sip/2.0 486 Busy  Here ', 'Busy  Here '],
  ])('7.2 %j has the phrase %j', (line, phrase) => {
    const { result, message, text } = parseText(response({ instead: { 'SIP/2.0': line } }));
    expect(result).toBe('ok');
    expect(text(message.phraseStart, message.phraseEnd)).toBe(phrase);
  });

  it.each([
    ['SIP/2.0 99 Low', 'status'],
    ['SIP/2.0 700 High', 'status'],
    ['SIP/2.0 099 Low', 'status'],
    ['SIP/2.0 2000 OK', 'status'],
    ['SIP/2.0 4294967496 OK', 'status'],
    ['SIP/2.0 20x OK', 'status'],
    ['SIP/2.0  200 OK', 'status'],
    ['SIP/2.0 -200 OK', 'status'],
    ['SIP/3.0 200 OK', 'version'],
    ['SIP/2.01 200 OK', 'version'],
    ['SIP/2 200 OK', 'start-line'],
    ['SIP/2.0', 'start-line'],
    ['SIP/', 'start-line'],
  ])('7.2 %j is refused: %s', (line, expected) => {
    const { result, message } = parseText(response({ instead: { 'SIP/2.0': line } }));
    expect([result, message.isResponse]).toEqual([expected, true]);
  });

  it.each([
    ['REGISTER', METHOD_REGISTER],
    ['OPTIONS', METHOD_OPTIONS],
    ['ACK', METHOD_ACK],
    ['INVITE', METHOD_INVITE],
    ['CANCEL', METHOD_CANCEL],
    ['register', METHOD_OTHER],
    ['RE%47IST%45R', METHOD_OTHER],
  ])('7.1 %s is method %d: names are case-sensitive and never unescaped', (method, number) => {
    const changes = { instead: { REGISTER: `${method} sip:test.example SIP/2.0`, CSeq: `CSeq: 1 ${method}` } };
    const { result, message, text } = parseText(request(changes));
    expect([result, message.isResponse, message.status]).toEqual(['ok', false, 0]);
    expect([message.method, message.cseqMethod]).toEqual([number, number]);
    expect(text(message.methodStart, message.methodEnd)).toBe(method);
    expect(text(message.requestUriStart, message.requestUriEnd)).toBe('sip:test.example');
  });

  it.each([
    ['REGISTER sip:test.example SIP/7.0', 'version'],
    ['REGISTER  sip:test.example SIP/2.0', 'start-line'],
    ['REGISTER sip:test.example  SIP/2.0', 'start-line'],
    ['REGISTER sip:test.example SIP/2.0 ', 'start-line'],
    ['REGISTER sip:test.example', 'start-line'],
    ['REGISTER', 'start-line'],
    ['REGISTER <sip:test.example> SIP/2.0', 'start-line'],
    [' REGISTER sip:test.example SIP/2.0', 'start-line'],
    ['REGISTER sip:test.example HTTP/1.1', 'start-line'],
    ['REG(ISTER sip:test.example SIP/2.0', 'start-line'],
  ])('7.1 %j is refused: %s', (line, expected) => {
    expect(resultOf(request({ instead: { REGISTER: line } }))).toBe(expected);
  });

  it('7.5 CRLFs before the start-line are skipped; nothing else is a keep-alive', () => {
    expect(resultOf(`\n\n\n${response()}`)).toBe('ok');
    expect(resultOf('\n\n')).toBe('empty');
    expect(resultOf('')).toBe('empty');
    expect(resultOf('\\x0d')).toBe('incomplete');
    expect(resultOf('\\x00\\x00')).toBe('incomplete');
  });
});

describe('header lines', () => {
  it('7.3.1 names ignore case, stand before any white space and colon, and have compact forms (7.3.3)', () => {
    const { result, message, text, bytes } = parseText(
      [
        'SIP/2.0 200 OK',
        'v : SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1',
        'F:<sip:a@b.example>;tag=f1',
        't\t:   <sip:a@b.example>',
        'I: c1',
        'cSEQ  :1 REGISTER',
        'M: <sip:a@192.0.2.1>',
        'L : 3',
        '',
        'abc',
      ].join('\n'),
    );
    expect(result).toBe('ok');
    expect(text(message.callIdStart, message.callIdEnd)).toBe('c1');
    expect(text(message.fromTagStart, message.fromTagEnd)).toBe('f1');
    expect(text(message.toStart, message.toEnd)).toBe('<sip:a@b.example>');
    expect(message.toTagStart).toBe(-1);
    expect([message.cseq, message.contentLength]).toEqual([1, 3]);
    expect(contactRowTexts(bytes, message.contact)).toEqual(['<sip:a@192.0.2.1>']);
    expect(text(message.bodyStart, message.bodyEnd)).toBe('abc');
  });

  it('7.3.1 a folded line continues the value, and the fold is white space', () => {
    const { result, message, text } = parseText(
      response({
        instead: {
          Via: 'Via:\n SIP / 2.0\n / UDP\n\t192.0.2.1 : 5060\n ;branch\n =\n z9hG4bK1\n ; rport',
          CSeq: 'CSeq: 0009\n  REGISTER',
          From: 'From: "A\n lice" <sip:alice@test.example>\n ; tag = f1\n ',
        },
      }),
    );
    expect(result).toBe('ok');
    expect(text(message.viaBranchStart, message.viaBranchEnd)).toBe('z9hG4bK1');
    expect(text(message.viaSentByStart, message.viaSentByEnd)).toBe('192.0.2.1 : 5060');
    expect(message.cseq).toBe(9);
    expect(text(message.fromEnd - 2, message.fromEnd)).toBe('f1');
  });

  it.each([
    ['no colon', 'Subject'],
    ['no name', ': value'],
    ['a space in the name', 'Sub ject: x'],
    ['not a token', 'Sub@ject: x'],
  ])('7.3.1 a header line with %s is refused', (_, line) => {
    expect(resultOf(response({ extra: line }))).toBe('header-line');
  });

  it('7.3.1 a first header line that begins with a space continues nothing', () => {
    expect(resultOf(response({ instead: { Via: ' Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1' } }))).toBe('header-line');
  });

  it('7 only CRLF ends a line', () => {
    expect(resultOf(response({ extra: 'Subject: a\\x0ab' }))).toBe('line-end');
    expect(resultOf(response({ extra: 'Subject: a\\x0db' }))).toBe('line-end');
    expect(resultOf(response().replaceAll('\n', '\\x0a'))).toBe('line-end');
  });

  it('8.2.2 unknown headers are skipped, whatever their value', () => {
    expect(resultOf(response({ extra: 'X: "unbalanced <\nSubject:\nContent-Type: \\x00\\xff' }))).toBe('ok');
  });

  it('without the blank line a message is incomplete', () => {
    expect(resultOf(response().slice(0, -1))).toBe('incomplete');
    expect(resultOf('SIP/2.0 200 OK\n')).toBe('incomplete');
    expect(resultOf('SIP/2.0 200 OK')).toBe('incomplete');
  });

  it('more header lines than the bound are refused, as many as it are not', () => {
    const fill = (count: number): string => Array.from({ length: count }, () => 'X: y').join('\n');
    const present = response().split('\n').length - 3;
    expect(resultOf(response({ extra: fill(MAX_HEADERS - present) }))).toBe('ok');
    expect(resultOf(response({ extra: fill(MAX_HEADERS - present + 1) }))).toBe('too-many-headers');
  });
});

describe('mandatory headers', () => {
  it.each(['Via', 'From', 'To', 'Call-ID', 'CSeq'])('8.1.1 without %s a message is refused', (name) => {
    expect(resultOf(response({ without: name }))).toBe('missing-header');
    expect(resultOf(request({ without: name }))).toBe('missing-header');
  });

  it('RFC 4475 §3.4.1 a request without Max-Forwards is taken', () => {
    expect(resultOf(request({ without: 'Max-Forwards' }))).toBe('ok');
  });

  it.each(['From: <sip:x@y>', 'To: <sip:x@y>', 'Call-ID: x', 'CSeq: 7 REGISTER', 'Content-Length: 0', 'f: <sip:x@y>'])(
    'RFC 4475 §3.3.8, §3.3.9 a second %j is refused',
    (line) => {
      expect(resultOf(response({ extra: line }))).toBe('duplicate-header');
      expect(resultOf(request({ extra: line }))).toBe('duplicate-header');
    },
  );

  it('RFC 4475 §3.3.8 a second Expires or Max-Forwards is refused in a request; in a response the first one stands', () => {
    expect(resultOf(request({ extra: 'Expires: 1\nExpires: 2' }))).toBe('duplicate-header');
    expect(resultOf(request({ extra: 'Max-Forwards: 70' }))).toBe('duplicate-header');
    const { result, message } = parseText(response({ extra: 'Expires: 1\nExpires: 2' }));
    expect([result, message.expires]).toEqual(['ok', 1]);
  });

  it.each(['Min-Expires: 60', 'Retry-After: 5'])(
    '7.3.2 %s means nothing in a request, however often it stands there',
    (line) => {
      const { result, message } = parseText(request({ extra: `${line}\n${line}` }));
      expect([result, message.minExpires, message.retryAfter]).toEqual(['ok', -1, -1]);
      expect(resultOf(response({ extra: `${line}\n${line}` }))).toBe('ok');
    },
  );

  it('the first thing that is wrong is what is told', () => {
    expect(resultOf(response({ instead: { From: 'From: x', CSeq: 'CSeq: x' } }))).toBe('from');
  });

  it('after an error the rest of the message is still there to be answered', () => {
    const { result, message, text, bytes } = parseText(
      request({ instead: { 'REGISTER sip': 'REGISTER  sip:test.example SIP/2.0', From: 'From: "x' } }),
    );
    expect(result).toBe('start-line');
    expect(rowTexts(bytes, message.via)).toEqual(['SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK1;rport']);
    expect(text(message.fromStart, message.fromEnd)).toBe('"x');
    expect(text(message.callIdStart, message.callIdEnd)).toBe('c1@192.0.2.1');
  });
});

describe('Via', () => {
  it('20.42 the topmost value is taken apart', () => {
    const { message, text } = parseText(response());
    expect(text(message.viaSentByStart, message.viaSentByEnd)).toBe('192.0.2.1:5060');
    expect(text(message.viaHostStart, message.viaHostEnd)).toBe('192.0.2.1');
    expect(message.viaPort).toBe(5060);
    expect(text(message.viaBranchStart, message.viaBranchEnd)).toBe('z9hG4bK1');
    expect(text(message.viaRportStart, message.viaRportEnd)).toBe('rport=5060');
  });

  it('20.42 rows and commas give one list, in order', () => {
    const { result, message, text, bytes } = parseText(
      response({
        instead: {
          Via: 'Via: SIP/2.0/UDP one;branch=1;x="a,b\\"c" , SIP/2.0/TCP two;branch=2\nv: SIP/2.0/NEW-42 three ,SIP/2.0/UDP four',
        },
      }),
    );
    expect(result).toBe('ok');
    expect(rowTexts(bytes, message.via)).toEqual([
      'SIP/2.0/UDP one;branch=1;x="a,b\\"c"',
      'SIP/2.0/TCP two;branch=2',
      'SIP/2.0/NEW-42 three',
      'SIP/2.0/UDP four',
    ]);
    expect(text(message.viaBranchStart, message.viaBranchEnd)).toBe('1');
    expect([message.viaPort, message.viaRportStart]).toEqual([-1, -1]);
  });

  it('RFC 3581 §3 rport without a value is found', () => {
    const { message, text } = parseText(request());
    expect(text(message.viaRportStart, message.viaRportEnd)).toBe('rport');
  });

  it.each(['[2001:db8::9:1]', '[2001:db8::9:1]:5070', '[::ffff:192.0.2.1]:1'])('RFC 5118 §4 sent-by %s', (sentBy) => {
    const via = `Via: SIP/2.0/UDP ${sentBy};received=[2001:db8::9:255];branch=z9hG4bKas3-111`;
    const { result, message, text } = parseText(response({ instead: { Via: via } }));
    expect(result).toBe('ok');
    expect(text(message.viaSentByStart, message.viaSentByEnd)).toBe(sentBy);
    expect(text(message.viaBranchStart, message.viaBranchEnd)).toBe('z9hG4bKas3-111');
  });

  it('RFC 5118 §4.5 received may be an IPv6 address without brackets', () => {
    const via = 'Via: SIP/2.0/UDP [2001:db8::9:1];received=2001:db8::9:255;branch=z9hG4bKas3';
    const { result, message, text } = parseText(response({ instead: { Via: via } }));
    expect(result).toBe('ok');
    expect(text(message.viaBranchStart, message.viaBranchEnd)).toBe('z9hG4bKas3');
  });

  it.each([
    'SIP/2.0/UDP',
    'SIP/2.0/UDP ;branch=1',
    'SIP//UDP a',
    '/2.0/UDP a',
    'SIP/2.0/ a',
    'SIP/2.0 a',
    'UDP a',
    '',
    'SIP/2.0/UDP a;;branch=1',
    'SIP/2.0/UDP a;branch',
    'SIP/2.0/UDP a;branch=',
    'SIP/2.0/UDP a;branch=1;branch=2',
    'SIP/2.0/UDP a:x;branch=1',
    'SIP/2.0/UDP a:65536;branch=1',
    'SIP/2.0/UDP a b;branch=1',
    'SIP/2.0/UDP [::1;branch=1',
    'SIP/2.0/UDP a;branch=1,',
    'SIP/2.0/UDP a;branch=1, ,SIP/2.0/UDP b',
    'SIP/2.0/UDP a;branch=1;x="',
  ])('25.1 %j is refused', (value) => {
    expect(resultOf(response({ instead: { Via: `Via: ${value}` } }))).toBe('via');
  });

  it('a malformed topmost Via does not make the next one the topmost', () => {
    const { result, message } = parseText(response({ instead: { Via: 'Via: x\nVia: SIP/2.0/UDP a;branch=1' } }));
    expect(result).toBe('via');
    expect(message.viaBranchStart).toBe(-1);
  });

  it('more values than a row table holds are refused', () => {
    const list = (count: number): string => Array.from({ length: count }, () => 'SIP/2.0/UDP a').join(',');
    expect(resultOf(response({ instead: { Via: `Via: ${list(MAX_ROWS)}` } }))).toBe('ok');
    expect(resultOf(response({ instead: { Via: `Via: ${list(MAX_ROWS + 1)}` } }))).toBe('too-many-rows');
  });
});

describe('From and To', () => {
  const from = (value: string) => {
    const { result, message, text } = parseText(response({ instead: { From: `From: ${value}` } }));
    return [result, text(message.fromUriStart, message.fromUriEnd), text(message.fromTagStart, message.fromTagEnd)];
  };

  it.each([
    ['<sip:a@b>', 'sip:a@b', null],
    ['<sip:a@b>;tag=x', 'sip:a@b', 'x'],
    ['<sip:a@b;tag=no>;p=1;TAG=x;q', 'sip:a@b;tag=no', 'x'],
    ['sip:a@b;tag=x', 'sip:a@b', 'x'],
    ['sip:a@b ; tag = x', 'sip:a@b', 'x'],
    ['Alice <sip:a@b>;tag=x', 'sip:a@b', 'x'],
    ['A l i c e<sip:a@b>;tag=x', 'sip:a@b', 'x'],
    ['"<sip:no@no>;tag=no, \\"x\\\\" <sip:a@b>;tag=x', 'sip:a@b', 'x'],
    ['""<sip:a@b>', 'sip:a@b', null],
    ['Zo\\xc3\\xab <sip:a@b>', 'sip:a@b', null],
    ['<tel:+1-201-555-0123>;tag=x', 'tel:+1-201-555-0123', 'x'],
    ['<sip:a@b,c?x=y>;tag="quoted;tag=no"', 'sip:a@b,c?x=y', '"quoted;tag=no"'],
    ['<sip:a@[2001:db8::1]:5060>', 'sip:a@[2001:db8::1]:5060', null],
  ])('20.20 %s', (value, uri, tag) => {
    expect(from(value)).toEqual(['ok', uri, tag]);
  });

  it.each([
    '',
    '<sip:a@b',
    '<>',
    '<a@b>',
    '<:a@b>',
    '<sip:>',
    '< sip:a@b>',
    '<sip:a@b >',
    '<sip:a b@c>',
    '<<sip:a@b>>',
    '"Alice <sip:a@b>',
    '"Alice" sip:a@b',
    'Bell, Alexander <sip:a@b>',
    'sip:a@b?x=y',
    'sip:a@b, sip:c@d',
    '<sip:a@b>;',
    '<sip:a@b>;;tag=x',
    '<sip:a@b>;tag',
    '<sip:a@b>;tag=',
    '<sip:a@b>;tag=x;tag=y',
    '<sip:a@b> tag=x',
    '<sip:a@b>;tag=x y',
    '*',
  ])('20.20 %j is refused', (value) => {
    expect(from(value)[0]).toBe('from');
    expect(resultOf(response({ instead: { To: `To: ${value}` } }))).toBe('to');
  });
});

describe('Call-ID and CSeq', () => {
  it('8.1.1.4 a Call-ID is one word of any bytes', () => {
    const { result, message, text } = parseText(response({ instead: { 'Call-ID': 'Call-ID:   w"<>\\x01@x ' } }));
    expect([result, text(message.callIdStart, message.callIdEnd)]).toEqual(['ok', 'w"<>\u0001@x']);
    expect(resultOf(response({ instead: { 'Call-ID': 'Call-ID: ' } }))).toBe('call-id');
    expect(resultOf(response({ instead: { 'Call-ID': 'Call-ID: a b' } }))).toBe('call-id');
  });

  it.each([
    ['0 REGISTER', 0],
    ['2147483647 REGISTER', 2147483647],
    ['00000000000000000000000000000000000007\tREGISTER', 7],
  ])('8.1.1.5 CSeq %j', (value, cseq) => {
    const { result, message } = parseText(response({ instead: { CSeq: `CSeq: ${value}` } }));
    expect([result, message.cseq, message.cseqMethod]).toEqual(['ok', cseq, METHOD_REGISTER]);
  });

  it.each(['', '7', 'REGISTER', '7REGISTER', '-7 REGISTER', '7 REGI STER', '7 "REGISTER"', '2147483648 REGISTER'])(
    '8.1.1.5 CSeq %j is refused',
    (value) => {
      expect(resultOf(response({ instead: { CSeq: `CSeq: ${value}` } }))).toBe('cseq');
    },
  );

  it('8.1.1.5 the method must be that of a request; a response has none to compare with', () => {
    expect(resultOf(request({ instead: { CSeq: 'CSeq: 7 OPTIONS' } }))).toBe('cseq-method');
    expect(resultOf(request({ instead: { CSeq: 'CSeq: 7 register' } }))).toBe('cseq-method');
    expect(resultOf(request({ instead: { REGISTER: 'NEW sip:a SIP/2.0', CSeq: 'CSeq: 7 WEN' } }))).toBe('cseq-method');
    expect(parseText(response({ instead: { CSeq: 'CSeq: 7 OPTIONS' } })).message.cseqMethod).toBe(METHOD_OPTIONS);
  });
});

describe('numbers', () => {
  it.each([
    ['0', 0],
    ['1800', 1800],
    ['4294967295', 4294967295],
    ['4294967296', 4294967295],
    ['99999999999999999999', 4294967295],
    ['soon', 3600],
    ['-1', 3600],
    ['', 3600],
    ['1800 ;x', 3600],
  ])('10.2 Expires: %s reads as %d', (value, expires) => {
    const { result, message } = parseText(response({ extra: `Expires: ${value}` }));
    expect([result, message.expires]).toEqual(['ok', expires]);
  });

  it('absent numbers are -1', () => {
    const { message } = parseText(response());
    expect([message.expires, message.minExpires, message.retryAfter, message.maxForwards]).toEqual([-1, -1, -1, -1]);
  });

  it.each([
    ['120', 120],
    ['18000;duration=3600', 18000],
    ["120 (I'm in a meeting)", 120],
    ['949302838503028349304023988', 4294967295],
    ['later', -1],
  ])('20.33 Retry-After: %s reads as %d', (value, seconds) => {
    expect(parseText(response({ extra: `Retry-After: ${value}` })).message.retryAfter).toBe(seconds);
  });

  it('20.23 Min-Expires is read', () => {
    expect(parseText(response({ extra: 'min-expires : 60' })).message.minExpires).toBe(60);
  });

  it.each([
    ['0', 0],
    ['070', 70],
    ['255', 255],
    ['256', -1],
    ['70 hops', -1],
    ['', -1],
  ])('RFC 4475 §3.1.2.4 Max-Forwards: %s reads as %d', (value, hops) => {
    const { result, message } = parseText(request({ instead: { 'Max-Forwards': `Max-Forwards: ${value}` } }));
    expect([result, message.maxForwards]).toEqual(['ok', hops]);
  });
});

describe('body', () => {
  const withLength = (line: string, body: string): string =>
    `${response({ instead: { 'Content-Length': line } })}${body}`;

  it('18.3 bytes after Content-Length are dropped', () => {
    const { result, message, text } = parseText(withLength('Content-Length: 3', 'abcdef'));
    expect([result, text(message.bodyStart, message.bodyEnd)]).toEqual(['ok', 'abc']);
  });

  it('18.3 without Content-Length the body ends with the datagram', () => {
    const { result, message, text } = parseText(`${response({ without: 'Content-Length' })}abcdef`);
    expect([result, text(message.bodyStart, message.bodyEnd)]).toEqual(['ok', 'abcdef']);
  });

  it.each([
    ['render;handling=optional', true],
    ['session ; x="a;handling=required" ; Handling = OPTIONAL', true],
    ['render;handling=required', false],
    ['render;handling=optional;handling=required', false],
    ['render;handling', false],
    ['render;handling="optional"', false],
    ['render;;handling=optional', false],
    [';handling=optional', false],
    ['', false],
  ])('20.11 a body with the disposition %j is optional: %s', (disposition, expected) => {
    const { result, message } = parseText(response({ extra: `Content-Disposition: ${disposition}` }));
    expect([result, message.isBodyOptional]).toEqual(['ok', expected]);
  });

  it('18.3 a longer Content-Length than the datagram is refused', () => {
    expect(resultOf(withLength('Content-Length: 4', 'abc'))).toBe('truncated');
    expect(resultOf(withLength('Content-Length: 4294967295', 'abc'))).toBe('truncated');
  });

  it.each(['-1', '', 'x', '4294967296', '1 2'])('20.14 Content-Length: %j is refused', (value) => {
    expect(resultOf(withLength(`Content-Length: ${value}`, ''))).toBe('content-length');
  });
});

describe('rows', () => {
  it('RFC 3261 §7.3.1 challenges and credentials are rows, never split at commas', () => {
    const { message, bytes } = parseText(
      request({
        extra: [
          'WWW-Authenticate: Digest realm="a", nonce="1"',
          'Proxy-Authenticate: Digest realm="b", nonce="2"',
          'www-authenticate: Basic realm="c"',
          'Authorization: Digest username="u", realm="a"',
          'Proxy-Authorization: Digest username="v"',
          'Require: path, outbound',
          'Require: gruu',
          'Proxy-Require: sec-agree',
        ].join('\n'),
      }),
    );
    expect(rowTexts(bytes, message.wwwAuthenticate)).toEqual(['Digest realm="a", nonce="1"', 'Basic realm="c"']);
    expect(rowTexts(bytes, message.proxyAuthenticate)).toEqual(['Digest realm="b", nonce="2"']);
    expect(rowTexts(bytes, message.authorization)).toEqual(['Digest username="u", realm="a"']);
    expect(rowTexts(bytes, message.proxyAuthorization)).toEqual(['Digest username="v"']);
    expect(rowTexts(bytes, message.require)).toEqual(['path, outbound', 'gruu']);
    expect(rowTexts(bytes, message.proxyRequire)).toEqual(['sec-agree']);
  });

  it('Warning and P-Registrar-Error are kept, the first of each', () => {
    const { message, text } = parseText(
      response({ extra: 'Warning: 399 r "slow"\nWarning: 399 r "no"\nP-Registrar-Error: DB\nP-Registrar-Error: no' }),
    );
    expect(text(message.warningStart, message.warningEnd)).toBe('Warning: 399 r "slow"');
    expect(text(message.registrarErrorStart, message.registrarErrorEnd)).toBe('P-Registrar-Error: DB');
  });

  it.each(['Require: x', 'WWW-Authenticate: Digest realm="x"'])(
    'more rows of %j than the table holds are refused',
    (line) => {
      const rows = (count: number): string => Array.from({ length: count }, () => line).join('\n');
      expect(resultOf(response({ extra: rows(MAX_ROWS) }))).toBe('ok');
      expect(resultOf(response({ extra: rows(MAX_ROWS + 1) }))).toBe('too-many-rows');
    },
  );
});

describe('the record', () => {
  it('is used again without anything left of the message before', () => {
    const full = sipBytes(
      request({
        extra: 'Contact: *\nExpires: 0\nRetry-After: 1\nMin-Expires: 1\nAuthorization: x\nRequire: y\nWarning: z',
      }),
    );
    const plain = sipBytes(response({ without: 'Content-Length' }));
    const used = createSipMessage();
    const fresh = createSipMessage();
    expect(parseMessage(full, 0, full.length, used)).toBe(PARSE_OK);
    expect(parseMessage(plain, 0, plain.length, used)).toBe(PARSE_OK);
    expect(parseMessage(plain, 0, plain.length, fresh)).toBe(PARSE_OK);
    const facts = ({ address, parameter, hostPort, tag, ...rest }: typeof used): unknown => {
      const entries = Object.entries(rest).map(([key, value]) => [
        key,
        typeof value === 'object' && 'spans' in value ? value.spans.slice(0, 2 * value.count) : value,
      ]);
      return Object.fromEntries(entries);
    };
    expect(facts(used)).toEqual(facts(fresh));
  });
});

describe('names of results', () => {
  it('a number outside the table is told as such', () => {
    expect(parseErrorName(-999)).toBe('unknown -999');
    expect(parseErrorName(PARSE_OK)).toBe('ok');
  });
});
