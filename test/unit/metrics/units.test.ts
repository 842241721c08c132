import { describe, expect, it } from 'vitest';
import {
  formatBytes,
  formatCount,
  formatCounted,
  formatRate,
  formatShare,
  formatTime,
} from '../../../src/metrics/units.ts';

describe('units', () => {
  it('shows times with three digits, and changes the unit before a fourth one appears', () => {
    const shown = [0, 456, 999.4, 999.6, 1_234, 9_999, 99_960, 456_789, 999_600, 12_345_678, 1_234_567_890];
    expect(shown.map(formatTime)).toEqual([
      '0 µs',
      '456 µs',
      '999 µs',
      '1.00 ms',
      '1.23 ms',
      '10.0 ms',
      '100 ms',
      '457 ms',
      '1.00 s',
      '12.3 s',
      '1,235 s',
    ]);
    expect(formatTime(-2_500)).toBe('-2.50 ms');
  });

  it('shows what is not known as a dash, never as 0', () => {
    expect([formatTime(null), formatCount(null), formatRate(null), formatShare(null)]).toEqual(['–', '–', '–', '–']);
    expect(formatShare(0 / 0)).toBe('–');
  });

  it('shows counts with separators, and one thing as one', () => {
    expect(formatCount(1_234_567)).toBe('1,234,567');
    expect([0, 999, 1_000, 212_992, 33_554_432, 999_400_000, 999_900_000, null].map(formatBytes)).toEqual([
      '0 bytes',
      '999 bytes',
      '1.00 kB',
      '213 kB',
      '33.6 MB',
      '999 MB',
      '1.00 GB',
      '–',
    ]);
    expect(formatCounted(1, 'worker')).toBe('1 worker');
    expect(formatCounted(2_000, 'start was', 'starts were')).toBe('2,000 starts were');
  });

  it('shows rates with three digits', () => {
    expect([0, 0.5, 12.34, 4_987.6].map(formatRate)).toEqual(['0/s', '0.50/s', '12.3/s', '4,988/s']);
  });

  it('shows a share that is nearly all or nearly nothing as neither', () => {
    const shares = [0, 0.001, 0.0012345, 0.5, 0.99, 0.999999, 1, 0.00000123];
    expect(shares.map(formatShare)).toEqual([
      '0 %',
      '0.1 %',
      '0.12 %',
      '50 %',
      '99 %',
      '99.99 %',
      '100 %',
      '0.00012 %',
    ]);
  });
});
