// What the load cost the generator, and how evenly it left: processor time, datagrams a call, turns of the workers' loops.
// All of it is of the whole run. Whether it threw doubt on the numbers has been judged elsewhere and stands at the top.

import { formatCount, formatCounted, formatTime, type RunResult } from '../metrics/index.ts';
import { US_PER_SECOND } from '../std/index.ts';
import { type Palette, wrappedList } from './layout.ts';

const BYTES_PER_MB = 1e6;

export function generatorLines({ generator, totals }: RunResult, paint: Palette): string[] {
  const { sendCalls, turns } = generator;
  const started = Object.values(totals).reduce((sum, procedure) => sum + procedure.started, 0);
  return [
    paint.bold('Generator'),
    ...wrappedList('  cost          ', costsOf(generator, started)),
    ...wrappedList('  send calls    ', [
      formatCount(sendCalls.count),
      ...spread('datagrams in each: p50 ', sendCalls.datagrams, formatCount),
    ]),
    ...wrappedList('  turns         ', [formatCount(turns.count), ...spread('busy: p50 ', turns.us, formatTime)]),
  ];
}

function costsOf(
  { workers, cpuSeconds, maxRssBytes, missedStarts }: RunResult['generator'],
  started: number,
): string[] {
  const cpuUs = cpuSeconds * US_PER_SECOND;
  return [
    formatCounted(workers, 'worker'),
    `${formatTime(cpuUs)} of processor time (${formatTime(started === 0 ? null : cpuUs / started)} an attempt)`,
    `${formatCount(maxRssBytes / BYTES_PER_MB)} MB`,
    `${formatCounted(missedStarts.late + missedStarts.noSlot, 'start')} missed`,
  ];
}

type Spread = Readonly<Record<'p50' | 'p99' | 'max', number | null>>;

function spread(first: string, { p50, p99, max }: Spread, format: (value: number | null) => string): string[] {
  return [`${first}${format(p50)}`, `p99 ${format(p99)}`, `max ${format(max)}`];
}
