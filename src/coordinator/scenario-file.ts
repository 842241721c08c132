// Reading what a scenario or a registrar is made of from disk: the file itself and, where it names one, the file with the password.

import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import type { Override, RegistrarPlan, RunPlan } from '../scenario/index.ts';
import { loadRegistrar, loadScenario } from '../scenario/index.ts';
import { UserError } from '../std/index.ts';

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

const unreadable = (file: string, error: unknown): UserError => {
  const { code, message } = error as NodeJS.ErrnoException;
  const reason = code === 'ENOENT' ? 'no such file' : code === 'EISDIR' ? 'it is a folder' : message;
  return new UserError('FILE_UNREADABLE', { message: `${file} cannot be read: ${reason}` });
};

const readBytes = (file: string): Uint8Array => {
  try {
    return readFileSync(file);
  } catch (error) {
    throw unreadable(file, error);
  }
};

const decode = (file: string, bytes: Uint8Array): string => {
  if (bytes.length > SIZE_BYTES_MAX) {
    throw new UserError('FILE_UNREADABLE', { message: `${file} is too large for a scenario (${bytes.length} bytes)` });
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new UserError('FILE_UNREADABLE', { message: `${file} is not a text file in UTF-8` });
  }
};

/** `readInput` gives all of standard input. Throws FILE_UNREADABLE. */
export const readScenario = (file: string, readInput: () => Uint8Array): ScenarioSource => {
  if (file !== STDIN_FILE) return { file, text: decode(file, readBytes(file)) };
  try {
    return { file: STDIN_NAME, text: decode(STDIN_NAME, readInput()) };
  } catch (error) {
    throw error instanceof UserError ? error : unreadable(STDIN_NAME, error);
  }
};

export interface PlanChanges {
  readonly overrides: readonly Override[];
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** The plan of a scenario. Files that it names (a password, a body) are looked for beside it. */
export const loadPlan = (source: ScenarioSource, changes: PlanChanges): RunPlan => {
  const readText = textsBeside(source.file);
  return loadScenario({ ...source, ...changes, readSecret: readText, readText });
};

const textsBeside = (named: string): ((path: string) => string) => {
  const folder = named === STDIN_NAME ? '.' : dirname(named);
  return (path) => {
    const file = resolve(folder, path);
    return decode(file, readBytes(file));
  };
};

const NO_FILE = { file: '<no file>', text: 'version: 1\n' };

/** What `regstorm registrar` is told, by a file and flags, or by flags alone (null). Throws FILE_UNREADABLE. */
export const loadRegistrarFile = (
  file: string | null,
  overrides: readonly Override[],
  readInput: () => Uint8Array,
): RegistrarPlan => {
  const source = file === null ? NO_FILE : readScenario(file, readInput);
  return loadRegistrar({ ...source, overrides, readSecret: textsBeside(source.file) });
};
