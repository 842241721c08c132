import { describe, expect, it } from 'vitest';
import { bindingCount, countersOf } from '../../../src/registrar/index.ts';
import { exchange, header, open, request, statusOf } from './harness.ts';

const withBody = (text: string): string => text.replace('Content-Length: 0\r\n\r\n', 'Content-Length: 4\r\n\r\nbody');

const statusFor = (parts: Parameters<typeof request>[0]): number => statusOf(exchange(open(), request(parts)));

describe('RFC 3261 §8.2, §10.3 steps 1 and 2: what a request is refused for before anyone asks who sent it', () => {
  it('8.2.1 answers a known method with 405 and Allow', () => {
    for (const method of ['INVITE', 'CANCEL', 'BYE', 'SUBSCRIBE', 'MESSAGE', 'PUBLISH']) {
      const answer = exchange(open(), request({ method }));
      expect(statusOf(answer)).toBe(405);
      expect(header(answer, 'Allow')).toEqual(['OPTIONS, REGISTER']);
    }
  });

  it('21.5.2 answers an unknown method with 501, and REGISTER in other letters or escaped is unknown', () => {
    for (const method of ['NEWMETHOD', 'register', 'RE%47IST%45R']) {
      const answer = exchange(open(), request({ method }));
      expect(statusOf(answer)).toBe(501);
      expect(header(answer, 'Allow')).toEqual(['OPTIONS, REGISTER']);
    }
  });

  it('8.2.2.1 answers a scheme that is not sip with 416, sips included', () => {
    expect(statusFor({ uri: 'tel:+15551234' })).toBe(416);
    expect(statusFor({ uri: 'warble:tweet' })).toBe(416);
    expect(statusFor({ uri: 'sips:test.example' })).toBe(416);
  });

  it('10.3(1) answers a domain it does not serve with 404', () => {
    expect(statusFor({ uri: 'sip:other.example' })).toBe(404);
    expect(statusFor({ uri: 'sip:sub.test.example' })).toBe(404);
  });

  it('19.1.4 serves its domain in any case, with any port and parameters', () => {
    expect(statusFor({ uri: 'sip:TEST.Example' })).toBe(200);
    expect(statusFor({ uri: 'sip:test.example:5070;transport=udp' })).toBe(200);
  });

  it('answers a Request-URI that cannot be taken apart with 400', () => {
    expect(statusFor({ uri: 'sip:' })).toBe(400);
    expect(statusFor({ uri: 'sip:test.example:port' })).toBe(400);
    expect(statusFor({ uri: '<sip:test.example>' })).toBe(400);
  });

  it('19.1.1 answers a Request-URI with headers in it with 400: they have no place there, and are never applied', () => {
    expect(statusFor({ uri: 'sip:test.example?Expires=0' })).toBe(400);
    expect(statusFor({ method: 'OPTIONS', uri: 'sip:test.example?Require=path' })).toBe(400);
  });

  it('8.2.2.3 answers anything required with 420 and lists all of it in Unsupported', () => {
    const answer = exchange(open(), request({ headers: ['Require: path, gruu', 'Require: outbound'] }));
    expect(statusOf(answer)).toBe(420);
    expect(header(answer, 'Unsupported')).toEqual(['path, gruu', 'outbound']);
  });

  it('8.2.2.3 leaves Proxy-Require to proxies and an empty Require alone', () => {
    expect(statusFor({ headers: ['Proxy-Require: foo'] })).toBe(200);
    expect(statusFor({ headers: ['Require:'] })).toBe(200);
  });

  it('8.2.3 answers a body with 415 and an empty Accept, there being none that it understands', () => {
    for (const method of ['REGISTER', 'OPTIONS']) {
      for (const headers of [[], ['Content-Type: text/plain'], ['Content-Disposition: render;handling=required']]) {
        const registrar = open();
        const answer = exchange(registrar, withBody(request({ method, headers, contact: '<sip:u1@127.0.0.2>' })));
        expect(statusOf(answer)).toBe(415);
        expect(header(answer, 'Accept')).toEqual(['']);
        expect(bindingCount(registrar)).toBe(0);
      }
    }
  });

  it('8.2.3 passes over a body where it is told to, and still asks for credentials', () => {
    expect(statusOf(exchange(open({ bodies: 'accept' }), withBody(request())))).toBe(200);
    expect(statusOf(exchange(open({ bodies: 'accept', password: 'secret' }), withBody(request())))).toBe(401);
  });

  it('8.2.3 ignores a body that says it is optional, and the headers of a body that is not there', () => {
    const optional = request({ headers: ['Content-Disposition: render ; x="a;b" ; HANDLING = Optional'] });
    expect(statusOf(exchange(open(), withBody(optional)))).toBe(200);
    expect(statusFor({ headers: ['Content-Type: text/plain', 'Content-Encoding: gzip'] })).toBe(200);
  });

  it('8.2.3 comes after 8.2.2.3 and before authentication', () => {
    const registrar = open({ password: 'secret' });
    expect(statusOf(exchange(registrar, withBody(request({ headers: ['Require: path'] }))))).toBe(420);
    expect(statusOf(exchange(registrar, withBody(request())))).toBe(415);
  });

  it('10.3(1) comes before 10.3(2), and both before authentication', () => {
    const registrar = open({ password: 'secret' });
    const required = ['Require: path'];
    expect(statusOf(exchange(registrar, request({ uri: 'sip:other.example', headers: required })))).toBe(404);
    expect(statusOf(exchange(registrar, request({ headers: required })))).toBe(420);
    expect(statusOf(exchange(registrar, request()))).toBe(401);
  });

  it('11.2 answers OPTIONS with 200 and Allow, without asking for a password', () => {
    const answer = exchange(open({ password: 'secret' }), request({ method: 'OPTIONS' }));
    expect(statusOf(answer)).toBe(200);
    expect(header(answer, 'Allow')).toEqual(['OPTIONS, REGISTER']);
    expect(header(answer, 'Contact')).toEqual([]);
  });

  it('8.1.1.5 answers a CSeq with another method with 400', () => {
    expect(statusFor({ cseq: '1 OPTIONS' })).toBe(400);
    expect(statusFor({ method: 'INVITE', cseq: '1 REGISTER' })).toBe(400);
  });

  it('RFC 4475 §3.1.2.18 answers a method that it does not know with 501, whatever CSeq says', () => {
    const answer = exchange(open(), request({ method: 'NEWMETHOD', cseq: '1 REGISTER' }));
    expect(statusOf(answer)).toBe(501);
    expect(header(answer, 'Allow')).toEqual(['OPTIONS, REGISTER']);
  });

  it('21.5.6 answers another version with 505', () => {
    expect(statusOf(exchange(open(), request().replace('SIP/2.0\r\n', 'SIP/7.0\r\n')))).toBe(505);
  });

  it('10.3 never answers with 6xx, and never with Record-Route', () => {
    const answer = exchange(open(), request({ headers: ['Record-Route: <sip:proxy.example;lr>'] }));
    expect(statusOf(answer)).toBe(200);
    expect(header(answer, 'Record-Route')).toEqual([]);
  });

  it('zeromf: an endpoint does not mind Max-Forwards: 0', () => {
    expect(statusOf(exchange(open(), request().replace('Max-Forwards: 70', 'Max-Forwards: 0')))).toBe(200);
  });
});

