import { describe, expect, it } from 'vitest';
import { redactCommandLine, withoutSecret } from '../../../src/coordinator/secrets.ts';

describe('the stored command line has no secrets', () => {
  it.each([
    ['--password and its value', ['run', '--password', 'hunter2', 'x'], ['run', '--password', 'REDACTED', 'x']],
    ['--password=value', ['run', '--password=hunter2'], ['run', '--password=REDACTED']],
    ['--set of a password', ['--set', 'identities.password=hunter2'], ['--set', 'identities.password=REDACTED']],
    ['--set=… of a password', ['--set=identities.password=hunter2'], ['--set=identities.password=REDACTED']],
    ['--set of an HA1', ['--set', 'identities.ha1=0123'], ['--set', 'identities.ha1=REDACTED']],
    [
      '--set of credentials as a list',
      ['--set', 'identities.credentials=[{realm: r, password: hunter2}]'],
      ['--set', 'identities.credentials=REDACTED'],
    ],
    ['a password in a URI', ['quick', 'sip:alice:hunter2@host'], ['quick', 'sip:alice:REDACTED@host']],
    ['nothing else', ['--set', 'load.rate=5/s', '--password-env', 'VAR', 'sip:a@b:5060'], null],
  ])('%s', (_, argv, expected) => {
    expect(redactCommandLine(argv)).toEqual(expected ?? argv);
  });
});

describe('the last net takes the password out of a text', () => {
  it('wherever it stands as a value of its own, whatever characters it has', () => {
    expect(withoutSecret('a: p.w+d, b: "p.w+d"', 'p.w+d')).toBe('a: REDACTED, b: "REDACTED"');
  });

  it('not inside a longer word, and not when it is too short to be told from text', () => {
    expect(withoutSecret('register: registered', 'register')).toBe('REDACTED: registered');
    expect(withoutSecret('a: 1', 'a')).toBe('a: 1');
    expect(withoutSecret('a: 1', null)).toBe('a: 1');
  });
});
