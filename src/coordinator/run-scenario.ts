// The library's way to run a scenario: what `regstorm run` does without files, terminal and signals.

import type { RunResult } from '../metrics/index.ts';
import type { Override } from '../scenario/index.ts';
import { checkOptions, type OptionKinds, parseDnsServer } from '../scenario/index.ts';
import { UserError } from '../std/index.ts';
import { DEFAULT_WORKER } from './pool.ts';
import { parseRunId, parseSeed, randomRunId, randomSeed } from './run-identity.ts';
import type { RunObserver } from './run-plan.ts';
import { runPlan } from './run-plan.ts';
import { loadPlan, readScenario } from './scenario-file.ts';
import { createStopSwitch } from './stop-switch.ts';

export interface RunScenarioOptions {
  /** Path of the scenario file; with `text`, only its name in messages. */
  readonly file: string;
  /** The scenario itself, where it is no file. */
  readonly text?: string;
  /** Keys of the scenario to set, e.g. `{ 'load.rate': '200/s', 'identities.count': '1000' }`. */
  readonly set?: Readonly<Record<string, string>>;
  /** Default: as few as the rate needs. */
  readonly workers?: number;
  readonly seed?: number;
  /** 8 to 32 hex digits. */
  readonly runId?: string;
  /** How long to wait for the target's first answer, in milliseconds. */
  readonly waitTargetMs?: number;
  readonly allowPublic?: boolean;
  /** The name server to ask for the target, `address:port`; default: the scenario's, or the system's. */
  readonly dns?: string;
  readonly onInvalid?: 'fail' | 'warn';
  /** Aborting it lets flows under way end and gives a result with exit code 130. */
  readonly signal?: AbortSignal;
  readonly onNotice?: (text: string) => void;
  readonly onWarning?: (text: string) => void;
}

const US_PER_MILLISECOND = 1_000;

const KINDS: OptionKinds<RunScenarioOptions> = {
  file: 'string',
  text: 'string',
  set: 'object',
  workers: 'number',
  seed: 'number',
  runId: 'string',
  waitTargetMs: 'number',
  allowPublic: 'boolean',
  dns: 'string',
  onInvalid: 'string',
  signal: 'object',
  onNotice: 'function',
  onWarning: 'function',
};

const ignore = (): void => {};

const wrong = (message: string): UserError => new UserError('USAGE', { message: `runScenario: ${message}` });

/** What a program without types may get wrong. */
const checkRunOptions = (options: RunScenarioOptions): void => {
  checkOptions('runScenario', options, KINDS);
  const { file, workers = 1, waitTargetMs = 0, onInvalid = 'fail', set = {} } = options;
  if (file === undefined) throw wrong('file is missing; give the path of a scenario: { file: "scenario.yaml" }');
  if (!(Number.isInteger(workers) && workers >= 1)) throw wrong(`workers: ${workers} is not a whole number from 1 up`);
  if (!(waitTargetMs >= 0 && Number.isFinite(waitTargetMs))) throw wrong(`waitTargetMs: ${waitTargetMs} is no time`);
  if (onInvalid !== 'fail' && onInvalid !== 'warn') throw wrong(`onInvalid: "${onInvalid}" is neither fail nor warn`);
  for (const [path, value] of Object.entries(set)) {
    if (typeof value !== 'string') throw wrong(`set['${path}'] is not a text; write it as in a file, for example '50'`);
  }
};

/** Runs it and judges it. Rejects with a UserError for what is wrong before the first packet; REGSTORM_ variables are not read. */
export const runScenario = async (options: RunScenarioOptions): Promise<RunResult> => {
  checkRunOptions(options);
  const { file, text } = options;
  const source =
    text === undefined ? readScenario(file, { readInput: () => 0, beforeLongRead: () => undefined }) : { file, text };
  const plan = loadPlan(source, { overrides: overridesOf(options.set ?? {}), environment: {} });
  const stop = createStopSwitch();
  const onAbort = (): void => stop.press('SIGINT');
  if (options.signal?.aborted === true) onAbort();
  options.signal?.addEventListener('abort', onAbort);
  const observer: RunObserver = {
    notice: options.onNotice ?? ignore,
    warning: options.onWarning ?? ignore,
    progress: null,
  };
  try {
    const { result } = await runPlan(plan, {
      runId: options.runId === undefined ? randomRunId() : parseRunId(options.runId),
      seed: options.seed === undefined ? (plan.seed ?? randomSeed()) : parseSeed(String(options.seed)),
      workers: options.workers ?? null,
      allowPublic: options.allowPublic ?? false,
      dns: options.dns === undefined ? null : readDnsServer(options.dns),
      waitTargetUs: (options.waitTargetMs ?? 0) * US_PER_MILLISECOND,
      onInvalid: options.onInvalid ?? 'fail',
      commandLine: [],
      worker: DEFAULT_WORKER,
      stop,
      observer,
    });
    return result;
  } finally {
    options.signal?.removeEventListener('abort', onAbort);
  }
};

/** Throws USAGE. */
export const readDnsServer = (text: string): string => {
  const server = parseDnsServer(text);
  if (!server.ok) throw new UserError('USAGE', { message: `dns: ${server.message}` });
  return server.value;
};

const overridesOf = (set: Readonly<Record<string, string>>): Override[] =>
  Object.entries(set).map(([path, value]) => ({ path, value, origin: `set['${path}']` }));
