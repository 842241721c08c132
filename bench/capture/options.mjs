// The options of the comparison with a packet capture.

import { parseArgs } from 'node:util';
import { positive } from '../program.mjs';

export const USAGE = `node bench/capture/run.mjs [options]
  --rounds N    interleaved repetitions at each rate (3)
  --seconds N   how long each of them sends (3)
  --peak R      take R starts per second for the peak instead of looking for it
  --pace R      starts per second of the runs that tell pacing (50000)`;

const OPTIONS = {
  rounds: { type: 'string' },
  seconds: { type: 'string' },
  peak: { type: 'string' },
  pace: { type: 'string' },
  help: { type: 'boolean' },
};

/** Throws with a sentence when something is wrong with the command line. */
export const readOptions = (args) => {
  const { values } = parseArgs({ args, options: OPTIONS });
  return {
    help: values.help === true,
    rounds: positive(values, 'rounds', 3),
    seconds: positive(values, 'seconds', 3),
    peak: positive(values, 'peak', null),
    pace: positive(values, 'pace', 50_000),
  };
};
