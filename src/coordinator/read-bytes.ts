// A file or a stream, read to its end or to a limit. A device or a pipe has no size that could be asked beforehand and may
// never end (/dev/zero, `yes |`), so the limit is kept while reading.

import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs';
import { UserError } from '../std/index.ts';
import { fileErrorText } from './file-error.ts';

/** Fills the front of what it is given and says how many bytes came; 0 at the end. */
export type ReadInto = (into: Uint8Array) => number;

const BLOCK_BYTES = 64 * 1024;
const BYTES_PER_MIB = 1024 * 1024;

const doNothing = (): void => undefined;

const unreadable = (name: string, error: unknown): UserError => {
  const hint = hintFor((error as NodeJS.ErrnoException).code);
  const message = `${name === '' ? '""' : name} cannot be read: ${fileErrorText(error)}`;
  return new UserError('FILE_UNREADABLE', hint === null ? { message } : { message, hint });
};

const hintFor = (code: string | undefined): string | null =>
  code === 'EACCES' || code === 'EPERM'
    ? 'its owner can permit it: `chmod a+r FILE`, and a+x for the folders above'
    : null;

/** `beforeLongRead` is called before what may take long: a pipe or a device. Throws FILE_UNREADABLE, also for more than `bytesMax`. */
export const readFileBytes = (file: string, bytesMax: number, beforeLongRead: () => void = doNothing): Uint8Array => {
  let descriptor = -1;
  try {
    // Opening a pipe waits for whoever writes into it.
    if (!statSync(file).isFile()) beforeLongRead();
    descriptor = openSync(file, 'r');
    const open = descriptor;
    return readUpTo((into) => readSync(open, into), { name: file, bytesMax, sizeBytes: fstatSync(open).size });
  } catch (error) {
    throw error instanceof UserError ? error : unreadable(file, error);
  } finally {
    if (descriptor >= 0) closeSync(descriptor);
  }
};

/** The same for a stream that is open already. */
export const readStreamBytes = (name: string, read: ReadInto, bytesMax: number): Uint8Array => {
  try {
    return readUpTo(read, { name, bytesMax, sizeBytes: 0 });
  } catch (error) {
    throw error instanceof UserError ? error : unreadable(name, error);
  }
};

interface Bounds {
  readonly name: string;
  readonly bytesMax: number;
  /** What the system says; 0 for pipes and devices. A file may grow while it is read. */
  readonly sizeBytes: number;
}

const readUpTo = (read: ReadInto, { name, bytesMax, sizeBytes }: Bounds): Uint8Array => {
  if (sizeBytes > bytesMax) throw tooLarge(name, bytesMax);
  let bytes = new Uint8Array(Math.min(Math.max(sizeBytes, BLOCK_BYTES), bytesMax) + 1);
  let length = 0;
  for (;;) {
    const count = read(bytes.subarray(length));
    if (count === 0) return bytes.subarray(0, length);
    length += count;
    if (length > bytesMax) throw tooLarge(name, bytesMax);
    if (length === bytes.length) bytes = grown(bytes, bytesMax);
  }
};

/** One byte more than may come: a read that finds no room would look like the end. */
const grown = (bytes: Uint8Array, bytesMax: number): Uint8Array<ArrayBuffer> => {
  const larger = new Uint8Array(Math.min(2 * bytes.length, bytesMax + 1));
  larger.set(bytes);
  return larger;
};

const tooLarge = (name: string, bytesMax: number): UserError =>
  new UserError('FILE_UNREADABLE', {
    message: `${name} is too large: more than ${Math.floor(bytesMax / BYTES_PER_MIB)} MiB`,
  });
