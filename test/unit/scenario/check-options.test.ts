import { describe, expect, it } from 'vitest';
import { checkOptions, type OptionKinds } from '../../../src/scenario/index.ts';
import { UserError } from '../../../src/std/index.ts';

interface Options {
  readonly file: string;
  readonly workers?: number;
  readonly quiet?: boolean;
  readonly contact?: string | readonly string[] | null;
  readonly done?: () => void;
}

const KINDS: OptionKinds<Required<Options>> = {
  file: 'string',
  workers: 'number',
  quiet: 'boolean',
  contact: 'any',
  done: 'function',
};

const complaint = (given: unknown): string => {
  try {
    checkOptions('call', given as Required<Options>, KINDS);
  } catch (error) {
    if (error instanceof UserError && error.code === 'USAGE') return error.message;
    throw error;
  }
  return '';
};

describe('the options of a call', () => {
  it.each([
    {},
    { file: 'x', workers: 2, quiet: false, contact: null, done: () => {} },
    { workers: undefined, contact: ['a'] },
  ])('%o are taken', (given) => expect(complaint(given)).toBe(''));

  it.each([
    [{ fiel: 'x' }, 'call: unknown option "fiel"; did you mean "file"?'],
    [{ foo: 1 }, 'call: unknown option "foo"; known: file, workers, quiet, contact, done'],
    [{ toString: 1 }, 'call: unknown option "toString"; known: file, workers, quiet, contact, done'],
    [{ file: 5 }, 'call: file is not a text'],
    [{ workers: '2' }, 'call: workers is not a number'],
    [{ quiet: 'yes' }, 'call: quiet is not true or false'],
    [{ done: null }, 'call: done is not a function'],
    [null, 'call: options are an object'],
    ['x', 'call: options are an object'],
    [[], 'call: options are an object'],
    [undefined, 'call: options are an object'],
  ])('%o are refused', (given, message) => expect(complaint(given)).toBe(message));
});
