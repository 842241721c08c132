// Every example scenario is run as it stands, but for latency gates: how fast a busy test machine answers is not what these
// tests are about. That each attempt succeeds and that the books close is.

import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { expectSumsToClose } from '../interop/run-regstorm.ts';
import { type CliSession, openSession } from './cli-session.ts';

const FOLDER = fileURLToPath(new URL('../../scenarios/', import.meta.url));
const EXAMPLES = readdirSync(FOLDER).filter((name) => name.endsWith('.yaml'));

let session: CliSession;
beforeEach(() => {
  session = openSession();
});
afterEach(() => session.remove());

describe('each example scenario runs against the embedded registrar, and every attempt succeeds', () => {
  it.each(EXAMPLES)(
    '%s',
    async (name) => {
      const gates = ['--no-thresholds', '--threshold', 'all.failures: count == 0', '--on-invalid', 'warn'];
      const end = await session.run(['run', `${FOLDER}${name}`, '--out', 'out', ...gates]);
      const summary = session.summary('out');
      expect(end.stdout).toContain(`PASS  ${name.replace('.yaml', '')}`);
      expect([end.exitCode, summary.exitCode, summary.verdict]).toEqual([0, 0, 'pass']);
      for (const result of Object.values(summary.totals)) expect(result.failed).toBe(0);
      expect(summary.generator.missedStarts.contextBusy).toBe(0);
      expectSumsToClose(summary);
    },
    60_000,
  );

  it('each one tells editors where its schema is', () => {
    for (const name of EXAMPLES)
      expect(readFileSync(FOLDER + name, 'utf8')).toMatch(/^# yaml-language-server: \$schema=/);
  });
});
