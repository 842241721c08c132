import { describe, expect, it } from 'vitest';
import {
  COUNTER_ANSWERED_MD5,
  DIGEST_ALGORITHM_NAMES,
  OUTCOME_COUNT,
  OUTCOME_SUCCEEDED,
  OWN_OUTCOME_NAMES,
  outcomeName,
  PROCEDURE_NAMES,
} from '../../../src/metrics/index.ts';
import * as layout from '../../../src/metrics/layout.ts';
import * as names from '../../../src/metrics/names.ts';
import { PROCEDURES, parseThreshold } from '../../../src/scenario/index.ts';
import * as sip from '../../../src/sip/index.ts';

describe('names', () => {
  it('of procedures are those of scenario steps, in the order of their numbers', () => {
    expect(PROCEDURE_NAMES).toEqual(PROCEDURES);
    for (const [number, name] of PROCEDURE_NAMES.entries()) {
      expect(Object.entries(names)).toContainEqual([`PROCEDURE_${name.toUpperCase()}`, number]);
    }
  });

  it('of outcomes match their constants', () => {
    for (const [number, name] of OWN_OUTCOME_NAMES.entries()) {
      expect(Object.entries(names)).toContainEqual([`OUTCOME_${name.toUpperCase().replaceAll('-', '_')}`, number]);
    }
    expect(outcomeName(OUTCOME_SUCCEEDED)).toBe('succeeded');
    expect(outcomeName(OUTCOME_COUNT - 1)).toBe('status-699');
  });

  it('of digest algorithms are those of the sip folder, and of their counters, in the order of their numbers', () => {
    for (const [number, name] of DIGEST_ALGORITHM_NAMES.entries()) {
      const constant = name.toUpperCase().replaceAll('-', '_');
      expect(Object.entries(sip)).toContainEqual([`ALGORITHM_${constant}`, number]);
      expect(Object.entries(layout)).toContainEqual([`COUNTER_ANSWERED_${constant}`, COUNTER_ANSWERED_MD5 + number]);
    }
  });

  it('of every cause of failure can be asked for in a threshold', () => {
    for (const cause of [...OWN_OUTCOME_NAMES.slice(1), outcomeName(503)]) {
      expect([cause, parseThreshold(`all.failures.${cause}: count == 0`, 'here')]).toMatchObject([cause, { ok: true }]);
    }
  });
});
