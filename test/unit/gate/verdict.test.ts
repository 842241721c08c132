import { describe, expect, it } from 'vitest';
import { decideVerdict, type JudgedThreshold, type VerdictFacts, withInternalErrors } from '../../../src/gate/index.ts';
import * as m from '../../../src/metrics/index.ts';
import { sampleBlocks, sampleFacts } from '../metrics/sample-run.ts';

const judged = (
  status: m.ThresholdResult['status'],
  touchedBy: readonly m.Taint[] = ['timing', 'all'],
): JudgedThreshold => ({
  result: { expression: 'e', source: 's', status, observed: null, unit: 'us', limit: 1, samples: 0, margin: null },
  touchedBy,
});

const doubt = (severity: 'suspect' | 'invalid', ...taints: m.Taint[]) => ({
  verdict: severity,
  reasons: [{ reason: 'r', taints, severity }],
});

const GOOD: VerdictFacts = {
  interrupted: null,
  usageError: false,
  internalError: false,
  workersLost: 0,
  unreachable: false,
  thresholds: [judged('passed')],
  validity: { verdict: 'valid', reasons: [] },
  onInvalid: 'fail',
  regressed: false,
};

/** What leads to each exit code, the most important first. Every pair must end in the earlier one's code. */
const CAUSES: readonly [number, m.Verdict, (facts: VerdictFacts) => VerdictFacts][] = [
  [130, 'aborted', (facts) => ({ ...facts, interrupted: 'SIGINT' })],
  [2, 'aborted', (facts) => ({ ...facts, usageError: true })],
  [1, 'aborted', (facts) => ({ ...facts, internalError: true })],
  [24, 'aborted', (facts) => ({ ...facts, workersLost: 1 })],
  [23, 'unreachable', (facts) => ({ ...facts, unreachable: true })],
  [20, 'fail', (facts) => ({ ...facts, thresholds: [...facts.thresholds, judged('failed', ['all'])] })],
  [22, 'inconclusive', (facts) => ({ ...facts, thresholds: [...facts.thresholds, judged('undecided')] })],
  [
    20,
    'fail',
    (facts) => ({
      ...facts,
      onInvalid: 'warn',
      validity: doubt('invalid', 'timing', 'rates'),
      thresholds: [...facts.thresholds, judged('failed', ['timing', 'all'])],
    }),
  ],
  [21, 'fail', (facts) => ({ ...facts, regressed: true })],
];

describe('verdict', () => {
  it('passes with 0 when nothing speaks against it', () => {
    expect(decideVerdict(GOOD)).toEqual({ verdict: 'pass', exitCode: 0 });
    expect(decideVerdict({ ...GOOD, thresholds: [] }).exitCode).toBe(0);
  });

  it('of any set of causes the most important one decides', () => {
    for (let set = 1; set < 2 ** CAUSES.length; set++) {
      const held = CAUSES.filter((_, i) => (set & (1 << i)) !== 0);
      const facts = held.reduce((sum, [, , apply]) => apply(sum), GOOD);
      const [first] = held;
      expect([set, decideVerdict(facts)]).toEqual([set, { verdict: first?.[1], exitCode: first?.[0] }]);
    }
  });

  it('is 143 after SIGTERM', () => {
    expect(decideVerdict({ ...GOOD, interrupted: 'SIGTERM', internalError: true }).exitCode).toBe(143);
  });

  it('is 22 for an invalid run, 0 for a suspect one, and 0 when the doubt was waived', () => {
    const invalid = doubt('invalid', 'timing', 'rates');
    expect(decideVerdict({ ...GOOD, validity: invalid }).exitCode).toBe(22);
    expect(decideVerdict({ ...GOOD, validity: invalid, onInvalid: 'warn' }).exitCode).toBe(0);
    expect(decideVerdict({ ...GOOD, validity: doubt('suspect', 'timing') }).exitCode).toBe(0);
  });

  it('lets a failed count decide in spite of a doubt about timing, and a failed latency not', () => {
    const validity = doubt('invalid', 'timing', 'rates');
    expect(decideVerdict({ ...GOOD, validity, thresholds: [judged('failed', ['all'])] }).exitCode).toBe(20);
    expect(decideVerdict({ ...GOOD, validity, thresholds: [judged('failed', ['rates', 'all'])] }).exitCode).toBe(22);
    expect(decideVerdict({ ...GOOD, validity, thresholds: [judged('failed')] }).exitCode).toBe(22);
    const all = doubt('invalid', 'all');
    expect(decideVerdict({ ...GOOD, validity: all, thresholds: [judged('failed', ['all'])] }).exitCode).toBe(22);
  });

  it('never ends in 0 with a failed threshold, whatever the doubts', () => {
    for (const severity of ['suspect', 'invalid'] as const) {
      for (const taint of ['timing', 'rates', 'all'] as const) {
        for (const onInvalid of ['fail', 'warn'] as const) {
          for (const touchedBy of [['timing', 'all'], ['rates', 'all'], ['all']] as const) {
            const thresholds = [judged('failed', touchedBy)];
            const facts = { ...GOOD, validity: doubt(severity, taint), onInvalid, thresholds };
            expect([20, 22]).toContain(decideVerdict(facts).exitCode);
          }
        }
      }
    }
  });
});

describe('internal errors', () => {
  const result = m.buildRunResult(m.mergeBlocks(sampleBlocks()), sampleFacts());

  it('turn any result into 1, with the sums that are wrong in its notes', () => {
    expect(withInternalErrors(result, [])).toBe(result);
    const wrong = withInternalErrors({ ...result, exitCode: 24 }, ['started 1 is not 2']);
    expect(wrong).toMatchObject({ exitCode: 1, verdict: 'aborted' });
    expect(wrong.notes).toContain('internal error: started 1 is not 2');
  });

  it('leave the exit code of an interruption as it is', () => {
    const wrong = withInternalErrors({ ...result, exitCode: 130, verdict: 'aborted' }, ['v']);
    expect(wrong).toMatchObject({ exitCode: 130, notes: ['internal error: v'] });
  });
});
