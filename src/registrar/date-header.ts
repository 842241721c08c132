// @hot
// The Date header (RFC 3261 §20.17: RFC 1123 form, always GMT), from integers: the core has no clock and no Date. The 29
// bytes are rewritten only when the second has changed.

import { writePaddedDecimal } from '../std/index.ts';

export const DATE_BYTES = 29;

// Index = days since 1 January 1970 modulo 7, which was a Thursday.
const DAY_NAMES = 'ThuFriSatSunMonTueWed';
const MONTH_NAMES = 'JanFebMarAprMayJunJulAugSepOctNovDec';
const US_PER_SECOND = 1_000_000;
const SECONDS_PER_DAY = 86_400;

export interface DateHeader {
  /** "Sat, 13 Nov 2010 23:29:00 GMT" */
  readonly bytes: Uint8Array;
  /** What the clock on the wall said when the core's time was 0. */
  readonly wallClockOffsetUs: number;
  second: number;
}

export const createDateHeader = (wallClockOffsetUs: number): DateHeader => ({
  bytes: new Uint8Array(DATE_BYTES),
  wallClockOffsetUs,
  second: -1,
});

/** Makes `bytes` tell the time. */
export const setDate = (date: DateHeader, nowUs: number): void => {
  const second = Math.floor((date.wallClockOffsetUs + nowUs) / US_PER_SECOND);
  if (second === date.second) return;
  date.second = second;
  const days = Math.floor(second / SECONDS_PER_DAY);
  writeDay(date.bytes, days);
  writeTime(date.bytes, second - days * SECONDS_PER_DAY);
};

/** Civil date from days: years are counted from 1 March, in eras of 400 years, so that the leap day comes last. */
const writeDay = (out: Uint8Array, days: number): void => {
  const sinceEra0 = days + 719_468;
  const era = Math.floor(sinceEra0 / 146_097);
  const dayOfEra = sinceEra0 - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const monthFromMarch = Math.floor((5 * dayOfYear + 2) / 153);
  const day = dayOfYear - Math.floor((153 * monthFromMarch + 2) / 5) + 1;
  const month = monthFromMarch < 10 ? monthFromMarch + 2 : monthFromMarch - 10;
  const year = yearOfEra + era * 400 + (month < 2 ? 1 : 0);
  writeName(out, 0, DAY_NAMES, days % 7);
  writeByte2(out, 3, 0x2c, 0x20);
  writePaddedDecimal(out, 5, day, 2);
  out[7] = 0x20;
  writeName(out, 8, MONTH_NAMES, month);
  out[11] = 0x20;
  writePaddedDecimal(out, 12, year, 4);
};

const writeTime = (out: Uint8Array, secondOfDay: number): void => {
  out[16] = 0x20;
  writePaddedDecimal(out, 17, Math.floor(secondOfDay / 3600), 2);
  out[19] = 0x3a;
  writePaddedDecimal(out, 20, Math.floor(secondOfDay / 60) % 60, 2);
  out[22] = 0x3a;
  writePaddedDecimal(out, 23, secondOfDay % 60, 2);
  out[25] = 0x20;
  writeName(out, 26, 'GMT', 0);
};

const writeByte2 = (out: Uint8Array, at: number, first: number, second: number): void => {
  out[at] = first;
  out[at + 1] = second;
};

const writeName = (out: Uint8Array, at: number, names: string, index: number): void => {
  for (let i = 0; i < 3; i++) out[at + i] = names.charCodeAt(index * 3 + i);
};
