import { describe, expect, it } from 'vitest';
import { attachFlow } from '../../../src/engine/index.ts';
import { outboxRoom } from '../../../src/engine/outbox.ts';
import type { IncomingResult } from '../../../src/metrics/index.ts';
import {
  COUNTER_DATAGRAMS_SENT,
  COUNTER_MALFORMED,
  COUNTER_STRAY,
  INCOMING_METHOD_NAMES,
  mergeBlocks,
} from '../../../src/metrics/index.ts';
import { METHOD_NAMES } from '../../../src/sip/index.ts';
import { counted, numbersOf } from './books.ts';
import { drive, type Peer, type Run, SENT_BY } from './driver.ts';
import { accept } from './messages.ts';
import { createPlan, type PlanParts } from './plans.ts';

const PEER = { address: 0xc0_00_02_01, port: 5070 };

interface RequestParts {
  readonly method?: string;
  readonly vias?: readonly string[];
  readonly to?: string;
  readonly cseq?: string;
  readonly more?: readonly string[];
}

const request = ({ method = 'OPTIONS', vias, to, cseq, more = [] }: RequestParts = {}): string =>
  [
    `${method} sip:u000@127.0.0.1:40000 SIP/2.0`,
    ...(vias ?? ['SIP/2.0/UDP 192.0.2.1:5070;branch=z9hG4bKp1;rport']).map((via) => `Via: ${via}`),
    'From: "The proxy" <sip:proxy@test.example>;tag=abc',
    `To: ${to ?? '<sip:u000@test.example>'}`,
    'Call-ID: ping-1@192.0.2.1',
    `CSeq: ${cseq ?? `17 ${method}`}`,
    ...more,
    'Content-Length: 0',
    '',
    '',
  ].join('\r\n');

/** The peer sends these a moment after the first request, then the right answer. */
const meet = (asked: readonly (string | Uint8Array)[], parts: PlanParts = {}): Run => {
  const peer: Peer = (text, nowUs) =>
    text.startsWith('REGISTER')
      ? [...asked.map((bytes) => ({ atUs: nowUs + 10, bytes })), { atUs: nowUs + 5000, bytes: accept(text) }]
      : [];
  const events = [{ atUs: 0, act: (engine: Run['engine']) => attachFlow(engine, 0, SENT_BY, PEER) }];
  return drive({ plan: createPlan(parts), peer, events });
};

const answersOf = ({ sent }: Run): readonly string[] =>
  sent.map(({ text }) => text).filter((text) => text.startsWith('SIP/2.0 '));

const incomingOf = ({ metrics }: Run): IncomingResult => mergeBlocks([metrics]).incoming;

const linesOf = (text: string): readonly string[] => text.split('\r\n');

