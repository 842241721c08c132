// Inputs as files, named for their contents: the corpus, which is kept in the repository, and what a run found, which git
// ignores. The state beside it says how far the run is.

import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const CORPUS = fileURLToPath(new URL('corpus/', import.meta.url));
const FOUND = fileURLToPath(new URL('.found/', import.meta.url));
const STATE = join(FOUND, 'state.json');

export const nameOf = (input) => createHash('sha256').update(input).digest('hex').slice(0, 16);

const readFolder = (folder) =>
  existsSync(folder)
    ? readdirSync(folder)
        .sort()
        .map((name) => new Uint8Array(readFileSync(join(folder, name))))
    : [];

const write = (folder, input, name) => {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, name), input);
  return join(folder, name);
};

export const readCorpus = (target) => readFolder(join(CORPUS, target));
export const readFound = (target) => readFolder(join(FOUND, target));

export const saveFound = (target, input) => write(join(FOUND, target), input, nameOf(input));
/** What broke a target; returns where it lies. */
export const saveFind = (target, input) => write(FOUND, input, `find-${target}-${nameOf(input)}`);

export const forgetFound = () => rmSync(FOUND, { recursive: true, force: true });

export const replaceCorpus = (target, inputs) => {
  rmSync(join(CORPUS, target), { recursive: true, force: true });
  for (const input of inputs) write(join(CORPUS, target), input, nameOf(input));
};

export const saveState = (state) => {
  mkdirSync(FOUND, { recursive: true });
  writeFileSync(STATE, `${JSON.stringify(state, null, 1)}\n`);
};

/** Null: there is nothing to go on with. */
export const readState = () => (existsSync(STATE) ? JSON.parse(readFileSync(STATE, 'utf8')) : null);
