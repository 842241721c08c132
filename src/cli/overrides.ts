// Where a run's settings come from, besides the scenario file: the environment, --set and the flags that stand for a key of
// the scenario. All become overrides of a path; the later one wins: environment, then --set, then flags. The loader checks
// them as if they stood in the file, and names their origin in its messages.

import type { Override } from '../scenario/index.ts';
import { nearestWord } from '../scenario/index.ts';
import { UserError } from '../std/index.ts';
import type { Given } from './command.ts';

/** Flags of `run` that are short for --set. */
export const SCENARIO_FLAGS = [
  ['target', 'target'],
  ['rate', 'load.rate'],
  ['duration', 'load.duration'],
  ['starts', 'load.starts'],
  ['warmup', 'load.warmup'],
] as const;

const PREFIX = 'REGSTORM_';

/** Keys that the environment can set; the variable is the path in capitals, REGSTORM_LOAD_RATE for load.rate. */
export const ENVIRONMENT_PATHS = [
  'target',
  'registrar',
  'identities.count',
  'identities.first',
  'identities.user',
  'identities.domain',
  'identities.password',
  'load.rate',
  'load.duration',
  'load.starts',
  'load.warmup',
  'load.cooldown',
  'drain',
  'cleanup',
  'precheck',
  'seed',
] as const;

const variableOf = (path: string): string => PREFIX + path.toUpperCase().replaceAll('.', '_');

type Environment = Readonly<Record<string, string | undefined>>;

export const overridesFromEnvironment = (environment: Environment): Override[] => {
  const overrides: Override[] = [];
  for (const path of ENVIRONMENT_PATHS) {
    const origin = variableOf(path);
    const value = environment[origin];
    if (value !== undefined && value !== '') overrides.push({ path, value, origin });
  }
  return overrides;
};

/** One sentence for every variable that looks like a misspelt one of ours; others may belong to somebody else. */
export const environmentWarnings = (environment: Environment): string[] => {
  const known = ENVIRONMENT_PATHS.map(variableOf);
  const warnings: string[] = [];
  for (const name of Object.keys(environment)) {
    if (!name.startsWith(PREFIX) || known.includes(name)) continue;
    const near = nearestWord(name.slice(PREFIX.length), known.map((variable) => variable.slice(PREFIX.length)));
    if (near !== null) warnings.push(`${name} is no variable of regstorm's and was not used; did you mean ${PREFIX}${near}?`);
  }
  return warnings;
};

/** `load.rate=200/s` */
export const overrideFromSet = (assignment: string): Override => {
  const equals = assignment.indexOf('=');
  const path = assignment.slice(0, Math.max(0, equals)).trim();
  if (path === '') {
    throw new UserError('USAGE', {
      message: `--set: "${assignment}" is not an assignment`,
      hint: 'write a key and its value, for example --set identities.count=1000',
    });
  }
  return { path, value: assignment.slice(equals + 1), origin: `--set ${path}` };
};

export type ScenarioFlagValues = Readonly<Partial<Record<(typeof SCENARIO_FLAGS)[number][0], string | undefined>>>;

export const overridesFromFlags = (flags: ScenarioFlagValues): Override[] => {
  const overrides: Override[] = [];
  for (const [flag, path] of SCENARIO_FLAGS) {
    const value = flags[flag];
    if (value !== undefined) overrides.push({ path, value, origin: `--${flag}` });
  }
  return overrides;
};

/** --no-thresholds takes the file's out, and each --threshold adds one. */
export const thresholdOverrides = (dropFirst: boolean, expressions: readonly string[]): Override[] => [
  ...(dropFirst ? [{ path: 'thresholds', value: null, origin: '--no-thresholds' }] : []),
  ...expressions.map((value) => ({ path: 'thresholds.+', value, origin: '--threshold' })),
];

/** Everything that the arguments and the environment say about the scenario, weakest first. */
export const collectOverrides = (given: Given, environment: Environment): Override[] => {
  const flags: Record<string, string | undefined> = {};
  for (const [flag] of SCENARIO_FLAGS) flags[flag] = given.text(flag);
  return [
    ...overridesFromEnvironment(environment),
    ...given.list('set').map(overrideFromSet),
    ...overridesFromFlags(flags),
    ...thresholdOverrides(given.flag('no-thresholds'), given.list('threshold')),
  ];
};
