// `regstorm simulate`, as the help and the parser see it. What it does is in actions/simulate.ts.

import type { CommandSpec } from '../command.ts';

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
  run: async (given, terminal) => (await import('../actions/simulate.ts')).simulateCommand(given, terminal),
};
