// @hot
// One header line of a message that has been parsed, found again by its name: for what is asked for only when something went
// wrong, so that the parser need not keep it for every message.

import { equalsIgnoreCase } from '../std/index.ts';
import { skipToken } from './characters.ts';
import { findHeaderEnd } from './lines.ts';
import type { SipMessage } from './message.ts';

export interface HeaderLine {
  start: number;
  end: number;
}

export const createHeaderLine = (): HeaderLine => ({ start: -1, end: -1 });

/** The first line of this name (lower case, long form), name and all, folds included. False: there is none. */
export const findHeaderLine = (message: SipMessage, bytes: Uint8Array, name: Uint8Array, line: HeaderLine): boolean => {
  const end = message.bodyStart;
  let start = message.phraseEnd + 2;
  // Each turn moves on by a line; a message has a bounded number of them.
  while (start < end) {
    const lineEnd = findHeaderEnd(bytes, start, end);
    if (lineEnd < 0) return false;
    if (equalsIgnoreCase(bytes, start, skipToken(bytes, start, lineEnd), name, 0, name.length)) {
      line.start = start;
      line.end = lineEnd;
      return true;
    }
    start = lineEnd + 2;
  }
  return false;
};
