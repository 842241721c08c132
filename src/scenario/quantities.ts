// Durations, rates, shares and whole numbers as people write them, and back. Used by scenario files and by the flags of
// the command line alike, so that `5000/s` means one thing everywhere. Units are never guessed: a bare number is a fault.
//
// Durations become whole microseconds, rates a reduced fraction (so many starts per so many microseconds), percentages a
// share of one. Decimals are read as digits, not through floating point, so that 0.1s is exactly 100,000 µs.

import { US_PER_HOUR, US_PER_MINUTE, US_PER_MS, US_PER_SECOND } from '../std/index.ts';
import { fault, type Parsed, parsed, quoted } from './parsed.ts';
import { MAX_RUN_US, MAX_STARTS_PER_PERIOD } from './shares.ts';

const US_PER_DAY = 24 * US_PER_HOUR;

const UNIT_US: ReadonlyMap<string, number> = new Map([
  ['us', 1],
  ['ms', US_PER_MS],
  ['s', US_PER_SECOND],
  ['m', US_PER_MINUTE],
  ['h', US_PER_HOUR],
  ['d', US_PER_DAY],
]);

/** What editors check; the parsers below are stricter. */
export const DURATION_PATTERN = /^\d+(\.\d+)?(us|ms|s|m|h|d)$/;
export const RATE_PATTERN = /^\d+(\.\d+)?\/(\d+(\.\d+)?)?(us|ms|s|m|h|d)$/;
export const PERCENT_PATTERN = /^\d+(\.\d+)?%$/;
export const DURATION_UNITS = 'us, ms, s, m, h or d';

/** Starts per second beyond which no rate is taken for meant. */
export const MAX_RATE_PER_SECOND = 10_000_000;

const MAX_DIGITS = 15;

/** digits / 10^decimals, both whole. */
interface Decimal {
  readonly digits: number;
  readonly scale: number;
}

const readDecimal = (text: string): Decimal | null => {
  const match = /^(\d+)(?:\.(\d+))?$/.exec(text);
  if (match === null) return null;
  const fraction = (match[2] ?? '').replace(/0+$/, '');
  const digits = `${match[1]}${fraction}`.replace(/^0+(?=\d)/, '');
  return digits.length > MAX_DIGITS ? null : { digits: Number(digits), scale: 10 ** fraction.length };
};

const durationAdvice = `write a number and a unit (${DURATION_UNITS}), for example 500ms or 10s`;

/** `500ms`, `1.5s`, `2h`: whole microseconds, 0 to 400 days. */
export const parseDuration = (text: string): Parsed<number> => {
  const match = /^([\d.]+)([a-z]+)$/.exec(text);
  const unitUs = match === null ? undefined : UNIT_US.get(match[2]!);
  const number = match === null ? null : readDecimal(match[1]!);
  if (unitUs === undefined || number === null) return fault(durationFault(text));
  const product = BigInt(number.digits) * BigInt(unitUs);
  const scale = BigInt(number.scale);
  if (product % scale !== 0n) return fault(`${quoted(text)} is finer than a microsecond`);
  if (product / scale > BigInt(MAX_RUN_US)) return fault(`${quoted(text)} is longer than 400 days`);
  return parsed(Number(product / scale));
};

const durationFault = (text: string): string => {
  if (/^-/.test(text)) return `${quoted(text)} is negative; a duration is 0s or longer`;
  if (/^\d+(\.\d+)?$/.test(text)) {
    return `${quoted(text)} is not a duration; it has no unit (${DURATION_UNITS}), for example ${text.slice(0, 9)}s`;
  }
  return `${quoted(text)} is not a duration; ${durationAdvice}`;
};

/** The shortest exact text: 1500000 is `1.5s`, 90000000 is `90s`, 7200000000 is `2h`. */
export const formatDuration = (lengthUs: number): string => {
  if (lengthUs === 0) return '0s';
  for (const [unit, unitUs] of [
    ['d', US_PER_DAY],
    ['h', US_PER_HOUR],
    ['m', US_PER_MINUTE],
  ] as const) {
    if (lengthUs >= 2 * unitUs && lengthUs % unitUs === 0) return `${lengthUs / unitUs}${unit}`;
  }
  if (lengthUs >= US_PER_SECOND) return `${decimalText(lengthUs, US_PER_SECOND)}s`;
  if (lengthUs >= US_PER_MS) return `${decimalText(lengthUs, US_PER_MS)}ms`;
  return `${lengthUs}us`;
};

