// A registrar whose process ended and came back, with the bindings in its store; and the restarts of a registrar file, which
// keep the bindings or lose them too.

import { describe, expect, it } from 'vitest';
import {
  advance,
  answeredCount,
  bindingCount,
  bindingsOf,
  countersOf,
  pendingAnswerCount,
  receive,
  restart,
} from '../../../src/registrar/index.ts';
import { at, give, MS, openFile, SECOND } from './from-file.ts';
import type { Sent } from './harness.ts';
import { authorization, challengeValue, exchange, open, PEER, PEER_PORT, request, statusOf } from './harness.ts';

const CONTACT = '<sip:u1@127.0.0.2>';
const userIn = ({ text }: Sent): string | undefined => /<sip:(u\d)@/.exec(text)?.[1];

describe('A registrar comes back', () => {
  it('with the bindings that it had, and they still expire when they should', () => {
    const registrar = open();
    exchange(registrar, request({ contact: CONTACT, cseq: 1 }), 0);
    restart(registrar, SECOND, 8);
    expect(bindingsOf(registrar, 'u1').map(({ contact }) => contact)).toEqual(['sip:u1@127.0.0.2']);
    exchange(registrar, request({ user: 'u2', cseq: 1 }), 1801 * SECOND);
    expect(bindingCount(registrar)).toBe(0);
  });

  it('RFC 3261 §10.3(7): and with the CSeq that each binding was made by, so an older request changes nothing', () => {
    const registrar = open();
    exchange(registrar, request({ contact: CONTACT, cseq: 7, branch: 'z9hG4bKone' }), 0);
    restart(registrar, SECOND, 8);
    const late = exchange(registrar, request({ contact: CONTACT, cseq: 6, branch: 'z9hG4bKtwo' }), 2 * SECOND);
    expect(statusOf(late)).toBe(500);
    expect(bindingsOf(registrar, 'u1')[0]?.cseq).toBe(7);
  });

  it('RFC 3261 §17.2.2: without its transactions: a retransmission is a new request to it', () => {
    const registrar = open();
    const text = request({ contact: CONTACT, cseq: 1 });
    exchange(registrar, text, 0);
    exchange(registrar, text, 1);
    expect(countersOf(registrar).retransmissionsAnswered).toBe(1);
    restart(registrar, 2, 8);
    exchange(registrar, text, 3);
    const { answered, retransmissionsAnswered } = countersOf(registrar);
    expect({ answered, retransmissionsAnswered }).toEqual({ answered: 2, retransmissionsAnswered: 1 });
  });

  it('RFC 7616 §3.3: with another secret: a nonce from before is stale, and its successor is honoured', () => {
    const registrar = open({ password: 'secret' });
    const before = challengeValue(exchange(registrar, request({ cseq: 1 }), 0), 'nonce') ?? '';
    restart(registrar, 1, 8);
    const parts = { contact: CONTACT, headers: [authorization({ nonce: before })] };
    const refused = exchange(registrar, request({ ...parts, cseq: 2 }), 2);
    expect(statusOf(refused)).toBe(401);
    expect(challengeValue(refused, 'stale')).toBe('true');
    const after = challengeValue(refused, 'nonce') ?? '';
    const accepted = request({ contact: CONTACT, cseq: 3, headers: [authorization({ nonce: after })] });
    expect(statusOf(exchange(registrar, accepted, 3))).toBe(200);
  });

  it('without the answers that had not left', () => {
    const registrar = open();
    const bytes = Buffer.from(request({ contact: CONTACT, cseq: 1 }), 'latin1');
    receive(registrar, 0, bytes, 0, bytes.length, PEER, PEER_PORT);
    expect(pendingAnswerCount(registrar)).toBe(1);
    restart(registrar, 1, 8);
    expect(pendingAnswerCount(registrar)).toBe(0);
  });
});

