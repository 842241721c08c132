// The comparison with a packet capture (`npm run bench:capture`) at its smallest size, so that it does not rot between the
// days somebody needs it. It says nothing about how well the times agree.

import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { mayCapture } from '../interop/capture.ts';
import { describeWithPeers } from '../interop/peers.ts';

const SCRIPT = fileURLToPath(new URL('../../bench/capture/run.mjs', import.meta.url));
const PEAK = 300;
const SMALLEST = ['--rounds', '1', '--seconds', '1', '--peak', String(PEAK), '--pace', '1000'];
/** Each run has a warm-up of one second before the second that is measured. */
const RUN_SECONDS = 2;
const WITHIN_MS = 120_000;

const run = promisify(execFile);
const hasCompiler = await run('cc', ['--version']).then(
  () => true,
  () => false,
);
const reason = !mayCapture() ? ' [needs root]' : !hasCompiler ? ' [not installed: a C compiler as cc]' : '';

describeWithPeers(['tcpdump'], `npm run bench:capture${reason}`, () => {
  it.skipIf(reason !== '')(
    'finds every transaction of its runs in the capture, pairs it by its branch, and prints the comparison',
    async () => {
      const { stdout } = await run(process.execPath, [SCRIPT, ...SMALLEST], { timeout: WITHIN_MS });
      for (const [title, rate] of [
        ['half of the peak', PEAK / 2],
        ['the peak', PEAK],
      ] as const) {
        const count = rate * RUN_SECONDS;
        expect(stdout).toContain(`round 1: ${title}, ${rate}/s: ${count} of ${count} transactions in the capture`);
        expect(stdout).toMatch(new RegExp(`p99 at ${title}: -?\\d+\\.\\d µs`));
      }
      for (const line of ['send side', 'receive side', 'Pacing at 1000/s: lag of 1000 starts after the warm-up']) {
        expect(stdout).toContain(line);
      }
    },
    WITHIN_MS,
  );
});

describe('node bench/capture/run.mjs', () => {
  it('refuses an option it does not know, with its usage', async () => {
    await expect(run(process.execPath, [SCRIPT, '--speed', '1'])).rejects.toMatchObject({
      code: 2,
      stderr: expect.stringContaining('--rounds N'),
    });
  });
});
