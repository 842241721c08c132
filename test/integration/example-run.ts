// Runs an example scenario to its end and checks its counts.

import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { expectSumsToClose } from '../interop/run-regstorm.ts';
import type { CliSession } from './cli-session.ts';
import { aRecord, srvRecord, startDnsServer } from './dns-server.ts';
import { openNotingRegistrar } from './noting-registrar.ts';

export const EXAMPLES_FOLDER = fileURLToPath(new URL('../../scenarios/', import.meta.url));
export const EXAMPLES = readdirSync(EXAMPLES_FOLDER).filter((name) => name.endsWith('.yaml'));

/** One that is larger than a test may be, or has few phones, and what makes it smaller; later arguments go before. */
const SCALED: Readonly<Record<string, readonly string[]>> = {
  'million.yaml': ['--starts', '20000', '--set', 'identities.count=20000'],
  // One for each line of its file, however fast.
  'subscribers.yaml': ['--starts', '8'],
};

/** What an example needs besides the embedded registrar: arguments that lead to it, and how it ends. */
interface Surroundings {
  readonly args: readonly string[];
  readonly close: () => Promise<void>;
}

/** A domain whose preferred registrar is out of service; another one stands in for it. */
const twoRegistrars = async (): Promise<Surroundings> => {
  const service = '_sip._udp.test.example';
  const [failing, standby] = [await openNotingRegistrar('503 Service Unavailable'), await openNotingRegistrar()];
  const srv = [failing, standby].map(({ port }, at) =>
    srvRecord(service, { port, priority: at, target: 'host.test.example' }),
  );
  const server = await startDnsServer({
    [`SRV ${service}`]: { answers: srv },
    'A host.test.example': { answers: [aRecord('host.test.example', '127.0.0.1')] },
  });
  const close = async (): Promise<void> => {
    await server.close();
    failing.close();
    standby.close();
  };
  return { args: ['--dns', server.address], close };
};

const SURROUNDINGS: Readonly<Record<string, () => Promise<Surroundings>>> = { 'failover.yaml': twoRegistrars };

export const expectExampleToPass = async (
  session: CliSession,
  name: string,
  args: readonly string[],
): Promise<void> => {
  const around = await SURROUNDINGS[name]?.();
  try {
    await expectToPass(session, name, [...(around?.args ?? []), ...args]);
  } finally {
    await around?.close();
  }
};

const expectToPass = async (session: CliSession, name: string, args: readonly string[]): Promise<void> => {
  const gates = ['--no-thresholds', '--threshold', 'all.failures: count == 0', '--on-invalid', 'warn'];
  const end = await session.run([
    'run',
    `${EXAMPLES_FOLDER}${name}`,
    '--out',
    'out',
    ...gates,
    ...(SCALED[name] ?? []),
    ...args,
  ]);
  const summary = session.summary('out');
  expect(end.stdout).toContain(`PASS  ${name.replace('.yaml', '')}`);
  expect([end.exitCode, summary.exitCode, summary.verdict]).toEqual([0, 0, 'pass']);
  for (const result of Object.values(summary.totals)) expect(result.failed).toBe(0);
  expect(summary.generator.missedStarts.contextBusy).toBe(0);
  expectSumsToClose(summary);
};
