// Users from a file against Kamailio, where each is known by a name of its own in the credentials or by the hash of its secret alone.

import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it, vi } from 'vitest';
import { COUNTS_ONLY, scenario, start, stopStarted } from '../interop/kamailio-runs.ts';
import { describeWithPeers } from '../interop/peers.ts';
import { expectSumsToClose, runRegstorm } from '../interop/run-regstorm.ts';

vi.setConfig({ testTimeout: 120_000 });

const USERS = 2_000;
const REALM = 'test.example';

let folder: string | null = null;
afterEach(async () => {
  await stopStarted();
  if (folder !== null) rmSync(folder, { recursive: true });
  folder = null;
});

const users = Array.from({ length: USERS }, (_, index) => `line-${index.toString(36)}`);
const ha1 = (user: string): string => createHash('md5').update(`${user}:${REALM}:secret`).digest('hex');

/** Of user, password or ha1, and realm; the last user's secret is a wrong one. */
const csvOf = (column: string, secretOf: (user: string) => string): string => {
  const rows = users.map((user, at) => `${user},${at === USERS - 1 ? secretOf('nobody') : secretOf(user)},${REALM}`);
  return `user,${column},realm\n${rows.join('\n')}\n`;
};

describeWithPeers(['kamailio', 'kamcmd'], 'Kamailio and users from a file', () => {
  it.each([
    ['password', (user: string) => (user === 'nobody' ? 'wrong' : 'secret')],
    ['ha1', ha1],
  ] as const)(
    'RFC 7616 §3.4.2 with a %s each: all are stored but the one whose secret is wrong',
    async (column, secretOf) => {
      folder = mkdtempSync(join(tmpdir(), 'regstorm-users-'));
      const file = join(folder, 'users.csv');
      writeFileSync(file, csvOf(column, secretOf));
      const { port, storedContacts } = await start({ auth: 'digest-qop' });
      const text = scenario({ port, count: USERS, ratePerSecond: 1_000 }).replace(
        /^identities: .*$/m,
        `identities: { csv: ${file}, domain: test.example }`,
      );
      const { summary, stderr, exitCode } = await runRegstorm(text, { args: COUNTS_ONLY });
      expect(exitCode, stderr).toBe(0);
      expect(summary.totals.register).toMatchObject({ started: USERS, succeeded: USERS - 1 });
      expect(summary.totals.register?.failures).toEqual({ 'auth-failed': 1 });
      expect(await storedContacts()).toBe(USERS - 1);
      expectSumsToClose(summary);
    },
  );
});
