// Users from a file against the embedded registrar, which knows them by the same file: whole runs, since the file crosses from the loader to
// two threads.

import { createHash } from 'node:crypto';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { type CliSession, openSession } from './cli-session.ts';

vi.setConfig({ testTimeout: 60_000 });

let session: CliSession;
beforeEach(() => {
  session = openSession();
});
afterEach(() => session.remove());

const NAMES = ['ann', 'bea', 'carl'];

const csvOf = (hash: string | null, realm: string): string => {
  const secret = (name: string): string =>
    hash === null ? `${name}1` : createHash(hash).update(`${name}@x:${realm}:${name}1`).digest('hex');
  const rows = NAMES.map((name) => `${name},${name}@x,${secret(name)},${realm}`);
  return `user,authUser,${hash === null ? 'password' : 'ha1'},realm\n${rows.join('\n')}\n`;
};

const runWith = async (
  csv: string,
  identities: string,
): Promise<[number | null, number | undefined, number | undefined]> => {
  session.file('u.csv', csv);
  session.file(
    's.yaml',
    `version: 1
name: users
target: embedded
identities: { csv: u.csv, domain: test.example${identities} }
load: { rate: 100/s, starts: 3 }
flow: [register, unregister]
`,
  );
  const end = await session.run(['run', 's.yaml', '--out', 'out', '--on-invalid', 'warn']);
  const { register } = session.summary('out').totals;
  return [end.exitCode, register?.succeeded, register?.challenged];
};

it.each([
  ['sha512-256', ', algorithm: SHA-512-256'],
  [null, ''],
] as const)(
  'RFC 7616 §3.4.2 users with a realm and %s (null: a password) register, each challenged once',
  async (hash, identities) => {
    expect(await runWith(csvOf(hash, 'office'), identities)).toEqual([0, 3, 3]);
  },
);