/** value / unit with the decimals it needs; unit is a power of ten. */
const decimalText = (value: number, unit: number): string => {
  const whole = Math.floor(value / unit);
  const rest = String(value - whole * unit)
    .padStart(String(unit).length - 1, '0')
    .replace(/0+$/, '');
  return rest === '' ? String(whole) : `${whole}.${rest}`;
};

/** So many starts in so many microseconds, in lowest terms. */
export interface Rate {
  readonly startsPerPeriod: number;
  readonly periodUs: number;
}

const rateAdvice = 'write starts per time, for example 5000/s';

/** `5000/s`, `10/m`, `10000/60s`, `0.5/s`, `1/2h`: more than nothing, at most ten million a second. */
export const parseRate = (text: string): Parsed<Rate> => {
  const slash = text.indexOf('/');
  const starts = slash < 0 ? null : readDecimal(text.slice(0, slash));
  if (starts === null) return fault(rateFault(text));
  const per = text.slice(slash + 1);
  const period = parseDuration(/^\d/.test(per) ? per : `1${per}`);
  if (!period.ok) return fault(rateFault(text), slash + 1);
  if (period.value === 0) return fault(`${quoted(text)} is not a rate; the time after the slash is zero`, slash + 1);
  if (starts.digits === 0) return fault(`${quoted(text)} is no load; a rate is more than 0`);
  return reduceRate(text, BigInt(starts.digits), BigInt(period.value) * BigInt(starts.scale));
};

const rateFault = (text: string): string =>
  /^-\d/.test(text)
    ? `${quoted(text)} is negative; a rate is more than 0`
    : `${quoted(text)} is not a rate; ${rateAdvice}`;

const reduceRate = (text: string, starts: bigint, periodUs: bigint): Parsed<Rate> => {
  let divisor = starts;
  let rest = periodUs;
  while (rest !== 0n) {
    const next = divisor % rest;
    divisor = rest;
    rest = next;
  }
  if (starts * BigInt(US_PER_SECOND) > periodUs * BigInt(MAX_RATE_PER_SECOND)) {
    return fault(`${quoted(text)} is more than ${MAX_RATE_PER_SECOND} starts per second`);
  }
  const reduced = { startsPerPeriod: Number(starts / divisor), periodUs: Number(periodUs / divisor) };
  if (reduced.startsPerPeriod > MAX_STARTS_PER_PERIOD || reduced.periodUs > MAX_RUN_US) {
    return fault(`${quoted(text)} has more digits than a rate can keep exactly; round it`);
  }
  return parsed(reduced);
};

export const ratePerSecond = (rate: Rate): number => (rate.startsPerPeriod * US_PER_SECOND) / rate.periodUs;

/** `5000/s`; slower than one a second as `10/m` or `3/2h`. Rounded to three decimals where it does not come out even. */
export const formatRate = (rate: Rate): string => {
  for (const [unit, unitUs] of [
    ['s', US_PER_SECOND],
    ['m', US_PER_MINUTE],
    ['h', US_PER_HOUR],
  ] as const) {
    const perUnit = (rate.startsPerPeriod * unitUs) / rate.periodUs;
    if (perUnit >= 1 && Number.isInteger(perUnit)) return `${perUnit}/${unit}`;
  }
  if (rate.periodUs % US_PER_SECOND === 0) return `${rate.startsPerPeriod}/${formatDuration(rate.periodUs)}`;
  return `${Number(ratePerSecond(rate).toFixed(3))}/s`;
};

/** `1%`, `0.1%`: a share of one, 0 to 1. */
export const parsePercent = (text: string): Parsed<number> => {
  const number = text.endsWith('%') ? readDecimal(text.slice(0, -1)) : null;
  if (number === null) return fault(`${quoted(text)} is not a percentage; write for example 0.1%`);
  if (number.digits > 100 * number.scale) return fault(`${quoted(text)} is more than 100%`);
  return parsed(number.digits / (number.scale * 100));
};

export const formatPercent = (share: number): string => `${Number((share * 100).toPrecision(12))}%`;

export interface WholeNumberRange {
  /** What it is, with an article: `a number of contexts`. */
  readonly what: string;
  readonly least: number;
  readonly most: number;
}

/** Decimal digits only: `0x10`, `1e5` and `1_000` are refused rather than guessed. */
export const parseWholeNumber = (text: string, range: WholeNumberRange): Parsed<number> => {
  const { what, least, most } = range;
  const wanted = `write a whole number from ${least} to ${most}`;
  if (!/^-?\d+$/.test(text)) return fault(`${quoted(text)} is not ${what}; ${wanted}`);
  const value = Number(text);
  if (value < least || value > most) return fault(`${quoted(text)} is out of range for ${what}; ${wanted}`);
  return parsed(value);
};
