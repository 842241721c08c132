// The package as a program imports it.

import { describe, expect, it, vi } from 'vitest';
import type { RunScenarioOptions } from '../../src/index.ts';
import { expectSumsToClose } from '../interop/run-regstorm.ts';
import { scenario } from './cli-session.ts';

vi.setConfig({ testTimeout: 60_000 });

const { runScenario, UserError } = (await import(
  new URL('../../dist/index.js', import.meta.url).href
)) as typeof import('../../src/index.ts');

const run = (options: Partial<RunScenarioOptions> = {}) =>
  runScenario({ file: 'test.yaml', text: scenario(), onInvalid: 'warn', ...options });

describe('runScenario', () => {
  it('runs a scenario and gives its result', async () => {
    const result = await run({ set: { 'identities.count': '50', 'load.starts': '50' }, seed: 3, runId: 'abcdef01' });
    expect(result.scenario).toMatchObject({ file: 'test.yaml', seed: 3, runId: 'abcdef01' });
    expect([result.verdict, result.totals.register?.succeeded]).toEqual(['pass', 50]);
    expectSumsToClose(result);
  });

  it('rejects with a UserError for a mistake in the scenario', async () => {
    const mistake = run({ set: { 'load.rate': '5' } });
    await expect(mistake).rejects.toBeInstanceOf(UserError);
    await expect(mistake).rejects.toThrow('set[\'load.rate\']: "5" is not a rate');
  });

  it('ends early when its signal is aborted, with a result', async () => {
    const abort = new AbortController();
    abort.abort();
    const result = await run({ signal: abort.signal, text: scenario({ load: 'duration: 10m' }) });
    expect([result.verdict, result.exitCode]).toEqual(['aborted', 130]);
  });
});
