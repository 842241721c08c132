// Commanded contexts behind a NAT: what their Contacts say, and the keepalives in their names.

import { describe, expect, it } from 'vitest';
import { forgetContext } from '../../../src/engine/index.ts';
import {
  ASIDE_PINGS_LOST,
  ASIDE_PINGS_SENT,
  ASIDE_PINGS_UNKNOWN,
  ASIDE_REPAIRS,
  asideOf,
} from '../../../src/metrics/index.ts';
import { createStunMessage, readStun, writeBindingResponse } from '../../../src/sip/index.ts';
import type { Act, CommandedRun } from './commanded.ts';
import { alice, bob, command, commandOf, driveCommands } from './commanded.ts';
import type { Peer } from './driver.ts';
import { accept, answer, readRequest, requestsOf } from './messages.ts';
import type { PlanParts } from './plans.ts';
import { query, refresh, register, SECOND, unregister, wildcard } from './plans.ts';

const CHALLENGE = 'WWW-Authenticate: Digest realm="test.example", nonce="n1"';
const NAT = '203.0.113.7:1024';
const OWN = '127.0.0.1:40000';

/** The answer as a registrar gives it that sees the request there (RFC 3581 §4). */
const seenAt = (text: string, where: string): string => {
  const [address, port] = where.split(':');
  return text.replace(';rport', `;rport=${port};received=${address}`);
};

const natted =
  (where: (nowUs: number) => string, challenges = false): Peer =>
  (text, nowUs) => {
    const isRefused = challenges && readRequest(text).credentials === null;
    const right = isRefused ? answer(text, '401 Unauthorized', CHALLENGE) : accept(text);
    return [{ atUs: nowUs + 1000, bytes: seenAt(right, where(nowUs)) }];
  };

const hostsOf = (run: CommandedRun): readonly string[] =>
  requestsOf(run).map(({ contact }) => (contact.includes('@') ? contact.split('@')[1]! : contact));

const outcomesOf = ({ told }: CommandedRun): readonly string[] => told.map(({ outcome }) => outcome);

const DIRECT: PlanParts = { nat: 'direct' };
const acts = (parts: PlanParts, ...steps: Parameters<typeof commandOf>[0][]): readonly Act[] =>
  steps.map((step, at) => [(at + 1) * SECOND, command((at + 1) * SECOND, 0, commandOf(step, alice, 1, parts))]);

describe('the Contact of a commanded context', () => {
  it('RFC 3581 §4 direct: is where the registrar sees it from the request on that answers the challenge', () => {
    const run = driveCommands(acts(DIRECT, register(), refresh()), { peer: natted(() => NAT, true) });
    expect(hostsOf(run).slice(0, 2)).toEqual([OWN, NAT]);
    expect(new Set(hostsOf(run).slice(1))).toEqual(new Set([NAT]));
    expect(outcomesOf(run)).toEqual(['succeeded', 'succeeded']);
    expect(asideOf(run.metrics, ASIDE_REPAIRS)).toBe(1);
    for (const request of requestsOf(run)) expect(request.value('Via')).toContain(`UDP ${OWN};`);
  });

  it('RFC 3581 §4 off: is its own address, whatever the registrar sees', () => {
    const run = driveCommands(acts({}, register(), refresh(), unregister), { peer: natted(() => NAT) });
    expect(hostsOf(run)).toEqual([OWN, OWN, OWN]);
  });

  it('10.2.2 direct: the binding is ended by the Contact that it was made with, though the NAT has changed since', () => {
    const other = '203.0.113.7:2048';
    const where = (nowUs: number): string => (nowUs < 2.5 * SECOND ? NAT : other);
    const steps = [register(), refresh(), query, unregister, register()];
    const run = driveCommands(acts(DIRECT, ...steps), { peer: natted(where) });
    expect(hostsOf(run)).toEqual([OWN, NAT, '', NAT, other]);
    expect(outcomesOf(run)).toEqual(Array(5).fill('succeeded'));
  });

  it('RFC 3581 §4 direct: comes back to an address that it had before', () => {
    const where = (nowUs: number): string => (Math.floor(nowUs / SECOND) % 2 === 0 ? NAT : '203.0.113.8:1024');
    const run = driveCommands(acts(DIRECT, register(), refresh(), refresh(), refresh()), { peer: natted(where) });
    expect(hostsOf(run)).toEqual([OWN, '203.0.113.8:1024', NAT, '203.0.113.8:1024']);
  });

  it('10.2.8 direct: is repaired in the request that asks for longer, too', () => {
    const peer: Peer = (text, nowUs) => {
      const isBrief = readRequest(text).value('Expires') === '60';
      const right = isBrief ? answer(text, '423 Brief', 'Min-Expires: 7200') : accept(text);
      return [{ atUs: nowUs + 1000, bytes: seenAt(right, NAT) }];
    };
    const run = driveCommands(acts(DIRECT, register(60)), { peer });
    expect(hostsOf(run)).toEqual([OWN, NAT]);
    expect(requestsOf(run).map(({ value }) => value('Expires'))).toEqual(['60', '7200']);
  });

  it('10.2.2 direct: a wildcard stays a wildcard', () => {
    const run = driveCommands(acts(DIRECT, register(), wildcard), { peer: natted(() => NAT) });
    expect(requestsOf(run).at(-1)?.value('Contact')).toBe('*');
  });

  it('advertise: is where the plan says that phones are reached, and Via where they are', () => {
    const advertise = { host: 'edge.example', port: 5070 };
    const run = driveCommands(acts({ advertise }, register(), unregister), {}, { advertise });
    expect(hostsOf(run)).toEqual(['edge.example:5070', 'edge.example:5070']);
    expect(requestsOf(run)[0]?.value('Via')).toContain(`UDP ${OWN};`);
    expect(outcomesOf(run)).toEqual(['succeeded', 'succeeded']);
  });
});

