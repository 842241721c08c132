import { describe, expect, it } from 'vitest';
import { userErrorIn, workerLost } from '../../../src/coordinator/worker-error.ts';
import { UserError } from '../../../src/std/index.ts';

const PROBLEMS = [{ message: 'port 5060 on 127.0.0.1 is in use', hint: 'stop what uses it' }];
const MESSAGE = 'port 5060 on 127.0.0.1 is in use\n    stop what uses it';

describe("an operator's mistake crosses the thread boundary", () => {
  it('as the cause of an error that was cloned, with its code, exit code and whole message', () => {
    const sent = new Error('in the worker', { cause: { code: 'PORT_IN_USE', problems: PROBLEMS } });
    const error = userErrorIn(structuredClone(sent));
    expect(error).toBeInstanceOf(UserError);
    expect([error?.code, error?.exitCode, error?.message]).toEqual(['PORT_IN_USE', 2, MESSAGE]);
  });

  it('as plain data, or as itself', () => {
    expect(userErrorIn({ code: 'DESCRIPTORS', problems: PROBLEMS })?.code).toBe('DESCRIPTORS');
    const error = new UserError('USAGE', { message: 'x' });
    expect(userErrorIn(error)).toBe(error);
  });

  it.each([
    ['an ordinary error', new Error('x')],
    ['an unknown code', new Error('x', { cause: { code: 'ELSE', problems: PROBLEMS } })],
    ["an object's own property name as code", new Error('x', { cause: { code: 'toString', problems: PROBLEMS } })],
    ['no problems', new Error('x', { cause: { code: 'USAGE', problems: [] } })],
    ['problems of another shape', new Error('x', { cause: { code: 'USAGE', problems: [1] } })],
    ['a text', 'x'],
    ['nothing', undefined],
  ])('%s is none', (_, error) => {
    expect(userErrorIn(error)).toBeNull();
  });
});

describe('a lost worker is named with its reason, and exits 24', () => {
  it.each([
    [new Error('boom'), 'worker 2 of 4 failed: boom'],
    [new Error('worker exited with code: 7'), 'worker 2 of 4 exited with code 7'],
    [Object.assign(new Error('x'), { code: 'ERR_WORKER_OUT_OF_MEMORY' }), 'worker 2 of 4 ran out of memory'],
    ['a text', 'worker 2 of 4 ended with a text'],
  ])('%s', (error, message) => {
    const lost = workerLost(error, 'worker 2 of 4');
    expect(lost.problems[0]?.message).toBe(message);
    expect(lost.exitCode).toBe(24);
  });
});
