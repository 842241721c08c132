// Coverage by the instruments that jsfuzz brings (istanbul), read in a cheaper way: jsfuzz adds up all counters after each
// execution, here they are laid into one array of numbers, which is swept and zeroed. What counts as new is not only a
// statement, function or branch that was never reached, but also one that ran a new order of magnitude more often, so that
// loops and second list elements are seen.

import { createRequire } from 'node:module';

/** The packages as jsfuzz resolves them. */
const require = createRequire(createRequire(import.meta.url).resolve('jsfuzz/build/src/worker.js'));

/** Powers of four. */
const MAGNITUDES = 8;

/** From now on files that `isWatched` likes count what they do when they are required. */
export const instrumentRequired = (isWatched) => {
  const { createInstrumenter } = require('istanbul-lib-instrument');
  const { hookRequire } = require('istanbul-lib-hook');
  const instrumenter = createInstrumenter({ compact: true });
  hookRequire(isWatched, (code, { filename }) => instrumenter.instrumentSync(code, filename));
};

/** Takes over the counters of everything that was required so far. */
export const takeCounters = () => {
  const files = Object.values(globalThis.__coverage__ ?? {});
  const sizeOf = ({ s, f, b }) => size(s) + size(f) + Object.values(b).reduce((sum, arms) => sum + arms.length, 0);
  const counts = new Uint32Array(files.reduce((sum, file) => sum + sizeOf(file), 0));
  let at = 0;
  const next = (length) => {
    at += length;
    return counts.subarray(at - length, at);
  };
  for (const file of files) {
    file.s = next(size(file.s));
    file.f = next(size(file.f));
    for (const [branch, arms] of Object.entries(file.b)) file.b[branch] = next(arms.length);
  }
  return counts;
};

const size = (counters) => Object.keys(counters).length;

/** Which points were reached, and how often, over all executions that were swept. */
export const createCoverage = (counts) => {
  const seen = new Uint8Array(counts.length * MAGNITUDES);
  const reached = new Uint8Array(counts.length);
  const coverage = { points: counts.length, reached: 0, features: 0 };
  /** True when the last execution did something new. Zeroes the counters for the next one. */
  const sweep = () => {
    const before = coverage.features;
    for (let point = 0; point < counts.length; point++) {
      const count = counts[point];
      if (count === 0) continue;
      counts[point] = 0;
      const feature = point * MAGNITUDES + Math.min(MAGNITUDES - 1, (31 - Math.clz32(count)) >> 1);
      if (seen[feature] === 1) continue;
      seen[feature] = 1;
      coverage.features++;
      coverage.reached += 1 - reached[point];
      reached[point] = 1;
    }
    return coverage.features > before;
  };
  /** The last execution did not happen. */
  const forget = () => void counts.fill(0);
  return { coverage, sweep, forget };
};
