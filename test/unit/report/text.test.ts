// Golden texts: UPDATE_GOLDEN=1 writes them anew; look at the difference before committing it.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { consoleText } from '../../../src/cli/console-text.ts';
import { judgeRun } from '../../../src/gate/index.ts';
import * as m from '../../../src/metrics/index.ts';
import { summaryJson, summaryText } from '../../../src/report/index.ts';
import type { PlanThreshold } from '../../../src/scenario/plan.ts';
import { sampleBlocks, sampleFacts } from '../metrics/sample-run.ts';

const GOLDEN = join(import.meta.dirname, '../../golden/reports');

function expectGolden(name: string, text: string): void {
  const file = join(GOLDEN, name);
  if (process.env.UPDATE_GOLDEN === '1') {
    mkdirSync(GOLDEN, { recursive: true });
    writeFileSync(file, text);
  }
  expect(text).toBe(readFileSync(file, 'utf8'));
}

const THRESHOLDS: readonly PlanThreshold[] = [
  {
    expression: 'register.latency: p99 < 50ms',
    source: 'scenarios/register-unregister.yaml:14',
    scope: 'register',
    metric: 'latency',
    cause: null,
    aggregate: { kind: 'percentile', percentile: 99 },
    comparison: '<',
    limit: 50_000,
    unit: 'us',
  },
  {
    expression: 'all.failures: ratio < 0.1%',
    source: '--threshold',
    scope: 'all',
    metric: 'failures',
    cause: null,
    aggregate: { kind: 'ratio' },
    comparison: '<',
    limit: 0.001,
    unit: 'ratio',
  },
  {
    expression: 'register.failureLatency: p99.9 < 1s',
    source: 'scenarios/register-unregister.yaml:16',
    scope: 'register',
    metric: 'failureLatency',
    cause: null,
    aggregate: { kind: 'percentile', percentile: 99.9 },
    comparison: '<',
    limit: 1_000_000,
    unit: 'us',
  },
  {
    expression: 'all.succeeded: rate >= 1500/s',
    source: 'scenarios/register-unregister.yaml:17',
    scope: 'all',
    metric: 'succeeded',
    cause: null,
    aggregate: { kind: 'rate' },
    comparison: '>=',
    limit: 1_500,
    unit: 'perSecond',
  },
];

const TARGETS: m.RunResult['targets'] = [
  { address: '192.0.2.1:5060', requests: 23_982, responses: 23_954, failovers: 0 },
  { address: '192.0.2.2:5060', requests: 12_000, responses: 12_000, failovers: 14 },
];

function sampleResult(
  blocks: readonly m.MetricsBlock[],
  thresholds: readonly PlanThreshold[],
  facts: Partial<m.RunFacts> = {},
): m.RunResult {
  const merged = m.mergeBlocks(blocks);
  const all = { ...sampleFacts(), ...facts };
  const { interrupted, workersLost, precheck } = all;
  const judgement = judgeRun(merged, {
    thresholds,
    measuredSeconds: m.windowSeconds(all.measured),
    verifyAsked: false,
    onInvalid: 'fail',
    interrupted,
    workersLost,
    precheck,
    regressed: false,
  });
  return m.buildRunResult(merged, { ...all, judgement });
}

const good = (): m.RunResult =>
  sampleResult(
    sampleBlocks(),
    THRESHOLDS.filter(({ metric }) => metric === 'latency' || metric === 'succeeded'),
  );

/** A run that shows everything: doubts, notes, cleanup, hostile and long texts of the peer. */
function troubled(): m.RunResult {
  const blocks = sampleBlocks();
  for (const block of blocks) {
    m.setCounter(block, m.COUNTER_RECEIVE_QUEUE_OVERRUNS, 321);
    m.setCounter(block, m.COUNTER_MISSED_NO_SLOT, 400);
    m.setCounter(block, m.COUNTER_SEND_QUEUE_FULL, 30);
    m.setCounter(block, m.COUNTER_SEND_WAITED_US_MAX, 700_000);
    m.setCounter(block, m.COUNTER_OVERTAKEN, 45);
    m.setCounter(block, m.COUNTER_VERIFY_SAMPLED, 60);
    m.setCounter(block, m.COUNTER_VERIFY_CHECKED, 55);
    m.setCounter(block, m.COUNTER_VERIFY_MISSING, 3);
    m.setCounter(block, m.COUNTER_CLEANUP_ATTEMPTED, 2_500);
    m.setCounter(block, m.COUNTER_CLEANUP_SUCCEEDED, 2_500);
    m.setCounter(block, m.COUNTER_MISSED_CONTEXT_BUSY, 17);
    const hostile = `\u001b[2J\u001b]0;owned\u0007Nope\r\n${'long '.repeat(30)}`;
    const bytes = new TextEncoder().encode(`${hostile}P-Registrar-Error: \u202eevil`);
    const phraseEnd = new TextEncoder().encode(hostile).length;
    for (let i = 0; i < 40; i++) m.countFailureText(block, 486, bytes, 0, phraseEnd, phraseEnd, bytes.length);
    const mark = new TextEncoder().encode('Nix\u009b31mda\u202e');
    m.countFailureText(block, 404, mark, 0, mark.length, 0, 0);
  }
  const facts = sampleFacts();
  return sampleResult(blocks, THRESHOLDS, {
    verifyAsked: true,
    cleanupAsked: true,
    environment: { ...facts.environment, sharedMachine: true, wireClock: 'userland' },
    notes: ['a note of the shell with\u001b[31m colour in it'],
  });
}