const EVERY: PlanParts = {
  keepalive: { kind: 'options', per: 'context', everyUs: 10 * SECOND, leastUs: 8 * SECOND },
};
const STUN: PlanParts = { keepalive: { kind: 'stun', per: 'context', everyUs: 10 * SECOND, leastUs: 8 * SECOND } };

const stunAnswer = (request: string): Uint8Array => {
  const message = createStunMessage();
  const bytes = Uint8Array.from(Buffer.from(request, 'latin1'));
  readStun(bytes, 0, bytes.length, message);
  const out = new Uint8Array(64);
  return out.slice(0, writeBindingResponse(out, 0, message, 0x7f000001, 40_000));
};

/** Registers everybody; answers keepalives after 3 ms as long as `answers` says so. */
const keeping =
  (answers: (nowUs: number) => boolean): Peer =>
  (text, nowUs) => {
    if (text.startsWith('REGISTER')) return [{ atUs: nowUs + 1000, bytes: accept(text) }];
    if (!answers(nowUs)) return [];
    if (!text.startsWith('OPTIONS')) return [{ atUs: nowUs + 3000, bytes: stunAnswer(text) }];
    return [
      { atUs: nowUs + 3000, bytes: text.replace(/^[^\r]*/, 'SIP/2.0 200 OK').replace(/\r\nMax-Forwards: 70/, '') },
    ];
  };

const pingsOf = ({ sent }: CommandedRun): readonly string[] =>
  sent.flatMap(({ text }) => (text.startsWith('REGISTER') ? [] : [text]));

describe('the keepalives of commanded contexts', () => {
  it('11.1 OPTIONS is sent in the name of the context whose mapping it keeps, as long as that has a binding', () => {
    const both: readonly Act[] = [
      [SECOND, command(SECOND, 0, commandOf(register(600), alice, 7, EVERY))],
      [SECOND, command(SECOND, 1, commandOf(register(600), bob, 8, EVERY))],
      [50 * SECOND, command(50 * SECOND, 0, commandOf(unregister, alice, 7, EVERY))],
    ];
    const run = driveCommands(both, { peer: keeping(() => true) }, EVERY);
    const headOf = (text: string): string =>
      [/^[^\r]*/, /\r\nFrom: [^;]*/, /\r\nCall-ID: [^\r]*/].map((part) => part.exec(text)?.[0].trim()).join(' ');
    const counts = new Map<string, number>();
    for (const ping of pingsOf(run)) counts.set(headOf(ping), (counts.get(headOf(ping)) ?? 0) + 1);
    const [ofAlice, ofBob] = [
      'OPTIONS sip:test.example SIP/2.0 From: <sip:alice@test.example> Call-ID: run-a-7-keepalive',
      'OPTIONS sip:other.example SIP/2.0 From: <sip:bob@other.example> Call-ID: run-a-8-keepalive',
    ];
    expect([...counts.keys()].sort()).toEqual([ofAlice, ofBob].sort());
    expect(counts.get(ofBob)!).toBeGreaterThan(counts.get(ofAlice)! + 2);
    expect(run.keepalives.every(([context, roundTripUs]) => context <= 1 && roundTripUs === 3000)).toBe(true);
    expect(run.keepalives).toHaveLength(pingsOf(run).length);
  });

  it.each([STUN, EVERY])('RFC 5626 §4.4.2 each is told as answered or lost: %s', (parts) => {
    const peer = keeping((nowUs) => nowUs < 40 * SECOND);
    const run = driveCommands([[0, command(0, 2, commandOf(register(600), alice, 1, parts))]], { peer }, parts);
    const lost = run.keepalives.filter(([, roundTripUs]) => roundTripUs < 0);
    expect(lost.length).toBeGreaterThanOrEqual(4);
    expect(lost).toHaveLength(asideOf(run.metrics, ASIDE_PINGS_LOST));
    expect(new Set(run.keepalives.map(([context]) => context))).toEqual(new Set([2]));
    // The last one is still on its way.
    expect(run.keepalives).toHaveLength(asideOf(run.metrics, ASIDE_PINGS_SENT) - 1);
  });

  it('those of a phone that is forgotten are nobody’s: neither lost for the next one, nor answered', () => {
    let held = '';
    const peer: Peer = (text, nowUs) => {
      if (text.startsWith('REGISTER')) return keeping(() => true)(text, nowUs);
      if (held !== '') return keeping(() => true)(text, nowUs);
      held = text;
      // Long after the next phone has come.
      return [{ atUs: nowUs + 5 * SECOND, bytes: stunAnswer(text) }];
    };
    const run = driveCommands(
      [
        [0, command(0, 0, commandOf(register(600), alice, 1, STUN))],
        [11 * SECOND, (engine) => forgetContext(engine, 11 * SECOND, 0)],
        [12 * SECOND, command(12 * SECOND, 0, commandOf(register(600), bob, 2, STUN))],
      ],
      { peer },
      STUN,
    );
    expect(asideOf(run.metrics, ASIDE_PINGS_UNKNOWN)).toBe(1);
    expect(run.keepalives.length).toBeGreaterThan(3);
    expect(run.keepalives.every(([, roundTripUs]) => roundTripUs === 3000)).toBe(true);
  });
});
