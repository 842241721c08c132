import { describe, expect, it } from 'vitest';
import {
  advance,
  bindingsOf,
  countersOf,
  drain,
  pendingAnswerCount,
  receive,
  released,
} from '../../../src/registrar/index.ts';
import {
  createStunMessage,
  readStun,
  STUN_BINDING_SUCCESS,
  STUN_OK,
  writeBindingRequest,
} from '../../../src/sip/index.ts';
import { drainAll, exchange, header, open, PEER, PEER_PORT, request, statusOf } from './harness.ts';

const CONTACT = '<sip:u1@127.0.0.2:40000>';
const SECOND = 1_000_000;

describe('RFC 3261 §8.2.6: what an answer repeats', () => {
  it('copies every Via in order, From, To, Call-ID and CSeq, with a tag added to To', () => {
    const text = request({
      via: 'Via: SIP/2.0/UDP 127.0.0.2:40000;branch=z9hG4bKa , SIP/2.0/TCP b.example;branch=z9hG4bKb\r\nv: SIP/2.0/UDP c.example',
      from: 'f: "A \\" B" <sip:u1@test.example>;x=y;tag=f1',
      callId: 'A@b',
      cseq: '0017 REGISTER',
    });
    const answer = exchange(open(), text);
    expect(header(answer, 'Via')).toEqual([
      'SIP/2.0/UDP 127.0.0.2:40000;branch=z9hG4bKa',
      'SIP/2.0/TCP b.example;branch=z9hG4bKb',
      'SIP/2.0/UDP c.example',
    ]);
    expect(header(answer, 'From')).toEqual(['"A \\" B" <sip:u1@test.example>;x=y;tag=f1']);
    expect(header(answer, 'To')[0]).toMatch(/^<sip:u1@test\.example>;tag=[0-9a-f]{16}$/);
    expect(header(answer, 'Call-ID')).toEqual(['A@b']);
    expect(header(answer, 'CSeq')).toEqual(['0017 REGISTER']);
    expect(header(answer, 'Server')).toEqual(['regstorm']);
    expect(header(answer, 'Content-Length')).toEqual(['0']);
    expect(answer?.text.endsWith('\r\n\r\n')).toBe(true);
  });

  it('leaves a To that has a tag as it is', () => {
    const answer = exchange(open(), request({ to: 'To: <sip:u1@test.example>;tag=t9' }));
    expect(header(answer, 'To')).toEqual(['<sip:u1@test.example>;tag=t9']);
  });

  it('20.17 dates a 200 by the wall clock', () => {
    expect(header(exchange(open(), request(), 61 * SECOND), 'Date')).toEqual(['Sat, 13 Nov 2010 23:30:01 GMT']);
  });
});

describe('RFC 3261 §18.2, RFC 3581 §4: where an answer goes', () => {
  const via = (value: string) => exchange(open(), request({ via: `Via: SIP/2.0/UDP ${value};branch=z9hG4bKv` }));

  it('with rport: to the source port, with rport filled and received even if equal', () => {
    const answer = via('127.0.0.2:7777;rport');
    expect(answer).toMatchObject({ address: PEER, port: PEER_PORT });
    expect(header(answer, 'Via')[0]).toBe('SIP/2.0/UDP 127.0.0.2:7777;rport=40000;branch=z9hG4bKv;received=127.0.0.2');
  });

  it('with an rport that has a value already: replaced', () => {
    expect(header(via('127.0.0.2:7777;rport=1'), 'Via')[0]).toContain(';rport=40000;');
  });

  it('without rport: to the port of sent-by at the source address', () => {
    const answer = via('127.0.0.2:7777');
    expect(answer).toMatchObject({ address: PEER, port: 7777 });
    expect(header(answer, 'Via')[0]).toBe('SIP/2.0/UDP 127.0.0.2:7777;branch=z9hG4bKv');
  });

  it('without any port: to 5060', () => {
    expect(via('127.0.0.2')).toMatchObject({ address: PEER, port: 5060 });
    expect(via('127.0.0.2:0')).toMatchObject({ address: PEER, port: 5060 });
  });

  it('adds received when sent-by is a name or another address', () => {
    for (const host of ['phone.example', '127.0.0.3', '[2001:db8::1]', '127.0.0.2.', '1.2.3', '127.0.0.258']) {
      expect(header(via(host), 'Via')[0], host).toContain(';received=127.0.0.2');
    }
  });

  it('DEVIATION 18.2.2: does not follow maddr', () => {
    expect(via('127.0.0.2:7777;maddr=127.0.0.9')).toMatchObject({ address: PEER, port: 7777 });
  });
});