describe('requests that come in on a socket of ours', () => {
  it('8.2.6.2 OPTIONS is answered 200 with Via, From, To and a tag, Call-ID and CSeq, and says what is accepted (§11.2)', () => {
    const run = meet([request()]);
    const [answer = ''] = answersOf(run);
    expect(linesOf(answer).map((line) => line.replace(/(;tag=)[0-9a-f]{8}$/, '$1T'))).toEqual([
      'SIP/2.0 200 OK',
      'Via: SIP/2.0/UDP 192.0.2.1:5070;branch=z9hG4bKp1;rport=5070;received=192.0.2.1',
      'From: "The proxy" <sip:proxy@test.example>;tag=abc',
      'To: <sip:u000@test.example>;tag=T',
      'Call-ID: ping-1@192.0.2.1',
      'CSeq: 17 OPTIONS',
      'Allow: OPTIONS, NOTIFY',
      'Accept: */*',
      'Accept-Encoding: identity',
      'Accept-Language: en',
      'Supported: ',
      'Content-Length: 0',
      '',
      '',
    ]);
    expect(incomingOf(run)).toEqual({ requests: { OPTIONS: 1 }, answers: { 200: 1 }, unanswered: 0, keepalives: 0 });
    expect(numbersOf(run, 'register').outcomes).toEqual({ succeeded: 1 });
    expect([
      counted(run, COUNTER_STRAY),
      counted(run, COUNTER_MALFORMED),
      counted(run, COUNTER_DATAGRAMS_SENT),
    ]).toEqual([0, 0, 1]);
  });

  it('8.2.6.2 every Via is copied in order, a comma taken for what it is', () => {
    const vias = [
      'SIP/2.0/UDP 192.0.2.1:5070;branch=z9hG4bKp1, SIP/2.0/TCP b.example;branch=z9hG4bKp2',
      'SIP/2.0/TLS c',
    ];
    const [answer = ''] = answersOf(meet([request({ vias })]));
    expect(linesOf(answer).filter((line) => line.startsWith('Via'))).toEqual([
      'Via: SIP/2.0/UDP 192.0.2.1:5070;branch=z9hG4bKp1',
      'Via: SIP/2.0/TCP b.example;branch=z9hG4bKp2',
      'Via: SIP/2.0/TLS c',
    ]);
  });

  it('18.2.1 received is added where sent-by is a name or another address, and only there without rport (RFC 3581 §4)', () => {
    const topVia = (via: string): string => linesOf(answersOf(meet([request({ vias: [via] })]))[0] ?? '')[1]!;
    expect(topVia('SIP/2.0/UDP sbc.example;branch=z9hG4bKq')).toBe(
      'Via: SIP/2.0/UDP sbc.example;branch=z9hG4bKq;received=192.0.2.1',
    );
    expect(topVia('SIP/2.0/UDP 10.1.1.1;branch=z9hG4bKq')).toMatch(/;received=192\.0\.2\.1$/);
    expect(topVia('SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKq')).toBe('Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKq');
    expect(topVia('SIP/2.0/UDP 192.0.2.1;rport;branch=z9hG4bKq')).toBe(
      'Via: SIP/2.0/UDP 192.0.2.1;rport=5070;branch=z9hG4bKq;received=192.0.2.1',
    );
  });

  it('8.2.7 a retransmission gets the same bytes, another transaction another To tag; a tag that is there stays', () => {
    const other = request({ vias: ['SIP/2.0/UDP 192.0.2.1:5070;branch=z9hG4bKp2;rport'] });
    const vias = ['SIP/2.0/UDP 192.0.2.1:5070;branch=z9hG4bKp3;rport'];
    const tagged = request({ vias, to: '<sip:u000@test.example>;tag=mine' });
    const [first = '', again, third = '', fourth = ''] = answersOf(meet([request(), request(), other, tagged]));
    expect(again).toBe(first);
    const tagOf = (text: string): string => /To: [^\r]*;tag=([^\r]*)/.exec(text)![1]!;
    expect(tagOf(third)).not.toBe(tagOf(first));
    expect(linesOf(fourth)).toContain('To: <sip:u000@test.example>;tag=mine');
  });

  it('RFC 6665 §4.1.3 NOTIFY without a subscription is answered 481, or 200 where the scenario says so', () => {
    const notify = request({ method: 'NOTIFY', more: ['Event: message-summary', 'Subscription-State: active'] });
    expect(answersOf(meet([notify]))[0]).toMatch(/^SIP\/2\.0 481 Subscription Does Not Exist\r\n/);
    const lenient = meet([notify], { incoming: { notify: 200 } });
    expect(answersOf(lenient)[0]).toMatch(/^SIP\/2\.0 200 OK\r\n/);
    expect(incomingOf(lenient)).toEqual({ requests: { NOTIFY: 1 }, answers: { 200: 1 }, unanswered: 0, keepalives: 0 });
  });

  it.each(['INVITE', 'MESSAGE', 'SUBSCRIBE', 'BYE', 'INFO', 'UPDATE', 'PRACK', 'REFER', 'PUBLISH', 'REGISTER'])(
    '21.4.6 %s is answered 405 with Allow',
    (method) => {
      const run = meet([request({ method })]);
      const [answer = ''] = answersOf(run);
      expect(answer).toMatch(/^SIP\/2\.0 405 Method Not Allowed\r\n/);
      expect(linesOf(answer)).toContain('Allow: OPTIONS, NOTIFY');
      expect(linesOf(answer)).toContain(`CSeq: 17 ${method}`);
      expect(incomingOf(run).requests).toEqual({ [method]: 1 });
    },
  );

  it('21.4.6 a method that nobody knows is answered 405 too, and counted as other', () => {
    const run = meet([request({ method: 'SPEAK' })]);
    expect(incomingOf(run)).toEqual({ requests: { other: 1 }, answers: { 405: 1 }, unanswered: 0, keepalives: 0 });
  });

  it('8.2.7 ACK and CANCEL are counted and never answered', () => {
    const run = meet([request({ method: 'ACK' }), request({ method: 'CANCEL' })]);
    expect(answersOf(run)).toEqual([]);
    expect(incomingOf(run)).toEqual({ requests: { ACK: 1, CANCEL: 1 }, answers: {}, unanswered: 2, keepalives: 0 });
  });

  it('16.3 our own request, come back, is a stray: no engine answers itself', () => {
    const run = drive({ plan: createPlan(), peer: (text, nowUs) => [{ atUs: nowUs + 10, bytes: text }] });
    expect(answersOf(run)).toEqual([]);
    expect(incomingOf(run).requests).toEqual({});
    expect(counted(run, COUNTER_STRAY)).toBeGreaterThan(0);
  });

  it('8.1.3.3 an answer to our answer is a stray and ends it', () => {
    const run = drive({
      plan: createPlan(),
      peer: (text, nowUs) => {
        if (!text.startsWith('REGISTER')) return [{ atUs: nowUs + 10, bytes: text }];
        return [
          { atUs: nowUs + 10, bytes: request() },
          { atUs: nowUs + 5000, bytes: accept(text) },
        ];
      },
    });
    expect(answersOf(run)).toHaveLength(1);
    expect(counted(run, COUNTER_STRAY)).toBe(1);
  });

  it('RFC 5626 §4.4.1 CRLF, CRLFCRLF and four zero bytes are keepalives, counted and not answered', () => {
    const run = meet(['\r\n', '\r\n\r\n', new Uint8Array(4), '\r\n\r', '\n\r', new Uint8Array(2)]);
    expect(incomingOf(run)).toEqual({ requests: {}, answers: {}, unanswered: 0, keepalives: 3 });
    expect(counted(run, COUNTER_MALFORMED)).toBe(3);
    expect(answersOf(run)).toEqual([]);
  });

  it('8.2.7 a flood gets answers for a quarter of the outbox, and registrations have room all the same', () => {
    const flood = Array.from({ length: 5000 }, (_, n) =>
      request({ vias: [`SIP/2.0/UDP 192.0.2.1:5070;branch=z9hG4bKn${n}`] }),
    );
    const rooms: number[] = [];
    const peer: Peer = (text, nowUs) =>
      text.startsWith('REGISTER')
        ? [...flood.map((bytes) => ({ atUs: nowUs + 10, bytes })), { atUs: nowUs + 5000, bytes: accept(text) }]
        : [];
    const run = drive({
      plan: createPlan(),
      peer,
      // The socket takes nothing while the flood comes in.
      takes: (nowUs) => (nowUs > 0 && nowUs < 4000 ? 0 : Number.POSITIVE_INFINITY),
      watch: ({ flows }) => {
        const { outbox } = flows[0]!;
        expect(outbox.asideEntries).toBeLessThanOrEqual((outbox.mask + 1) / 4);
        rooms.push(outboxRoom(outbox));
      },
    });
    expect(Math.min(...rooms)).toBeGreaterThanOrEqual(0);
    const { requests, answers, unanswered } = incomingOf(run);
    expect(requests).toEqual({ OPTIONS: 5000 });
    expect(answers[200]).toBe(answersOf(run).length);
    expect(answers[200]).toBeGreaterThanOrEqual(1000);
    expect(answers[200]).toBeLessThanOrEqual(1024);
    expect(unanswered).toBe(5000 - answers[200]!);
    expect(numbersOf(run, 'register').outcomes).toEqual({ succeeded: 1 });
  });

  it('8.2.6.2 a request with 60 kB of Via gets its answer or none, and nothing else changes', () => {
    const vias = Array.from({ length: 60 }, (_, n) => `SIP/2.0/UDP ${'h'.repeat(990)}${n}.example;branch=z9hG4bK${n}`);
    const run = meet([request({ vias })]);
    expect(incomingOf(run).requests).toEqual({ OPTIONS: 1 });
    expect(answersOf(run).length + incomingOf(run).unanswered).toBe(1);
    expect(numbersOf(run, 'register').outcomes).toEqual({ succeeded: 1 });
  });

  it('the names of methods in results are those of the parser', () => {
    expect(INCOMING_METHOD_NAMES).toEqual(METHOD_NAMES);
  });
});
