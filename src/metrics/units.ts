// Numbers as people read them, in sentences and tables alike: three significant digits for times, thousands separators
// for counts. What is not known is a dash, never 0.

import { US_PER_MS, US_PER_SECOND } from '../std/index.ts';

export const UNKNOWN = '–';

/** `456 µs`, `1.23 ms`, `12.3 s`, `1,234 s`. */
export function formatTime(us: number | null): string {
  if (us === null || !Number.isFinite(us)) return UNKNOWN;
  if (Math.abs(us) < 999.5) return `${Math.round(us)} µs`;
  if (Math.abs(us) < 999.5 * US_PER_MS) return `${threeDigits(us / US_PER_MS)} ms`;
  return `${threeDigits(us / US_PER_SECOND)} s`;
}

/** `1,234,567`; numbers of things, rounded to whole ones. Not by toLocaleString, which loads the locale's data first, 15 ms. */
export function formatCount(count: number | null): string {
  if (count === null || !Number.isFinite(count)) return UNKNOWN;
  return String(Math.round(count)).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** `5,000/s`, `12.5/s`. */
export function formatRate(perSecond: number | null): string {
  return perSecond === null || !Number.isFinite(perSecond) ? UNKNOWN : `${threeDigits(perSecond)}/s`;
}

/** A share of 1 as `0.12 %`, `99.7 %`, `100 %`: never rounded up to 100 or down to 0. */
export function formatShare(share: number | null): string {
  if (share === null || !Number.isFinite(share)) return UNKNOWN;
  const percent = share * 100;
  if (percent > 99 && percent < 100) return `${(Math.floor(percent * 100 + 1e-7) / 100).toString()} %`;
  if (percent !== 0 && Math.abs(percent) < 0.01) return `${percent.toPrecision(2)} %`;
  return `${plain(percent)} %`;
}

/** `212 kB`, `33.6 MB`, `1.07 GB`: thousands, as the kernel's own figures are mostly no powers of two. */
export function formatBytes(bytes: number | null): string {
  if (bytes === null || !Number.isFinite(bytes)) return UNKNOWN;
  if (bytes < 999.5) return `${Math.round(bytes)} bytes`;
  if (bytes < 999.5e3) return `${threeDigits(bytes / 1e3)} kB`;
  return bytes < 999.5e6 ? `${threeDigits(bytes / 1e6)} MB` : `${threeDigits(bytes / 1e9)} GB`;
}

/** `1 worker`, `2,000 workers`. */
export const formatCounted = (count: number, singular: string, plural = `${singular}s`): string =>
  `${formatCount(count)} ${count === 1 ? singular : plural}`;

function threeDigits(value: number): string {
  const size = Math.abs(value);
  if (size >= 99.95 || size === 0) return formatCount(value);
  return size >= 9.995 ? value.toFixed(1) : value.toFixed(2);
}

/** At most two decimals, without trailing zeros. */
function plain(value: number): string {
  return Number(value.toFixed(2)).toString();
}
