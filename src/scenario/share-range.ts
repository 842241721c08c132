// A share of a time, or a range of shares: when a hold refreshes. Beyond 100 % means after the binding has ended, which a scenario
// may want on purpose, so more is taken here than a percentage elsewhere.

import { fault, type Parsed, parsed, quoted } from './parsed.ts';

export interface ShareRange {
  readonly least: number;
  readonly most: number;
}

/** What editors check; the parser is stricter. */
export const SHARE_RANGE_PATTERN = /^\d+(\.\d+)?%?(-\d+(\.\d+)?)?%$/;

/** A binding that is left alone ten times as long as it was granted has been given up. */
const MOST_PERCENT = 1_000;

const SHAPE = /^(\d{1,4}(?:\.\d{1,6})?)%?(?:-(\d{1,4}(?:\.\d{1,6})?))?%$/;

/** `90%`, `80-95%` or `80%-95%`: shares of one, more than nothing. */
export const parseShareRange = (text: string): Parsed<ShareRange> => {
  const match = SHAPE.exec(text.replaceAll(' ', ''));
  if (match === null) return fault(`${quoted(text)} is not a share or a range of shares; write 90% or 80-95%`);
  const least = Number(match[1]);
  const most = match[2] === undefined ? least : Number(match[2]);
  if (least < 1) return fault(`${quoted(text)} would refresh without a rest; write at least 1%`);
  if (most > MOST_PERCENT) return fault(`${quoted(text)} is more than ${MOST_PERCENT}%`);
  if (least > most) return fault(`${quoted(text)} ends before it begins`);
  return parsed({ least: least / 100, most: most / 100 });
};