describe('RFC 3261 §17.2.2, §17.2.3: retransmissions', () => {
  it('17.2.2 get the same bytes, whatever has happened to the bindings and the clock since', () => {
    const registrar = open({ password: null });
    const first = request({ contact: CONTACT, expires: 600 });
    const answer = exchange(registrar, first);
    exchange(registrar, request({ cseq: 2, contact: [`${CONTACT};expires=0`, '<sip:other@127.0.0.9>'] }), SECOND);
    expect(exchange(registrar, first, 3 * SECOND)).toEqual(answer);
    expect(bindingsOf(registrar, 'u1').map((binding) => binding.contact)).toEqual(['sip:other@127.0.0.9']);
    expect(countersOf(registrar)).toMatchObject({ requests: 3, answered: 2, retransmissionsAnswered: 1 });
  });

  it('17.2.2 get the same challenge, nonce and To tag included', () => {
    const registrar = open({ password: 'secret' });
    const first = request();
    const answer = exchange(registrar, first);
    expect(statusOf(answer)).toBe(401);
    expect(exchange(registrar, first, 5 * SECOND)).toEqual(answer);
  });

  it('17.2.3 a request with another branch, sent-by or method is a new one', () => {
    const registrar = open();
    const via = (sentBy: string, branch: string) => `Via: SIP/2.0/UDP ${sentBy};branch=${branch}`;
    exchange(registrar, request({ via: via('127.0.0.2:1', 'z9hG4bKx') }));
    exchange(registrar, request({ via: via('127.0.0.2:1', 'z9hG4bKy') }));
    exchange(registrar, request({ via: via('127.0.0.2:2', 'z9hG4bKx') }));
    exchange(registrar, request({ via: via('127.0.0.2:1', 'z9hG4bKx'), method: 'OPTIONS' }));
    expect(countersOf(registrar)).toMatchObject({ answered: 4, retransmissionsAnswered: 0 });
  });

  it('17.2.3 without a real branch everything that RFC 2543 compared must be the same', () => {
    for (const branch of ['', ';branch=z9hG4bK', ';branch=1']) {
      const registrar = open();
      const via = `Via: SIP/2.0/UDP 127.0.0.2${branch}`;
      const answer = exchange(registrar, request({ via, contact: CONTACT }));
      expect(exchange(registrar, request({ via, contact: CONTACT }))).toEqual(answer);
      exchange(registrar, request({ via, contact: CONTACT, cseq: 2 }));
      exchange(registrar, request({ via, callId: 'call-2' }));
      exchange(registrar, request({ via, from: 'From: <sip:u1@test.example>;tag=f2' }));
      expect(countersOf(registrar), branch).toMatchObject({ answered: 4, retransmissionsAnswered: 1 });
    }
  });

  it('17.2.2 Timer J is 64*T1: until then a retransmission, then a new request', () => {
    const registrar = open({ t1Us: 100_000 });
    const text = request({ contact: CONTACT });
    exchange(registrar, text);
    expect(statusOf(exchange(registrar, text, 6_399_999))).toBe(200);
    expect(statusOf(exchange(registrar, text, 6_400_000))).toBe(500);
  });

  it('17.2.2 advance() tells when Timer J fires', () => {
    const registrar = open();
    expect(advance(registrar, 0)).toBe(Number.POSITIVE_INFINITY);
    exchange(registrar, request(), 10);
    expect(advance(registrar, 10)).toBe(32 * SECOND + 10);
    expect(advance(registrar, 32 * SECOND + 10)).toBe(Number.POSITIVE_INFINITY);
  });

  it('answers a retransmission to where that one came from', () => {
    const registrar = open();
    const text = request();
    exchange(registrar, text);
    expect(exchange(registrar, text, 0, 41_000)?.port).toBe(41_000);
  });

  it('forgets the oldest transaction when the table is full, and counts that', () => {
    const registrar = open({ transactionCapacity: 8 });
    const texts = Array.from({ length: 9 }, (_, i) => request({ user: `u${i}`, contact: CONTACT }));
    for (const text of texts) exchange(registrar, text);
    expect(countersOf(registrar).transactionsOverwritten).toBe(1);
    expect(statusOf(exchange(registrar, texts[0]!))).toBe(500);
    expect(statusOf(exchange(registrar, texts[8]!))).toBe(200);
    expect(countersOf(registrar).retransmissionsAnswered).toBe(1);
  });

  it('forgets transactions whose answers were run over, and never mixes up bytes over many turns of the ring', () => {
    const registrar = open({ transactionCapacity: 64, capacity: 5000 });
    const recent: { text: string; answer: unknown }[] = [];
    for (let i = 0; i < 2000; i++) {
      const long = 'x'.repeat((i * 37) % 900);
      const text = request({ user: `u${i}`, contact: `<sip:u${i}@127.0.0.2;p=${long}>` });
      const answer = exchange(registrar, text);
      expect(header(answer, 'Contact')).toEqual([`<sip:u${i}@127.0.0.2;p=${long}>;expires=1800`]);
      recent.push({ text, answer });
      if (i < 10) continue;
      const earlier = recent[i - 7]!;
      expect(exchange(registrar, earlier.text)).toEqual(earlier.answer);
    }
    const { transactionsOverwritten, retransmissionsAnswered } = countersOf(registrar);
    expect(retransmissionsAnswered).toBe(1990);
    expect(transactionsOverwritten).toBeGreaterThan(1900);
  });
});

