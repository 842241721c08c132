// Runs an example scenario to its end and checks its counts.

import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { expectSumsToClose } from '../interop/run-regstorm.ts';
import type { CliSession } from './cli-session.ts';

export const EXAMPLES_FOLDER = fileURLToPath(new URL('../../scenarios/', import.meta.url));
export const EXAMPLES = readdirSync(EXAMPLES_FOLDER).filter((name) => name.endsWith('.yaml'));

/** One that is larger than a test may be, and what makes it smaller; later arguments go before. */
const SCALED: Readonly<Record<string, readonly string[]>> = {
  'million.yaml': ['--starts', '20000', '--set', 'identities.count=20000'],
};

export const expectExampleToPass = async (
  session: CliSession,
  name: string,
  args: readonly string[],
): Promise<void> => {
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
