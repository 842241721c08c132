import { describe, expect, it } from 'vitest';
import { createKeepaliveWheel, NO_ROW, nextDueUs, setRow, takeDueRow } from '../../../src/engine/keepalive-wheel.ts';
import { keepaliveResult } from '../../../src/metrics/aside-results.ts';
import type { KeepaliveResult } from '../../../src/metrics/index.ts';
import { COUNTER_MALFORMED, COUNTER_STRAY, mergeBlocks } from '../../../src/metrics/index.ts';
import type { PlanKeepalive } from '../../../src/scenario/index.ts';
import { createStunMessage, readStun, STUN_OK, writeBindingResponse } from '../../../src/sip/index.ts';
import { createMemoryPlan } from '../../../src/std/index.ts';
import { counted, numbersOf } from './books.ts';
import { type DriveOptions, drive, type Peer, type Run } from './driver.ts';
import { accept } from './messages.ts';
import { createPlan, type PlanParts, pause, refresh, register, SECOND, unregister } from './plans.ts';

const keepaliveOf = (parts: Partial<PlanKeepalive> = {}): PlanKeepalive => ({
  kind: 'stun',
  per: 'context',
  everyUs: 10 * SECOND,
  leastUs: 8 * SECOND,
  ...parts,
});

const HELD = [register(), pause(60 * SECOND), unregister];

const latin1 = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'latin1'));
const isStun = (text: string): boolean => text.charCodeAt(0) === 0;
const isOptions = (text: string): boolean => text.startsWith('OPTIONS ');

const stunAnswer = (request: string): Uint8Array => {
  const message = createStunMessage();
  const bytes = latin1(request);
  if (readStun(bytes, 0, bytes.length, message) !== STUN_OK) throw new Error('not a STUN request');
  const out = new Uint8Array(64);
  return out.slice(0, writeBindingResponse(out, 0, message, 0x7f000001, 40_000));
};

const optionsAnswer = (request: string, status = '200 OK'): string =>
  request.replace(/^[^\r]*/, `SIP/2.0 ${status}`).replace(/\r\nMax-Forwards: 70/, '');

/** Registers everybody, and answers keepalives after 3 ms as long as `answers` says so. */
const peerFor =
  (answers: (text: string, nowUs: number) => boolean = () => true): Peer =>
  (text, nowUs) => {
    if (text.startsWith('REGISTER')) return [{ atUs: nowUs + 1000, bytes: accept(text) }];
    if (!answers(text, nowUs)) return [];
    if (isStun(text)) return [{ atUs: nowUs + 3000, bytes: stunAnswer(text) }];
    return isOptions(text) ? [{ atUs: nowUs + 3000, bytes: optionsAnswer(text) }] : [];
  };

const run = (keepalive: PlanKeepalive, parts: PlanParts = {}, options: Partial<DriveOptions> = {}): Run =>
  drive({ plan: createPlan({ flow: HELD, keepalive, ...parts }), peer: peerFor(), ...options });

const resultOf = ({ metrics, engine }: Run): KeepaliveResult => {
  const { kind, per, everyUs } = engine.options.plan.keepalive!;
  return keepaliveResult(mergeBlocks([metrics]).keepalive, { kind, per, everySeconds: everyUs / SECOND })!;
};

const pingsOf = ({ sent }: Run) => sent.filter(({ text }) => !text.startsWith('REGISTER'));