describe('datagrams that get no answer', () => {
  it('17.1.1.3 an ACK is dropped and counted', () => {
    const registrar = open();
    expect(exchange(registrar, request({ method: 'ACK' }))).toBeNull();
    expect(countersOf(registrar)).toMatchObject({ requests: 1, dropped: 1, droppedAcks: 1 });
  });

  it('responses are counted and ignored', () => {
    const registrar = open();
    expect(exchange(registrar, request().replace(/^.*\r\n/, 'SIP/2.0 200 OK\r\n'))).toBeNull();
    expect(exchange(registrar, request().replace(/^.*\r\n/, 'SIP/2.0 700 No\r\n'))).toBeNull();
    expect(countersOf(registrar)).toMatchObject({ datagrams: 2, requests: 0, responses: 2, dropped: 0 });
  });

  it('RFC 5626 §4.4.2 STUN Binding requests are answered with where they came from, and are no requests', () => {
    const registrar = open();
    const stun = new Uint8Array(64);
    const id = [0x01020304, 0xa0b0c0d0, 0x11223344] as const;
    const end = writeBindingRequest(stun, 0, ...id);
    const answer = exchange(registrar, stun.slice(0, end), 0, 5555);
    expect(answer).toMatchObject({ address: PEER, port: 5555 });
    const bytes = Uint8Array.from(Buffer.from(answer!.text, 'latin1'));
    const read = createStunMessage();
    expect(readStun(bytes, 0, bytes.length, read)).toBe(STUN_OK);
    expect([read.high, read.middle, read.low]).toEqual(id);
    expect([read.type, read.mappedAddress, read.mappedPort]).toEqual([STUN_BINDING_SUCCESS, PEER, 5555]);
    // Neither an answer nor a request cut short.
    expect(exchange(registrar, bytes)).toBeNull();
    expect(exchange(registrar, stun.slice(0, end - 1))).toBeNull();
    expect(countersOf(registrar)).toMatchObject({ datagrams: 3, keepAlives: 1, answered: 0 });
  });

  it('keep-alives are counted and ignored', () => {
    const registrar = open();
    expect(exchange(registrar, '\r\n\r\n')).toBeNull();
    expect(exchange(registrar, '')).toBeNull();
    expect(countersOf(registrar)).toMatchObject({ datagrams: 2, requests: 0, keepAlives: 2 });
  });
});

