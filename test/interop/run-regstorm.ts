// The command line as its users have it: a scenario file in a folder, `node dist/main.js run …`, an exit code, and the
// summary that was written. Bounded: a run that does not end is killed and says so.

import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import type { ProcedureResult, RunResult } from '../../src/metrics/run-result.ts';
import { type Child, startChild } from './child.ts';

export const MAIN = fileURLToPath(new URL('../../dist/main.js', import.meta.url));
const DEFAULT_WITHIN_MS = 90_000;

export interface RunOptions {
  /** Added after `run FILE --out DIR`. */
  readonly args?: readonly string[];
  readonly withinMs?: number;
  readonly inside?: readonly string[];
}

export interface RunEnd {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** Null when none was written. */
  readonly summary: RunResult | null;
}

export interface Run {
  readonly child: Child;
  readonly ended: Promise<RunEnd>;
}

/** Starts `regstorm run` on the scenario text. */
export const startRegstorm = (scenario: string, options: RunOptions = {}): Run => {
  if (!existsSync(MAIN)) throw new Error('dist/main.js is missing: npm run build');
  const folder = mkdtempSync(join(tmpdir(), 'regstorm-run-'));
  const file = join(folder, 'scenario.yaml');
  const results = join(folder, 'results');
  writeFileSync(file, scenario);
  const args = [MAIN, 'run', file, '--out', results, ...(options.args ?? [])];
  const child = startChild(process.execPath, args, { cwd: folder, inside: options.inside ?? [] });
  const withinMs = options.withinMs ?? DEFAULT_WITHIN_MS;
  return { child, ended: waitForEnd(child, folder, join(results, 'summary.json'), withinMs) };
};

const waitForEnd = async (child: Child, folder: string, summaryFile: string, withinMs: number): Promise<RunEnd> => {
  let late = false;
  const timer = setTimeout(() => {
    late = true;
    void child.kill();
  }, withinMs);
  const { code } = await child.ended;
  clearTimeout(timer);
  const summary = existsSync(summaryFile) ? (JSON.parse(readFileSync(summaryFile, 'utf8')) as RunResult) : null;
  rmSync(folder, { recursive: true, force: true });
  if (late) throw new Error(`regstorm did not end within ${withinMs} ms:\n${child.stderr()}`);
  return { exitCode: code, stdout: child.stdout(), stderr: child.stderr(), summary };
};

/** Runs a scenario to its end and insists on a summary. */
export const runRegstorm = async (
  scenario: string,
  options: RunOptions = {},
): Promise<RunEnd & { summary: RunResult }> => {
  const end = await startRegstorm(scenario, options).ended;
  if (end.summary === null) throw new Error(`no summary, exit code ${end.exitCode}:\n${end.stdout}\n${end.stderr}`);
  return { ...end, summary: end.summary };
};

/** What must add up at the end of every run, faults or not. */
export const expectSumsToClose = (summary: RunResult): void => {
  for (const [scope, results] of Object.entries({ measured: summary.procedures, whole: summary.totals })) {
    for (const [name, result] of Object.entries(results)) expectAttemptsToClose(`${scope} ${name}`, result);
  }
  const { datagramsSent, requestsSent, retransmissions } = summary.transactions;
  expect(datagramsSent, 'datagrams').toBe(requestsSent + retransmissions);
};

const sum = (counts: Readonly<Record<string, number>>): number => Object.values(counts).reduce((a, b) => a + b, 0);

const expectAttemptsToClose = (title: string, result: ProcedureResult): void => {
  expect(result.succeeded + result.failed, `${title}: ended`).toBe(result.started);
  expect(sum(result.failures), `${title}: failures by cause`).toBe(result.failed);
  expect(sum(result.outcomes), `${title}: outcomes`).toBe(result.started);
};
