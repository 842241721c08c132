// `regstorm simulate`: whole load tests in virtual time, from a seed, watched by checkers. It sends nothing. This is how the
// program is held to its word, and whoever doubts it can do the same.

import { randomSeed } from '../../coordinator/index.ts';
import { simulate } from '../../sim/index.ts';
import { EXIT } from '../../std/index.ts';
import type { CommandSpec, Given } from '../command.ts';
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
const TOPIC = 'Simulation';

export const SIMULATE_COMMAND: CommandSpec = {
  name: 'simulate',
  positional: null,
  describe:
    'Play load tests in virtual time against a registrar and a faulty network, all drawn from a seed, and check that nothing is lost. Sends nothing.',
  options: {
    seed: { group: TOPIC, type: 'text', value: 'S', describe: 'what is drawn (default: random, printed)' },
    hours: {
      group: TOPIC,
      type: 'text',
      value: 'H',
      describe: 'virtual length of the load (default: drawn, up to 2); beyond 2 the work grows with it',
    },
    seeds: {
      group: TOPIC,
      type: 'text',
      value: 'N',
      describe: 'play so many worlds, from seed S on, up to the first violation (default 1)',
    },
    format: {
      group: TOPIC,
      type: 'text',
      value: 'text|json',
      choices: ['text', 'json'],
      describe: 'json: one line for each world',
    },
    verbose: {
      group: TOPIC,
      alias: 'v',
      type: 'flag',
      describe: 'show the scenario that was drawn; of several worlds a line for each',
    },
  },
  examples: [
    ['simulate --seed 42', 'one world; the same seed gives the same hash every time'],
    ['simulate --seed 1 --seeds 1000', 'a thousand worlds, one after another'],
    ['simulate --seed 7 --hours 48', 'two virtual days'],
  ],
  run: (given, terminal) => simulateCommand(given, terminal),
};

const simulateCommand = async (given: Given, terminal: Terminal): Promise<number> => {
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
