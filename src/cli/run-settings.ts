// The values of the options that commands with a load share (options.ts), as a run needs them. Options that stand for a key
// of the scenario are not here but in overrides.ts.

import { parseRunId, parseSeed } from '../coordinator/index.ts';
import { parseDnsServer, parseDuration } from '../scenario/index.ts';
import type { Given } from './command.ts';
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
  /** The name server to ask for the target; null: the scenario's, or the system's. */
  readonly dns: string | null;
  readonly onInvalid: 'fail' | 'warn';
  readonly out: string | null;
  readonly format: 'text' | 'json';
  readonly style: Style;
  readonly color: ColorChoice;
  readonly quiet: boolean;
  readonly verbose: boolean;
}

const WORKERS_MAX = 256;

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

const nameServer = (given: Given): string | null => {
  const text = given.text('dns');
  if (text === undefined) return null;
  const server = parseDnsServer(text);
  if (!server.ok) throw usage(`--dns: ${server.message}`);
  return server.value;
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
    dns: nameServer(given),
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