describe.each([
  // RFC 3261 §10.3(7): a binding that is kept has the retransmission's Call-ID and CSeq, so it is refused.
  { bindings: 'kept', boundAfter: ['u0'], repeated: 500 },
  { bindings: 'lost', boundAfter: [], repeated: 200 },
])('A planned restart with bindings $bindings', ({ bindings, boundAfter, repeated }) => {
  const file = (rest: string): string => `restarts: [{at: 1s, away: 1s, bindings: ${bindings}}]\n${rest}`;
  const bound = (registrar: ReturnType<typeof openFile>): string[] =>
    ['u0', 'u1', 'u2', 'u3', 'u4'].filter((user) => bindingsOf(registrar, user).length > 0);

  it('forgets the requests that wait for service: they are never answered and bind nothing', () => {
    const registrar = openFile(file('service: {rate: 2/s, queue: 4}'));
    give(registrar, request({ user: 'u0', contact: CONTACT }), 0);
    expect(at(registrar, 500 * MS).map(userIn)).toEqual(['u0']);
    for (const user of ['u1', 'u2', 'u3']) give(registrar, request({ user, contact: CONTACT }), 600 * MS);
    expect(at(registrar, SECOND)).toEqual([]);
    expect(at(registrar, 10 * SECOND)).toEqual([]);
    expect(bound(registrar)).toEqual(boundAfter);
    expect(countersOf(registrar)).toMatchObject({ lostInRestarts: 3, answered: 1, restarts: 1 });
  });

  it('leaves an empty queue: who comes next waits for nobody, and the whole queue is free', () => {
    const registrar = openFile(file('service: {rate: 2/s, queue: 4}'));
    give(registrar, request({ user: 'u0', contact: CONTACT }), 0);
    at(registrar, 500 * MS);
    for (const user of ['u1', 'u2', 'u3', 'u4']) give(registrar, request({ user, contact: CONTACT }), 900 * MS);
    at(registrar, 2 * SECOND);
    for (const user of ['u4', 'u3', 'u2', 'u1']) give(registrar, request({ user, contact: CONTACT }), 2 * SECOND);
    expect(countersOf(registrar).droppedQueueFull).toBe(0);
    expect(advance(registrar, 2 * SECOND)).toBe(2_500 * MS);
    expect(at(registrar, 2_500 * MS).map(userIn)).toEqual(['u4']);
    expect(at(registrar, 4 * SECOND).map(userIn)).toEqual(['u3', 'u2', 'u1']);
  });

  it('forgets the answers that a rule holds back, though it is back before they are due', () => {
    const registrar = openFile(file('rules: [{do: {delay: 5s}}]'));
    for (const user of ['u0', 'u1']) give(registrar, request({ user, contact: CONTACT }), 0);
    expect([countersOf(registrar).answered, answeredCount(registrar)]).toEqual([2, 0]);
    at(registrar, SECOND);
    expect(at(registrar, 60 * SECOND)).toEqual([]);
    expect([countersOf(registrar).answersWithheld, answeredCount(registrar)]).toEqual([2, 0]);
    expect(bound(registrar)).toEqual(boundAfter.length === 0 ? [] : ['u0', 'u1']);
  });

  it('RFC 3261 §17.2.2: takes the retransmission of a request whose answer it forgot for a new one, held back anew', () => {
    const registrar = openFile(file('rules: [{do: {delay: 5s}}]'));
    const text = request({ user: 'u0', contact: CONTACT });
    give(registrar, text, 0);
    expect(give(registrar, text, 500 * MS)).toEqual([]);
    expect(countersOf(registrar).absorbed).toBe(1);
    at(registrar, SECOND);
    expect(give(registrar, text, 3 * SECOND)).toEqual([]);
    expect(countersOf(registrar).absorbed).toBe(1);
    expect(at(registrar, 8 * SECOND - 1)).toEqual([]);
    expect(at(registrar, 60 * SECOND).map(statusOf)).toEqual([repeated]);
    expect([answeredCount(registrar), bound(registrar)]).toEqual([1, ['u0']]);
  });

  it('withdraws the answers that had not left', () => {
    const registrar = openFile(file(''));
    const bytes = Buffer.from(request({ user: 'u0', contact: CONTACT }), 'latin1');
    receive(registrar, 0, bytes, 0, bytes.length, PEER, PEER_PORT);
    expect(pendingAnswerCount(registrar)).toBe(1);
    expect(at(registrar, SECOND)).toEqual([]);
    expect(at(registrar, 3 * SECOND)).toEqual([]);
    expect(bound(registrar)).toEqual(boundAfter);
  });
});
