// `regstorm simulate`: whole load tests in virtual time, from a seed, watched by checkers. It sends nothing. This is how the
// program is held to its word, and whoever doubts it can do the same.

import { randomSeed } from '../../coordinator/index.ts';
import { simulate } from '../../sim/index.ts';
import { EXIT } from '../../std/index.ts';
import type { Given } from '../command.ts';
import { choice, usage, wholeNumber } from '../command.ts';
import {
  createSimulationSum,
  describeInLine,
  describeSimulation,
  describeSum,
  reproduction,
} from '../simulation-text.ts';
import type { Terminal } from '../terminal.ts';

const SEED_MOST = 2 ** 32 - 1;
const HOURS_MOST = 9_000;

export const simulateCommand = async (given: Given, terminal: Terminal): Promise<number> => {
  const first = wholeNumber(given, 'seed', 0) ?? randomSeed();
  const count = wholeNumber(given, 'seeds', 1) ?? 1;
  if (first + count - 1 > SEED_MOST) throw usage(`--seed: the last seed would be above ${SEED_MOST}`);
  const hours = readHours(given);
  const isJson = choice<'text' | 'json'>(given, 'format', 'text') === 'json';
  const isVerbose = given.flag('verbose');
  if (isJson && isVerbose) throw usage('--verbose cannot apply to --format json, which tells everything');
  let isInterrupted = false;
  const stopListening = terminal.onSignal(() => {
    isInterrupted = true;
  });
  const sum = createSimulationSum();
  for (let seed = first; seed < first + count && !isInterrupted && sum.violations === 0; seed++) {
    const report = simulate({ seed, hours });
    sum.add(report);
    if (isJson) terminal.out.write(`${JSON.stringify(report)}\n`);
    else if (count === 1) terminal.out.write(describeSimulation(report, isVerbose));
    else if (isVerbose) terminal.out.write(describeInLine(report));
    if (report.violation !== null) terminal.err.write(`${report.violation}\n${reproduction(report, hours)}\n`);
    // Signals are heard between two worlds.
    await new Promise((resolve) => setImmediate(resolve));
  }
  stopListening();
  if (count > 1 && !isJson) terminal.out.write(describeSum(sum));
  if (sum.violations > 0) return EXIT.INTERNAL;
  return isInterrupted ? EXIT.SIGINT : EXIT.PASS;
};

const readHours = (given: Given): number | null => {
  const text = given.text('hours');
  if (text === undefined) return null;
  const hours = /^\d{1,6}(\.\d{1,6})?$/.test(text) ? Number(text) : Number.NaN;
  if (hours > 0 && hours <= HOURS_MOST) return hours;
  throw usage(`--hours: "${text}" is not a number of hours above 0 and up to ${HOURS_MOST}`);
};
