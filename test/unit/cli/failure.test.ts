import { describe, expect, it } from 'vitest';
import { describeFailure } from '../../../src/cli/failure.ts';
import { ERROR_CODES, type ErrorCode, UserError } from '../../../src/std/index.ts';

describe('what is printed when a command ends badly', () => {
  it.each(Object.entries(ERROR_CODES))('a %s exits %i', (code, exitCode) => {
    const failure = describeFailure(new UserError(code as ErrorCode, { message: 'x' }), false);
    expect(failure).toEqual({ exitCode, text: 'regstorm: x\n' });
  });

  it('problems with a place stand for themselves, as editors expect', () => {
    const place = { file: 's.yaml', line: 3, column: 4 };
    const failure = describeFailure(new UserError('SCENARIO_INVALID', { message: 'x', place, hint: 'y' }), true);
    expect(failure.text).toBe('s.yaml:3:4: x\n    y\n');
  });

  it('an internal error is one line, with its stack only when asked for', () => {
    const error = new Error('boom\nmore');
    error.stack = 'Error: boom\n    at here';
    expect(describeFailure(error, false)).toEqual({
      exitCode: 1,
      text: 'regstorm: internal error: boom\n    run it again with -v to see where\n',
    });
    expect(describeFailure(error, true).text).toBe('regstorm: internal error: boom\nError: boom\n    at here\n');
    expect(describeFailure('thrown text', false).exitCode).toBe(1);
  });
});
