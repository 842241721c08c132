// Credentials in a scenario: what each way of writing them becomes in the plan, and what is told where they cannot work.

import { describe, expect, it } from 'vitest';
import { hasCredentials, loadScenario, type RunPlan, secretsOf } from '../../../src/scenario/index.ts';
import { UserError } from '../../../src/std/index.ts';

const MD5_DIGITS = '0123456789abcdef0123456789abcdef';
const SHA_DIGITS = MD5_DIGITS.repeat(2);

const textOf = (identities: string, more = ''): string => `version: 1
identities:
  count: 10
  user: "u{index:3}"
  domain: test.example
${identities}
load: { rate: 1/s, duration: 1s }
flow: [register]
${more}`;

const load = (identities: string, more = ''): RunPlan =>
  loadScenario({
    file: 'x.yaml',
    text: textOf(identities, more),
    readSecret: (path) => (path === 'pw.txt' ? 'from{index}file\n' : ''),
  });

const complaintsOf = (identities: string, more = ''): readonly string[] => {
  try {
    load(identities, more);
  } catch (error) {
    if (error instanceof UserError) return error.message.split('\n');
    throw error;
  }
  throw new Error('the scenario was accepted');
};

const text = (value: string) => ({ kind: 'text', text: value });
const password = (value: string) => ({ kind: 'password', text: [text(value)] });

describe('credentials in a plan', () => {
  it('a password alone stays one password for every realm, and so does one in a file, braces and all', () => {
    expect(load('  password: secret').identities).toMatchObject({ password: 'secret', credentials: [] });
    expect(load('  passwordFile: pw.txt').identities).toMatchObject({ password: 'from{index}file', credentials: [] });
    expect(load('  password: "a{b}{index"').identities).toMatchObject({ password: 'a{b}{index', credentials: [] });
  });

  it('with {index} in it each user has a password of its own', () => {
    const { identities } = load('  password: "pw-{index:4}{index}{index:99}"');
    const parts = [text('pw-'), { kind: 'index', width: 4 }, { kind: 'index', width: 0 }, text('{index:99}')];
    expect(identities.password).toBeNull();
    expect(identities.credentials).toEqual([
      { realm: null, authUser: null, secret: { kind: 'password', text: parts } },
    ]);
  });

  it('authUser and realm make a credential of it', () => {
    const { identities } = load('  password: secret\n  authUser: "line-{index}"\n  realm: "a b"');
    const authUser = [text('line-'), { kind: 'index', width: 0 }];
    expect(identities.credentials).toEqual([{ realm: 'a b', authUser, secret: password('secret') }]);
  });

  it('a list has one for each realm, and one without as the fallback', () => {
    const { identities } = load(`  credentials:
    - { realm: one, authUser: alice, password: first }
    - { realm: two, passwordFile: pw.txt }
    - { password: third }`);
    expect(identities.password).toBeNull();
    expect(identities.credentials).toEqual([
      { realm: 'one', authUser: [text('alice')], secret: password('first') },
      { realm: 'two', authUser: null, secret: password('from{index}file') },
      { realm: null, authUser: null, secret: password('third') },
    ]);
  });

  it.each([
    ['32 digits are MD5', MD5_DIGITS.toUpperCase(), '', 'MD5'],
    ['64 digits are SHA-256', SHA_DIGITS, '', 'SHA-256'],
    ['unless it is said that they are SHA-512-256', SHA_DIGITS, '\n  algorithm: SHA-512-256', 'SHA-512-256'],
  ])('7616 3.4.2 ha1: %s', (_, digits, more, algorithm) => {
    const { credentials } = load(`  realm: r\n  authUser: alice\n  ha1: ${digits}${more}`).identities;
    expect(credentials[0]?.secret).toEqual({ kind: 'ha1', digits: digits.toLowerCase(), algorithm });
  });

  it('auth.reuseNonce is true unless it is said', () => {
    expect(load('').auth).toEqual({ reuseNonce: true });
    expect(load('', 'auth: { reuseNonce: false }').auth).toEqual({ reuseNonce: false });
  });
});

