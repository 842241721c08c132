// The summary on the console. The order is that of a reader's questions: what came of it and can I believe it, which
// thresholds held, how fast, how many, what went wrong, at what cost to the generator, and where is the rest. At most 100 columns wide.
//
// Tables are of the measured window, where gates look; lines of the whole run say so.

import {
  formatCount,
  formatCounted,
  formatShare,
  formatTime,
  type LatencySummary,
  type ProcedureResults,
  type RunResult,
  UNKNOWN,
} from '../metrics/index.ts';
import { asideLines } from './asides.ts';
import { bindingLines } from './bindings.ts';
import { followUpLines } from './follow-ups.ts';
import { generatorLines } from './generator.ts';
import { headlineLines } from './headline.ts';
import { type Palette, palette, tableLines, WIDTH, wrappedList } from './layout.ts';
import { cutTo, harmless } from './safe-text.ts';
import { targetLines } from './targets.ts';
import { thresholdLines } from './thresholds.ts';

export interface TextOptions {
  readonly colour: boolean;
  /** Where the files of the run are; null when none were written. */
  readonly folder: string | null;
  /** Characters per line of the terminal, for which tables give up columns; without it they have all. */
  readonly columns?: number | null;
}

const INDENT = '  ';

export function summaryText(result: RunResult, options: TextOptions): string {
  const paint = palette(options.colour);
  const columns = options.columns ?? null;
  const sections: string[][] = [
    headlineLines(result, paint),
    thresholdLines(result.thresholds, paint, columns),
    latencyLines(result.procedures, paint, columns),
    countLines(result, paint, columns),
    failureLines(result, paint, columns),
    followUpLines(result, paint),
    responseLines(result, paint),
    targetLines(result, paint, columns),
    generatorLines(result, paint),
    reasonLines(result, paint),
    endLines(result, options.folder),
  ];
  const text = sections.filter((lines) => lines.length > 0).map((lines) => lines.join('\n'));
  return `${text.join('\n\n')}\n`;
}

function latencyLines(procedures: ProcedureResults, paint: Palette, columns: number | null): string[] {
  const rows = Object.entries(procedures).flatMap(([name, procedure]) => [
    latencyRow(name, 'latency', procedure.latencyUs),
    latencyRow('', 'wire', procedure.wireUs),
  ]);
  if (rows.length === 0) return [];
  const header = ['Latency', '', 'p50', 'p90', 'p95', 'p99', 'p99.9', 'max'];
  // p95, p90, p99.9, max, p50: what is left in the end is p99, for which most gates ask.
  const room = { columns, dropping: [4, 3, 6, 7, 2] };
  return titled(tableLines([header, ...rows.map(indentFirst)], 'llrrrrrr', room), paint);
}

function latencyRow(name: string, kind: string, times: LatencySummary): string[] {
  return [name, kind, ...[times.p50, times.p90, times.p95, times.p99, times.p999, times.max].map(formatTime)];
}

function countLines(result: RunResult, paint: Palette, columns: number | null): string[] {
  const rows = Object.entries(result.procedures).map(([name, procedure]) => [name, ...countsOf([procedure])]);
  if (rows.length === 0) return [];
  const header = ['Attempts', 'started', 'succeeded', 'failed', 'challenged', 'skipped'];
  const total = ['whole run', ...countsOf(Object.values(result.totals))];
  // challenged, skipped, started.
  const room = { columns, dropping: [4, 5, 1] };
  return titled(tableLines([header, ...[...rows, total].map(indentFirst)], 'lrrrrr', room), paint);
}

type Counts = Readonly<Record<'started' | 'succeeded' | 'failed' | 'challenged' | 'skipped', number>>;

function countsOf(procedures: readonly Counts[]): string[] {
  const keys = ['started', 'succeeded', 'failed', 'challenged', 'skipped'] as const;
  return keys.map((key) => formatCount(procedures.reduce((sum, procedure) => sum + procedure[key], 0)));
}

interface CauseCount {
  measured: number;
  wholeRun: number;
  readonly where: string[];
}

