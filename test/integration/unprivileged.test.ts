// Without CAP_NET_ADMIN, as most people run it: SO_RCVBUFFORCE and SO_SNDBUFFORCE fail, and the kernel cuts a socket's buffers
// to its limits without a word. The run works, and says what it got and which setting mends it.

import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { EXIT } from '../../src/std/index.ts';
import { batchUnavailableReason } from '../../src/transport/index.ts';
import { RECEIVE_BUFFER_BYTES, SEND_BUFFER_BYTES } from '../../src/worker/sockets.ts';
import { expectSumsToClose, runRegstorm } from '../interop/run-regstorm.ts';

const UNPRIVILEGED = ['setpriv', '--bounding-set=-net_admin', '--inh-caps=-net_admin'];

/** What runs inside has no more than what it had: without the capability there is nothing to take away. */
const refusedReason = (): string | null => {
  if (process.platform !== 'linux') return 'not Linux';
  if (batchUnavailableReason() !== null) return batchUnavailableReason();
  if (process.getuid?.() !== 0) return 'not root';
  const [program = '', ...rest] = UNPRIVILEGED;
  const { status, error } = spawnSync(program, [...rest, 'true']);
  if (error !== undefined) return 'no setpriv command (Debian package util-linux)';
  return status === 0 ? null : `setpriv ended with ${status}`;
};

const limitOf = (name: string): number => Number(readFileSync(`/proc/sys/net/core/${name}`, 'latin1'));

const SCENARIO = `version: 1
name: unprivileged
target: embedded
identities: { count: 200, user: "u{index:8}", domain: test.example, password: secret }
load: { model: constant-rate, rate: 400/s, starts: 200 }
flow: [register, unregister]
`;

const reason = refusedReason();

describe.skipIf(reason !== null)(`without CAP_NET_ADMIN${reason === null ? '' : ` (skipped: ${reason})`}`, () => {
  it('a run works, and names the buffers that the kernel granted and the settings that mend it', async () => {
    const args = ['--on-invalid', 'warn'];
    const { summary, exitCode, stdout } = await runRegstorm(SCENARIO, { args, inside: UNPRIVILEGED });
    expect(exitCode, stdout).toBe(EXIT.PASS);
    expectSumsToClose(summary);
    expect(summary.totals.register?.succeeded).toBe(200);
    expect(summary.target.receiveQueueOverruns).toBe(0);

    const receiveBytes = Math.min(RECEIVE_BUFFER_BYTES, limitOf('rmem_max'));
    const sendBytes = Math.min(SEND_BUFFER_BYTES, limitOf('wmem_max'));
    const warnings = summary.notes.filter((note) => note.includes('were asked for') && !note.startsWith('embedded'));
    expect(warnings).toEqual([
      ...(receiveBytes < RECEIVE_BUFFER_BYTES
        ? [
            `the socket's receive buffer is ${receiveBytes} bytes, ${RECEIVE_BUFFER_BYTES} were asked for: datagrams that come in a burst may be lost; \`sysctl -w net.core.rmem_max=${RECEIVE_BUFFER_BYTES}\` (as root) lets it have them.`,
          ]
        : []),
      ...(sendBytes < SEND_BUFFER_BYTES
        ? [
            `the socket's send buffer is ${sendBytes} bytes, ${SEND_BUFFER_BYTES} were asked for: sends may wait for room; \`sysctl -w net.core.wmem_max=${SEND_BUFFER_BYTES}\` (as root) lets it have them.`,
          ]
        : []),
    ]);
    for (const warning of warnings) expect(stdout.replace(/\s+/g, ' ')).toContain(warning);
  });
});
