// What `regstorm doctor` found, as text (one line for each check, the commands that mend it below) and as JSON.

import type { Finding, Readiness, ReadinessFacts } from '../gate/index.ts';
import { formatCount, formatCounted, formatRate } from '../metrics/index.ts';
import { EXIT } from '../std/index.ts';
import { NO_BREAK, type Palette, palette, wrapped } from './layout.ts';
import { escapedForJson, harmless } from './safe-text.ts';

export interface ReadinessReport {
  readonly tool: { readonly name: string; readonly version: string };
  readonly scenario: { readonly name: string; readonly hash: string };
  readonly facts: ReadinessFacts;
  readonly readiness: Readiness;
}

const NAME_WIDTH = 16;
const COMMAND_INDENT = ' '.repeat(NAME_WIDTH + 4);

export function readinessText(report: ReadinessReport, colour: boolean): string {
  const paint = palette(colour);
  const { findings } = report.readiness;
  const lines = [
    ...headLines(report, paint),
    '',
    ...findings.filter(({ status }) => status !== 'unknown').flatMap((finding) => findingLines(finding, paint)),
    ...findings.filter(({ status }) => status === 'unknown').flatMap((finding) => findingLines(finding, paint)),
  ];
  return `${lines.join('\n')}\n`;
}

/** For programs: the checks, and the facts that they were made from. */
export function readinessJson({ tool, scenario, facts, readiness }: ReadinessReport): string {
  const { verdict, exitCode, findings } = readiness;
  const checks = findings.map(({ check, status, is, needed, mend }) => ({ check, status, is, needed, mend }));
  const value = { schemaVersion: 1, tool, scenario, verdict, exitCode, checks, facts };
  return `${escapedForJson(JSON.stringify(value, null, 2))}\n`;
}

function headLines({ scenario, facts, readiness }: ReadinessReport, paint: Palette): string[] {
  const { plan, sockets, target } = facts;
  const isReady = readiness.exitCode === EXIT.PASS;
  const word = isReady ? 'READY' : 'NOT READY';
  const exit = isReady ? '' : ` (exit${NO_BREAK}code${NO_BREAK}${readiness.exitCode})`;
  const sentence = `${harmless(scenario.name)}: ${verdictSentence(readiness.findings)}${exit}`;
  const [first = '', ...others] = wrapped(`${word}  `, sentence).map((line) => line.replaceAll(NO_BREAK, ' '));
  const colour = isReady ? paint.green : paint.red;
  const asked = [
    harmless(target.name),
    sockets.transport,
    formatCounted(plan.workers, 'worker'),
    `${formatRate(plan.attemptsPerSecond)} attempts`,
    formatCounted(plan.contexts, 'context'),
  ];
  return [
    paint.bold(colour(word)) + first.slice(word.length),
    ...others,
    ...wrapped('', asked.join(' · ')).map(paint.dim),
  ];
}

function verdictSentence(findings: readonly Finding[]): string {
  const count = (status: string): number => findings.filter((finding) => finding.status === status).length;
  const missing = count('missing');
  const warnings = count('warning');
  const of = missing === 0 ? 'nothing that it needs is missing' : `${formatCount(missing)} of what it needs is missing`;
  return warnings === 0 ? of : `${of}, ${formatCounted(warnings, 'warning')}`;
}

function findingLines({ check, status, is, needed, mend }: Finding, paint: Palette): string[] {
  const { mark, colour } = markOf(status, paint);
  const lines = wrapped(`  ${mark} ${check.padEnd(NAME_WIDTH)}`, sentenceOf(status, harmless(is), needed));
  // A mark of a good check alone is coloured, as with thresholds; what wants a look is coloured whole.
  const painted = status === 'ok' ? lines.map((line) => line.replace(mark, colour(mark))) : lines.map(colour);
  // Never cut or broken: they are there to be copied.
  return [...painted, ...mend.map((command) => `${COMMAND_INDENT}${harmless(command)}`)];
}

const sentenceOf = (status: Finding['status'], is: string, needed: string): string =>
  status === 'unknown' ? is : `${is}; needed: ${needed}`;

interface Mark {
  readonly mark: string;
  readonly colour: (text: string) => string;
}

function markOf(status: Finding['status'], paint: Palette): Mark {
  switch (status) {
    case 'ok':
      return { mark: '✓', colour: paint.green };
    case 'warning':
      return { mark: '!', colour: paint.yellow };
    case 'missing':
      return { mark: '✗', colour: paint.red };
    case 'unknown':
      return { mark: '-', colour: paint.dim };
  }
}
