// What the result says of calls to the kernel and of turns, and what local.maxBurst does about it: real runs, in which more
// starts are due in each turn than one call may carry.

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { RunResult } from '../../src/metrics/run-result.ts';
import { batchUnavailableReason, createUdpTransport } from '../../src/transport/index.ts';
import { openClientSockets, warningsOf } from '../../src/worker/sockets.ts';
import { type CliEnd, type CliSession, openSession, scenario } from '../integration/cli-session.ts';
import { expectSumsToClose } from '../interop/run-regstorm.ts';

vi.setConfig({ testTimeout: 60_000 });

const STARTS = 1_000;
/** Fifty starts are due in the time of one turn under load. */
const CROWD = { count: STARTS, rate: '100000/s' };

let session: CliSession;
beforeEach(() => {
  session = openSession();
});
afterEach(() => session.remove());

const runWith = async (text: string, ...args: string[]): Promise<{ end: CliEnd; summary: RunResult }> => {
  session.file('s.yaml', text);
  // Not what these tests are about: whether a busy machine kept the schedule.
  const end = await session.run(['run', 's.yaml', '--on-invalid', 'warn', '--out', 'out', ...args]);
  const summary = session.summary('out');
  expect([end.exitCode, summary.totals.register?.succeeded], end.stderr).toEqual([0, STARTS]);
  expectSumsToClose(summary);
  return { end, summary };
};

/** Every datagram of the run left and arrived in a call that is counted. */
const expectCallsToCarryAll = ({ generator, transactions }: RunResult): void => {
  expect(generator.sendCalls.datagrams.total).toBe(transactions.datagramsSent);
  const { responses, malformed, stray } = transactions;
  const answers = Object.values(responses).reduce((sum, count) => sum + count, 0);
  expect(generator.receiveCalls.datagrams.total).toBeGreaterThanOrEqual(answers);
  expect(generator.receiveCalls.datagrams.total).toBeLessThanOrEqual(answers + malformed + stray);
  expect(generator.turns.count).toBeGreaterThan(0);
  expect(generator.turns.us.max).toBeGreaterThan(0);
};

describe.skipIf(batchUnavailableReason() !== null)('calls of udp-batch', () => {
  it('carry up to 16 datagrams, and add up to what was sent, over two workers', async () => {
    const { summary } = await runWith(
      scenario({ ...CROWD, more: 'local: { sockets: udp-batch }\n' }),
      '--workers',
      '2',
    );
    expectCallsToCarryAll(summary);
    const { count, datagrams } = summary.generator.sendCalls;
    expect(datagrams.max).toBeGreaterThan(4);
    expect(datagrams.max).toBeLessThanOrEqual(16);
    expect(count).toBeLessThan(datagrams.total);
  });

  it('carry no more than local.maxBurst', async () => {
    const { summary } = await runWith(scenario(CROWD), '--set', 'local.maxBurst=4');
    expectCallsToCarryAll(summary);
    expect(summary.generator.sendCalls.datagrams.max).toBe(4);
  });

  it('carry more than 16 where local.maxBurst allows it, and those of the cleanup too', async () => {
    const { end, summary } = await runWith(
      scenario({ ...CROWD, more: 'local: { maxBurst: 1024 }\ncleanup: unregister\n' }),
    );
    const { total, max } = summary.generator.sendCalls.datagrams;
    expect(max).toBeGreaterThan(16);
    expect(summary.cleanup).toMatchObject({ attempted: STARTS, succeeded: STARTS });
    expect(total).toBeGreaterThanOrEqual(summary.transactions.datagramsSent + STARTS);
    expect(end.stdout).toMatch(/^ {2}send calls +[\d,]+, datagrams in each: p50 .+, max [\d,]+$/m);
  });
});

describe.skipIf(batchUnavailableReason() !== null)('local.segmentation', () => {
  it('has calls of up to 64 datagrams, the same counts as without, and a note', async () => {
    const { summary } = await runWith(scenario(CROWD), '--set', 'local.segmentation=true');
    expectCallsToCarryAll(summary);
    expect(summary.generator.sendCalls.datagrams.max).toBeGreaterThan(16);
    expect(summary.generator.sendCalls.datagrams.max).toBeLessThanOrEqual(64);
    expect(summary.notes.join('\n')).toContain('handed over in segments (UDP_SEGMENT)');
  });

  it('says so where it was of no use', async () => {
    const { summary } = await runWith(
      scenario({ ...CROWD, more: 'local: { sockets: udp-dgram, segmentation: true }\n' }),
    );
    expectCallsToCarryAll(summary);
    expect(summary.notes.join('\n')).toContain('local.segmentation was of no use');
  });
});

describe('calls of udp-dgram', () => {
  it('carry one datagram each, add up to what was sent, and keep to local.maxBurst without it', async () => {
    const { end, summary } = await runWith(
      scenario({ ...CROWD, more: 'local: { sockets: udp-dgram, maxBurst: 4 }\n' }),
    );
    expectCallsToCarryAll(summary);
    const { sendCalls, receiveCalls } = summary.generator;
    expect([sendCalls.datagrams.max, receiveCalls.datagrams.max]).toEqual([1, 1]);
    expect(sendCalls.count).toBe(summary.transactions.datagramsSent);
    expect(end.stderr).toContain('warning: local.maxBurst changes nothing: the sockets asked for, udp-dgram,');
  });
});

describe('a socket that the system has chosen to be one of Node', () => {
  it('is told of as one that local.maxBurst does nothing for', async () => {
    const targets = [{ address: '127.0.0.1', port: 9 }];
    const slabs = [new Uint8Array(10), new Uint8Array(10)];
    const where = { workerIndex: 0, workerCount: 1, targets };
    const local = {
      addresses: [],
      firstPort: null,
      lastPort: null,
      socketsPerWorker: 2,
      sockets: 'auto',
      segmentation: false,
    } as const;
    const about = async (maxBurst: number | null): Promise<readonly string[]> => {
      const transport = createUdpTransport('udp-dgram', { originUs: 0 });
      const sockets = await openClientSockets(transport, { local: { ...local, maxBurst }, ...where }, slabs);
      transport.close();
      return warningsOf(sockets).filter((warning) => warning.includes('maxBurst'));
    };
    expect(await about(8)).toEqual([
      'local.maxBurst changes nothing here: udp-dgram, which these sockets are, hands over one datagram a call',
    ]);
    expect(await about(null)).toEqual([]);
  });
});
