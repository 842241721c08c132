// What takes as long as regstorm waits before it gives a worker up, or ends its thread.

import { expect, it } from 'vitest';
import { createStopSwitch } from '../../src/coordinator/index.ts';
import { runWith } from '../integration/failing-run.ts';
import { expectSumsToClose } from '../interop/run-regstorm.ts';

it('a worker that stands still is lost after twenty seconds: exit code 24, and the report is made', async () => {
  const { result, problem } = await runWith({ end: 'stands-still' });
  expect(problem?.message).toBe('worker 2 of 2 hangs: no turn in 20 s');
  expect([result.verdict, result.exitCode]).toEqual(['aborted', 24]);
  expect(result.totals.register?.failures.aborted).toBeGreaterThanOrEqual(1);
  expectSumsToClose(result);
}, 90_000);

it('a worker that does not hear the second signal is ended, and its counts stay', async () => {
  const stop = createStopSwitch();
  const look = (): void => {
    stop.press('SIGTERM');
  };
  const { result, problem } = await runWith({ end: 'hangs', stop, look });
  expect(problem?.message).toBe('a worker did not stop within 3 s');
  expect([result.verdict, result.exitCode]).toEqual(['aborted', 143]);
  expectSumsToClose(result);
}, 60_000);
