// The options of the comparison with a packet capture.

import { parseArgs } from 'node:util';

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
  const positive = (name, otherwise) => {
    const text = values[name];
    if (text === undefined) return otherwise;
    if (!(Number.isSafeInteger(Number(text)) && Number(text) >= 1)) {
      throw new Error(`--${name} takes a whole number above 0, not '${text}'`);
    }
    return Number(text);
  };
  return {
    help: values.help === true,
    rounds: positive('rounds', 3),
    seconds: positive('seconds', 3),
    peak: positive('peak', null),
    pace: positive('pace', 50_000),
  };
};
