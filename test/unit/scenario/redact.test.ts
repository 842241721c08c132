import { describe, expect, it } from 'vitest';
import { redactScenario } from '../../../src/scenario/redact.ts';

const redact = (text: string): string => redactScenario(text, 'REDACTED');

describe('a stored scenario has no secrets', () => {
  it.each([
    ['a plain value', 'a: 1\npassword: hunter2 # note\nb: 2\n', 'a: 1\npassword: REDACTED # note\nb: 2\n'],
    ['in quotes', 'password: "hun\\"ter2"\n', 'password: REDACTED\n'],
    [
      'in a flow map',
      'identities: { password: hunter2, count: 1 }\n',
      'identities: { password: REDACTED, count: 1 }\n',
    ],
    ['a block scalar', 'i:\n  password: |\n    hunter2\n    more\n  b: 2\n', 'i:\n  password: REDACTED\n  b: 2\n'],
    ['an alias', 'x: &pw hunter2\npassword: *pw\n', 'x: &pw REDACTED\npassword: *pw\n'],
    ['an alias used twice', 'x: &p hunter2\npassword: *p\nha1: *p\n', 'x: &p REDACTED\npassword: *p\nha1: *p\n'],
    [
      'credentials by realm',
      'credentials:\n  - { realm: r, password: hunter2 }\n  - ha1: 0123\n',
      'credentials:\n  - { realm: r, password: REDACTED }\n  - ha1: REDACTED\n',
    ],
    ['several', 'a: { password: one }\nb: { ha1: two }\n', 'a: { password: REDACTED }\nb: { ha1: REDACTED }\n'],
  ])('%s', (_, text, expected) => {
    expect(redact(text)).toBe(expected);
  });

  it('a text without secrets stays byte for byte', () => {
    const text = '# hello\nname: x\nidentities:\n  passwordFile: ./pw.txt\n';
    expect(redact(text)).toBe(text);
  });

  it('a text that is no YAML stays as it is', () => {
    expect(redact('{ [ : ')).toBe('{ [ : ');
  });
});
