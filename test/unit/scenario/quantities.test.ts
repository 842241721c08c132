import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  formatDuration,
  formatPercent,
  formatRate,
  parseDuration,
  parsePercent,
  parseRate,
  parseWholeNumber,
} from '../../../src/scenario/index.ts';

const take = (result: { ok: boolean }): unknown => {
  if (!result.ok) throw new Error((result as unknown as { message: string }).message);
  return (result as unknown as { value: unknown }).value;
};

const faultOf = (result: { ok: boolean }): string => {
  expect(result.ok).toBe(false);
  return (result as unknown as { message: string }).message;
};

describe('durations', () => {
  it.each([
    ['0s', 0],
    ['1us', 1],
    ['500ms', 500_000],
    ['1.5s', 1_500_000],
    ['0.1s', 100_000],
    ['10s', 10_000_000],
    ['2m', 120_000_000],
    ['1h', 3_600_000_000],
    ['1d', 86_400_000_000],
    ['0.000001s', 1],
    ['1.50s', 1_500_000],
    ['007s', 7_000_000],
  ])('%s is %i microseconds', (text, us) => expect(take(parseDuration(text))).toBe(us));

  it.each([
    ['10', '"10" is not a duration; it has no unit (us, ms, s, m, h or d), for example 10s'],
    ['-1s', '"-1s" is negative; a duration is 0s or longer'],
    ['', '"" is not a duration; write a number and a unit (us, ms, s, m, h or d), for example 500ms or 10s'],
    ['ten', '"ten" is not a duration; write a number and a unit (us, ms, s, m, h or d), for example 500ms or 10s'],
    ['10 s', '"10 s" is not a duration; write a number and a unit (us, ms, s, m, h or d), for example 500ms or 10s'],
    ['10sec', '"10sec" is not a duration; write a number and a unit (us, ms, s, m, h or d), for example 500ms or 10s'],
    ['1e3s', '"1e3s" is not a duration; write a number and a unit (us, ms, s, m, h or d), for example 500ms or 10s'],
    ['.5s', '".5s" is not a duration; write a number and a unit (us, ms, s, m, h or d), for example 500ms or 10s'],
    ['0.1us', '"0.1us" is finer than a microsecond'],
    ['500d', '"500d" is longer than 400 days'],
  ])('%s is refused in words', (text, message) => expect(faultOf(parseDuration(text))).toBe(message));

  it('what is formatted reads back as the same length', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 400 * 86_400_000_000 }), (us) => {
        expect(take(parseDuration(formatDuration(us)))).toBe(us);
      }),
    );
  });

  it.each([
    [0, '0s'],
    [1_500_000, '1.5s'],
    [1_000_000, '1s'],
    [90_000_000, '90s'],
    [120_000_000, '2m'],
    [7_200_000_000, '2h'],
    [250, '250us'],
    [2_345, '2.345ms'],
  ])('%i microseconds are written %s', (us, text) => expect(formatDuration(us)).toBe(text));
});

describe('rates', () => {
  it.each([
    ['5000/s', 1, 200],
    ['10/m', 1, 6_000_000],
    ['10000/60s', 1, 6_000],
    ['1/2h', 1, 7_200_000_000],
    ['0.5/s', 1, 2_000_000],
    ['3/s', 3, 1_000_000],
    ['7/100ms', 7, 100_000],
    ['10000000/s', 10, 1],
  ])('%s is %i starts in %i microseconds, in lowest terms', (text, startsPerPeriod, periodUs) =>
    expect(take(parseRate(text))).toEqual({ startsPerPeriod, periodUs }),
  );

  it.each([
    ['5000', '"5000" is not a rate; write starts per time, for example 5000/s'],
    ['-5/s', '"-5/s" is negative; a rate is more than 0'],
    ['0/s', '"0/s" is no load; a rate is more than 0'],
    ['5/0s', '"5/0s" is not a rate; the time after the slash is zero'],
    ['5/', '"5/" is not a rate; write starts per time, for example 5000/s'],
    ['/s', '"/s" is not a rate; write starts per time, for example 5000/s'],
    ['5/60', '"5/60" is not a rate; write starts per time, for example 5000/s'],
    ['5/s/s', '"5/s/s" is not a rate; write starts per time, for example 5000/s'],
    ['1e4/s', '"1e4/s" is not a rate; write starts per time, for example 5000/s'],
    ['5000cps', '"5000cps" is not a rate; write starts per time, for example 5000/s'],
    ['10000001/s', '"10000001/s" is more than 10000000 starts per second'],
    ['1.23456789012/s', '"1.23456789012/s" has more digits than a rate can keep exactly; round it'],
  ])('%s is refused in words', (text, message) => expect(faultOf(parseRate(text))).toBe(message));

  it.each(['5000/s', '10/m', '1/2h', '3/7s', '1/s', '90/m'])('%s survives formatting', (text) => {
    const rate = take(parseRate(text));
    expect(take(parseRate(formatRate(rate as { startsPerPeriod: number; periodUs: number })))).toEqual(rate);
  });
});

describe('percentages and whole numbers', () => {
  it('a percentage is a share of one', () => {
    expect(take(parsePercent('0.1%'))).toBe(0.001);
    expect(take(parsePercent('100%'))).toBe(1);
    expect(formatPercent(0.001)).toBe('0.1%');
    expect(faultOf(parsePercent('101%'))).toBe('"101%" is more than 100%');
    expect(faultOf(parsePercent('1'))).toBe('"1" is not a percentage; write for example 0.1%');
  });

  it('a whole number is decimal digits and nothing else', () => {
    const range = { what: 'a number of contexts', least: 1, most: 100 };
    expect(take(parseWholeNumber('007', range))).toBe(7);
    expect(faultOf(parseWholeNumber('1e1', range))).toBe(
      '"1e1" is not a number of contexts; write a whole number from 1 to 100',
    );
    expect(faultOf(parseWholeNumber('0', range))).toBe(
      '"0" is out of range for a number of contexts; write a whole number from 1 to 100',
    );
  });
});
