// `identities.csv`: users from a file, and the exact words for what can be wrong with one.

import { describe, expect, it } from 'vitest';
import {
  describePlan,
  hasCredentials,
  loadScenario,
  type RunPlan,
  secretsOf,
  usersOf,
} from '../../../src/scenario/index.ts';
import { encodeUtf8, UserError } from '../../../src/std/index.ts';

const scenario = (identities: string, more = 'target: sip:192.0.2.1:5060\n', flow = '  - register\n'): string =>
  `version: 1\n${more}identities: ${identities}\nload: { rate: 5/s, duration: 1s }\nflow:\n${flow}`;

const load = (csv: string | Uint8Array, text: string): RunPlan => {
  const bytes = typeof csv === 'string' ? encodeUtf8(csv) : csv;
  return loadScenario({ file: 'x.yaml', text, readTable: (path) => ({ name: path, bytes }) });
};

const USERS = '{ csv: u.csv, domain: test.example }';
const plan = (csv: string | Uint8Array, identities = USERS): RunPlan => load(csv, scenario(identities));

const complaints = (csv: string | Uint8Array, text = scenario(USERS)): readonly string[] => {
  try {
    load(csv, text);
  } catch (error) {
    if (error instanceof UserError) return error.message.split('\n');
    throw error;
  }
  throw new Error('the scenario was accepted');
};

const cells = ({ identities: { subscribers } }: RunPlan): readonly string[][] => {
  if (subscribers === undefined) throw new Error('the plan has no subscribers');
  const { values, columns } = subscribers;
  const offsets = new Uint32Array(values.buffer, 0, values.rows * values.columns + 1);
  const bytes = new Uint8Array(values.buffer, offsets.byteLength);
  const cell = (at: number): string => new TextDecoder().decode(bytes.slice(offsets[at], offsets[at + 1]));
  return Array.from({ length: values.rows }, (_, row) =>
    columns.map((_, column) => cell(row * columns.length + column)),
  );
};

describe('a file of subscribers', () => {
  it.each([
    ['LF', 'user,password\nann,one\nbob,two\n'],
    ['CR LF', 'user,password\r\nann,one\r\nbob,two\r\n'],
    ['no line end at the end', 'user,password\nann,one\nbob,two'],
    ['a byte order mark', '\uFEFFuser,password\nann,one\nbob,two\n'],
    ['quotes', '"user","password"\n"ann","one"\r\n"bob",two'],
  ])('RFC 4180 §2 is read with %s', (_what, csv) => {
    const read = plan(csv);
    expect(cells(read)).toEqual([
      ['ann', 'one'],
      ['bob', 'two'],
    ]);
    expect(read.identities).toMatchObject({ count: 2, first: 0, domain: 'test.example', password: null });
  });

  it('RFC 4180 §2 rules 6 and 7: a value in quotes may hold commas and doubled quotes', () => {
    expect(cells(plan('user,password\nann,"a, ""b"" c"\n'))).toEqual([['ann', 'a, "b" c']]);
  });

  it('gives each user the secret of its row, in UTF-8, and tells none of them', () => {
    const read = plan('user,authUser,password\nann,ann@a,grüße\n');
    expect(hasCredentials(read.identities)).toBe(true);
    expect(secretsOf(read.identities)).toEqual([]);
    expect(usersOf(read.identities)).toMatchObject({ first: 0, count: 1, user: 0, authUser: 1, password: 2 });
    expect(describePlan(read)).toContain('1 from u.csv at test.example, digest credentials');
  });

  it('is used from row `first` on, `count` rows or all that are left', () => {
    const csv = 'user\na\nb\nc\nd\n';
    expect(plan(csv, '{ csv: u.csv, domain: d.example, first: 1 }').identities).toMatchObject({ first: 1, count: 3 });
    expect(plan(csv, '{ csv: u.csv, domain: d.example, first: 1, count: 2 }').identities.count).toBe(2);
  });

  it('keeps no column that nobody asks for, and says which those are', () => {
    const read = plan('id,user,note\n7,ann,x\n');
    expect(cells(read)).toEqual([['ann']]);
    expect(describePlan(read)).toContain('columns     user; nobody asks for id, note');
  });

  it('has columns for headers and for User-Agent', () => {
    const flow = '  - register: { headers: { X-Ext: "n{ext}" } }\n';
    const read = load(
      'user,ext,model\nann,100,M1\n',
      scenario(USERS, 'target: sip:192.0.2.1:5060\nuserAgent: "{model}"\n', flow),
    );
    expect(cells(read)).toEqual([['ann', '100', 'M1']]);
  });

  it('one domain in all rows is that of the run; several are those of the users, who register each at its own', () => {
    const one = plan('user,domain\na,x.example\nb,x.example\n', '{ csv: u.csv }');
    expect([one.identities.domain, one.requestUri]).toEqual(['x.example', 'sip:x.example']);
    expect(one.identities.subscribers).toMatchObject({ hasDomains: false, ownRegistrars: false });
    const two = plan('user,domain\na,x.example\na,y.example\n', '{ csv: u.csv }');
    expect(two.identities.subscribers).toMatchObject({ hasDomains: true, ownRegistrars: true });
    expect(describePlan(two)).toContain('sip: and the user’s domain');
  });

  it('ha1 with a realm stands for a password; upper case digits are the same', () => {
    const read = plan(`user,ha1,realm\nann,${'AB'.repeat(16)},r\nbob,${'cd'.repeat(16)},r\n`);
    expect(read.identities.credentials).toEqual([
      { realm: 'r', authUser: null, secret: { kind: 'ha1-column', algorithm: 'MD5' } },
    ]);
    expect(cells(read)[0]![1]).toBe('ab'.repeat(16));
  });

  it('keys of identities say of all what no column says of each', () => {
    const read = plan('user,authUser\nann,a1\n', '{ csv: u.csv, domain: d.example, password: secret }');
    const secret = { kind: 'password', text: [{ kind: 'text', text: 'secret' }] };
    expect(read.identities.credentials).toEqual([
      { realm: null, authUser: [{ kind: 'column', name: 'authUser' }], secret },
    ]);
  });
});

