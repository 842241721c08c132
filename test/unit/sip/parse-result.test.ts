// Every PARSE_* number has a name of its own.

import { describe, expect, it } from 'vitest';
import * as results from '../../../src/sip/parse-result.ts';

const codes = Object.entries(results).flatMap(([name, value]): [string, number][] =>
  typeof value === 'number' ? [[name, value]] : [],
);

describe('parse results', () => {
  it.each(codes)('%s is named for its constant', (name, code) => {
    const expected = name.replace('PARSE_', '').toLowerCase().replaceAll('_', '-');
    expect(results.parseErrorName(code)).toBe(expected);
  });

  it('are 0 for a message that is right and below 0 for all others, each its own', () => {
    const numbers = codes.map(([, code]) => code).sort((a, b) => b - a);
    expect(numbers).toEqual(Array.from({ length: codes.length }, (_, i) => 0 - i));
  });
});
