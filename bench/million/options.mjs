// The options of the million benchmark.

import { parseArgs } from 'node:util';
import { positive } from '../program.mjs';

export const USAGE = `node bench/million/million.mjs [options]
  --count N          phones (1000000)
  --rate R           registrations per second (20000)
  --wait SECONDS     from registration to refresh, and from refresh to the end (55); at least count / rate holds them all
  --responder WHO    nullreg, registrar or both (both)`;

const OPTIONS = {
  count: { type: 'string' },
  rate: { type: 'string' },
  wait: { type: 'string' },
  responder: { type: 'string' },
  help: { type: 'boolean' },
};
const RESPONDERS = { both: ['nullreg', 'registrar'], nullreg: ['nullreg'], registrar: ['registrar'] };

/** Throws with a sentence when something is wrong with the command line. */
export const readOptions = (args) => {
  const { values } = parseArgs({ args, options: OPTIONS });
  const responders = RESPONDERS[values.responder ?? 'both'];
  if (responders === undefined) throw new Error(`--responder is nullreg, registrar or both, not '${values.responder}'`);
  return {
    help: values.help === true,
    count: positive(values, 'count', 1_000_000),
    rate: positive(values, 'rate', 20_000),
    waitSeconds: positive(values, 'wait', 55),
    responders,
  };
};
