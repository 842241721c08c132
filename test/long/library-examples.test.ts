// The programs in examples/, each run as it stands against Kamailio: what it prints, and what the registrar holds when it has ended.
// They are the twins of the steps of libeXosip2's registration how-to (docs/exosip2.md).

import { execFile } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { aRecord, srvRecord, startDnsServer } from '../integration/dns-server.ts';
import { openLoopbackNat } from '../integration/loopback-nat.ts';
import { findFreePort } from '../interop/free-port.ts';
import type { Kamailio } from '../interop/kamailio.ts';
import { startKamailio } from '../interop/kamailio.ts';
import { describeWithPeers } from '../interop/peers.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const EXAMPLES = join(ROOT, 'examples');
const RUN_WITHIN_MS = 40_000;
const run = promisify(execFile);

describeWithPeers(['kamailio', 'kamcmd'], 'Examples of the library against Kamailio', () => {
  let kamailio: Kamailio;
  const tested: string[] = [];

  beforeAll(async () => {
    kamailio = await startKamailio({ auth: 'digest-qop' });
  });
  afterAll(() => kamailio?.stop());

  /** Its lines, and how many bindings the registrar holds afterwards. */
  const runExample = async (
    name: string,
    where: readonly string[] = [`sip:127.0.0.1:${kamailio.port}`],
  ): Promise<{ readonly lines: readonly string[]; readonly stored: number }> => {
    tested.push(name);
    const args = [join(EXAMPLES, name), ...where];
    const { stdout, stderr } = await run(process.execPath, args, { timeout: RUN_WITHIN_MS });
    expect(stderr).toBe('');
    return { lines: stdout.trimEnd().split('\n'), stored: await kamailio.storedContacts() };
  };

  it('RFC 3261 §10.2: register.mjs builds a REGISTER, changes its headers, sends it, refreshes by the handle and closes', async () => {
    const { lines, stored } = await runExample('register.mjs');
    expect(lines).toEqual([
      'registered: rid 1, 1800 s, 2 requests',
      'refreshed: 600 s, answered with 200 OK',
      'unregistered: unregistered',
    ]);
    expect(stored).toBe(0);
  });

  it('several-registrations.mjs keeps three registrations apart in one client, and ends them', async () => {
    const { lines, stored } = await runExample('several-registrations.mjs');
    expect(lines).toEqual([
      'rid 1: sip:alice@test.example registered',
      'rid 2: sip:bob@test.example registered',
      'rid 3: sip:carol@test.example registered',
      'registered unregistered registered',
      '0 could not be unregistered',
    ]);
    expect(stored).toBe(0);
  });

  it('RFC 3261 §22.2: credentials.mjs answers for the user and realm, and never with the secret of another user', async () => {
    const { lines, stored } = await runExample('credentials.mjs');
    expect(lines).toEqual([
      'alice: registered (200)',
      'bob: registered (200)',
      'carol: auth-failed after 2 requests',
      'dave: no-credentials after 1 requests',
    ]);
    expect(stored).toBe(0);
  });

  it('RFC 3261 §10.2.2: delete-all.mjs asks for the bindings, removes them all with "*", and is refused another Expires', async () => {
    const { lines, stored } = await runExample('delete-all.mjs');
    expect(lines).toEqual([
      'before: true, true',
      'removed all: 200',
      'after: 0 bindings',
      'expires: Contact: * goes with Expires 0 and no other (RFC 3261 §10.2.2), not with 1800',
    ]);
    expect(stored).toBe(0);
  });

  it('RFC 3261 §7.4: body.mjs sends a body and headers of its address with each request, and takes the body off', async () => {
    const { lines, stored } = await runExample('body.mjs');
    const sent = (bytes: number): string => `X-Tenant seven oaks, To <sip:alice@test.example>, ${bytes} bytes`;
    expect(lines).toEqual([
      ...[34, 34, 2, 0].map(sent),
      'from: "Route" is written by regstorm itself and cannot be set',
    ]);
    expect(stored).toBe(0);
  });

  it('RFC 3263 §4.3: failover.mjs goes on at the second registrar of its domain when nobody is at the first', async () => {
    const host = 'host.test.example';
    const service = '_sip._udp.test.example';
    const ports = [await findFreePort(), kamailio.port];
    const server = await startDnsServer({
      [`SRV ${service}`]: {
        answers: ports.map((port, priority) => srvRecord(service, { port, priority, target: host })),
      },
      [`A ${host}`]: { answers: [aRecord(host, '127.0.0.1')] },
    });
    try {
      const { lines, stored } = await runExample('failover.mjs', ['sip:test.example', server.address]);
      expect(lines).toEqual([
        'CSeq 1 to registrar 1: unreachable',
        'CSeq 2 to registrar 2: 401',
        'CSeq 3 to registrar 2: 200',
        'CSeq 4 to registrar 2: 200',
        'CSeq 5 to registrar 2: 200',
        '1 failover',
      ]);
      expect(stored).toBe(0);
    } finally {
      await server.close();
    }
  });

  it('RFC 3581 §4: nat.mjs registers where it is seen behind a NAT, keeps the mapping, and ends that binding', async () => {
    const nat = await openLoopbackNat(kamailio.port);
    try {
      const { lines, stored } = await runExample('nat.mjs', [`sip:127.0.0.1:${nat.port}`]);
      expect(lines).toEqual([
        'behind a NAT: true',
        'registered where we are seen: true',
        'keepalive answered: true, lost in a row: 0',
        'unregistered; 1 Contact repaired',
      ]);
      expect(stored).toBe(0);
    } finally {
      nat.close();
    }
  });

  it('automatic-refresh.mjs refreshes a registration by itself, twice', async () => {
    const { lines, stored } = await runExample('automatic-refresh.mjs');
    expect(lines).toEqual(['refreshed by itself: rid 1, 200', 'refreshed by itself: rid 1, 200', 'unregistered']);
    expect(stored).toBe(0);
  });

  it('events.mjs tells of attempts and requests in detail; a challenge that is answered is no failure', async () => {
    const { lines } = await runExample('events.mjs');
    expect(lines).toEqual([
      '  rid 1, attempt 1, request 1: CSeq 1 to 127.0.0.1, 401 in some µs, 0 sent again',
      '  rid 1, attempt 1, request 2: CSeq 2 to 127.0.0.1, 200 in some µs, 0 sent again',
      '  register: succeeded with 2 requests, true',
      'registered: rid 1',
      '  rid 1, attempt 2, request 1: CSeq 3 to 127.0.0.1, 200 in some µs, 0 sent again',
      '  refresh: succeeded with 1 requests, true',
      'refreshed: rid 1',
      'first: fulfilled; second: BUSY',
      '  rid 1, attempt 3, request 1: CSeq 4 to 127.0.0.1, 200 in some µs, 0 sent again',
      '  unregister: succeeded with 1 requests, true',
      'unregistered: rid 1',
      '  rid 2, attempt 1, request 1: CSeq 1 to 127.0.0.1, 401 in some µs, 0 sent again',
      '  register: failed with 1 requests, true',
      'failed: no-credentials (401 Unauthorized)',
      'register failed: no-credentials (the last answer was 401 Unauthorized)',
    ]);
  });

  it('remove.mjs forgets a registration without a word, and its binding stays', async () => {
    const { lines, stored } = await runExample('remove.mjs');
    expect(lines).toEqual(['removed: removed, 0 requests sent for it', 'refresh: REMOVED']);
    expect(stored).toBe(1);
  });

  it('the program in the README runs as it stands there, but for its names', async () => {
    const block = readFileSync(join(ROOT, 'README.md'), 'utf8').match(
      /```js\n(import \{ RegistrationClient [\s\S]*?)```/,
    )?.[1];
    const program = (block ?? '')
      .replace('10.0.0.10', `127.0.0.1:${kamailio.port}`)
      .replace('example.org', 'test.example');
    const args = [
      '--input-type=module',
      '--eval',
      `${program}\nconsole.log(grantedSeconds, wireUs > 0, registration.state);`,
    ];
    const { stdout } = await run(process.execPath, args, { cwd: ROOT, timeout: RUN_WITHIN_MS });
    expect(stdout).toBe('1800 true unregistered\n');
  });

  it('every program in examples/ is run here', () => {
    expect([...tested].sort()).toEqual(
      readdirSync(EXAMPLES)
        .filter((name) => name.endsWith('.mjs'))
        .sort(),
    );
  });
});