describe('the outbox', () => {
  const feed = (registrar: ReturnType<typeof open>, text: string): void => {
    const bytes = Buffer.from(text, 'latin1');
    receive(registrar, 0, bytes, 0, bytes.length, PEER, PEER_PORT);
  };

  it('keeps what the sink does not take, in order', () => {
    const registrar = open();
    for (const user of ['a', 'b', 'c']) feed(registrar, request({ user }));
    const taken: number[] = [];
    expect(drain(registrar, (start) => taken.length < 2 && taken.push(start) > 0)).toBe(2);
    expect(pendingAnswerCount(registrar)).toBe(1);
    released(registrar, 2);
    const rest = drainAll(registrar);
    expect(rest.map((sent) => header(sent, 'From')[0])).toEqual(['<sip:c@test.example>;tag=f1']);
  });

  it('drops a request when full, before anything is done about it', () => {
    const registrar = open({ outboxSlots: 2 });
    for (const user of ['a', 'b', 'c']) feed(registrar, request({ user, contact: CONTACT }));
    expect(bindingsOf(registrar, 'c')).toEqual([]);
    expect(countersOf(registrar)).toMatchObject({ requests: 3, answered: 2, dropped: 1, droppedOutboxFull: 1 });
    expect(drainAll(registrar)).toHaveLength(2);
  });

  it('is full until what was drained is released', () => {
    const registrar = open({ outboxSlots: 1 });
    feed(registrar, request());
    expect(drain(registrar, () => true)).toBe(1);
    feed(registrar, request());
    expect(countersOf(registrar).droppedOutboxFull).toBe(1);
    released(registrar, 1);
    feed(registrar, request());
    expect(drainAll(registrar)).toHaveLength(1);
  });

  it('never runs over answers that are not released', () => {
    const registrar = open({ transactionCapacity: 4, outboxSlots: 1000, capacity: 1000 });
    for (let i = 0; i < 500; i++) feed(registrar, request({ user: `u${i}` }));
    const { answered, droppedOutboxFull } = countersOf(registrar);
    expect(answered).toBeGreaterThan(10);
    expect(answered + droppedOutboxFull).toBe(500);
    const users = drainAll(registrar).map((sent) => header(sent, 'From')[0]);
    expect(users).toEqual(Array.from({ length: answered }, (_, i) => `<sip:u${i}@test.example>;tag=f1`));
  });

  it('released() refuses what was not drained', () => {
    const registrar = open();
    feed(registrar, request());
    expect(() => released(registrar, 1)).toThrow('only drained answers');
  });
});

describe('answers that would be too long', () => {
  it('no answer is longer than the room that was made for it, up to the longest request that gets one', () => {
    const registrar = open({ password: 'secret', realm: 'r'.repeat(255), answerBytesMax: 4096 });
    const longest = { text: 0, callId: 0 };
    for (let length = 2800; length < 4096; length++) {
      const via = `Via: SIP/2.0/UDP 127.0.0.2;rport;branch=z9hG4bK-long${length}`;
      const answer = exchange(registrar, request({ via, callId: 'c'.repeat(length) }), 0, 65_535);
      if (answer === null) continue;
      expect(statusOf(answer)).toBe(401);
      longest.text = Math.max(longest.text, answer.text.length);
      longest.callId = length;
    }
    expect(longest.callId).toBeGreaterThan(2800);
    expect(longest.text).toBeLessThanOrEqual(4096);
    expect(countersOf(registrar).droppedTooLong).toBeGreaterThan(0);
  });

  it('a request whose refusal would be too long is dropped and counted', () => {
    const registrar = open();
    expect(exchange(registrar, request({ callId: 'c'.repeat(5000) }))).toBeNull();
    expect(countersOf(registrar)).toMatchObject({ dropped: 1, droppedTooLong: 1 });
  });

  it('a 200 that would be too long becomes 513, and nothing is bound', () => {
    const registrar = open({ maxContactsPerAor: 64, answerBytesMax: 4096 });
    const contact = Array.from({ length: 10 }, (_, i) => `<sip:u1@127.0.0.2:${i + 1};p=${'x'.repeat(400)}>`);
    expect(statusOf(exchange(registrar, request({ contact })))).toBe(513);
    expect(bindingsOf(registrar, 'u1')).toEqual([]);
    expect(countersOf(registrar).tooLong).toBe(1);
  });

  it('a query whose 200 would be too long gets 513', () => {
    const registrar = open({ answerBytesMax: 4096 });
    for (let i = 0; i < 4; i++) {
      const contact = `<sip:u1@127.0.0.2:${i + 1};p=${'x'.repeat(600)}>`;
      expect(statusOf(exchange(registrar, request({ contact, cseq: i + 1 })))).toBe(200);
    }
    expect(statusOf(exchange(registrar, request({ callId: 'c'.repeat(1500) })))).toBe(513);
  });

  it('a contact with more text than is kept gets 513', () => {
    const contact = `<sip:u1@127.0.0.2;p=${'x'.repeat(2048)}>`;
    expect(statusOf(exchange(open({ answerBytesMax: 9000 }), request({ contact })))).toBe(513);
  });
});
