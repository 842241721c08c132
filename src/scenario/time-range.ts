// A time, or two of them with a dash between: a moment of the run, or a stretch of which each phone takes its own moment.

import { fault, type Parsed, parsed, quoted } from './parsed.ts';
import { DURATION_PATTERN, parseDuration } from './quantities.ts';

export interface TimeRange {
  readonly fromUs: number;
  readonly toUs: number;
}

const ONE = DURATION_PATTERN.source.replace(/^\^|\$$/g, '');

/** What editors check; the parser is stricter. */
export const TIME_RANGE_PATTERN = new RegExp(`^(?:${ONE})(?:-(?:${ONE}))?$`);

/** `30s`, or `30s-1m`. */
export const parseTimeRange = (text: string): Parsed<TimeRange> => {
  const [first = '', second, ...more] = text.split('-').map((part) => part.trim());
  if (more.length > 0) return fault(`${quoted(text)} is neither a time nor a range of times; write 30s or 30s-60s`);
  const from = parseDuration(first);
  if (!from.ok || second === undefined) return from.ok ? parsed({ fromUs: from.value, toUs: from.value }) : from;
  const to = parseDuration(second);
  if (!to.ok) return to;
  return from.value <= to.value
    ? parsed({ fromUs: from.value, toUs: to.value })
    : fault(`${quoted(text)} ends before it begins`);
};