describe('RFC 3261 §10.3 step 5: the address-of-record in To', () => {
  it('answers 404 for an address-of-record of another domain', () => {
    const contact = '<sip:u1@127.0.0.2>';
    expect(statusFor({ to: 'To: <sip:u1@other.example>', contact })).toBe(404);
  });

  it('answers 404 for one without a user', () => {
    expect(statusFor({ to: 'To: <sip:test.example>' })).toBe(404);
  });

  it('answers 400 for a To that is no SIP URI', () => {
    expect(statusFor({ to: 'To: isbn:978' })).toBe(400);
    expect(statusFor({ to: 'To: <sip:u1@test.example' })).toBe(400);
  });

  it('takes the canonical form: escapes decoded, parameters and password gone, the user case-sensitive', () => {
    const registrar = open();
    const contact = '<sip:a@127.0.0.2>';
    expect(statusOf(exchange(registrar, request({ to: 'To: <sip:al%69ce@test.example;user=phone>', contact })))).toBe(
      200,
    );
    const same = exchange(registrar, request({ to: 'To: "A" <sip:alice:pw@TEST.example>' }));
    expect(header(same, 'Contact')).toEqual(['<sip:a@127.0.0.2>;expires=1800']);
    const other = exchange(registrar, request({ to: 'To: <sip:Alice@test.example>' }));
    expect(header(other, 'Contact')).toEqual([]);
  });

  it('does not confuse users that are the same up to an escaped NUL', () => {
    const registrar = open();
    exchange(registrar, request({ to: 'To: <sip:null-%00-null@test.example>', contact: '<sip:a@127.0.0.2>' }));
    expect(bindingCount(registrar)).toBe(1);
    expect(header(exchange(registrar, request({ to: 'To: <sip:null-@test.example>' })), 'Contact')).toEqual([]);
    const again = exchange(registrar, request({ to: 'To: <sip:null-%00-null@test.example>' }));
    expect(header(again, 'Contact')).toHaveLength(1);
  });

  it('answers 404 for a user longer than it keeps', () => {
    expect(statusFor({ user: 'u'.repeat(513), contact: '<sip:a@127.0.0.2>' })).toBe(404);
    expect(statusFor({ user: 'u'.repeat(512), contact: '<sip:a@127.0.0.2>' })).toBe(200);
  });
});

