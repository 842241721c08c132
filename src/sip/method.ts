// @hot
// The methods that anything here treats or counts apart. Method names are case-sensitive and never unescaped (RFC 3261 §7.1; RFC 4475
// §3.1.1.5).

import { encodeAscii, equalBytes } from '../std/index.ts';

/** Not read yet, or malformed. */
export const METHOD_NONE = -1;
/** A method that is none of the others. */
export const METHOD_OTHER = 0;
export const METHOD_REGISTER = 1;
export const METHOD_OPTIONS = 2;
/** Never answered (RFC 3261 §17.1.1.3). */
export const METHOD_ACK = 3;
export const METHOD_INVITE = 4;
export const METHOD_CANCEL = 5;
export const METHOD_NOTIFY = 6;
export const METHOD_SUBSCRIBE = 7;
export const METHOD_MESSAGE = 8;
export const METHOD_BYE = 9;
export const METHOD_INFO = 10;
export const METHOD_UPDATE = 11;
export const METHOD_PRACK = 12;
export const METHOD_REFER = 13;
export const METHOD_PUBLISH = 14;

/** Index = METHOD_*. */
export const METHOD_NAMES: readonly string[] = [
  'other',
  'REGISTER',
  'OPTIONS',
  'ACK',
  'INVITE',
  'CANCEL',
  'NOTIFY',
  'SUBSCRIBE',
  'MESSAGE',
  'BYE',
  'INFO',
  'UPDATE',
  'PRACK',
  'REFER',
  'PUBLISH',
];

const NAMES: readonly Uint8Array[] = METHOD_NAMES.map(encodeAscii);

/** The METHOD_* of a name. */
export const methodNumber = (bytes: Uint8Array, start: number, end: number): number => {
  for (let method = METHOD_REGISTER; method < NAMES.length; method++) {
    const name = NAMES[method]!;
    if (equalBytes(bytes, start, end, name, 0, name.length)) return method;
  }
  return METHOD_OTHER;
};
