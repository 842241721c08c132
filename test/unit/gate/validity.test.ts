import { describe, expect, it } from 'vitest';
import { judgeValidity, type ValidityFacts } from '../../../src/gate/index.ts';
import * as m from '../../../src/metrics/index.ts';

function lagOf(us: number, count: number): m.MergedHistogram {
  const block = m.createMetricsBlock(1);
  for (let i = 0; i < count; i++) m.recordLag(block, m.BANK_MEASURED, m.PROCEDURE_REGISTER, us);
  return m.mergeBlocks([block]).measured.register.lag;
}

const GOOD: ValidityFacts = {
  startsDue: 10_000,
  startsMade: 10_000,
  startsDueWholeRun: 12_000,
  missedLate: 0,
  missedNoSlot: 0,
  lag: lagOf(50, 10_000),
  receiveQueueOverruns: 0,
  sendNoRoom: 0,
  sendQueueFull: 0,
  sendWaitedUsMax: 0,
  overtaken: 0,
  clockSteps: 0,
  longestTurnUs: 800,
};

const judge = (facts: Partial<ValidityFacts>) => judgeValidity({ ...GOOD, ...facts });

describe('validity', () => {
  it('is valid, without a word, when the generator kept its schedule', () => {
    expect(judge({})).toEqual({ verdict: 'valid', reasons: [] });
    expect(judge({ startsDue: 0, startsMade: 0, startsDueWholeRun: 0, lag: lagOf(0, 0) }).verdict).toBe('valid');
  });

  it('is invalid below 99 % of the starts due, for rates and timing', () => {
    expect(judge({ startsMade: 9_900 }).verdict).toBe('valid');
    const { verdict, reasons } = judge({ startsMade: 9_899 });
    expect(verdict).toBe('invalid');
    expect(reasons).toEqual([
      {
        reason: '9,899 of 10,000 starts due were made in time, 98.99 % (limit 99 %): the load was lower than asked for',
        taints: ['rates', 'timing'],
        severity: 'invalid',
      },
    ]);
  });

  it('takes one start that slips out of a short window for no shortfall', () => {
    expect(judge({ startsDue: 10, startsMade: 9 }).verdict).toBe('valid');
    expect(judge({ startsDue: 10, startsMade: 8 }).verdict).toBe('invalid');
  });

  it('is invalid with a lag p99 above 10 ms', () => {
    expect(judge({ lag: lagOf(10_000, 1_000) }).verdict).toBe('valid');
    const { verdict, reasons } = judge({ lag: lagOf(14_200, 1_000) });
    expect(verdict).toBe('invalid');
    expect(reasons[0]?.reason).toBe('lag p99 was 14.2 ms (limit 10.0 ms): the generator could not keep its schedule');
  });

  it('with fewer samples looks at the highest percentile that they support', () => {
    expect(judge({ lag: lagOf(20_000, 999) }).reasons[0]?.reason).toContain('lag p95 was 20.0 ms');
    expect(judge({ lag: lagOf(20_000, 20) }).reasons[0]?.reason).toContain('lag p50 was 20.0 ms');
    expect(judge({ lag: lagOf(20_000, 19) }).verdict).toBe('valid');
  });

  it('is suspect from one missed start on, invalid above 1 %', () => {
    expect(judge({ missedLate: 1 })).toMatchObject({ verdict: 'suspect', reasons: [{ severity: 'suspect' }] });
    expect(judge({ missedNoSlot: 120 }).verdict).toBe('suspect');
    const { verdict, reasons } = judge({ missedNoSlot: 121, missedLate: 30 });
    expect(verdict).toBe('invalid');
    expect(reasons[0]?.reason).toBe(
      '151 starts were not made (30 too late, 121 without a free transaction slot), 1.26 % of those due (limit 1 %)',
    );
  });

  it('is invalid in everything after a receive-queue overrun or a standstill', () => {
    expect(judge({ receiveQueueOverruns: 1 }).reasons).toMatchObject([{ taints: ['all'], severity: 'invalid' }]);
    expect(judge({ longestTurnUs: 999_999 }).verdict).toBe('valid');
    expect(judge({ longestTurnUs: 3_400_000 }).reasons).toMatchObject([{ taints: ['all'], severity: 'invalid' }]);
    expect(judge({ longestTurnUs: 3_400_000 }).reasons[0]?.reason).toContain('a worker stood still for 3.40 s');
  });

  it('is suspect in rates and timing when messages waited for the kernel, and says for what', () => {
    const { verdict, reasons } = judge({ sendNoRoom: 1_483, sendWaitedUsMax: 12_300 });
    expect(verdict).toBe('suspect');
    expect(reasons).toEqual([
      {
        reason:
          'messages waited up to 12.3 ms for the kernel: the send buffer was full 1,483 times (raise net.core.wmem_max), or the rate is more than the line carries',
        taints: ['rates', 'timing'],
        severity: 'suspect',
      },
    ]);
    const [both] = judge({ sendNoRoom: 1, sendQueueFull: 2, sendWaitedUsMax: 2_000_000 }).reasons;
    expect(both?.severity).toBe('suspect');
    expect(both?.reason).toContain(
      "the send buffer was full 1 time (raise net.core.wmem_max), the interface's queue was full 2 times (`ip link set",
    );
  });

  it('is invalid in everything when a timer fired before its request had left', () => {
    const { verdict, reasons } = judge({ sendQueueFull: 1, sendWaitedUsMax: 600_000, overtaken: 31 });
    expect(verdict).toBe('invalid');
    expect(reasons).toMatchObject([{ taints: ['all'], severity: 'invalid' }]);
    expect(reasons[0]?.reason).toBe(
      "timers fired 31 times before their request had left, so timeouts and retransmissions are the generator's; " +
        "messages waited up to 600 ms for the kernel: the interface's queue was full 1 time " +
        '(`ip link set dev NAME txqueuelen 10000`), or the rate is more than the line carries',
    );
    // Not the kernel but our own outbox.
    expect(judge({ overtaken: 1 }).reasons[0]?.reason).toBe(
      "timers fired 1 time before their request had left, so timeouts and retransmissions are the generator's",
    );
  });

  it('is suspect in its timing after a step of the clock', () => {
    expect(judge({ clockSteps: 2 })).toMatchObject({ verdict: 'suspect', reasons: [{ taints: ['timing'] }] });
  });

  it('keeps every reason when several hold', () => {
    expect(judge({ clockSteps: 1, missedLate: 1, receiveQueueOverruns: 5 }).reasons).toHaveLength(3);
  });
});