describe('keepalives over UDP', () => {
  it.each(['stun', 'options', 'crlf'] as const)(
    'RFC 5626 §4.4 %s: from the answer that made the binding until it is removed, each at random within the last fifth',
    (kind) => {
      const load = { starts: 40, startsPerPeriod: 40 };
      const held = run(keepaliveOf({ kind }), { load, identities: { count: 40 } });
      const times = new Map<string, number[]>();
      for (const { atUs, text } of pingsOf(held)) {
        const who = kind === 'stun' ? text.slice(8, 12) : (/Call-ID: (.*)/.exec(text)?.[1] ?? 'all');
        times.set(who, [...(times.get(who) ?? []), atUs]);
      }
      expect(times.size).toBe(kind === 'crlf' ? 1 : 40);
      const gaps = [...times.values()].flatMap((at) => at.slice(1).map((us, i) => us - at[i]!));
      expect(gaps.length).toBeGreaterThan(100);
      if (kind === 'crlf') return;
      expect(Math.min(...gaps)).toBeGreaterThanOrEqual(8 * SECOND);
      // A tick of the wheel.
      expect(Math.max(...gaps)).toBeLessThanOrEqual(10 * SECOND + 2 * 1250);
      expect(Math.max(...gaps) - Math.min(...gaps)).toBeGreaterThan(SECOND);
      for (const at of times.values()) {
        expect(at.length).toBeGreaterThanOrEqual(5);
        expect(at.length).toBeLessThanOrEqual(7);
      }
    },
  );

  it('RFC 5389 §7.1 a Binding request is 20 bytes with a transaction id of its own', () => {
    const pings = pingsOf(run(keepaliveOf()));
    expect(pings.length).toBeGreaterThanOrEqual(5);
    for (const { text } of pings) {
      expect(Buffer.from(text, 'latin1').toString('hex')).toMatch(/^000100002112a442[0-9a-f]{24}$/);
    }
    expect(new Set(pings.map(({ text }) => text)).size).toBe(pings.length);
  });

  it('11.1 OPTIONS goes to the registrar with a Call-ID and branch of its own, and a CSeq that rises', () => {
    const pings = pingsOf(run(keepaliveOf({ kind: 'options' })));
    const lines = pings[1]!.text.split('\r\n');
    expect(lines.map((line) => line.replace(/(branch=z9hG4bK|tag=)[0-9a-f]+/, '$1X'))).toEqual([
      'OPTIONS sip:test.example SIP/2.0',
      'Via: SIP/2.0/UDP 127.0.0.1:40000;branch=z9hG4bKX;rport',
      'Max-Forwards: 70',
      'From: <sip:u000@test.example>;tag=X',
      'To: <sip:test.example>',
      'Call-ID: run-a-0-keepalive',
      'CSeq: 2 OPTIONS',
      'User-Agent: test (run-a)',
      'Content-Length: 0',
      '',
      '',
    ]);
  });

  it('3.5.1 CRLFCRLF is four bytes, and nothing is said of its loss (RFC 5626)', () => {
    const held = run(keepaliveOf({ kind: 'crlf' }));
    expect(new Set(pingsOf(held).map(({ text }) => text))).toEqual(new Set(['\r\n\r\n']));
    const result = resultOf(held);
    expect(result.sent).toBe(pingsOf(held).length);
    expect([result.answered, result.lost, result.open, result.roundTripUs]).toEqual([null, null, null, null]);
  });

  it.each(['stun', 'options'] as const)('RFC 5626 §4.4.2 %s: answers are counted with their round trip', (kind) => {
    const held = run(keepaliveOf({ kind }));
    const { sent, answered, lost, open, unknown, roundTripUs } = resultOf(held);
    expect({ sent, answered, lost, open, unknown }).toEqual({
      sent: pingsOf(held).length,
      answered: pingsOf(held).length,
      lost: 0,
      open: 0,
      unknown: 0,
    });
    expect([roundTripUs!.min, roundTripUs!.max]).toEqual([3000, 3000]);
    expect([counted(held, COUNTER_STRAY), counted(held, COUNTER_MALFORMED)]).toEqual([0, 0]);
  });

  it.each(['stun', 'options'] as const)(
    'RFC 5626 §4.4.2 %s: one without an answer is lost when the next is due, and never sent again',
    (kind) => {
      // From 30 s on nobody answers.
      const held = run(keepaliveOf({ kind }), {}, { peer: peerFor((_, nowUs) => nowUs < 30 * SECOND) });
      const late = pingsOf(held).filter(({ atUs }) => atUs >= 30 * SECOND).length;
      const { sent, answered, lost, open } = resultOf(held);
      expect(sent).toBe(pingsOf(held).length);
      expect(answered).toBe(sent - late);
      // The binding's end settles the last one too, unless the run is over before.
      expect(lost! + open!).toBe(late);
      expect(lost).toBeGreaterThanOrEqual(late - 1);
      expect(new Set(pingsOf(held).map(({ text }) => text)).size).toBe(sent);
    },
  );

  it.each(['stun', 'options'] as const)(
    '%s: an answer that comes twice, too late or forged counts once or not',
    (kind) => {
      const peer: Peer = (text, nowUs) => {
        if (text.startsWith('REGISTER')) return peerFor()(text, nowUs);
        const right = kind === 'stun' ? stunAnswer(text) : latin1(optionsAnswer(text));
        const forged = right.slice();
        const at = kind === 'stun' ? 19 : Buffer.from(right).indexOf('CSeq: ') + 6;
        forged[at]! ^= 1;
        return [
          { atUs: nowUs + 10, bytes: forged },
          { atUs: nowUs + 20, bytes: right },
          { atUs: nowUs + 30, bytes: right },
          { atUs: nowUs + 15 * SECOND, bytes: right },
        ];
      };
      const held = run(keepaliveOf({ kind }), {}, { peer });
      const { sent, answered, lost, unknown } = resultOf(held);
      expect([answered, lost]).toEqual([sent, 0]);
      expect(unknown).toBeGreaterThan(2 * sent);
      expect(counted(held, COUNTER_STRAY)).toBe(0);
    },
  );

  it('17.1.3 any final answer to OPTIONS will do, a provisional one will not', () => {
    const answering = (status: string): KeepaliveResult =>
      resultOf(
        run(
          keepaliveOf({ kind: 'options' }),
          {},
          {
            peer: (text, nowUs) =>
              isOptions(text) ? [{ atUs: nowUs + 5, bytes: optionsAnswer(text, status) }] : peerFor()(text, nowUs),
          },
        ),
      );
    expect(answering('483 Too Many Hops')).toMatchObject({ lost: 0, open: 0 });
    expect(answering('100 Trying')).toMatchObject({ answered: 0 });
  });

  it.each(['context', 'socket'] as const)(
    'RFC 5626 §4.4 per %s: an answer from another target than the one asked says nothing of the way there',
    (per) => {
      const targets = { count: 2, priority: [10, 20], weight: [1, 1] };
      const asked = peerFor();
      // Two targets on one line: flow 0 leads to the first, flow 1 to the second.
      const peer: Peer = (text, nowUs, flow = 0) =>
        asked(text, nowUs, flow).map((answer) =>
          text.startsWith('REGISTER') ? answer : { ...answer, flow: 1 - flow },
        );
      for (const kind of ['stun', 'options'] as const) {
        const held = run(keepaliveOf({ kind, per }), {}, { peer, engine: { targets } });
        expect(pingsOf(held).length, kind).toBeGreaterThan(4);
        expect(resultOf(held), kind).toMatchObject({ answered: 0 });
      }
    },
  );

  it('per socket: one for each socket, however many contexts speak from it', () => {
    const local = { ...createPlan().local, socketsPerWorker: 3 };
    const parts = { local, identities: { count: 30 }, load: { starts: 30, startsPerPeriod: 30 } };
    const held = run(keepaliveOf({ per: 'socket' }), parts);
    const byFlow = new Map<number, number>();
    for (const { flow } of pingsOf(held)) byFlow.set(flow, (byFlow.get(flow) ?? 0) + 1);
    expect([...byFlow.keys()].sort()).toEqual([0, 1, 2]);
    for (const count of byFlow.values()) expect(count).toBeLessThanOrEqual(8);
    expect(resultOf(held)).toMatchObject({ lost: 0, open: 0 });
  });

  it('a context whose binding has expired sends none, and begins anew with the next binding', () => {
    const flow = [register(15), pause(40 * SECOND), refresh(60), pause(20 * SECOND)];
    const times = pingsOf(run(keepaliveOf(), { flow })).map(({ atUs }) => Math.floor(atUs / SECOND));
    expect(times.filter((second) => second < 16)).toHaveLength(1);
    expect(times.filter((second) => second > 16 && second < 47)).toEqual([]);
    expect(times.filter((second) => second > 47).length).toBeGreaterThanOrEqual(1);
  });

  it('a socket that takes nothing for a while: registrations have room, and keepalives go on afterwards', () => {
    const identities = { count: 1500 };
    const load = { starts: 1500, startsPerPeriod: 1500 };
    const held = run(
      keepaliveOf({ everyUs: 2 * SECOND, leastUs: SECOND }),
      { identities, load, flow: [register(), pause(20 * SECOND)] },
      {
        takes: (nowUs) => (nowUs > 5 * SECOND && nowUs < 9 * SECOND ? 0 : Number.POSITIVE_INFINITY),
        watch: ({ flows }) => {
          const { outbox } = flows[0]!;
          expect(outbox.asideEntries).toBeLessThanOrEqual((outbox.mask + 1) / 4);
        },
      },
    );
    const late = pingsOf(held).filter(({ atUs }) => atUs > 15 * SECOND);
    expect(new Set(late.map(({ text }) => text.slice(8, 12))).size).toBe(1500);
    expect(numbersOf(held, 'register').outcomes).toEqual({ succeeded: 1500 });
    const { sent, answered, lost } = resultOf(held);
    expect(sent).toBe(pingsOf(held).length);
    expect(answered! + lost!).toBeLessThanOrEqual(sent);
  });

  it('RFC 5626 §4.4 after a stall of many intervals one is sent, and the next one not before its interval', () => {
    const stall = { fromUs: 12 * SECOND, toUs: 52 * SECOND };
    const held = run(keepaliveOf({ kind: 'options', everyUs: SECOND, leastUs: SECOND }), {}, { stall });
    const pings = pingsOf(held);
    const after = pings.filter(({ atUs }) => atUs >= stall.toUs);
    expect(after.length).toBeGreaterThanOrEqual(7);
    expect(after[0]?.atUs).toBe(stall.toUs);
    for (const [i, { atUs }] of after.slice(1).entries()) expect(atUs - after[i]!.atUs).toBeGreaterThanOrEqual(SECOND);
    const numbers = pings.map(({ text }) => Number(/^CSeq: (\d+)/m.exec(text)?.[1]));
    expect(numbers).toEqual(pings.map((_, i) => i + 1));
  });

  it('a scenario without keepalives has no table for them', () => {
    const held = drive({ plan: createPlan({ flow: HELD }), peer: peerFor() });
    expect(held.engine.keepalive).toBeNull();
    expect(pingsOf(held)).toEqual([]);
  });
});

