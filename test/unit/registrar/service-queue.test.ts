import { describe, expect, it } from 'vitest';
import {
  advance,
  bindingCount,
  bindingsOf,
  countersOf,
  longestQueue,
  registrarEvents,
} from '../../../src/registrar/index.ts';
import { at, give, MS, openFile, SECOND } from './from-file.ts';
import { header, request, type Sent, statusOf } from './harness.ts';

const A = '<sip:a@127.0.0.2>';
const statuses = (sent: readonly Sent[]): number[] => sent.map(statusOf);

describe('a limited service', () => {
  it('serves one after the other, each so long, in the order of arrival', () => {
    const registrar = openFile('service: {rate: 100/s, queue: 10}');
    for (const user of ['u1', 'u2', 'u3']) expect(give(registrar, request({ user, contact: A }))).toEqual([]);
    expect(advance(registrar, 0)).toBe(10 * MS);
    expect(at(registrar, 10 * MS - 1)).toEqual([]);
    expect(at(registrar, 10 * MS).map(({ text }) => /u\d/.exec(text)?.[0])).toEqual(['u1']);
    expect(at(registrar, 30 * MS).map(({ text }) => /u\d/.exec(text)?.[0])).toEqual(['u2', 'u3']);
    expect(advance(registrar, 30 * MS)).toBeGreaterThan(30 * MS);
    give(registrar, request({ user: 'u4', contact: A }), SECOND);
    expect(advance(registrar, SECOND)).toBe(SECOND + 10 * MS);
  });

  it('overload looks like overload: latency rises to the length of the queue, and then requests are lost', () => {
    const registrar = openFile('service: {rate: 1000/s, queue: 50}');
    const askedAt = new Map<string, number>();
    const latencies: number[] = [];
    const take = (nowUs: number): void => {
      for (const { text } of at(registrar, nowUs)) latencies.push(nowUs - askedAt.get(/sip:(u\d+)@/.exec(text)![1]!)!);
    };
    // Twice what it can: a request every half millisecond.
    for (let i = 0; i < 400; i++) {
      const nowUs = i * 500;
      askedAt.set(`u${i}`, nowUs);
      give(registrar, request({ user: `u${i}`, contact: A }), nowUs);
      take(nowUs);
    }
    for (let nowUs = 200 * MS; nowUs < 300 * MS; nowUs += 500) take(nowUs);
    expect(latencies[0]).toBe(MS);
    expect(latencies.at(-1)).toBeGreaterThan(48 * MS);
    expect(latencies.at(-1)).toBeLessThanOrEqual(51 * MS);
    const { answered, dropped, droppedQueueFull, requests } = countersOf(registrar);
    expect(answered).toBe(latencies.length);
    expect(droppedQueueFull).toBe(dropped);
    expect([requests, answered + dropped]).toEqual([400, 400]);
    expect([dropped > 140, dropped < 200]).toEqual([true, true]);
    expect(longestQueue(registrar)).toBe(50);
    expect(registrarEvents(registrar)).toEqual([
      `service: at most 50 requests waited, ${dropped} dropped, 0 answered 503`,
    ]);
  });

  it('21.5.4 says 503 with Retry-After when full, if told so, and does not take the request', () => {
    const registrar = openFile('service: {rate: 10/s, queue: 1, full: 503, retryAfter: 7s}');
    expect(give(registrar, request({ user: 'u1', contact: A }))).toEqual([]);
    const refused = give(registrar, request({ user: 'u2', contact: A }));
    expect([statuses(refused), header(refused[0] ?? null, 'Retry-After')]).toEqual([[503], ['7']]);
    expect([bindingsOf(registrar, 'u2'), countersOf(registrar).overloaded]).toEqual([[], 1]);
    expect(statuses(at(registrar, SECOND))).toEqual([200]);
  });

  it('a retransmission is served like any other, and gets the answer of before', () => {
    const registrar = openFile('service: {rate: 10/s, queue: 5}');
    const text = request({ contact: A });
    give(registrar, text);
    give(registrar, text, MS);
    const sent = [...at(registrar, 100 * MS), ...at(registrar, 200 * MS)];
    expect([statuses(sent), sent[0]?.text === sent[1]?.text]).toEqual([[200, 200], true]);
    expect(countersOf(registrar)).toMatchObject({ answered: 1, retransmissionsAnswered: 1 });
  });

  it('keeps bytes whole, however long requests are and however the ring turns', () => {
    const registrar = openFile('service: {rate: 1000/s, queue: 3}');
    for (let i = 0; i < 300; i++) {
      const nowUs = i * 2 * MS;
      const callId = `c${i}-${'x'.repeat((i * 37) % 900)}`;
      for (const copy of [1, 2]) give(registrar, request({ user: `u${copy}`, callId, contact: A, cseq: i + 1 }), nowUs);
      const sent = at(registrar, nowUs + 2 * MS);
      expect(sent.map((answer) => [statusOf(answer), header(answer, 'Call-ID')[0] === callId])).toEqual([
        [200, true],
        [200, true],
      ]);
    }
    expect(bindingCount(registrar)).toBe(2);
  });

  it('a datagram that no queue could hold is refused, not cut', () => {
    const registrar = openFile('service: {rate: 1/s, queue: 1}');
    const bytes = 'x'.repeat(65_000);
    expect(give(registrar, bytes)).toEqual([]);
    expect(give(registrar, bytes)).toEqual([]);
    expect(countersOf(registrar).droppedQueueFull).toBe(1);
  });
});

