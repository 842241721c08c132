// The first lines of a summary: what came of the run, in one sentence, and whether its numbers can be believed.

import { formatCounted, formatRate, formatShare, formatTime, type RunResult } from '../metrics/index.ts';
import { assertNever, EXIT } from '../std/index.ts';
import { NO_BREAK, type Palette, WIDTH, wrapped } from './layout.ts';
import { cutTo, harmless } from './safe-text.ts';

export function headlineLines(result: RunResult, paint: Palette): string[] {
  const exit = result.exitCode === EXIT.PASS ? '' : ` (exit${NO_BREAK}code${NO_BREAK}${result.exitCode})`;
  const sentence = `${harmless(result.scenario.name)}: ${verdictSentence(result)}${exit}`;
  const [first = '', ...others] = wrapped(`${verdictWord(result)}  `, sentence).map((line) =>
    line.replaceAll(NO_BREAK, ' '),
  );
  const word = verdictWord(result);
  return [
    paintVerdict(result, paint)(word) + first.slice(word.length),
    ...others,
    paint.dim(cutTo(whatRan(result), WIDTH)),
    '',
    ...validityLines(result, paint),
  ];
}

const verdictWord = (result: RunResult): string => result.verdict.toUpperCase();

function paintVerdict(result: RunResult, paint: Palette): (text: string) => string {
  const colour = result.verdict === 'pass' ? paint.green : result.verdict === 'inconclusive' ? paint.yellow : paint.red;
  return (text) => paint.bold(colour(text));
}

/** Why the run ended as it did, by its exit code. */
function verdictSentence(result: RunResult): string {
  const { exitCode, thresholds } = result;
  const of = (status: string): number => thresholds.filter((threshold) => threshold.status === status).length;
  switch (exitCode) {
    case EXIT.PASS:
      return thresholds.length === 0
        ? 'done, no thresholds to hold'
        : `${formatCounted(thresholds.length, 'threshold')} held`;
    case EXIT.THRESHOLD:
      return `${of('failed')} of ${formatCounted(thresholds.length, 'threshold')} failed`;
    case EXIT.INCONCLUSIVE:
      return result.validity.verdict === 'invalid'
        ? 'the generator, not the registrar, may have been the limit'
        : `${of('undecided')} of ${formatCounted(thresholds.length, 'threshold')} undecided, too few samples`;
    case EXIT.REGRESSION:
      return 'worse than the baseline';
    case EXIT.UNREACHABLE:
      return 'nothing came back from the target';
    case EXIT.WORKER_LOST:
      return 'a worker was lost, the numbers are incomplete';
    case EXIT.SIGINT:
    case EXIT.SIGTERM:
      return 'interrupted, the numbers cover what ran until then';
    case EXIT.INTERNAL:
      return 'internal error, please report it with the notes below';
    default:
      return 'ended early';
  }
}

function whatRan({ environment, generator, durationSeconds, scenario }: RunResult): string {
  return [
    harmless(environment.target),
    harmless(environment.transport),
    formatCounted(generator.workers, 'worker'),
    // One each is the usual case, and says nothing.
    ...(generator.sockets > generator.workers ? [formatCounted(generator.sockets, 'socket')] : []),
    formatTime(durationSeconds * 1e6),
    `seed ${scenario.seed}`,
    `run ${harmless(scenario.runId)}`,
  ].join(' · ');
}

function validityLines(result: RunResult, paint: Palette): string[] {
  const { verdict, reasons } = result.validity;
  if (!hasLoad(result)) return [paint.dim('NOT JUDGED  there was no load'), ...noteLines(result)];
  const { offeredPerSecond, achievedPerSecond } = result.rates.starts;
  const share = offeredPerSecond > 0 ? ` (${formatShare(achievedPerSecond / offeredPerSecond)})` : '';
  const word = verdict.toUpperCase();
  const lines = [
    `${validityPaint(verdict, paint)(word)}  offered ${formatRate(offeredPerSecond)}, achieved ${formatRate(achievedPerSecond)}${share}, lag p99 ${formatTime(worstLagP99(result))}`,
  ];
  for (const { reason, severity } of reasons) {
    const [first = '', ...others] = wrapped('  ! ', harmless(reason));
    const colour = severity === 'invalid' ? paint.red : paint.yellow;
    lines.push(colour(first), ...others.map(colour));
  }
  return [...lines, ...noteLines(result)];
}

const noteLines = ({ notes }: RunResult): string[] => notes.flatMap((note) => wrapped('  - ', harmless(note)));

/** Of a run that ended at the precheck there is nothing to believe or to doubt. */
const hasLoad = ({ totals, generator, transactions }: RunResult): boolean =>
  transactions.requestsSent > 0 ||
  Object.values(totals).some(({ started }) => started > 0) ||
  Object.values(generator.missedStarts).some((missed) => missed > 0);

function validityPaint(verdict: RunResult['validity']['verdict'], paint: Palette): (text: string) => string {
  switch (verdict) {
    case 'valid':
      return paint.green;
    case 'suspect':
      return paint.yellow;
    case 'invalid':
      return paint.red;
    default:
      return assertNever(verdict, 'validity');
  }
}

/** The procedure with the greatest lag speaks for the run. */
function worstLagP99({ procedures }: RunResult): number | null {
  const lags = Object.values(procedures)
    .map(({ lagUs }) => lagUs.p99)
    .filter((lag) => lag !== null);
  return lags.length === 0 ? null : Math.max(...lags);
}