describe('secrets of a plan', () => {
  it('are in neither its hash nor its description, and are known to whoever stores anything', () => {
    const written = (first: string, second: string): RunPlan =>
      load(`  credentials:\n    - { realm: one, password: "${first}{index:2}" }\n    - { password: ${second} }`);
    const [a, b] = [written('abc', 'def'), written('ghi', 'jkl')];
    expect(a.hash).toBe(b.hash);
    expect(secretsOf(a.identities)).toEqual(['abc{index:2}', 'def']);
    expect(hasCredentials(a.identities)).toBe(true);
  });

  it('realm, user name and reuseNonce decide the work, so they are in the hash; without them it is what it was', () => {
    const hashes = [
      load('  password: x').hash,
      load('  password: x\n  realm: r').hash,
      load('  password: x\n  realm: s').hash,
      load('  password: x\n  realm: s\n  authUser: a').hash,
      load('  password: x', 'auth: { reuseNonce: false }').hash,
    ];
    expect(new Set(hashes).size).toBe(hashes.length);
    expect(load('  password: x', 'auth: { reuseNonce: true }').hash).toBe(hashes[0]);
  });
});

describe('credentials that cannot work', () => {
  it.each([
    [
      'authUser without a secret',
      '  authUser: alice',
      'x.yaml:2:1: nothing to answer a challenge with; add password, passwordFile or ha1',
    ],
    [
      'two secrets',
      `  realm: r\n  password: a\n  ha1: ${MD5_DIGITS}`,
      'x.yaml:8:8: password and ha1 exclude each other; keep one',
    ],
    [
      'ha1 for many users',
      `  realm: r\n  ha1: ${MD5_DIGITS}`,
      'x.yaml:7:8: ha1 fits one user name, and the 10 contexts have one each; give a password instead',
    ],
    [
      'ha1 without a realm',
      `  authUser: alice\n  ha1: ${MD5_DIGITS}`,
      'x.yaml:7:8: ha1 is made with a realm and answers no other; add realm',
    ],
    [
      'ha1 that is none, without telling it',
      '  realm: r\n  authUser: alice\n  ha1: MD5',
      'x.yaml:8:8: ha1 is H(user:realm:password) in hex: 32 digits of MD5, or 64 of SHA-256 or SHA-512-256',
    ],
    [
      'an algorithm that does not fit ha1',
      `  realm: r\n  authUser: alice\n  ha1: ${MD5_DIGITS}\n  algorithm: SHA-256`,
      'x.yaml:9:14: ha1 has 32 digits, which is MD5',
    ],
    [
      'an algorithm for a password',
      '  password: x\n  algorithm: SHA-256',
      'x.yaml:7:14: algorithm says what ha1 was made with; a password answers every algorithm',
    ],
    [
      'a list beside a password',
      '  password: x\n  credentials: [{ password: y }]',
      'x.yaml:6:13: password and credentials exclude each other; write it into an item of credentials',
    ],
    [
      'one realm twice',
      '  credentials: [{ realm: r, password: x }, { realm: r, password: y }]',
      'x.yaml:6:53: two credentials for one realm; the second would never be used',
    ],
    [
      'two fallbacks',
      '  credentials: [{ password: x }, { password: y }]',
      'x.yaml:6:3: two credentials without a realm; the second would never be used',
    ],
    [
      'an item without a secret',
      '  credentials: [{ realm: r }]',
      'x.yaml:6:3: nothing to answer a challenge with; add password, passwordFile or ha1',
    ],
    [
      'a user name with a quote',
      '  password: x\n  authUser: a"b',
      'x.yaml:7:13: "a\\"b" has a quote, backslash or control character, which a digest user name cannot hold',
    ],
    [
      'an empty realm',
      '  password: x\n  realm: ""',
      'x.yaml:7:10: the realm is empty; leave the key out for every realm',
    ],
  ])('%s', (_, identities, complaint) => {
    expect(complaintsOf(identities)).toEqual([complaint]);
  });

  it('the embedded registrar has one password for all', () => {
    expect(complaintsOf('  password: "p{index}"', 'target: embedded')).toEqual([
      'x.yaml:2:1: the embedded registrar knows one password, and users by their own name: give it a password without {index}',
    ]);
  });
});