describe('the wheel of keepalives', () => {
  it('takes each row once after a stall of several rounds, and has those that are set again in their time', () => {
    const rows = 50;
    const wheel = createKeepaliveWheel(createMemoryPlan(), rows, SECOND);
    for (let row = 0; row < rows; row++) setRow(wheel, row, row * 20_000);
    const nowUs = 17 * SECOND + 123;
    const taken: number[] = [];
    for (let row = takeDueRow(wheel, nowUs); row !== NO_ROW; row = takeDueRow(wheel, nowUs)) {
      taken.push(row);
      setRow(wheel, row, nowUs + SECOND - row);
    }
    expect(taken).toEqual(Array.from({ length: rows }, (_, row) => row));
    expect(takeDueRow(wheel, nowUs + SECOND - rows)).toBe(NO_ROW);
    expect(nextDueUs(wheel)).toBeGreaterThan(nowUs + SECOND - rows);
    expect(nextDueUs(wheel)).toBeLessThanOrEqual(nowUs + SECOND + wheel.tickUs);
  });

  it('gives every row within a tick of its time, in order, for any times', () => {
    const wheel = createKeepaliveWheel(createMemoryPlan(), 500, 30 * SECOND);
    const due = new Map<number, number>();
    let nowUs = 0;
    let random = 1;
    const draw = (most: number): number => {
      random = (Math.imul(random, 1_103_515_245) + 12_345) & 0x7fffffff;
      return random % most;
    };
    for (let step = 0; step < 4_000; step++) {
      const row = draw(500);
      if (!due.has(row)) {
        const dueUs = nowUs + draw(30 * SECOND);
        due.set(row, dueUs);
        setRow(wheel, row, dueUs);
      }
      if (draw(3) > 0) continue;
      nowUs += draw(2) === 0 ? draw(5000) : draw(SECOND);
      for (let taken = takeDueRow(wheel, nowUs); taken !== NO_ROW; taken = takeDueRow(wheel, nowUs)) {
        expect(due.get(taken)).toBeLessThanOrEqual(nowUs);
        due.delete(taken);
      }
      expect(Math.min(...due.values()) + wheel.tickUs).toBeGreaterThan(nowUs);
      expect(nextDueUs(wheel)).toBeGreaterThan(nowUs);
    }
    expect(wheel.rows).toBe(due.size);
  });
});
