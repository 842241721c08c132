// Is there room for the run's file descriptors? Asked before anything is opened, because running out in the middle shows up
// as something else (a worker that fails to start, a report that cannot be written).
//
// Only where the system tells (Linux's /proc); elsewhere the attempt to open decides, with the same error code.

import { readdirSync, readFileSync } from 'node:fs';
import { UserError } from '../std/index.ts';

/** A thread's event loop, its message ports and its sockets; measured 7 on Linux with Node 20, and one socket. */
const DESCRIPTORS_PER_THREAD = 12;
/** Files of the report, the name look-up's sockets, and what a library opens while it loads. */
const DESCRIPTORS_SPARE = 24;

/** `moreSockets`: beyond the one that each thread has. */
export const descriptorsNeeded = (threads: number, moreSockets = 0): number =>
  threads * DESCRIPTORS_PER_THREAD + moreSockets + DESCRIPTORS_SPARE;

/** Soft and hard limit on open files in a text like /proc/self/limits; null when it names none. */
export const openFilesLimits = (limits: string): { readonly soft: number; readonly hard: number } | null => {
  const match = /^Max open files\s+(\d+|unlimited)\s+(\d+|unlimited)/m.exec(limits);
  const limitOf = (text = ''): number => (text === 'unlimited' ? Number.POSITIVE_INFINITY : Number(text));
  return match === null ? null : { soft: limitOf(match[1]), hard: limitOf(match[2]) };
};

/** The soft limit on open files in a text like /proc/self/limits; null when it names none. */
export const openFilesLimit = (limits: string): number | null => {
  const soft = /^Max open files\s+(\d+|unlimited)/m.exec(limits)?.[1];
  if (soft === undefined) return null;
  return soft === 'unlimited' ? Number.POSITIVE_INFINITY : Number(soft);
};

/** Throws DESCRIPTORS when `open` descriptors and those of the run exceed the limit. */
export const checkDescriptorRoom = (limit: number, open: number, threads: number, moreSockets = 0): void => {
  const needed = open + descriptorsNeeded(threads, moreSockets);
  if (needed <= limit) return;
  throw new UserError('DESCRIPTORS', {
    message: `this run needs about ${needed} open files, and the limit is ${limit}`,
    hint: `raise it in this shell: ulimit -n ${needed}${moreSockets > 0 ? '; or ask for fewer sockets (local.socketsPerWorker)' : ''}`,
  });
};

const readSystem = (): { limit: number; open: number } | null => {
  try {
    const limit = openFilesLimit(readFileSync('/proc/self/limits', 'utf8'));
    return limit === null ? null : { limit, open: readdirSync('/proc/self/fd').length };
  } catch (error) {
    // Reading the limit takes a descriptor itself.
    if ((error as NodeJS.ErrnoException).code === 'EMFILE') return { limit: 0, open: 0 };
    return null;
  }
};

export const checkDescriptors = (threads: number, moreSockets = 0): void => {
  const system = readSystem();
  if (system !== null) checkDescriptorRoom(system.limit, system.open, threads, moreSockets);
};