describe('summary on the console', () => {
  it('of a good run, plain', () => {
    expectGolden('good.txt', summaryText(good(), { colour: false, folder: 'reports/20261123T010000Z-sample-k3x9q2' }));
  });

  it('of a good run, in colours', () => {
    expectGolden('good.ansi', summaryText(good(), { colour: true, folder: null }));
  });

  it('of a run with failed and undecided thresholds', () => {
    expectGolden('failed.txt', summaryText(sampleResult(sampleBlocks(), THRESHOLDS), { colour: false, folder: null }));
  });

  it('of a run with doubts, notes and hostile answers', () => {
    expectGolden('troubled.txt', summaryText(troubled(), { colour: false, folder: 'reports/x' }));
  });

  it.each([40, 60, 80])('of a run with all tables, on a terminal of %i columns: rows stay whole', (columns) => {
    const result = { ...sampleResult(sampleBlocks(), THRESHOLDS), targets: TARGETS };
    const text = summaryText(result, { colour: false, folder: null, columns });
    const tables = text
      .split('\n\n')
      .filter((section) => /^(Thresholds|Latency|Attempts|Failures|Targets)/.test(section));
    expect(tables).toHaveLength(5);
    for (const line of tables.join('\n').split('\n')) expect(line.length).toBeLessThanOrEqual(columns);
    expectGolden(`columns-${columns}.txt`, consoleText(text, { columns, isAscii: false }));
  });

  it('of a run, with all of its columns where the terminal has room for them', () => {
    const result = { ...sampleResult(sampleBlocks(), THRESHOLDS), targets: TARGETS };
    const [wide, file] = [100, null].map((columns) => summaryText(result, { colour: false, folder: null, columns }));
    expect(wide).toBe(file);
  });

  it('of a run to which nothing came back', () => {
    const block = m.createMetricsBlock(1);
    m.countStarted(block, m.BANK_MEASURED, m.PROCEDURE_REGISTER);
    m.countOutcome(block, m.BANK_MEASURED, m.PROCEDURE_REGISTER, m.OUTCOME_TIMEOUT);
    m.addCounter(block, m.COUNTER_REQUESTS_SENT, 1);
    m.addCounter(block, m.COUNTER_DATAGRAMS_SENT, 1);
    const result = sampleResult([block], THRESHOLDS, { precheck: 'silent', procedures: ['register'], phases: [] });
    expectGolden('unreachable.txt', summaryText(result, { colour: false, folder: null }));
  });

  it('of a run without any load judges nothing', () => {
    const result = sampleResult([m.createMetricsBlock(1)], [], { precheck: 'refused' });
    const lines = summaryText(result, { colour: false, folder: null }).split('\n');
    expect(lines[0]).toMatch(/^UNREACHABLE /);
    expect(lines.slice(3, 5)).toEqual([
      'NOT JUDGED  there was no load',
      '  - the precheck was refused: nothing listens at the target',
    ]);
  });

  it('of an interrupted run that never reached its measured window', () => {
    const result = sampleResult([m.createMetricsBlock(1)], [], {
      interrupted: 'SIGINT',
      measured: { startSeconds: 2, endSeconds: 1.5 },
    });
    expectGolden('interrupted.txt', summaryText(result, { colour: false, folder: null }));
  });

  it('is never wider than 100 columns, and has no control characters but line ends', () => {
    for (const result of [good(), troubled(), sampleResult(sampleBlocks(), THRESHOLDS)]) {
      const text = summaryText(result, { colour: false, folder: 'reports/x' });
      for (const line of text.split('\n')) expect([...line].length).toBeLessThanOrEqual(100);
      const controls = [...text].filter((c) => c !== '\n' && (c < ' ' || (c >= '\u007f' && c < '\u00a0')));
      expect(controls).toEqual([]);
      expect(text).not.toContain('\u202e');
    }
  });

  it('says the same with and without colours', () => {
    const coloured = summaryText(troubled(), { colour: true, folder: null });
    const plain = summaryText(troubled(), { colour: false, folder: null });
    const bare = coloured.replaceAll(new RegExp(`${'\u001b'}\\[[0-9]+m`, 'g'), '');
    expect(coloured).not.toBe(plain);
    expect(bare).toBe(plain);
  });
});

describe('summary.json', () => {
  it('is the result, with two spaces, a line end and a fixed order of keys', () => {
    const text = summaryJson(good());
    expect(JSON.parse(text)).toEqual(good());
    expect(text.endsWith('}\n')).toBe(true);
    expect(text.startsWith('{\n  "schemaVersion": 1,\n  "tool": {')).toBe(true);
    expect(text).toBe(summaryJson(good()));
    expect(Object.keys(JSON.parse(text))).toEqual([
      'schemaVersion',
      'tool',
      'scenario',
      'environment',
      'startedAt',
      'durationSeconds',
      'verdict',
      'exitCode',
      'validity',
      'notes',
      'phases',
      'thresholds',
      'procedures',
      'totals',
      'reasons',
      'transactions',
      'incoming',
      'authentication',
      'keepalive',
      'nat',
      'contexts',
      'bindings',
      'verify',
      'cleanup',
      'rates',
      'generator',
      'target',
      'targets',
    ]);
  });
});