describe('the hash of a scenario with subscribers', () => {
  const hash = (csv: string, identities = USERS): string => plan(csv, identities).hash;

  it('counts who they are, and in which order', () => {
    const hashes = ['user\na\nb\n', 'user\nb\na\n', 'user\na\nc\n', 'user\nab\n'].map((csv) => hash(csv));
    expect(new Set(hashes).size).toBe(hashes.length);
  });

  it('does not count secrets, unused columns, the rows left out or how the file is written', () => {
    const plain = hash('user,password\na,one\n');
    expect(hash('"user",password,note\r\na,two,x\r\n')).toBe(plain);
    expect(hash('user,password\na,one\nb,two\n', '{ csv: u.csv, domain: test.example, count: 1 }')).toBe(plain);
  });
});

describe('what is wrong with a file is told by file, line and column', () => {
  it.each<[csv: string, ...expected: string[]]>([
    ['', 'u.csv:1:1: the file is empty; its first line names the columns, for example user,password'],
    ['user\n', 'u.csv:1:1: there is no line below the names'],
    ['name,password\na,b\n', 'u.csv:1:1: no column is named user; the first line names the columns'],
    ['user;password\na;b\n', 'u.csv:1:1: columns are separated by commas'],
    ['user,Password\na,b\n', 'u.csv:1:6: unknown column "Password"; did you mean "password"?'],
    ['user,user\na,b\n', 'u.csv:1:6: there are two columns "user"'],
    ['user,,x\na,b,c\n', 'u.csv:1:6: the column has no name; the first line names the columns'],
    ['user,password,ha1\na,b,c\n', 'u.csv:1:15: password and ha1 exclude each other; keep one of the columns'],
    ['user,password\na\n', 'u.csv:2:1: one value, and 2 columns'],
    ['user,password\na,b,c,d\n', 'u.csv:2:5: 4 values, and 2 columns; a value with a comma in it needs quotes'],
    ['user,password\na,b\n\nc,d\n', 'u.csv:3:1: the line is empty; take it out'],
    ['user,password\na,"b\nc,d\n', 'u.csv:2:3: the quote that opens here is not closed in its line'],
    [
      'user,password\na,b"c\n',
      'u.csv:2:4: a quote in the middle of a value; put the whole value in quotes and double this one',
    ],
    ['user,password\na,"b"c\n', 'u.csv:2:6: text behind a closing quote; a quote inside a value is doubled'],
    ['user,password\na,\n', 'u.csv:2:3: the password is empty; fill it in, or leave the column out'],
    ['user,password\na,b\u0001\n', 'u.csv:2:3: the password has a line break or control character'],
    [
      'user,authUser,password\na,"x""y",p\n',
      'u.csv:2:4: the authUser has a quote or backslash, which a digest user name cannot hold',
    ],
    ['user\n\n', 'u.csv:2:1: the user is empty'],
    [
      'user\nbob@b.example\n',
      'u.csv:2:1: "bob@b.example" has characters that a SIP user part cannot hold; the domain is a column of its own',
    ],
    ['user\nbo b\n', 'u.csv:2:1: "bo b" has characters that a SIP user part cannot hold; escape them as %HH'],
    ['user\nann\nbob\nann\n', 'u.csv:4:1: the user ann stands in line 2 already'],
    [
      'user,ha1,realm\na,zz,r\n',
      'u.csv:2:3: ha1 is H(user:realm:password) in hex: 32 digits of MD5, or 64 of SHA-256 or SHA-512-256',
    ],
  ])('%j', (csv, ...expected) => {
    expect(complaints(csv)).toEqual(expected);
  });

  it('a value that is no UTF-8', () => {
    const csv = Uint8Array.from([...encodeUtf8('user,password\nü'.replace('ü', 'a')), 0x2c, 0xff, 0x0a]);
    expect(complaints(csv)).toEqual(['u.csv:2:3: the password is not UTF-8']);
  });

  it('columns count characters, and the user of another domain is another user', () => {
    expect(complaints('user,password,domain\na,grüße,-\n', scenario('{ csv: u.csv }'))).toEqual([
      'u.csv:2:9: "-" is not a host name',
    ]);
    const twins = 'user,domain\na,x.example\na,y.example\na,X.example\n';
    expect(complaints(twins, scenario('{ csv: u.csv }'))).toEqual(['u.csv:4:1: the user a stands in line 2 already']);
  });

  it('no more than a person would read', () => {
    expect(complaints(`user\n${'-@-\n'.repeat(1000)}`).length).toBe(20);
  });
});

