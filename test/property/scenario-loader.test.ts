// Whatever is done to a scenario file, the loader answers with a plan or with a UserError that has at least one problem,
// each with a place inside the file or the name of a flag; it never fails in any other way.

import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { loadScenario, type Override } from '../../src/scenario/index.ts';
import { UserError } from '../../src/std/index.ts';

const FOLDER = new URL('../../scenarios/', import.meta.url);
const EXAMPLES = readdirSync(FOLDER)
  .filter((name) => name.endsWith('.yaml'))
  .map((name) => readFileSync(new URL(name, FOLDER), 'utf8'));

const check = (text: string, overrides: readonly Override[] = []): void => {
  try {
    const plan = loadScenario({ file: 'x.yaml', text, overrides });
    expect(plan.hash).toMatch(/^[0-9a-f]{16}$/);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    expect(error.problems.length).toBeGreaterThan(0);
    const lines = text.split(/\r\n|\r|\n/).length;
    for (const { place, message } of error.problems) {
      expect(message.length).toBeGreaterThan(5);
      if (place !== undefined) expect(place.line).toBeLessThanOrEqual(lines + 1);
    }
  }
};

const SPICE = [
  ...[
    '{',
    '}',
    '[',
    ']',
    '"',
    "'",
    ':',
    ': ',
    '- ',
    '\n',
    '\n  ',
    '\t',
    '#',
    '&a ',
    '*a',
    '!!str ',
    '!x ',
    '|',
    '>',
    '?',
  ],
  ...[
    '---\n',
    '...\n',
    '%YAML 1.1\n',
    '\u0000',
    '\ufffd',
    '\r',
    '~',
    'null',
    '0x1F',
    '-1',
    '1e999',
    '__proto__: 1\n',
    '<<: *a\n',
  ],
  ...[
    '{index}',
    '{index:99}',
    '9'.repeat(400),
    '%%',
    '\u{1F600}',
    '5000/s',
    '400d',
    'repeat: {times: 2, steps: [wait]}',
  ],
];

const mutation = fc.record({
  at: fc.nat(2000),
  cut: fc.nat(30),
  put: fc.oneof(fc.constantFrom(...SPICE), fc.string({ maxLength: 5 })),
});

describe('loadScenario', () => {
  it('answers every mutated example with a plan or a UserError', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...EXAMPLES),
        fc.array(mutation, { minLength: 1, maxLength: 6 }),
        (example, mutations) => {
          let text = example.replace(/^#.*\n/gm, '');
          for (const { at, cut, put } of mutations) {
            const place = at % (text.length + 1);
            text = text.slice(0, place) + put + text.slice(place + cut);
          }
          check(text);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('answers any text with a plan or a UserError', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ maxLength: 200 }),
          fc.array(fc.constantFrom(...SPICE)).map((s) => s.join('')),
        ),
        (text) => check(text),
      ),
      {
        numRuns: 500,
      },
    );
  });

  it('answers every tree of the right keys and wrong values with a plan or a UserError', () => {
    const keys = [
      'version',
      'name',
      'target',
      'identities',
      'count',
      'user',
      'domain',
      'load',
      'rate',
      'flow',
      'wait',
      'repeat',
    ];
    const value = fc.letrec((tie) => ({
      node: fc.oneof(
        { depthSize: 'small' },
        fc.constantFrom('1', 'register', '5/s', '2s', '{index}', null, true, -1, 1.5, ''),
        fc.array(tie('node'), { maxLength: 4 }),
        fc.dictionary(fc.constantFrom(...keys, 'times', 'steps', 'uniform', 'register', 'headers'), tie('node'), {
          maxKeys: 5,
        }),
      ),
    })).node;
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...keys), value), (tree) => check(JSON.stringify(tree, null, 1))),
      {
        numRuns: 400,
      },
    );
  });

  it('answers any override with a plan or a UserError', () => {
    const override = fc.record({
      path: fc.oneof(
        fc.constantFrom(
          'load.rate',
          'flow.0',
          'flow.+',
          'thresholds.+',
          'local.addresses',
          'identities.user',
          'a.b.c',
          'flow.0.register',
        ),
        fc.string({ maxLength: 12 }),
      ),
      value: fc.oneof(fc.constantFrom(...SPICE), fc.string({ maxLength: 8 }), fc.constant(null)),
      origin: fc.constant('--set'),
    });
    fc.assert(
      fc.property(fc.constantFrom(...EXAMPLES), fc.array(override, { maxLength: 5 }), (text, overrides) =>
        check(text, overrides),
      ),
      { numRuns: 300 },
    );
  });
});
