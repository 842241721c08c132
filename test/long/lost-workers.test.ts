// What takes as long as regstorm waits before it gives a worker up.

import { expect, it } from 'vitest';
import { runWith } from '../integration/failing-run.ts';
import { expectSumsToClose } from '../interop/run-regstorm.ts';

it('a worker that stands still is lost after twenty seconds: exit code 24, and the report is made', async () => {
  const { result, problem } = await runWith({ end: 'stands-still' });
  expect(problem?.message).toBe('worker 2 of 2 hangs: no turn in 20 s');
  expect([result.verdict, result.exitCode]).toEqual(['aborted', 24]);
  expect(result.totals.register?.failures.aborted).toBeGreaterThanOrEqual(1);
  expectSumsToClose(result);
}, 90_000);
