// Runs against Kamailio, each with what regstorm must report and what Kamailio must then have stored. Which of them belong to
// every day and which to the long suite is for the test files to say.

import { expect } from 'vitest';
import { type Kamailio, type KamailioAuth, type KamailioOptions, startKamailio } from './kamailio.ts';
import { expectSumsToClose, runRegstorm, startRegstorm } from './run-regstorm.ts';
import { type ScenarioParts, scenarioText } from './scenario-text.ts';
import { waitUntil } from './wait-until.ts';

/** What each run has in the long suite, and what every day's have. */
export const CONTEXTS = 10_000;
export const FEW_CONTEXTS = 1_000;
export const LONG_MS = 120_000;
/** These tests are about counts; a slow machine taints only times and rates. */
export const COUNTS_ONLY = ['--on-invalid', 'warn'];

let running: Kamailio | null = null;

/** One at a time: ended by stopStarted, or by itself. */
export const start = async (options: KamailioOptions = {}): Promise<Kamailio> => {
  running = await startKamailio(options);
  return running;
};

/** For after each test. */
export const stopStarted = async (): Promise<void> => {
  await running?.stop();
  running = null;
};

export const scenario = (parts: Partial<ScenarioParts> & { readonly port: number }): string =>
  scenarioText({ flow: ['register'], count: CONTEXTS, ratePerSecond: 5_000, ...parts });

export const registersAll = async (auth: KamailioAuth, count: number): Promise<void> => {
  const { port, storedContacts } = await start({ auth });
  const registered = await runRegstorm(scenario({ port, count }), { args: COUNTS_ONLY });
  expect(registered.exitCode, registered.stderr).toBe(0);
  expect(registered.summary.totals.register?.succeeded).toBe(count);
  expect(await storedContacts()).toBe(count);
  expectSumsToClose(registered.summary);
};

export const refreshesAll = async (auth: KamailioAuth, count: number): Promise<void> => {
  const { port, storedContacts } = await start({ auth });
  const { exitCode, summary, stderr } = await runRegstorm(scenario({ port, count, flow: ['register', 'refresh'] }), {
    args: COUNTS_ONLY,
  });
  expect(exitCode, stderr).toBe(0);
  expect(summary.totals.refresh?.succeeded).toBe(count);
  expect(summary.contexts.registeredAtEnd).toBe(count);
  expect(await storedContacts()).toBe(count);
  expectSumsToClose(summary);
};

export const unregistersAllTwice = async (auth: KamailioAuth, count: number): Promise<void> => {
  const { port, storedContacts } = await start({ auth });
  const text = scenario({ port, count, flow: ['register', 'unregister'] });
  const first = await runRegstorm(text, { args: COUNTS_ONLY });
  expect(await storedContacts()).toBe(0);
  const second = await runRegstorm(text, { args: COUNTS_ONLY });
  expect(await storedContacts()).toBe(0);
  expect(second.summary.scenario.runId).not.toBe(first.summary.scenario.runId);
  for (const { exitCode, summary, stderr } of [first, second]) {
    expect(exitCode, stderr).toBe(0);
    expect(summary.totals.unregister?.succeeded).toBe(count);
    expect(summary.contexts.registeredAtEnd).toBe(0);
    expectSumsToClose(summary);
  }
};

export const wipesAll = async (auth: KamailioAuth, count: number): Promise<void> => {
  const { port, storedContacts } = await start({ auth });
  const text = scenario({ port, count, flow: ['register', 'wildcard'] });
  const { exitCode, summary, stderr } = await runRegstorm(text, { args: COUNTS_ONLY });
  expect(exitCode, stderr).toBe(0);
  expect(summary.totals.wildcard?.succeeded).toBe(count);
  expect(await storedContacts()).toBe(0);
  expectSumsToClose(summary);
};

export const failsByWrongPassword = async (auth: KamailioAuth, count: number): Promise<void> => {
  const { port, storedContacts } = await start({ auth });
  const { exitCode, summary } = await runRegstorm(scenario({ port, count, password: 'wrong' }), { args: COUNTS_ONLY });
  expect(exitCode).toBe(20);
  expect(summary.totals.register?.failures).toEqual({ 'auth-failed': count });
  expect(await storedContacts()).toBe(0);
  expectSumsToClose(summary);
};

export const survivesItsKill = async (): Promise<void> => {
  const first = await start();
  const { port } = first;
  const run = startRegstorm(scenario({ port, ratePerSecond: 2_000, t1Ms: 50 }), {
    args: COUNTS_ONLY,
    withinMs: 60_000,
  });
  await waitUntil('Kamailio has stored some', 30_000, async () => (await first.storedContacts()) > 1_000);
  await first.kill();
  await start({ port });
  const { exitCode, summary, stderr } = await run.ended;
  if (summary === null) throw new Error(`no summary, exit code ${exitCode}:\n${stderr}`);
  expectSumsToClose(summary);
  expect(summary.totals.register?.started).toBe(CONTEXTS);
  expect(summary.totals.register?.succeeded).toBeGreaterThan(1_000);
};
