// A worker that ends badly fails the run with 24: the others are told to stop, and what was counted until then is reported.

import { describe, expect, it, vi } from 'vitest';
import { UserError } from '../../src/std/index.ts';
import { expectSumsToClose } from '../interop/run-regstorm.ts';
import { type Attempt, runWith } from './failing-run.ts';

vi.setConfig({ testTimeout: 60_000 });

const MISSING = new URL('./workers/missing-worker.mjs', import.meta.url);

const rejection = async (attempt: Attempt): Promise<UserError> => {
  try {
    await runWith(attempt);
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
  throw new Error('the run did not fail');
};

describe('a lost worker fails the run, and the report is still made', () => {
  it.each([
    ['throws', 'worker 2 of 2 failed: boom'],
    ['exits', 'worker 2 of 2 exited with code 7'],
    ['runs-out-of-memory', 'worker 2 of 2 ran out of memory'],
    ['is-refused-late', 'the address went away\n    bring it back'],
  ])('one that %s', async (end, message) => {
    const { result, problem } = await runWith({ end });
    expect(problem?.message).toBe(message);
    expect([result.verdict, result.exitCode]).toEqual(['aborted', 24]);
    expect(result.totals.register?.failures.aborted).toBeGreaterThanOrEqual(1);
    expect(result.notes.join('\n')).toContain('1 worker lost');
    expect(result.durationSeconds).toBeLessThan(40);
    expectSumsToClose(result);
  });
});

describe('a worker that cannot even start ends the run before the first packet', () => {
  it("with the operator's mistake as the worker found it", async () => {
    const error = await rejection({ end: 'is-refused' });
    expect([error.code, error.message]).toEqual(['ADDRESS_UNAVAILABLE', 'the address went away\n    bring it back']);
  });

  it('with 24 when its file is missing', async () => {
    const error = await rejection({ end: 'throws', file: MISSING });
    expect(error.code).toBe('WORKER_LOST');
    expect(error.message).toContain('missing-worker.mjs');
  });
});
