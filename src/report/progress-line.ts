// What people see while a run goes on: a block of lines that is drawn anew on a terminal, and one line to append where
// output goes to a file or a CI log. Both from the same snapshot; no cursor movement in a log, ever.

import { formatCount, formatRate, formatTime, type Progress } from '../metrics/index.ts';
import { US_PER_SECOND } from '../std/index.ts';
import { palette } from './layout.ts';
import { cutTo, harmless } from './safe-text.ts';

export interface LiveOptions {
  readonly colour: boolean;
  readonly columns: number;
  readonly name: string;
  /** Warm-up, measured window and cool-down together; null when the run ends with its last flow. */
  readonly plannedSeconds: number | null;
}

const BAR_WIDTH = 24;

/** `00:12 measured  5,000/s starts  4,998/s ok  2/s failed …`: one line, to be appended. */
export function progressLine(progress: Progress): string {
  return [
    `${clock(progress.atUs)} ${progress.phase.padEnd(8)}`,
    `${formatRate(progress.startsPerSecond)} starts`,
    `${formatRate(progress.succeededPerSecond)} ok`,
    `${formatRate(progress.failedPerSecond)} failed`,
    `${formatCount(progress.activeFlows)} in flight`,
    `p99 ${formatTime(progress.latencyP99Us)}`,
    `lag p99 ${formatTime(progress.lagP99Us)}`,
    ...(progress.failed > 0 ? [`${formatCount(progress.failed)} failed so far`] : []),
    ...(progress.missed > 0 ? [`${formatCount(progress.missed)} starts missed`] : []),
  ].join('  ');
}

/** The lines of the live block, none wider than the terminal. */
export function liveBlock(progress: Progress, options: LiveOptions): string[] {
  const paint = palette(options.colour);
  const cut = (line: string): string => cutTo(line, Math.max(1, options.columns - 1));
  const failed = progress.failed > 0 ? paint.red : paint.dim;
  const missed = progress.missed > 0 ? paint.yellow : paint.dim;
  return [
    paint.bold(cut(`${harmless(options.name)}  ${progress.phase}  ${barAndClock(progress, options.plannedSeconds)}`)),
    cut(`  starts     ${column(formatRate(progress.startsPerSecond))}${formatCount(progress.starts)} made`),
    cut(`  succeeded  ${column(formatRate(progress.succeededPerSecond))}${formatCount(progress.succeeded)} so far`),
    failed(cut(`  failed     ${column(formatRate(progress.failedPerSecond))}${formatCount(progress.failed)} so far`)),
    missed(
      cut(`  in flight  ${column(formatCount(progress.activeFlows))}${formatCount(progress.missed)} starts missed`),
    ),
    cut(`  p99        ${column(formatTime(progress.latencyP99Us))}lag ${formatTime(progress.lagP99Us)}`),
    cut(`  registered ${formatCount(progress.registered)}`),
  ];
}

const column = (text: string): string => text.padEnd(14);

function barAndClock(progress: Progress, plannedSeconds: number | null): string {
  if (plannedSeconds === null || plannedSeconds <= 0) return clock(progress.atUs);
  const share = Math.min(1, progress.atUs / (plannedSeconds * US_PER_SECOND));
  const filled = Math.round(share * BAR_WIDTH);
  const bar = '█'.repeat(filled) + '░'.repeat(BAR_WIDTH - filled);
  return `${bar}  ${clock(progress.atUs)} of ${clock(plannedSeconds * US_PER_SECOND)}`;
}

/** `02:05`, `1:02:05`. */
function clock(us: number): string {
  const seconds = Math.floor(us / US_PER_SECOND);
  const two = (value: number): string => String(value).padStart(2, '0');
  const minutes = `${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  return seconds < 3_600 ? minutes : `${Math.floor(seconds / 3_600)}:${minutes}`;
}
