// The options that commands with a load share (run, quick, cleanup), as the help and the parser see them. Data alone: what
// they mean is read in run-settings.ts and overrides.ts, once a command is chosen.

import type { OptionSpec } from './command.ts';

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
  dns: {
    group: 'Target',
    type: 'text',
    value: 'HOST:PORT',
    describe: "name server to ask for the target (default: the system's)",
  },
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
  verbose: {
    group: 'Console',
    type: 'flag',
    alias: 'v',
    describe: 'say more: memory of the tables, stacks of internal errors',
  },
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
