// The package as a program imports it.

import { describe, expect, it, vi } from 'vitest';
import type { RunScenarioOptions } from '../../src/index.ts';
import { expectSumsToClose } from '../interop/run-regstorm.ts';
import { scenario } from './cli-session.ts';

vi.setConfig({ testTimeout: 60_000 });

const { RegistrationClient, runScenario, UserError } = (await import(
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

  it.each([
    [undefined, 'runScenario: options are an object'],
    ['test.yaml', 'runScenario: options are an object'],
    [{}, 'runScenario: file is missing; give the path of a scenario: { file: "scenario.yaml" }'],
    [{ fiel: 'x' }, 'runScenario: unknown option "fiel"; did you mean "file"?'],
    [{ file: 5 }, 'runScenario: file is not a text'],
    [{ file: 'x', set: { 'load.starts': 5 } }, "runScenario: set['load.starts'] is not a text"],
    [{ file: 'x', workers: 0 }, 'runScenario: workers: 0 is not a whole number from 1 up'],
    [{ file: 'x', waitTargetMs: Number.NaN }, 'runScenario: waitTargetMs: NaN is no time'],
    [{ file: 'x', onInvalid: 'ignore' }, 'runScenario: onInvalid: "ignore" is neither fail nor warn'],
    [{ file: 'x', runId: 7 }, 'runScenario: runId is not a text'],
  ])('rejects with a UserError for options that cannot be: %o', async (options, message) => {
    const mistake = runScenario(options as RunScenarioOptions);
    await expect(mistake).rejects.toBeInstanceOf(UserError);
    await expect(mistake).rejects.toThrow(message);
  });

  it('ends early when its signal is aborted, with a result', async () => {
    const abort = new AbortController();
    abort.abort();
    const result = await run({ signal: abort.signal, text: scenario({ load: 'duration: 10m' }) });
    expect([result.verdict, result.exitCode]).toEqual(['aborted', 130]);
  });
});

describe('RegistrationClient', () => {
  it.each([
    [{ foo: 1 }, 'RegistrationClient: unknown option "foo"'],
    [{ localAdress: '127.0.0.1' }, 'RegistrationClient: unknown option "localAdress"; did you mean "localAddress"?'],
    [{ localPort: '5060' }, 'RegistrationClient: localPort is not a number'],
    [{ timers: { T1: 100 } }, 'timers: unknown option "T1"'],
    [null, 'RegistrationClient: options are an object'],
  ])('checks its options at once: %o', (options, message) => {
    expect(() => new RegistrationClient(options as never)).toThrow(new UserError('USAGE', { message }).message);
    expect(() => new RegistrationClient(options as never)).toThrow(UserError);
  });

  it.each([
    [{}, 'from: it is missing'],
    [{ from: 'sip:a@test.example', expire: 60 }, 'register: unknown option "expire"; did you mean "expires"?'],
    [{ from: 7 }, 'register: from is not a text'],
  ])('and those of a registration: %o', (initial, message) => {
    const build = () => new RegistrationClient().buildInitialRegister(initial as never);
    expect(build).toThrow(message);
    expect(build).toThrow(UserError);
  });
});
