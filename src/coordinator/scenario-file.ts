// Reading what a scenario or a registrar is made of from disk: the file itself and, where it names one, the file with the password.

import { dirname, isAbsolute, join, resolve } from 'node:path';
import type { NamedBytes, Override, RegistrarPlan, RunPlan } from '../scenario/index.ts';
import { loadRegistrar, loadScenario } from '../scenario/index.ts';
import { UserError } from '../std/index.ts';
import { type ReadInto, readFileBytes, readStreamBytes } from './read-bytes.ts';

/** FILE may be `-`: standard input. */
export const STDIN_FILE = '-';
const STDIN_NAME = '<stdin>';
/** Far beyond any scenario; keeps a mistaken file name (a core dump, a disk image) out of memory. */
const SIZE_BYTES_MAX = 16 * 1024 * 1024;

export interface ScenarioSource {
  /** As messages name it. */
  readonly file: string;
  readonly text: string;
}

const decode = (file: string, bytes: Uint8Array): string => {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new UserError('FILE_UNREADABLE', { message: `${file} is not a text file in UTF-8` });
  }
};

/** What reading needs of whoever runs this. */
export interface Reading {
  /** Standard input. */
  readonly readInput: ReadInto;
  /** Called before a read that may take long or never end: the event loop will not turn meanwhile. */
  readonly beforeLongRead: () => void;
}

/** Throws FILE_UNREADABLE. */
export const readScenario = (file: string, { readInput, beforeLongRead }: Reading): ScenarioSource =>
  file === STDIN_FILE
    ? { file: STDIN_NAME, text: decode(STDIN_NAME, readStreamBytes(STDIN_NAME, readInput, SIZE_BYTES_MAX)) }
    : { file, text: readText(file, beforeLongRead) };

const readText = (file: string, beforeLongRead: () => void): string =>
  decode(file, readFileBytes(file, SIZE_BYTES_MAX, beforeLongRead));

export interface PlanChanges {
  readonly overrides: readonly Override[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** See Reading. */
  readonly beforeLongRead?: () => void;
}

const doNothing = (): void => undefined;

/** The plan of a scenario. Files that it names (a password, a body) are looked for beside it. */
export const loadPlan = (source: ScenarioSource, changes: PlanChanges): RunPlan => {
  const { overrides, environment, beforeLongRead = doNothing } = changes;
  const readBeside = textsBeside(source.file, beforeLongRead);
  const readTable = tablesBeside(source.file, beforeLongRead);
  return loadScenario({ ...source, overrides, environment, readSecret: readBeside, readText: readBeside, readTable });
};

/** What a stream names is looked for where the program runs. */
const folderOf = (named: string): string => (named === STDIN_NAME ? '.' : dirname(named));

const textsBeside = (named: string, beforeLongRead: () => void): ((path: string) => string) => {
  const folder = folderOf(named);
  return (path) => readText(resolve(folder, path), beforeLongRead);
};

/** Ten million users with passwords are half of it. */
const TABLE_BYTES_MAX = 1024 * 1024 * 1024;

const tablesBeside = (named: string, beforeLongRead: () => void): ((path: string) => NamedBytes) => {
  const folder = folderOf(named);
  return (path) => {
    const name = isAbsolute(path) ? path : join(folder, path);
    // Its rows are read afterwards, which may last many seconds.
    beforeLongRead();
    return { name, bytes: readFileBytes(name, TABLE_BYTES_MAX, beforeLongRead) };
  };
};

const NO_FILE = { file: '<no file>', text: 'version: 1\n' };

/** What `regstorm registrar` is told, by a file and flags, or by flags alone (null). Throws FILE_UNREADABLE. */
export const loadRegistrarFile = (
  file: string | null,
  overrides: readonly Override[],
  reading: Reading,
): RegistrarPlan => {
  const source = file === null ? NO_FILE : readScenario(file, reading);
  return loadRegistrar({ ...source, overrides, readSecret: textsBeside(source.file, reading.beforeLongRead) });
};
