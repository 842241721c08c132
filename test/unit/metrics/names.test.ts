import { describe, expect, it } from 'vitest';
import {
  OUTCOME_COUNT,
  OUTCOME_SUCCEEDED,
  OWN_OUTCOME_NAMES,
  outcomeName,
  PROCEDURE_NAMES,
} from '../../../src/metrics/index.ts';
import * as names from '../../../src/metrics/names.ts';
import { PROCEDURES, parseThreshold } from '../../../src/scenario/index.ts';

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

  it('of every cause of failure can be asked for in a threshold', () => {
    for (const cause of [...OWN_OUTCOME_NAMES.slice(1), outcomeName(503)]) {
      expect([cause, parseThreshold(`all.failures.${cause}: count == 0`, 'here')]).toMatchObject([cause, { ok: true }]);
    }
  });
});
