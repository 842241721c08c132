// docs/errors.md against the sources, in both directions: what the program can say is on the page, and nothing else is.

import { describe, expect, it } from 'vitest';
import type { ValidityFacts } from '../../../src/gate/index.ts';
import { judgeValidity } from '../../../src/gate/index.ts';
import { createMetricsBlock, mergeBlocks, OWN_OUTCOME_NAMES, recordLag } from '../../../src/metrics/index.ts';
import { loadScenario } from '../../../src/scenario/index.ts';
import { ERROR_CODES, EXIT, UserError } from '../../../src/std/index.ts';
import { readPage, sectionOf, tableIn } from './page.ts';

const page = readPage('errors.md');

const BAD = `version: 1
identities: { count: 5, user: "u{index}", domain: test.example }
load: { duration: 10s, rate: 5000 }
flow:
  - register
  - wate
`;

describe('docs/errors.md', () => {
  it('lists every exit code under its name, and no other', () => {
    const listed = tableIn(sectionOf(page, 'Exit codes')).map(([code, name]) => [name, Number(code)]);
    expect(listed).toEqual(Object.entries(EXIT));
  });

  it('lists every error code with its exit code, and no other', () => {
    const listed = tableIn(sectionOf(page, 'Error codes')).map(([code, exit]) => [code, Number(exit)]);
    expect(listed).toEqual(Object.entries(ERROR_CODES));
  });

  it('has a paragraph with an example for every error code, and for no other', () => {
    const paragraphs = sectionOf(page, 'Error codes').split(/^### /m).slice(1);
    expect(paragraphs.map((paragraph) => paragraph.split('\n', 1)[0])).toEqual(Object.keys(ERROR_CODES));
    for (const paragraph of paragraphs) expect(paragraph).toMatch(/^```\n[\s\S]+?\n```$/m);
  });

  it('shows the mistakes of a scenario as the loader words them, with the steps that there are', () => {
    const [, shown] = /^### SCENARIO_INVALID\n\n```\n([\s\S]+?)\n```$/m.exec(page) ?? [];
    let said = '';
    try {
      loadScenario({ file: 'bad.yaml', text: BAD });
    } catch (error) {
      if (error instanceof UserError) said = error.message;
    }
    expect(said).toBe(shown);
  });

  it('lists every outcome, and no other', () => {
    const listed = tableIn(sectionOf(page, 'Outcomes')).map(([outcome]) => outcome);
    expect(listed).toEqual([...OWN_OUTCOME_NAMES, 'status-NNN']);
  });

  it('shows the sentences of all validity rules as the gate words them', () => {
    const examples = tableIn(sectionOf(page, 'Validity reasons')).map(([, example]) => example);
    expect(examples).toEqual(judgeValidity(doubtful()).reasons.map(({ reason }) => reason));
  });
});

/** A run with everything that a rule looks at. */
function doubtful(): ValidityFacts {
  const block = createMetricsBlock(1);
  for (let sample = 0; sample < 1_000; sample++) recordLag(block, 0, 0, 403_000);
  return {
    startsDue: 5_000,
    startsMade: 4_800,
    startsDueWholeRun: 5_000,
    missedLate: 12,
    missedNoSlot: 0,
    lag: mergeBlocks([block]).measured.register.lag,
    receiveQueueOverruns: 7,
    sendNoRoom: 972,
    sendQueueFull: 511,
    sendWaitedUsMax: 12_300,
    overtaken: 0,
    clockSteps: 1,
    longestTurnUs: 1_500_000,
  };
}
