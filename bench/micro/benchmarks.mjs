// All benchmarks: a file for each family, loaded by name, so that a process that measures one loads little else. To add one,
// put a record into a family's BENCHMARKS:
//
//   name     family/what; the family is the file
//   count    operations in a round: some ten milliseconds' worth, and ten times a multiple of SMOKE_COUNT
//   hash     of the first SMOKE_COUNT operations of a new one; `npm run bench:micro -- --smoke NAME` says what it is
//   warmUp   operations before any is counted, where much code has to be compiled first (instructions); may be left out
//   create   makes a new one: { run, check }
//     run(count)   does the next `count` operations and returns the hash of what they gave (fold.mjs); everything it needs is
//                  made by create, from fixed seeds
//     check()      throws when an operation's result is wrong, held against something else than the code measured

import { hexOf } from './fold.mjs';

export const SMOKE_COUNT = 500;
const FAMILIES = ['measures', 'parse', 'digest', 'tables', 'engine'];

const loadFamily = async (family) => (await import(`./${family}.mjs`)).BENCHMARKS;

export const loadBenchmarks = async () => (await Promise.all(FAMILIES.map(loadFamily))).flat();

/** By its full name, without loading other families. */
export const loadBenchmark = async (name) => {
  const family = name.split('/', 1)[0];
  const found = FAMILIES.includes(family) ? (await loadFamily(family)).find((each) => each.name === name) : undefined;
  if (found === undefined) throw new Error(`no benchmark is called '${name}'`);
  return found;
};

/** Those whose name contains one of the words; all without a word. Throws a sentence for a word that is in no name. */
export const selectBenchmarks = (benchmarks, words) => {
  for (const word of words) {
    if (benchmarks.some(({ name }) => name.includes(word))) continue;
    const names = benchmarks.map(({ name }) => name).join(', ');
    throw new Error(`no benchmark has '${word}' in its name; there are ${names}`);
  }
  return benchmarks.filter(({ name }) => words.length === 0 || words.some((word) => name.includes(word)));
};

/** The first operations of a new benchmark, and its check: null, or a sentence about what is wrong. */
export const faultOf = ({ hash, create }) => {
  try {
    const subject = create();
    const found = hexOf(subject.run(SMOKE_COUNT));
    if (found !== hash) return `the work of ${SMOKE_COUNT} operations has the hash ${found}, not '${hash}'`;
    subject.check();
    return null;
  } catch (error) {
    return error.message;
  }
};
