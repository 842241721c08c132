// Digests against Kamailio: MD5 and SHA-256, without qop, with auth and with auth-int, nonces that become stale, credentials by realm
// and as H(A1). What it has stored tells whether it agreed.

import { createHash } from 'node:crypto';
import { afterEach, expect, it } from 'vitest';
import type { KamailioAuth } from '../interop/kamailio.ts';
import { COUNTS_ONLY, LONG_MS, scenario, start, stopStarted } from '../interop/kamailio-runs.ts';
import { describeWithPeers } from '../interop/peers.ts';
import { expectSumsToClose, runRegstorm } from '../interop/run-regstorm.ts';

const COUNT = 500;
const FLOW = ['register', 'refresh'];

const WAYS: readonly (readonly [KamailioAuth, string])[] = [
  ['digest', 'MD5'],
  ['digest-qop', 'MD5'],
  ['digest-sha256', 'SHA-256'],
  ['digest-sha256-qop', 'SHA-256'],
];

const hashed = (name: string, text: string): string => createHash(name).update(text).digest('hex');

afterEach(stopStarted);

describeWithPeers(['kamailio', 'kamcmd'], 'RFC 7616 §3.4, RFC 8760: Kamailio takes our digest', () => {
  it.each(WAYS)(
    'auth %s: each phone is challenged once, with %s, and refreshes with the kept nonce',
    async (auth, algorithm) => {
      const { port, storedContacts } = await start({ auth });
      const { exitCode, summary, stderr } = await runRegstorm(scenario({ port, count: COUNT, flow: FLOW }), {
        args: COUNTS_ONLY,
      });
      expect(exitCode, stderr).toBe(0);
      expect(summary.totals.refresh).toMatchObject({ succeeded: COUNT, challenged: 0 });
      expect(summary.authentication).toEqual({
        answered: { [algorithm]: COUNT },
        staleNonces: 0,
        nextNonces: 0,
        rspauth: { checked: 0, mismatches: 0 },
      });
      expect(summary.transactions.responses).toEqual({ 200: 2 * COUNT, 401: COUNT });
      expect(await storedContacts()).toBe(COUNT);
      expectSumsToClose(summary);
    },
    LONG_MS,
  );

  // Kamailio (src/modules/auth/api.c, auth_check_response) hashes a body hash that it has never computed: its auth-int refuses everybody.
  it.each<readonly [KamailioAuth, string]>([
    ['digest-auth-int', 'MD5'],
    ['digest-sha256-auth-int', 'SHA-256'],
  ])(
    'auth %s: answered with %s, and refused, which is the fault of Kamailio',
    async (auth, algorithm) => {
      const { port, storedContacts } = await start({ auth });
      const { exitCode, summary } = await runRegstorm(scenario({ port, count: COUNT }), { args: COUNTS_ONLY });
      expect(exitCode).toBe(20);
      expect(summary.totals.register?.outcomes).toEqual({ 'auth-failed': COUNT });
      expect(summary.authentication.answered).toEqual({ [algorithm]: COUNT });
      expect(await storedContacts()).toBe(0);
      expectSumsToClose(summary);
    },
    LONG_MS,
  );

  it(
    '7616 3.3 a nonce that has become stale is replaced, and nothing fails',
    async () => {
      const { port } = await start({ auth: 'digest-sha256-qop', nonceSeconds: 1 });
      const flow = ['register', 'wait: 3s', 'refresh'];
      const { exitCode, summary, stderr } = await runRegstorm(scenario({ port, count: COUNT, flow }), {
        args: COUNTS_ONLY,
      });
      expect(exitCode, stderr).toBe(0);
      expect(summary.totals.refresh).toMatchObject({ succeeded: COUNT, challenged: COUNT });
      expect(summary.authentication).toMatchObject({ answered: { 'SHA-256': 2 * COUNT }, staleNonces: COUNT });
    },
    LONG_MS,
  );

  it(
    '22.2 with auth.reuseNonce false every attempt is challenged',
    async () => {
      const { port } = await start({ auth: 'digest-qop' });
      const text = `${scenario({ port, count: COUNT, flow: FLOW })}auth: { reuseNonce: false }\n`;
      const { exitCode, summary, stderr } = await runRegstorm(text, { args: COUNTS_ONLY });
      expect(exitCode, stderr).toBe(0);
      expect(summary.totals.refresh).toMatchObject({ succeeded: COUNT, challenged: COUNT });
      expect(summary.transactions.responses).toEqual({ 200: 2 * COUNT, 401: 2 * COUNT });
    },
    LONG_MS,
  );

  it.each<readonly [string, KamailioAuth, string, string]>([
    ['the password of its realm', 'digest-qop', '{ realm: test.example, password: secret }', 'succeeded'],
    [
      'no password but that of another realm',
      'digest-qop',
      '{ realm: other.example, password: secret }',
      'no-credentials',
    ],
    [
      'H(A1) of SHA-256',
      'digest-sha256-qop',
      `{ realm: test.example, authUser: alice, ha1: ${hashed('sha256', 'alice:test.example:secret')} }`,
      'succeeded',
    ],
    [
      'H(A1) of MD5 where SHA-256 is asked for',
      'digest-sha256-qop',
      `{ realm: test.example, authUser: alice, ha1: ${hashed('md5', 'alice:test.example:secret')} }`,
      'no-credentials',
    ],
  ])(
    'credentials: %s',
    async (_, auth, credential, outcome) => {
      const { port } = await start({ auth });
      const text = scenario({ port, count: COUNT }).replace('password: secret', `credentials: [${credential}]`);
      const { summary } = await runRegstorm(text, { args: COUNTS_ONLY });
      expect(summary.totals.register?.outcomes).toEqual({ [outcome]: COUNT });
      expect(JSON.stringify(summary)).not.toContain('secret');
    },
    LONG_MS,
  );
});
