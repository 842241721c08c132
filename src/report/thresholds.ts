// The thresholds of the summary: expression, what was observed, by how much it held or not, and where it was written. Where the terminal
// is too narrow for all of that the place goes first; then each threshold takes two lines, since none of the rest can be missed.

import {
  formatCount,
  formatCounted,
  formatRate,
  formatShare,
  formatTime,
  type ThresholdResult,
} from '../metrics/index.ts';
import { type Palette, tableLines, WIDTH, widthOf } from './layout.ts';
import { cutTo, harmless } from './safe-text.ts';

const MARK_WIDTH = 4;
const INDENT = '  ';
const SECOND_LINE_INDENT = ' '.repeat(MARK_WIDTH + 2);

export function thresholdLines(
  thresholds: readonly ThresholdResult[],
  paint: Palette,
  columns: number | null,
): string[] {
  if (thresholds.length === 0) return [];
  const cells = thresholds.map(cellsOf);
  const room = columns === null ? Number.POSITIVE_INFINITY : columns - MARK_WIDTH;
  const fits = (table: readonly string[]): boolean => table.every((line) => widthOf(line) <= room);
  const table = [cells.map(withPlace), cells.map(withoutPlace)].map((rows) => tableLines(rows, 'lrl')).find(fits);
  const lines = thresholds.map((threshold, i) => {
    const line = table?.[i];
    return line === undefined
      ? twoLines(threshold, paint)
      : markedLine(threshold, cutTo(line, WIDTH - MARK_WIDTH), paint);
  });
  return [paint.bold('Thresholds'), ...lines];
}

interface Cells {
  readonly expression: string;
  readonly observed: string;
  readonly remark: string;
  readonly place: string;
}

const cellsOf = (threshold: ThresholdResult): Cells => ({
  expression: cutTo(harmless(threshold.expression), 50),
  observed: observedText(threshold),
  remark: thresholdRemark(threshold),
  // The file's name and line; summary.json has the whole path.
  place: `(${harmless(threshold.source.slice(threshold.source.lastIndexOf('/') + 1))})`,
});

const withPlace = ({ expression, observed, remark, place }: Cells): string[] => [
  expression,
  observed,
  remark === '' ? place : `${remark} ${place}`,
];

const withoutPlace = ({ expression, observed, remark }: Cells): string[] => [expression, observed, remark];

function twoLines(threshold: ThresholdResult, paint: Palette): string {
  const { expression, observed, remark } = cellsOf(threshold);
  const second = remark === '' ? observed : `${observed}  ${remark}`;
  return `${markedLine(threshold, expression, paint)}\n${SECOND_LINE_INDENT}${second}`;
}

function markedLine({ status }: ThresholdResult, line: string, paint: Palette): string {
  if (status === 'passed') return `${INDENT}${paint.green('✓')} ${line}`;
  return status === 'failed' ? `${INDENT}${paint.red(`✗ ${line}`)}` : `${INDENT}${paint.yellow(`? ${line}`)}`;
}

function observedText({ observed, unit }: ThresholdResult): string {
  switch (unit) {
    case 'us':
      return formatTime(observed);
    case 'ratio':
      return formatShare(observed);
    case 'perSecond':
      return formatRate(observed);
    default:
      return formatCount(observed);
  }
}

function thresholdRemark({ status, samples, margin }: ThresholdResult): string {
  if (status === 'undecided') return samples === 0 ? 'no samples' : `only ${formatCounted(samples, 'sample')}`;
  return margin === null ? '' : marginText(margin);
}

function marginText(margin: number): string {
  const percent = Math.abs(margin) * 100;
  const size = percent < 10 ? percent.toFixed(1) : formatCount(percent);
  return `${size} % ${margin >= 0 ? 'to spare' : 'beyond the limit'}`;
}