/** By cause, the most frequent first, with the procedures it struck in the measured window. */
function failureLines({ procedures, totals }: RunResult, paint: Palette, columns: number | null): string[] {
  const causes = causesOf(procedures, totals);
  if (causes.length === 0) return [];
  const started = Object.values(procedures).reduce((sum, procedure) => sum + procedure.started, 0);
  const rows = causes.map(([cause, { measured, wholeRun, where }]) =>
    indentFirst([
      cause,
      formatCount(measured),
      formatShare(measured / started),
      formatCount(wholeRun),
      where.join(', '),
    ]),
  );
  const header = ['Failures', 'measured', 'of started', 'whole run', ''];
  // The procedures, then what is least of the whole run.
  const lines = tableLines([header, ...rows], 'lrrrl', { columns, dropping: [4, 2, 1] });
  return titled(
    lines.map((line) => cutTo(line, WIDTH)),
    paint,
  );
}

function causesOf(procedures: ProcedureResults, totals: ProcedureResults): [string, CauseCount][] {
  const causes = new Map<string, CauseCount>();
  const entryOf = (cause: string): CauseCount => {
    const entry = causes.get(cause) ?? { measured: 0, wholeRun: 0, where: [] };
    causes.set(cause, entry);
    return entry;
  };
  for (const { failures } of Object.values(totals)) {
    for (const [cause, count] of Object.entries(failures)) entryOf(cause).wholeRun += count;
  }
  for (const [name, { failures }] of Object.entries(procedures)) {
    for (const [cause, count] of Object.entries(failures)) {
      const entry = entryOf(cause);
      entry.measured += count;
      entry.where.push(`${name} ${formatCount(count)}`);
    }
  }
  return [...causes].sort(([, a], [, b]) => b.wholeRun - a.wholeRun);
}

function responseLines(result: RunResult, paint: Palette): string[] {
  const { transactions, contexts, bindings, cleanup } = result;
  const { requestsSent, retransmissions, datagramsSent, responses, stray, malformed, truncated } = transactions;
  const codes = Object.entries(responses).map(([status, count]) => `${status} × ${formatCount(count)}`);
  const sent = [
    formatCounted(requestsSent, 'request'),
    formatCounted(retransmissions, 'retransmission'),
    `${formatCounted(datagramsSent, 'datagram')} sent`,
    `${formatCount(stray)} stray`,
    `${formatCount(malformed)} malformed`,
    `${formatCount(truncated)} truncated`,
  ];
  const registered = [
    `${formatCounted(contexts.total, 'context')}`,
    `${formatCount(contexts.registeredPeak)} registered at most`,
    `${formatCount(contexts.registeredAtEnd)} at the end`,
    `${formatCount(contexts.expiredBeforeRefresh)} expired before their refresh`,
    ...(contexts.rebound === 0 ? [] : [`${formatCount(contexts.rebound)} rebound`]),
  ];
  const lines = [
    ...wrappedList('  responses     ', codes.length === 0 ? [UNKNOWN] : codes),
    ...wrappedList('  transactions  ', sent),
    ...wrappedList('  contexts      ', registered),
    ...bindingLines(bindings),
  ];
  lines.push(...asideLines(result));
  if (cleanup !== null) {
    const { attempted, succeeded, failed } = cleanup;
    const done = [
      `${formatCount(attempted)} attempted`,
      `${formatCount(succeeded)} succeeded`,
      `${formatCount(failed)} failed`,
    ];
    lines.push(...wrappedList('  cleanup       ', done));
  }
  return [paint.bold('Whole run'), ...lines];
}

function reasonLines({ reasons }: RunResult, paint: Palette): string[] {
  if (reasons.length === 0) return [];
  const rows = reasons.map(({ status, phrase, header, count }) => {
    const detail = header === '' ? '' : ` · ${harmless(header)}`;
    return [formatCount(count), `× ${status} ${harmless(phrase)}${detail}`];
  });
  const width = Math.max(...rows.map(([count = '']) => count.length));
  const lines = rows.map(([count = '', text = '']) => cutTo(`${INDENT}${count.padStart(width)} ${text}`, WIDTH));
  return [paint.bold('What failed answers said (whole run)'), ...lines];
}

function endLines({ phases }: RunResult, folder: string | null): string[] {
  const lines: string[] = [];
  if (phases.length > 0) {
    const spans = phases.map(({ name, durationSeconds }) => `${harmless(name)} ${formatTime(durationSeconds * 1e6)}`);
    lines.push(...wrappedList('Phases   ', spans));
  }
  // Never cut or broken: it is there to be copied.
  if (folder !== null) lines.push(`Results  ${harmless(folder)}`);
  return lines;
}

const indentFirst = ([first = '', ...others]: readonly string[]): string[] => [INDENT + first, ...others];

function titled([title = '', ...lines]: readonly string[], paint: Palette): string[] {
  return [paint.bold(title), ...lines];
}
