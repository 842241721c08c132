import { describe, expect, it } from 'vitest';
import { bindingCount, countersOf } from '../../../src/registrar/index.ts';
import { exchange, header, open, request, statusOf } from './harness.ts';

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
    expect(statusFor({ uri: 'nobodyKnowsThisScheme:totallyopaquecontent' })).toBe(416);
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

  it('8.2.2.3 answers anything required with 420 and lists all of it in Unsupported', () => {
    const answer = exchange(open(), request({ headers: ['Require: path, gruu', 'Require: outbound'] }));
    expect(statusOf(answer)).toBe(420);
    expect(header(answer, 'Unsupported')).toEqual(['path, gruu', 'outbound']);
  });

  it('8.2.2.3 leaves Proxy-Require to proxies and an empty Require alone', () => {
    expect(statusFor({ headers: ['Proxy-Require: foo'] })).toBe(200);
    expect(statusFor({ headers: ['Require:'] })).toBe(200);
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
    expect(statusFor({ method: 'NEWMETHOD', cseq: '1 REGISTER' })).toBe(400);
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
    expect(statusFor({ to: 'To: isbn:2983792873' })).toBe(400);
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

  const answerable: readonly (readonly [string, string])[] = [
    ['a CSeq of 2^32', request({ cseq: '4294967296 REGISTER' })],
    ['two Call-IDs', request({ headers: ['Call-ID: other'] })],
    ['two Content-Lengths', request({ headers: ['Content-Length: 0'] })],
    ['a Content-Length longer than the datagram (§18.3)', request().replace('Content-Length: 0', 'Content-Length: 9')],
    ['a Content-Length below 0', request().replace('Content-Length: 0', 'Content-Length: -9')],
    ['an unterminated quote in From', request({ from: 'From: "u1 <sip:u1@test.example>;tag=1' })],
    ['two spaces in the Request-Line', request().replace('REGISTER ', 'REGISTER  ')],
    ['a header line without a colon', request({ headers: ['NoColon'] })],
    ['no blank line', request().slice(0, -2)],
  ];

  it('are answered with 400 where Via, From, To, Call-ID and CSeq can be repeated', () => {
    for (const [name, text] of answerable) {
      const registrar = open();
      expect(statusOf(exchange(registrar, text)), name).toBe(400);
      expect(countersOf(registrar).malformed, name).toBe(1);
    }
  });

  it('echoes a CSeq too large to be a number', () => {
    expect(header(exchange(open(), request({ cseq: '4294967296 REGISTER' })), 'CSeq')).toEqual(['4294967296 REGISTER']);
  });
});
