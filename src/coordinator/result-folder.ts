// Where a run's files go: reports/<utc>-<name>-<id>/, or the folder named by --out. Opened before the first packet, so that
// an hour of load does not end in "permission denied", and so that an earlier run's verdict cannot be taken for this one's.
//
// A folder that was named is only taken over when it is empty or holds an earlier run's files, which are removed at once; a
// run that ends badly then leaves no stale report. Foreign files are never touched.
//
// Every file is written under another name and renamed, so that a reader sees the old one, none, or the whole one.

import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { UserError } from '../std/index.ts';
import { fileErrorText } from './file-error.ts';

export const RESULTS_ROOT = 'reports';
export const RESULT_FILES = ['summary.json', 'summary.txt', 'scenario.yaml'] as const;
export type ResultFile = (typeof RESULT_FILES)[number];

/** First line of the stored scenario: by it, a folder whose run was killed is recognised as ours. */
export const STORED_SCENARIO_MARK = '# Stored by regstorm: the scenario of this run.';

const LATEST = 'latest';
const NAME_LENGTH_MAX = 60;

export interface ResultFolder {
  readonly path: string;
  /** Made by this run: may be removed again when nothing was written. */
  readonly created: boolean;
  /** Named by --out: `reports/latest` stays as it is. */
  readonly named: boolean;
}

export interface ResultFolderOptions {
  /** --out; null for a folder of its own under `root`. */
  readonly out: string | null;
  readonly root: string;
  readonly name: string;
  readonly runId: string;
  readonly startedAt: Date;
}

/** `20261123T005658Z-quickstart-1f3a5c7e` */
export const folderName = (name: string, runId: string, startedAt: Date): string => {
  const utc = `${startedAt.toISOString().replace(/[-:]/g, '').slice(0, 15)}Z`;
  const plain = name
    .replace(/[^A-Za-z0-9._-]+/g, '-')
    .replace(/^[-.]+|[-.]+$/g, '')
    .slice(0, NAME_LENGTH_MAX);
  return `${utc}-${plain === '' ? 'run' : plain}-${runId}`;
};

const unwritable = (path: string, error: unknown): UserError => {
  const { code } = error as NodeJS.ErrnoException;
  const reason = code === 'ENOENT' ? 'it is not there, and cannot be made' : fileErrorText(error);
  const hint = 'name another one with --out DIR';
  return new UserError('OUTPUT_UNWRITABLE', {
    message: `the result folder ${path} cannot be written: ${reason}`,
    hint: code === 'ENOSPC' || code === 'EDQUOT' ? `make room, or ${hint}` : hint,
  });
};

/** Runs a file system call; what it throws becomes the operator's OUTPUT_UNWRITABLE. */
const orUnwritable = <T>(path: string, action: () => T): T => {
  try {
    return action();
  } catch (error) {
    throw error instanceof UserError ? error : unwritable(path, error);
  }
};

const isOwnSummary = (path: string): boolean => {
  try {
    const summary = JSON.parse(readFileSync(path, 'utf8')) as { tool?: { name?: unknown } } | null;
    return summary?.tool?.name === 'regstorm';
  } catch {
    return false;
  }
};

const isStoredScenario = (path: string): boolean =>
  existsSync(path) && readFileSync(path, 'utf8').startsWith(STORED_SCENARIO_MARK);

const refuseForeign = (path: string): void => {
  const entries = readdirSync(path);
  if (entries.length === 0) return;
  if (isOwnSummary(join(path, 'summary.json')) || isStoredScenario(join(path, 'scenario.yaml'))) return;
  throw new UserError('OUTPUT_FOREIGN', {
    message: `the result folder ${path} holds files that are no earlier run's (for example ${entries.sort()[0]})`,
    hint: 'name an empty folder, a new one, or that of an earlier run',
  });
};

const removeEarlierRun = (path: string): void => {
  for (const file of RESULT_FILES) {
    rmSync(join(path, file), { force: true });
    rmSync(join(path, temporaryName(file)), { force: true });
  }
};

const temporaryName = (file: string): string => `.${file}.part`;

const proveWritable = (path: string): void => {
  const probe = join(path, temporaryName('probe'));
  writeFileSync(probe, '');
  rmSync(probe);
};

/** Creates or takes over the folder; throws OUTPUT_UNWRITABLE or OUTPUT_FOREIGN. */
export const openResultFolder = (options: ResultFolderOptions): ResultFolder => {
  const named = options.out !== null;
  if (options.out === '') throw new UserError('USAGE', { message: '--out: a folder needs a name' });
  const path = options.out ?? join(options.root, folderName(options.name, options.runId, options.startedAt));
  return orUnwritable(path, () => {
    const created = !existsSync(path);
    if (created) createFolders(path);
    if (!statSync(path).isDirectory()) throw new Error('it is a file');
    refuseForeign(path);
    removeEarlierRun(path);
    proveWritable(path);
    return { path, created, named };
  });
};

/** One level at a time: Node's recursive mkdir never returns where the file system lies about what it lacks, as /proc does. */
const createFolders = (path: string): void => {
  const missing: string[] = [];
  for (let at = resolve(path); !existsSync(at); at = dirname(at)) missing.push(at);
  for (const folder of missing.reverse()) mkdirSync(folder);
};

/** For a run that ended before its first packet: takes its files away again, and the folder if this run made it. */
export const abandonFolder = (folder: ResultFolder): void => {
  removeEarlierRun(folder.path);
  if (folder.created && readdirSync(folder.path).length === 0) rmdirSync(folder.path);
};

export const writeResultFile = (folder: ResultFolder, file: ResultFile, text: string): void =>
  orUnwritable(folder.path, () => replaceFile(join(folder.path, file), text));

/** What could not be written whole leaves nothing behind: on a full disk the part would keep the room that another file needs. */
const replaceFile = (path: string, text: string): void => {
  const temporary = join(dirname(path), temporaryName(basename(path)));
  try {
    writeFileSync(temporary, text);
    renameSync(temporary, path);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
};

/**
 * Lets `reports/latest` point at the folder: a symbolic link, replaced in one step, or a text file with the folder's name
 * where the file system has no links. Returns a warning, since a finished run does not fail over this.
 */
export const pointLatestAt = (folder: ResultFolder): string | null => {
  if (folder.named) return null;
  const latest = join(dirname(folder.path), LATEST);
  const temporary = join(dirname(folder.path), temporaryName(LATEST));
  try {
    rmSync(temporary, { force: true });
    linkOrName(temporary, basename(folder.path));
    renameSync(temporary, latest);
    return null;
  } catch (error) {
    rmSync(temporary, { force: true });
    return `${latest} was not updated: ${fileErrorText(error)}`;
  }
};

const linkOrName = (temporary: string, target: string): void => {
  try {
    symlinkSync(target, temporary, 'dir');
  } catch {
    writeFileSync(temporary, `${target}\n`);
  }
};
