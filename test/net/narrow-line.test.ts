// A line that carries less than the load asks for: the kernel takes no more messages, which the loopback interface never
// says. What waited is counted with its reason, nothing is lost, and the run is called what it is: the generator's limit.
//
//   a long queue of the interface, a send buffer that fills first      EAGAIN
//   a short queue of the interface, which fills first                  ENOBUFS

import { execFileSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { RunResult } from '../../src/metrics/run-result.ts';
import { EXIT } from '../../src/std/index.ts';
import { expectSumsToClose, runRegstorm } from '../interop/run-regstorm.ts';
import { createLine, DEVICE, namespacesRefused, RELAY_NEAR } from './namespaces.ts';
import { DOMAIN, PORT, type Stored, startEmbedded } from './registrars.ts';

/** Some 4,000 requests a second, a fifth of what is asked for. */
const NARROW = 'tbf rate 16mbit burst 32kb';
const LONG_QUEUE = 'limit 100000000';
const SHORT_QUEUE = 'limit 20000';
const COUNT = 20_000;
const LONG_MS = 120_000;
/** Without CAP_NET_ADMIN the kernel gives no larger send buffer than net.core.wmem_max. */
const UNPRIVILEGED = ['setpriv', '--bounding-set=-net_admin', '--inh-caps=-net_admin'];

interface NarrowCase {
  readonly queue: string;
  readonly sockets: 'udp-batch' | 'udp-dgram';
  readonly t1Ms: number;
  readonly args?: readonly string[];
}

const scenarioOf = ({ sockets, t1Ms }: NarrowCase): string => `version: 1
name: narrow-line
target: sip:${RELAY_NEAR}:${PORT}
registrar: sip:${DOMAIN}
identities: { count: ${COUNT}, user: "u{index:8}", domain: ${DOMAIN} }
load: { model: constant-rate, rate: ${COUNT}/s, starts: ${COUNT} }
precheck: none
local: { sockets: ${sockets} }
timers: { T1: ${t1Ms}ms, T2: ${t1Ms * 8}ms }
flow:
  - register: { expires: 3600s }
`;

interface NarrowEnd {
  readonly summary: RunResult;
  readonly stdout: string;
  readonly exitCode: number | null;
  readonly stored: Stored;
}

const runNarrow = async (which: NarrowCase): Promise<NarrowEnd> => {
  const line = createLine(mkdtempSync(join(tmpdir(), 'regstorm-net-')));
  try {
    const inside = [...line.inside('client'), ...UNPRIVILEGED];
    const [program = '', ...rest] = [...line.inside('client'), 'tc', 'qdisc', 'add', 'dev', DEVICE, 'root'];
    execFileSync(program, [...rest, ...`${NARROW} ${which.queue}`.split(' ')]);
    const registrar = await startEmbedded(line.inside('relay'), COUNT, RELAY_NEAR, null);
    const run = await runRegstorm(scenarioOf(which), { args: ['--workers', '1', ...(which.args ?? [])], inside });
    return { ...run, stored: await registrar.finish() };
  } finally {
    await line.remove();
  }
};

/** Whoever waited is not lost: each request left once it could, arrived, and was answered. */
const expectNothingLost = ({ summary, stored }: NarrowEnd): void => {
  expectSumsToClose(summary);
  const { late, noSlot, contextBusy } = summary.generator.missedStarts;
  const { started, succeeded } = summary.totals.register!;
  expect(started + late + noSlot + contextBusy, 'starts').toBe(COUNT);
  expect(succeeded).toBe(started);
  expect(stored).toMatchObject({ requests: summary.transactions.datagramsSent, bindings: succeeded });
  expect(summary.generator.receiveQueueOverruns).toBe(0);
};

const expectOurLimit = ({ summary, exitCode, stdout }: NarrowEnd): void => {
  expect(exitCode, stdout).toBe(EXIT.INCONCLUSIVE);
  expect(summary.verdict).toBe('inconclusive');
  expect(summary.validity.verdict).toBe('invalid');
};

const reasonOf = ({ summary }: NarrowEnd): string =>
  summary.validity.reasons.map(({ reason }) => reason).find((reason) => reason.includes('for the kernel')) ?? '';

const refused = namespacesRefused();
const required = process.env.REGSTORM_REQUIRE_PEERS === '1' && refused?.isKernel === false;
const title = `a line too narrow for the load${refused === null ? '' : ` (skipped: ${refused.reason})`}`;

describe.skipIf(refused !== null && !required)(title, () => {
  it.each(['udp-batch', 'udp-dgram'] as const)(
    '%s: a full send buffer (EAGAIN) is counted and named, and nothing is lost',
    async (sockets) => {
      const end = await runNarrow({ queue: LONG_QUEUE, sockets, t1Ms: 20_000 });
      expectNothingLost(end);
      expectOurLimit(end);
      const { noRoom, queueFull, waitedUsMax, waitedUsTotal } = end.summary.generator.sendBlocked;
      expect(noRoom).toBeGreaterThan(0);
      expect(queueFull).toBe(0);
      expect(waitedUsMax).toBeGreaterThan(0);
      expect(waitedUsTotal).toBeGreaterThanOrEqual(waitedUsMax);
      expect(reasonOf(end)).toContain('the send buffer was full');
      expect(reasonOf(end)).toContain('raise net.core.wmem_max');
      expect(end.summary.transactions.retransmissions).toBe(0);
      expect(end.summary.generator.sendBlocked.overtaken).toBe(0);
    },
    LONG_MS,
  );

  it(
    'udp-batch: a full queue of the interface (ENOBUFS) is counted and named, and nothing is lost',
    async () => {
      const end = await runNarrow({ queue: SHORT_QUEUE, sockets: 'udp-batch', t1Ms: 20_000 });
      expectNothingLost(end);
      expectOurLimit(end);
      const { noRoom, queueFull, waitedUsMax } = end.summary.generator.sendBlocked;
      expect(queueFull).toBeGreaterThan(0);
      expect(noRoom).toBe(0);
      expect(waitedUsMax).toBeGreaterThan(0);
      expect(reasonOf(end)).toContain("the interface's queue was full");
      expect(reasonOf(end)).toContain('txqueuelen');
    },
    LONG_MS,
  );

  it(
    'udp-batch: failures of requests that waited as long as T1 are in doubt, so that no threshold blames the registrar',
    async () => {
      const args = ['--threshold', 'all.failures: count == 0'];
      const end = await runNarrow({ queue: SHORT_QUEUE, sockets: 'udp-batch', t1Ms: 5, args });
      expectSumsToClose(end.summary);
      expectOurLimit(end);
      expect(end.summary.totals.register?.failures.timeout).toBeGreaterThan(0);
      expect(end.summary.thresholds).toMatchObject([{ status: 'failed' }]);
      expect(end.summary.generator.sendBlocked.overtaken).toBeGreaterThan(0);
      expect(reasonOf(end)).toMatch(/timers fired [\d,]+ times before their request had left/);
    },
    LONG_MS,
  );
});
