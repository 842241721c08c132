// A registrar whose process ended and came back, with the bindings in its store.

import { describe, expect, it } from 'vitest';
import {
  bindingCount,
  bindingsOf,
  countersOf,
  pendingAnswerCount,
  receive,
  restart,
} from '../../../src/registrar/index.ts';
import { authorization, challengeValue, exchange, open, PEER, PEER_PORT, request, statusOf } from './harness.ts';

const CONTACT = '<sip:u1@127.0.0.2>';
const SECOND = 1_000_000;

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
