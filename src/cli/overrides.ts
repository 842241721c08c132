// What the arguments say about the scenario: --set, the flags that are short for it, and the thresholds. All become
// overrides of a path, and the later one wins: --set, then flags. The loader puts the environment's REGSTORM_ variables
// below them, checks all as if they stood in the file, and names their origin in its messages.

import type { Override } from '../scenario/index.ts';
import { UserError } from '../std/index.ts';
import type { Given } from './command.ts';
import type { Terminal } from './terminal.ts';

/** Flags of `run` that are short for --set. */
export const SCENARIO_FLAGS = [
  ['target', 'target'],
  ['rate', 'load.rate'],
  ['duration', 'load.duration'],
  ['starts', 'load.starts'],
  ['warmup', 'load.warmup'],
] as const;

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

/** All of them, weakest first. */
export const collectOverrides = (given: Given): Override[] => {
  const flags: Record<string, string | undefined> = {};
  for (const [flag] of SCENARIO_FLAGS) flags[flag] = given.text(flag);
  return [
    ...given.list('set').map(overrideFromSet),
    ...overridesFromFlags(flags),
    ...thresholdOverrides(given.flag('no-thresholds'), given.list('threshold')),
  ];
};

/** What the command line and the environment make of a file. */
export const planChanges = (given: Given, { environment, beforeLongRead }: Terminal) => ({
  overrides: collectOverrides(given),
  environment,
  beforeLongRead,
});