describe('what the file and the scenario have to do with each other', () => {
  const USER = 'user\na\nb\n';
  it.each<[identities: string, csv: string, expected: string]>([
    ['{ csv: u.csv, domain: d.example, count: 3 }', USER, 'identities.count'],
    ['{ csv: u.csv, domain: d.example, first: 2 }', USER, 'there is no row 2'],
    ['{ csv: u.csv }', USER, 'u.csv has no column domain; add one, or domain to identities'],
    [
      '{ csv: u.csv, domain: d.example, user: "u{index}" }',
      USER,
      'user and csv exclude each other: the file says who the users are',
    ],
    [
      '{ csv: u.csv, domain: d.example }',
      'user,domain\na,x.example\n',
      'domain and the column domain of u.csv exclude each other; keep one',
    ],
    [
      '{ csv: u.csv, domain: d.example, password: x }',
      'user,password\na,b\n',
      'password and the column password of u.csv exclude each other; keep one',
    ],
    [
      '{ csv: u.csv, domain: d.example }',
      `user,ha1\na,${'0'.repeat(32)}\n`,
      'ha1 in u.csv is made with a realm and answers no other; add realm, as a column or to identities',
    ],
  ])('%s', (identities, csv, expected) => {
    const told = complaints(csv, scenario(identities)).join('\n');
    const wanted =
      expected === 'identities.count'
        ? 'u.csv has 2 rows, and 3 contexts need one each; leave count out for all'
        : expected;
    expect(told).toContain(wanted);
    expect(told).toMatch(/^x\.yaml:3:\d+: /);
  });

  it('several domains need a target, and the embedded registrar serves one', () => {
    const csv = 'user,domain\na,x.example\nb,y.example\n';
    expect(complaints(csv, scenario('{ csv: u.csv }', ''))).toEqual([
      'x.yaml:2:20: the users of u.csv have several domains; say with target where all of them are',
    ]);
    const redirected = scenario('{ csv: u.csv }', 'target: sip:192.0.2.1:5060\nredirects: { follow: 1 }\n');
    expect(complaints(csv, redirected)).toEqual([
      'x.yaml:3:1: the users of u.csv register at domains of their own, from which no redirect is followed; add registrar',
    ]);
    expect(complaints(csv, scenario('{ csv: u.csv }', 'target: embedded\n'))).toEqual([
      'x.yaml:2:9: the embedded registrar serves one domain, and the users of u.csv have several',
    ]);
  });

  it('the embedded registrar takes ha1 and a realm, but one realm, and asks for the hash that ha1 was made with', () => {
    const embedded = (auth: string): string => scenario(USERS, `target: ${auth}\n`);
    const hash = (digits: number): string => `user,ha1,realm\na,${'0'.repeat(digits)},r\nb,${'1'.repeat(digits)},r\n`;
    const knownTo = (csv: string, auth: string) => usersOf(load(csv, embedded(auth)).identities);
    expect(knownTo(hash(32), 'embedded')).toMatchObject({ ha1: { algorithm: 'MD5' }, realm: 'r' });
    const sessions = '{ embedded: { auth: { algorithms: [MD5, SHA-256-sess] } } }';
    expect(knownTo(hash(64), sessions)).toMatchObject({ ha1: { algorithm: 'SHA-256' }, realm: 'r' });
    expect(complaints(hash(64), embedded('{ embedded: { auth: { qop: auth } } }'))).toEqual([
      "x.yaml:2:23: ha1 in the users' file is SHA-256, which no challenge asks for: add algorithms: [SHA-256]",
    ]);
    expect(knownTo('user,password,realm\na,x,r\nb,y,r\n', 'embedded')?.realm).toBe('r');
    expect(complaints('user,password,realm\na,x,r\nb,y,s\n', embedded('embedded'))).toEqual([
      'x.yaml:3:20: the embedded registrar challenges with one realm, and the users of u.csv have several',
    ]);
  });

  it('a placeholder that no column answers is unknown, and a secret stands in no header', () => {
    const header = (text: string): string =>
      scenario(USERS, 'target: embedded\n', `  - register: { headers: { X-A: "${text}" } }\n`);
    expect(complaints('user,ext\na,1\n', header('a{exd}'))).toEqual([
      'x.yaml:6:35: unknown {exd}; did you mean "ext"?',
    ]);
    expect(complaints('user,password\na,b\n', header('{password}'))).toEqual([
      'x.yaml:6:33: {password} is a secret and stands in no header',
    ]);
  });
});