describe('malformed requests', () => {
  const malformed: readonly (readonly [string, string])[] = [
    ['no From', request().replace(/From: .*\r\n/, '')],
    ['no To', request().replace(/To: .*\r\n/, '')],
    ['no Call-ID', request().replace(/Call-ID: .*\r\n/, '')],
    ['no CSeq', request().replace(/CSeq: .*\r\n/, '')],
    ['no Via', request().replace(/Via: .*\r\n/, '')],
    ['a CSeq without a number', request({ cseq: 'REGISTER' })],
    ['a Via without sent-by', request({ via: 'Via: SIP/2.0/UDP' })],
    ['no line end at all', 'REGISTER sip:test.example SIP/2.0'],
    ['no SIP', 'hello'],
  ];

  it('are dropped and counted when there is nothing to answer with', () => {
    for (const [name, text] of malformed) {
      const registrar = open();
      expect(exchange(registrar, text), name).toBeNull();
      const { requests, dropped, droppedUnanswerable, malformed: count } = countersOf(registrar);
      expect([requests, dropped, droppedUnanswerable, count], name).toEqual([1, 1, 1, 1]);
    }
  });

  const answerable: readonly (readonly [string, string, string])[] = [
    ['a CSeq of 2^32', 'Malformed CSeq', request({ cseq: '4294967296 REGISTER' })],
    ['two Call-IDs', 'Repeated Header', request({ headers: ['Call-ID: other'] })],
    ['two Content-Lengths', 'Repeated Header', request({ headers: ['Content-Length: 0'] })],
    [
      'a Content-Length longer than the datagram (§18.3)',
      'Body Shorter Than Content-Length',
      request().replace('Content-Length: 0', 'Content-Length: 9'),
    ],
    [
      'a Content-Length below 0',
      'Malformed Content-Length',
      request().replace('Content-Length: 0', 'Content-Length: -9'),
    ],
    ['an unterminated quote in From', 'Malformed From', request({ from: 'From: "u1 <sip:u1@test.example>;tag=1' })],
    ['an unterminated quote in To', 'Malformed To', request({ to: 'To: "u1 <sip:u1@test.example>' })],
    ['a Via with an empty parameter', 'Malformed Via', request({ via: 'Via: SIP/2.0/UDP 127.0.0.2;;branch=z9hG4bKx' })],
    ['a Call-ID of two words', 'Malformed Call-ID', request({ callId: 'two words' })],
    ['two spaces in the Request-Line', 'Malformed Request-Line', request().replace('REGISTER ', 'REGISTER  ')],
    ['a header line without a colon', 'Malformed Header Line', request({ headers: ['NoColon'] })],
    ['a bare LF', 'CR Or LF Alone', request({ headers: ['X: a\nb'] })],
    [
      '65 rows of Require',
      'Too Many Values Of A Header',
      request({ headers: Array(65).fill('Require: a') as string[] }),
    ],
    ['257 headers', 'Too Many Headers', request({ headers: Array(257).fill('X: y') as string[] })],
    ['no blank line', 'Headers Without End', request().slice(0, -2)],
  ];

  it('21.4.1 are answered with 400 and what is wrong, where Via, From, To, Call-ID and CSeq can be repeated', () => {
    for (const [name, phrase, text] of answerable) {
      const registrar = open();
      const answer = exchange(registrar, text);
      expect(answer?.text.split('\r\n')[0], name).toBe(`SIP/2.0 400 ${phrase}`);
      expect(countersOf(registrar).malformed, name).toBe(1);
    }
  });

  it('echoes a CSeq too large to be a number', () => {
    expect(header(exchange(open(), request({ cseq: '4294967296 REGISTER' })), 'CSeq')).toEqual(['4294967296 REGISTER']);
  });
});
