// The options that commands with a load share (run, quick, cleanup): what they are called, and their values as a run needs
// them. Options that stand for a key of the scenario are not here but in overrides.ts.

import { parseRunId, parseSeed } from '../coordinator/index.ts';
import { parseDuration } from '../scenario/index.ts';
import type { Given, OptionSpec } from './command.ts';
import { choice, usage, wholeNumber } from './command.ts';
import type { ColorChoice } from './terminal.ts';

export type Style = 'auto' | 'full' | 'basic' | 'none';

export interface RunSettings {
  /** Null: as few as the rate needs. */
  readonly workers: number | null;
  readonly seed: number | null;
  readonly runId: string | null;
  readonly waitTargetUs: number;
  readonly allowPublic: boolean;
  readonly onInvalid: 'fail' | 'warn';
  readonly out: string | null;
  readonly format: 'text' | 'json';
  readonly style: Style;
  readonly color: ColorChoice;
  readonly quiet: boolean;
  readonly verbose: boolean;
}

const WORKERS_MAX = 256;

export const SCENARIO_OPTIONS = {
  target: {
    group: 'Scenario',
    type: 'text',
    value: 'URI',
    describe: 'next hop, e.g. sip:10.0.0.1:5060, or "embedded"',
  },
  rate: { group: 'Scenario', type: 'text', alias: 'r', value: 'RATE', describe: 'starts per time, e.g. 5000/s' },
  duration: { group: 'Scenario', type: 'text', value: 'TIME', describe: 'length of the measured window, e.g. 30s' },
  starts: { group: 'Scenario', type: 'text', alias: 'm', value: 'N', describe: 'at most so many starts' },
  warmup: { group: 'Scenario', type: 'text', value: 'TIME', describe: 'load before the measured window' },
  set: {
    group: 'Scenario',
    type: 'list',
    value: 'KEY=VALUE',
    describe: 'set any key of the scenario, e.g. identities.count=1000',
  },
} as const satisfies Record<string, OptionSpec>;

export const TARGET_OPTIONS = {
  'wait-target': {
    group: 'Target',
    type: 'text',
    value: 'TIME',
    describe: 'wait so long for the target to answer before the load',
  },
  'allow-public': { group: 'Target', type: 'flag', describe: 'allow a public address as target' },
} as const satisfies Record<string, OptionSpec>;

export const RUN_OPTIONS = {
  workers: { group: 'Run', type: 'text', value: 'N', describe: 'worker threads (default: as few as the rate needs)' },
  seed: { group: 'Run', type: 'text', value: 'N', describe: 'fixes every random choice' },
  'run-id': { group: 'Run', type: 'text', value: 'HEX', describe: 'name of the run in Call-ID, tag and branch' },
} as const satisfies Record<string, OptionSpec>;

export const OUTPUT_OPTIONS = {
  out: { group: 'Result', type: 'text', value: 'DIR', describe: 'result folder (default: a new one under reports/)' },
  format: {
    group: 'Result',
    type: 'text',
    value: 'FORMAT',
    choices: ['text', 'json'],
    describe: 'text or json: the summary on standard output',
  },
} as const satisfies Record<string, OptionSpec>;

export const CONSOLE_OPTIONS = {
  style: {
    group: 'Console',
    type: 'text',
    value: 'STYLE',
    choices: ['auto', 'full', 'basic', 'none'],
    describe: 'progress: auto, full (live), basic (lines) or none',
  },
  color: {
    group: 'Console',
    type: 'text',
    value: 'WHEN',
    choices: ['auto', 'always', 'never'],
    describe: 'auto, always or never',
  },
  quiet: { group: 'Console', type: 'flag', alias: 'q', describe: 'no progress and no notices' },
  verbose: { group: 'Console', type: 'flag', alias: 'v', describe: 'say more, with stacks of internal errors' },
} as const satisfies Record<string, OptionSpec>;

export const INVALID_OPTION = {
  'on-invalid': {
    group: 'Result',
    type: 'text',
    value: 'HOW',
    choices: ['fail', 'warn'],
    describe: 'when the generator was the limit: fail (exit 22) or only warn',
  },
} as const satisfies Record<string, OptionSpec>;

const duration = (given: Given, name: string): number => {
  const text = given.text(name);
  if (text === undefined) return 0;
  const value = parseDuration(text);
  if (!value.ok) throw usage(`--${name}: ${value.message}`);
  return value.value;
};

const workerCount = (given: Given): number | null => {
  const workers = wholeNumber(given, 'workers', 1);
  if (workers !== null && workers > WORKERS_MAX) throw usage(`--workers: at most ${WORKERS_MAX}`);
  return workers;
};

const orNull = <T>(text: string | undefined, parse: (text: string) => T): T | null =>
  text === undefined ? null : parse(text);

/** Options that a command does not have read as their defaults. */
export const readRunSettings = (given: Given): RunSettings => {
  const settings: RunSettings = {
    workers: workerCount(given),
    seed: orNull(given.text('seed'), parseSeed),
    runId: orNull(given.text('run-id'), parseRunId),
    waitTargetUs: duration(given, 'wait-target'),
    allowPublic: given.flag('allow-public'),
    onInvalid: choice(given, 'on-invalid', 'fail'),
    out: given.text('out') ?? null,
    format: choice(given, 'format', 'text'),
    style: choice(given, 'style', 'auto'),
    color: choice(given, 'color', 'auto'),
    quiet: given.flag('quiet'),
    verbose: given.flag('verbose'),
  };
  if (settings.quiet && settings.verbose) throw usage('--quiet and --verbose exclude each other');
  return settings;
};
