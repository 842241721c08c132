import { describe, expect, it } from 'vitest';
import { nearestWord } from '../../../src/scenario/index.ts';
import { editDistance, suggestion } from '../../../src/scenario/suggest.ts';

describe('did you mean', () => {
  it.each([
    ['', 'abc', 3],
    ['abc', 'abc', 0],
    ['duratoin', 'duration', 1],
    ['kitten', 'sitting', 3],
    ['ab', 'ba', 1],
  ])('%s and %s are %i edits apart', (a, b, distance) => {
    expect(editDistance(a, b)).toBe(distance);
    expect(editDistance(b, a)).toBe(distance);
  });

  it('offers the nearest word, whatever its case, and none that is far', () => {
    const known = ['duration', 'rate', 'starts', 'T1'];
    expect(nearestWord('Duration', known)).toBe('duration');
    expect(nearestWord('rat', known)).toBe('rate');
    expect(nearestWord('t1', known)).toBe('T1');
    expect(nearestWord('colour', known)).toBeNull();
    expect(nearestWord('x'.repeat(1000), known)).toBeNull();
  });

  it('lists what is known where nothing is near and the list is short', () => {
    expect(suggestion('colour', ['a', 'b'])).toBe('; known: a, b');
    expect(
      suggestion(
        'colour',
        Array.from({ length: 17 }, (_, i) => `word${i}`),
      ),
    ).toBe('');
  });
});
