// The long form of fuzzing: npm run fuzz. See README.md beside this file.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { buildTargets, builtFile } from './build.mjs';
import { createBook, runCampaign, usefulInputs } from './campaign.mjs';
import { readOptions, USAGE } from './options.mjs';
import { forgetFound, readFound, readState, replaceCorpus } from './store.mjs';

const say = (text) => process.stdout.write(`${text}\n`);
const complain = (text) => process.stderr.write(`${text}\n`);
const count = (number) => Math.round(number).toLocaleString('en-US');

const readCommandLine = () => {
  try {
    return readOptions(process.argv.slice(2));
  } catch (error) {
    complain(`${error.message}\n\n${USAGE}`);
    process.exit(2);
  }
};

const lineOf = ({ target, done, doneBefore, points, reached, features, known, slowestMs, ms }) =>
  [
    `${target.name.padEnd(9)} ${count(done)} of ${count(target.executions)} executions`,
    `coverage ${reached} of ${points} points, ${features} features`,
    `${known.size} inputs`,
    `${count((done - doneBefore) / (Math.max(1, ms) / 1000))}/s a thread`,
    `slowest ${slowestMs.toFixed(1)} ms`,
  ].join(', ');

const tell = {
  piece: (book) => say(lineOf(book)),
  find: (book) => {
    const { file, what } = book.finds.at(-1);
    complain(`FIND in ${book.target.name}: ${what}\n  the input is ${file}`);
  },
};

/** The books of a new run, or of the interrupted one. */
const openBooks = (options) => {
  if (!options.resume) {
    forgetFound();
    return { seed: options.seed, books: options.targets.map((target) => createBook(target)) };
  }
  const state = readState();
  if (state === null) throw new Error('there is no run to go on with');
  const books = state.targets.map(({ target, ...rest }) => createBook(target, readFound(target.name), rest));
  return { seed: state.seed, books };
};

const executeOne = ({ targets: [target], input }) => {
  const bytes = new Uint8Array(readFileSync(input));
  const { fuzz } = createRequire(import.meta.url)(builtFile(`test/fuzz/targets/${target.name}`));
  fuzz(bytes);
  say(`${target.name}: nothing wrong with ${input}`);
};

const runAll = async (options) => {
  const { seed, books } = openBooks(options);
  const before = performance.now();
  say(`seed ${seed}, ${options.jobs} threads, Node ${process.version}`);
  await runCampaign(books, { jobs: options.jobs, seed }, tell);
  const finds = books.reduce((sum, book) => sum + book.finds.length, 0);
  if (options.keep && finds === 0) {
    for (const book of books) {
      const inputs = await usefulInputs(book);
      replaceCorpus(book.target.name, inputs);
      say(`${book.target.name}: ${inputs.length} inputs kept`);
    }
  }
  say('');
  for (const book of books) say(lineOf(book));
  const executions = books.reduce((sum, { done }) => sum + done, 0);
  const now = books.reduce((sum, { done, doneBefore }) => sum + done - doneBefore, 0);
  const seconds = count((performance.now() - before) / 1000);
  say(`${count(executions)} executions (${count(now)} of them in these ${seconds} s), ${finds} finds`);
  process.exitCode = finds === 0 ? 0 : 1;
};

const options = readCommandLine();
if (options.help) say(USAGE);
else {
  try {
    buildTargets();
    if (options.input !== null) executeOne(options);
    else await runAll(options);
  } catch (error) {
    // What a target throws on the one input is told with its place; everything else has a sentence.
    complain(options.input === null || error.code !== undefined ? error.message : (error.stack ?? String(error)));
    process.exitCode = 1;
  }
}
