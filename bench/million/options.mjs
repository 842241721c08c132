// The options of the million benchmark.

import { parseArgs } from 'node:util';

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

const positive = (text, name, otherwise) => {
  const value = text === undefined ? otherwise : Number(text);
  if (!Number.isSafeInteger(value) || value < 1)
    throw new Error(`--${name} takes a whole number above 0, not '${text}'`);
  return value;
};

/** Throws with a sentence when something is wrong with the command line. */
export const readOptions = (args) => {
  const { values } = parseArgs({ args, options: OPTIONS });
  const responders = RESPONDERS[values.responder ?? 'both'];
  if (responders === undefined) throw new Error(`--responder is nullreg, registrar or both, not '${values.responder}'`);
  return {
    help: values.help === true,
    count: positive(values.count, 'count', 1_000_000),
    rate: positive(values.rate, 'rate', 20_000),
    waitSeconds: positive(values.wait, 'wait', 55),
    responders,
  };
};
