// What went to each of several targets. A run with one has no such lines: its numbers are those of the whole run.

import { formatCount, type RunResult } from '../metrics/index.ts';
import { type Palette, tableLines } from './layout.ts';

const INDENT = '  ';

export function targetLines({ targets }: RunResult, paint: Palette, columns: number | null): string[] {
  if (targets.length < 2) return [];
  const rows = targets.map(({ address, requests, responses, failovers }) => [
    `${INDENT}${address}`,
    ...[requests, responses, failovers].map(formatCount),
  ]);
  const [header = '', ...lines] = tableLines([['Targets', 'requests', 'responses', 'failovers'], ...rows], 'lrrr', {
    columns,
    dropping: [2, 3],
  });
  return [paint.bold(header), ...lines];
}
