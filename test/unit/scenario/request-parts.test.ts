// The keys that say what a request carries: what is refused, with its place, and what a plan makes of the rest.

import { describe, expect, it } from 'vitest';
import { type AttemptStep, loadScenario, type RunPlan } from '../../../src/scenario/index.ts';
import { UserError } from '../../../src/std/index.ts';

const BASE = `version: 1
identities: { count: 2, user: "u{index}", domain: test.example }
load: { rate: 1/s, starts: 1 }
`;

const load = (yaml: string, readText?: (path: string) => string): RunPlan =>
  loadScenario({
    file: 's.yaml',
    text: `${BASE}${yaml.includes('flow:') ? '' : 'flow: [register]\n'}${yaml}`,
    ...(readText === undefined ? {} : { readText }),
  });

const complaint = (yaml: string, readText?: (path: string) => string): string => {
  try {
    load(yaml, readText);
  } catch (error) {
    if (error instanceof UserError) return error.problems.map(({ message }) => message).join('\n');
    throw error;
  }
  return '';
};

const stepOf = (plan: RunPlan): AttemptStep => plan.flow[0] as AttemptStep;
const register = (options: string): string => `flow:\n  - register: ${options}\n`;

describe('keys for Contacts, bodies, routes and names', () => {
  it.each([
    ['contact: { q: 1.5 }', 'is no q'],
    ['contact: { q: 0.1234 }', 'is no q'],
    ['contact: { regId: 1 }', 'a reg-id means nothing without an instance'],
    ['contact: { instance: true, regId: 0 }', '1'],
    ['contact: { gruu: true }', 'a GRUU is given to an instance'],
    ['contact: { params: { q: "1" } }', 'q has a key of its own: q'],
    ['contact: { params: { "+sip.instance": "1" } }', 'has a key of its own: instance'],
    ['contact: { params: { "a b": "1" } }', 'is not the name of a parameter'],
    ['contact: { params: { a: "b c" } }', 'needs double quotes of its own'],
    ['contact: { params: { a: \'"b" c"\' } }', 'needs double quotes of its own'],
    [register('{ contacts: [] }'), 'the list of contacts is empty'],
    [register('{ contacts: [{ uri: "192.0.2.1" }] }'), 'is no URI'],
    [register('{ contacts: [{ uri: "sip:a b@c" }] }'), 'characters that a URI cannot hold'],
    [register('{ contacts: [{ uri: "sip:a>;q=1@c" }] }'), 'characters that a URI cannot hold'],
    [register('{ contacts: [{ uri: "{contact};x" }] }'), '{contact} is a whole URI'],
    [register('{ contacts: [{ uri: "{contact}" }, { uri: "{contact}" }] }'), 'stands in the list twice'],
    [register('{ contacts: [{ uri: "{contact}", regId: 1 }] }'), 'a reg-id means nothing without an instance'],
    [register('{ q: 0.5, contacts: [{ uri: "{contact}" }] }'), 'q belongs to each of the contacts'],
    [register(`{ contacts: [${'{ uri: "sip:x{index}" }, '.repeat(17)}] }`), 'more than 16 contacts'],
    ['flow:\n  - unregister: { contacts: [{ uri: "{contact}", expires: 5s }] }\n', 'unregister always asks for 0s'],
    [register('{ body: { type: text, text: a } }'), 'is no content type'],
    [register('{ body: { type: "text/plain\\r\\nX: y", text: a } }'), 'is no content type'],
    [register('{ body: { type: text/plain } }'), 'either text or a file'],
    [register('{ body: { type: text/plain, text: a, file: b } }'), 'either text or a file'],
    [register('{ body: { type: text/plain, file: b } }'), 'a file cannot be read here'],
    [register(`{ body: { type: text/plain, text: "${'x'.repeat(16_385)}" } }`), 'longer than 16384 bytes'],
    [register('{ require: { granted: 0s } }'), 'granted is whole seconds'],
    [register('{ require: { granted: much } }'), 'is neither asked nor a time'],
    [register('{ require: { bindings: -1 } }'), 'bindings'],
    ['route: "sip:edge.example"', 'is no route'],
    ['route: "<sip:edge.example>"', 'strict routing'],
    ['route: "<sip:edge.example;lrx>"', 'strict routing'],
    ['route: "<sip:edge.example;lr>\\r\\nX: y"', 'is no route'],
    ['route: true\ntarget: embedded', 'the embedded registrar is no proxy'],
    ['userAgent: " "', 'User-Agent is empty'],
    ['userAgent: "a\\nb"', 'line break'],
    ['registrar: "sips:test.example"', 'needs TLS, which is not supported'],
    ['registrar: "alice@test.example"', 'has a user part'],
    ['registrar: "test.example:0"', 'port 0'],
    ['registrar: "[::1]:5060"', 'IPv6'],
  ])('%s: %s', (yaml, message) => {
    expect(complaint(yaml)).toContain(message);
  });

  it.each([
    ['to: "tel:{user}"', 'is no To'],
    ['to: "sip:{user}@a b"', 'is no To'],
    ['to: "sip:{user}@a?X-A"', 'is no header'],
    ['to: "sip:{user}@a?Call-ID=1"', 'is written by regstorm itself'],
    ['to: "sip:{user}@a?X-A=b%0D%0AX-B:c"', 'line break'],
    ['to: "sip:{user}@a?Route=%3Csip:b;lr%3E"', 'is written by regstorm itself'],
    ['to: "sip:{user}@a?Allow=INVITE"', 'does not come from a URI (RFC 3261 §19.1.5)'],
    ['to: "sip:{user}@a?body=x"', "would be the message's body"],
    ['to: "sip:{user}@a?X-A=%"', 'that is no escape'],
    ['displayName: ""', 'the display name is empty'],
    ['displayName: "a\\tb\\nc"', 'line break'],
  ])('identities: %s: %s', (key, message) => {
    const text = `${BASE.replace('domain', `${key}, domain`)}flow: [register]\n`;
    let told = '';
    try {
      loadScenario({ file: 's.yaml', text });
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      told = error.problems.map((problem) => problem.message).join('\n');
    }
    expect(told).toContain(message);
  });

  it('a scenario without them has a plan, and a hash, without them', () => {
    const plain = load('');
    expect(plain.phone).toBeUndefined();
    expect(Object.keys(stepOf(plain))).toEqual(['kind', 'procedure', 'expiresSeconds', 'headers']);
    expect(load('route: false\n').hash).toBe(plain.hash);
    expect(load('route: service-route\n').hash).not.toBe(plain.hash);
    expect(load('contact: { q: 0.5 }\n').hash).not.toBe(plain.hash);
  });

  it('a body keeps braces that are no placeholder, and comes from a file where it is told to', () => {
    const text = load(register('{ body: { type: application/json, text: \'{"a": {"{user}": {index:3}}}\' } }'));
    expect(stepOf(text).body?.text).toEqual([
      { kind: 'text', text: '{"a": {"' },
      { kind: 'user' },
      { kind: 'text', text: '": ' },
      { kind: 'index', width: 3 },
      { kind: 'text', text: '}}' },
    ]);
    const file = load(register('{ body: { type: text/plain, file: dir/b.txt } }'), (path) => `from ${path}`);
    expect(stepOf(file).body?.text).toEqual([{ kind: 'text', text: 'from dir/b.txt' }]);
    const missing = complaint(register('{ body: { type: text/plain, file: b } }'), () => {
      throw new UserError('FILE_UNREADABLE', { message: 'b cannot be read: no such file' });
    });
    expect(missing).toBe('b cannot be read: no such file');
  });

  it('RFC 3261 §19.1.1 a registrar may be written without its scheme', () => {
    expect(load('registrar: sbc.example\n').requestUri).toBe('sip:sbc.example');
    expect(load('registrar: sbc.example:5070\n').target).toMatchObject({ host: 'sbc.example', port: 5070 });
    expect(load('registrar: sip:sbc.example\n').hash).toBe(load('registrar: sbc.example\n').hash);
  });
});
