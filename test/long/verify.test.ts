// Over loopback: a registrar that answers 200 and stores nothing, and a fleet that holds its registrations at one.

import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { type CliSession, openSession, scenario } from '../integration/cli-session.ts';
import { type NotingRegistrar, openNotingRegistrar } from '../integration/noting-registrar.ts';
import { expectSumsToClose } from '../interop/run-regstorm.ts';

vi.setConfig({ testTimeout: 60_000 });

const COUNT = 100;
const CALM = ['--on-invalid', 'warn'];

let session: CliSession;
let registrar: NotingRegistrar;
beforeEach(async () => {
  session = openSession();
  registrar = await openNotingRegistrar();
});
afterEach(() => {
  registrar.close();
  session.remove();
});

const write = (flow: readonly string[], more: string): void => {
  const target = `sip:127.0.0.1:${registrar.port}`;
  const load = `starts: ${COUNT}`;
  session.file(
    's.yaml',
    scenario({ target, count: COUNT, rate: '100/s', load, flow, more: `precheck: none\n${more}` }),
  );
};

it('10.2.3 a registrar that confirms and lists nothing fails verify.missing, and all its other numbers are perfect', async () => {
  write(
    ['register'],
    'verify: { sample: 100% }\nthresholds: ["register.failures: count == 0", "verify.missing: count == 0"]\n',
  );
  const { exitCode, stdout } = await session.run(['run', 's.yaml', '--out', 'out', ...CALM]);
  const summary = session.summary('out');
  expect(exitCode).toBe(20);
  expect(summary.verify).toEqual({ sampled: COUNT, checked: COUNT, missing: COUNT, failed: 0 });
  expect(summary.thresholds.map(({ status }) => status)).toEqual(['passed', 'failed']);
  expect(summary.totals.register).toMatchObject({ started: COUNT, succeeded: COUNT });
  expect(summary.totals.query).toBeUndefined();
  expect(summary.phases.map(({ name }) => name)).toContain('verify');
  expect(stdout).toContain('100 bindings asked for, 100 compared, 100 missing, 0 not told');
  expectSumsToClose(summary);
});

it('10.2.4 phones that hold are heard of again and again, and say good-bye when the drain ends their holds', async () => {
  write(['register: { expires: 2s }', 'hold: { for: 1h, refreshAt: 50% }', 'unregister'], 'drain: 10s\n');
  const { exitCode, stderr } = await session.run(['run', 's.yaml', '--duration', '4s', '--out', 'out', ...CALM]);
  const summary = session.summary('out');
  expect(exitCode, stderr).toBe(0);
  const { refresh, unregister } = summary.totals;
  // Each phone registers within the first second and refreshes every second: two or three times by the end.
  expect(refresh?.succeeded).toBeGreaterThanOrEqual(2 * COUNT);
  expect(refresh).toMatchObject({ failed: 0, skipped: 0 });
  expect(unregister).toMatchObject({ started: COUNT, succeeded: COUNT });
  const requests = registrar.notes.length;
  expect(requests).toBe(summary.transactions.datagramsSent);
  expectSumsToClose(summary);
});