describe('restarts', () => {
  it('with bindings lost: silent while away, then empty, and old nonces are unknown', () => {
    const registrar = openFile('restarts: [{at: 10s, away: 2s}]\nauth: {password: secret}');
    const quiet = openFile('restarts: [{at: 10s, away: 2s}]');
    expect(statuses(give(quiet, request({ contact: A }), SECOND))).toEqual([200]);
    expect(advance(quiet, SECOND)).toBeLessThanOrEqual(11 * SECOND);
    expect(give(quiet, request({ contact: A, cseq: 2 }), 11 * SECOND)).toEqual([]);
    expect(statuses(give(quiet, request({ cseq: 3 }), 13 * SECOND))).toEqual([200]);
    expect(bindingsOf(quiet, 'u1')).toEqual([]);
    expect(countersOf(quiet)).toMatchObject({ droppedAway: 1, restarts: 1, bindingsLost: 1 });
    expect(registrarEvents(quiet)).toEqual(['restarts: 1, 1 bindings lost, 1 requests not heard']);
    expect(statuses(give(registrar, request({ contact: A })))).toEqual([401]);
  });

  it('with bindings kept', () => {
    const registrar = openFile('restarts: [{at: 10s, bindings: kept}, {at: 20s, away: 1s}]');
    give(registrar, request({ contact: A }));
    at(registrar, 15 * SECOND);
    expect(bindingsOf(registrar, 'u1')).toHaveLength(1);
    at(registrar, 25 * SECOND);
    expect(bindingsOf(registrar, 'u1')).toEqual([]);
    expect(countersOf(registrar)).toMatchObject({ restarts: 2, bindingsLost: 1 });
  });

  it('what waits for service or is held back is lost with it', () => {
    const registrar = openFile('restarts: [{at: 100ms}]\nservice: {rate: 10/s, queue: 9}');
    for (let i = 0; i < 5; i++) give(registrar, request({ user: `u${i}`, contact: A }));
    expect(at(registrar, 10 * SECOND)).toEqual([]);
    expect(countersOf(registrar).lostInRestarts).toBe(5);
    const slow = openFile('restarts: [{at: 100ms}]\nrules: [{do: {delay: 200ms}}]');
    give(slow, request({ contact: A }));
    expect(at(slow, 10 * SECOND)).toEqual([]);
  });

  it('never happens to one that nobody talks to', () => {
    const registrar = openFile('restarts: [{at: 0s}]');
    at(registrar, 100 * SECOND);
    expect(countersOf(registrar).restarts).toBe(0);
  });
});
