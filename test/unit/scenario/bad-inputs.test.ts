// What an operator can get wrong, and the exact words for it. Every row is a whole file: GOOD with some lines changed.
//
// LENGTH: a table, which is easier to keep whole when all of its rows change the same file.

import { describe, expect, it } from 'vitest';
import { loadScenario, type ScenarioSource } from '../../../src/scenario/index.ts';
import { UserError } from '../../../src/std/index.ts';

const GOOD = `version: 1
name: example
target: embedded
identities:
  count: 100
  user: "u{index}"
  domain: test.example
load:
  rate: 50/s
  duration: 10s
flow:
  - register
  - wait: 2s
  - unregister
thresholds:
  - "register.latency: p99 < 50ms"
`;

const fail = (text: string, more: Partial<ScenarioSource> = {}): UserError => {
  try {
    loadScenario({ file: 'x.yaml', text, ...more });
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
  throw new Error('the scenario was accepted');
};

const complaints = (text: string, more: Partial<ScenarioSource> = {}): readonly string[] =>
  fail(text, more).message.split('\n');

/** GOOD with one piece of text replaced; the piece must be there. */
const changed = (from: string, to: string): string => {
  expect(GOOD).toContain(from);
  return GOOD.replace(from, to);
};

const table = (rows: readonly (readonly [from: string, to: string, ...complaint: string[]])[]): void => {
  it.each(rows.map((row) => [JSON.stringify(row[1]), row] as const))('%s', (_title, [from, to, ...expected]) => {
    expect(complaints(changed(from, to))).toEqual(expected);
  });
};

it('the file that the rows change is good', () => {
  expect(loadScenario({ file: 'x.yaml', text: GOOD }).name).toBe('example');
});

describe('keys', () => {
  table([
    ['name: example', 'nam: example', 'x.yaml:2:1: unknown key "nam"; did you mean "name"?'],
    ['  duration: 10s', '  duratoin: 10s', 'x.yaml:10:3: unknown key "duratoin" in load; did you mean "duration"?'],
    [
      '  count: 100',
      '  count: 100\n  colour: red',
      'x.yaml:6:3: unknown key "colour" in identities; known: count, first, csv, user, domain, displayName, to, realm, authUser, password, passwordFile, ha1, algorithm, credentials',
    ],
    ['  rate: 50/s\n', '', 'x.yaml:8:1: "rate" is missing in load; for example rate: 5000/s'],
    ['version: 1\n', '', 'x.yaml:1:1: "version" is missing; for example version: 1'],
    ['  user: "u{index}"\n', '', 'x.yaml:4:1: "user" is missing in identities; for example user: "u{index:8}"'],
    ['name: example', 'target: embedded', 'x.yaml:3:1: the key target is written twice'],
    ['name: example', '<<: {name: x}', 'x.yaml:2:1: unknown key "<<"; merge keys are not supported'],
    ['name: example', '? {a: b}\n: c', 'x.yaml:2:3: a key has to be a plain word'],
    ['flow:\n  - register\n  - wait: 2s\n  - unregister\n', '', 'x.yaml:1:1: "flow" is missing'],
  ]);
});

describe('values', () => {
  table([
    ['version: 1', 'version: 2', 'x.yaml:1:10: "2" is not a known version; this program reads version 1'],
    [
      'name: example',
      'name: "a/b"',
      'x.yaml:2:7: "a/b" cannot be a name; use up to 64 letters, digits, dots, dashes and underscores',
    ],
    ['name: example', 'name:', 'x.yaml:2:6: name has no value; quote it if it is text, or leave the key out'],
    [
      'name: example',
      'name: null',
      'x.yaml:2:7: name has no value ("null" is nothing to YAML); quote it if it is text, or leave the key out',
    ],
    [
      'name: example',
      'name: [a]',
      'x.yaml:2:7: name takes one value, found a list; a text that begins with [ needs quotes',
    ],
    [
      '"u{index}"',
      '{index}',
      'x.yaml:6:9: user takes one value, found keys and values; a text that begins with { needs quotes',
    ],
    [
      'count: 100',
      'count: 0',
      'x.yaml:5:10: "0" is out of range for a number of contexts; write a whole number from 1 to 10000000',
    ],
    [
      'count: 100',
      'count: 1e3',
      'x.yaml:5:10: "1e3" is not a number of contexts; write a whole number from 1 to 10000000',
    ],
    [
      '"u{index}"',
      'alice',
      'x.yaml:6:9: all 100 contexts would be the same user; put {index} into it, for example "u{index}"',
    ],
    ['"u{index}"', '"u{idx}"', 'x.yaml:6:11: unknown {idx}; known: index'],
    [
      '"u{index}"',
      '"u{index:99}"',
      'x.yaml:6:11: {index:99}: the width is a number of digits from 1 to 20, for example {index:8}',
    ],
    ['"u{index}"', '"u{index"', 'x.yaml:6:11: "{" without "}" in "u{index"'],
    ['"u{index}"', '"u}{index}"', 'x.yaml:6:11: "}" without "{" in "u}{index}"'],
    [
      '"u{index}"',
      '"u {index}@x"',
      'x.yaml:6:9: "u " has characters that a SIP user part cannot hold; escape them as %HH',
    ],
    [
      'domain: test.example',
      'domain: test.example:5060',
      'x.yaml:7:11: "test.example:5060" has a port; a domain has none (see target and registrar)',
    ],
    ['domain: test.example', 'domain: "-x-"', 'x.yaml:7:11: "-x-" is not a host name'],
    [
      'domain: test.example',
      'domain: 300.1.1.1',
      'x.yaml:7:11: "300.1.1.1" is not an IPv4 address, for example 192.0.2.7',
    ],
    ['rate: 50/s', 'rate: 5000', 'x.yaml:9:9: "5000" is not a rate; write starts per time, for example 5000/s'],
    ['rate: 50/s', 'rate: -5/s', 'x.yaml:9:9: "-5/s" is negative; a rate is more than 0'],
    ['rate: 50/s', 'rate: 0/s', 'x.yaml:9:9: "0/s" is no load; a rate is more than 0'],
    [
      'duration: 10s',
      'duration: 10',
      'x.yaml:10:13: "10" is not a duration; it has no unit (us, ms, s, m, h or d), for example 10s',
    ],
    ['duration: 10s', 'duration: 0s', 'x.yaml:10:13: "0s" is no time; write more than 0s'],
    ['duration: 10s', 'duration: 10s\n  warmup: -1s', 'x.yaml:11:11: "-1s" is negative; a duration is 0s or longer'],
    [
      'duration: 10s',
      'starts: 0',
      'x.yaml:10:11: "0" is out of range for a number of starts; write a whole number from 1 to 1099511627776',
    ],
    ['rate: 50/s', 'rate: 50/s\n  model: ramp', 'x.yaml:10:10: "ramp" is not known for model; known: constant-rate'],
    ['name: example', 'cleanup: yes', 'x.yaml:2:10: "yes" is not known for cleanup; known: none, unregister, wildcard'],
    ['name: example', 'precheck: options', 'x.yaml:2:11: "options" is not known for precheck; known: register, none'],
    [
      'name: example',
      'seed: -1',
      'x.yaml:2:7: "-1" is out of range for a seed; write a whole number from 0 to 4294967295',
    ],
    [
      'name: example',
      'timers: { T1: 5s }',
      'x.yaml:2:1: T1 is longer than T2, the longest interval that it may grow to',
    ],
    ['name: example', 'timers: 500ms', 'x.yaml:2:9: timers takes keys and values, found the text "500ms"'],
    [
      'name: example',
      'identities: []',
      'x.yaml:2:13: identities takes keys and values, found a list',
      'x.yaml:4:1: the key identities is written twice',
    ],
    ['name: example', 'local: { ports: 6001-6000 }', 'x.yaml:2:17: "6001-6000" ends before it begins'],
    ['name: example', 'local: { ports: 70000 }', 'x.yaml:2:17: "70000": ports go from 1 to 65535'],
    ['name: example', 'local: { ports: high }', 'x.yaml:2:17: "high" is not a port range; write 6000 or 6000-6007'],
    ['name: example', 'local: { segmentation: maybe }', 'x.yaml:2:24: "maybe" is neither true nor false'],
    [
      'name: example',
      'local: { maxBurst: 0 }',
      'x.yaml:2:20: "0" is out of range for a number of datagrams; write a whole number from 1 to 1024',
    ],
    [
      'name: example',
      'local: { maxBurst: 1025 }',
      'x.yaml:2:20: "1025" is out of range for a number of datagrams; write a whole number from 1 to 1024',
    ],
    [
      'name: example',
      'local: { maxburst: 8 }',
      'x.yaml:2:10: unknown key "maxburst" in local; did you mean "maxBurst"?',
    ],
    [
      'name: example',
      'local: { addresses: [localhost] }',
      'x.yaml:2:22: "localhost" is not an IPv4 address, for example 192.0.2.7',
    ],
    [
      'name: example',
      'local: { addresses: 127.0.0.1 }',
      'x.yaml:2:21: addresses takes a list, found the text "127.0.0.1"',
    ],
    [
      'name: example',
      'local: { socketsPerWorker: 0 }',
      'x.yaml:2:28: "0" is out of range for a number of sockets; write a whole number from 1 to 1000',
    ],
    [
      'name: example',
      'local: { addresses: [127.0.0.2, 127.0.0.3, 127.0.0.2] }',
      'x.yaml:2:10: 127.0.0.2 is listed twice; each address takes its turn once',
    ],
    [
      'name: example',
      'local: { ports: 6000-6001, socketsPerWorker: 3 }',
      'x.yaml:2:17: local.ports 6000-6001 is too narrow: it has room for 2 of the 3 sockets (1 worker with 3 sockets)',
    ],
    ['name: example', 'local: { socketsPerWorker: 1000 }', 'x.yaml:2:28: 1000 sockets for 100 contexts: some had none'],
    [
      'name: example',
      'local: { sockets: tcp }',
      'x.yaml:2:19: "tcp" is not known for sockets; known: auto, udp-batch, udp-dgram',
    ],
  ]);
});

describe('targets and registrars', () => {
  table([
    [
      'target: embedded',
      'target: sips:h',
      'x.yaml:3:9: "sips:h": sips: needs TLS, which is not supported; a target is a sip: URI',
    ],
    ['target: embedded', 'target: http://h', 'x.yaml:3:9: "http://h" is not a target; write sip:HOST or sip:HOST:PORT'],
    ['target: embedded', 'target: sip:joe@h', 'x.yaml:3:9: "sip:joe@h" has a user part; a target names only a host'],
    [
      'target: embedded',
      'target: sip:h;transport=tcp',
      'x.yaml:3:9: "sip:h;transport=tcp": transport=tcp is not supported; only transport=udp is',
    ],
    ['target: embedded', 'target: h;lr', 'x.yaml:3:9: "h;lr": ";lr" has no meaning in a target'],
    [
      'target: embedded',
      'target: h:99999',
      'x.yaml:3:9: "h:99999" is not a target; write embedded, sip:HOST:PORT or HOST:PORT',
    ],
    [
      'target: embedded',
      'target: "sip:[::1]:5060"',
      'x.yaml:3:9: "::1" looks like IPv6, which is not supported; give a name or an IPv4 address',
    ],
    [
      'target: embedded',
      'target: a..b',
      'x.yaml:3:9: "a..b" is not a target; write embedded, sip:HOST:PORT or HOST:PORT',
    ],
    [
      'target: embedded',
      'registrar: sip:joe@test.example',
      'x.yaml:3:12: "sip:joe@test.example" has a user part; a registrar names only a host',
    ],
    [
      'target: embedded',
      'registrar: "sip:h; x"',
      'x.yaml:3:12: "sip:h; x" is no SIP URI; write sip:HOST or sip:HOST:PORT',
    ],
  ]);
});

describe('relations between values', () => {
  table([
    [
      '  duration: 10s\n',
      '',
      'x.yaml:8:1: load has no end; add a duration (for example duration: 10s), a number of starts, or both',
    ],
    [
      '  duration: 10s',
      '  starts: 10\n  cooldown: 1s',
      'x.yaml:11:13: a cooldown follows the measured window, and without a duration there is no end to it',
    ],
    [
      '  duration: 10s',
      '  starts: 10\n  warmup: 1s',
      'x.yaml:10:11: all 10 starts would fall into the warmup, so nothing would be measured',
    ],
    ['  duration: 10s', '  duration: 399d\n  warmup: 2d', 'x.yaml:10:13: the run would last longer than 400 days'],
    [
      '  rate: 50/s\n  duration: 10s',
      '  rate: 1/2h\n  starts: 1000000',
      'x.yaml:10:11: at this rate the starts would take longer than 400 days',
    ],
    [
      '  domain: test.example',
      '  domain: test.example\n  password: a\n  passwordFile: b',
      'x.yaml:9:17: password and passwordFile exclude each other; keep one',
      'x.yaml:9:17: a password file cannot be read here; give the password itself',
    ],
  ]);
});

describe('flow', () => {
  const flow = '  - register\n';
  table([
    [flow, '  - registr\n', 'x.yaml:12:5: unknown step "registr"; did you mean "register"?'],
    [flow, '  - registr: {}\n', 'x.yaml:12:5: unknown step "registr"; did you mean "register"?'],
    [
      flow,
      '  - park: 1h\n',
      'x.yaml:12:5: unknown step "park"; known: register, refresh, unregister, wildcard, query, wait, hold, repeat, discard',
    ],
    [flow, '  - register:\n', 'x.yaml:12:5: register has a colon but no options; write "- register"'],
    [
      flow,
      '  - register:\n    expires: 10s\n',
      'x.yaml:12:5: "expires" stands beside register; indent the options of register further',
    ],
    [
      flow,
      '  - register: {}\n    refresh: {}\n',
      'x.yaml:12:5: an entry of flow has one name, found register, refresh',
    ],
    [flow, '  - register: 10s\n', 'x.yaml:12:15: register takes keys and values, found the text "10s"'],
    [flow, '  - discard: {}\n', 'x.yaml:12:5: discard has no options; write "- discard"'],
    [flow, '  - register\n  -\n', 'x.yaml:13:4: flow has no value; quote it if it is text, or leave the key out'],
    [flow, '  - {}\n', 'x.yaml:12:5: flow has an entry without a name'],
    [
      flow,
      '  - register\n  - [refresh]\n',
      'x.yaml:13:5: flow takes one value, found a list; a text that begins with [ needs quotes',
    ],
    [
      flow,
      '  - register: { expire: 10s }\n',
      'x.yaml:12:17: unknown key "expire" in register; did you mean "expires"?',
    ],
    [flow, '  - register: { expires: 1.5s }\n', 'x.yaml:12:26: "1.5s": expires is whole seconds'],
    [
      flow,
      '  - register: { expires: 1800 }\n',
      'x.yaml:12:26: "1800" is not a duration; it has no unit (us, ms, s, m, h or d), for example 1800s',
    ],
    [
      flow,
      '  - register\n  - query: { expires: 10s }\n',
      'x.yaml:13:14: unknown key "expires" in query; known: headers, body, require, expect, onFailure, retry',
    ],
    [
      '  - unregister\n',
      '  - unregister: { expires: 60s }\n',
      'x.yaml:14:28: unregister always asks for 0s; leave expires out, or use refresh to ask for another time',
    ],
    [flow, '  - register\n  - wait\n', 'x.yaml:13:5: wait needs to be told more; write "- wait: 2s"'],
    [
      flow,
      '  - register\n  - repeat\n',
      'x.yaml:13:5: repeat needs to be told more; write "- repeat: {times: 3, steps: [...]}"',
    ],
    [
      'wait: 2s',
      'wait: 2',
      'x.yaml:13:11: "2" is not a duration; it has no unit (us, ms, s, m, h or d), for example 2s',
    ],
    ['wait: 2s', 'wait: { uniform: [3s, 1s] }', 'x.yaml:13:13: the first time of uniform is longer than the second'],
    ['wait: 2s', 'wait: { uniform: [3s] }', 'x.yaml:13:22: uniform takes a list of 2, for example [1s, 3s]'],
    [
      'wait: 2s',
      'wait: { normal: 2s }',
      'x.yaml:13:13: unknown key in wait: "normal"; known: uniform, exponential, ofExpires',
    ],
    ['wait: 2s', 'wait: { exponential: 0s }', 'x.yaml:13:26: "0s" is no time; write more than 0s'],
    ['wait: 2s', 'wait: { ofExpires: 50 }', 'x.yaml:13:24: "50" is not a percentage; write for example 0.1%'],
    [
      'wait: 2s',
      'repeat: { times: 0, steps: [refresh] }',
      'x.yaml:13:22: "0" is out of range for a number of repeats; write a whole number from 1 to 1000000',
    ],
    ['wait: 2s', 'repeat: { times: 2, steps: [] }', 'x.yaml:13:25: the list of steps is empty'],
    [
      'wait: 2s',
      'repeat: { times: 2, steps: [regster] }',
      'x.yaml:13:33: unknown step "regster"; did you mean "register"?',
    ],
    ['wait: 2s', 'repeat: { steps: [refresh] }', 'x.yaml:13:5: "times" is missing in repeat; for example times: 3'],
    [
      'wait: 2s',
      'repeat: {times: 2, steps: [{repeat: {times: 2, steps: [{repeat: {times: 2, steps: [{repeat: {times: 2, steps: [{repeat: {times: 2, steps: [refresh]}}]}}]}}]}}]}',
      'x.yaml:13:108: repeat stands inside repeat more than 4 levels deep',
    ],
    [
      'wait: 2s',
      'repeat: {times: 1000000, steps: [refresh, refresh]}',
      'x.yaml:11:1: one start would make 2000002 attempts; at most 1000000 are possible',
    ],
  ]);

  it('that never talks is refused', () => {
    const text = GOOD.replace('  - register\n  - wait: 2s\n  - unregister\n', '  - wait: 2s\n').replace(
      /thresholds:[\s\S]*/,
      '',
    );
    expect(complaints(text)).toEqual([
      'x.yaml:11:1: the flow never talks to the registrar; add a step such as register',
    ]);
  });

  it('that is empty is refused once', () => {
    const text = GOOD.replace('flow:\n  - register\n  - wait: 2s\n  - unregister\n', 'flow: []\n').replace(
      /thresholds:[\s\S]*/,
      '',
    );
    expect(complaints(text)).toEqual(['x.yaml:11:1: the list of steps is empty']);
  });
});

describe('headers', () => {
  const step = '  - register\n';
  table([
    [
      step,
      '  - register: { headers: { Via: x } }\n',
      'x.yaml:12:28: "Via" is written by regstorm itself and cannot be set',
    ],
    [
      step,
      '  - register: { headers: { call-id: x } }\n',
      'x.yaml:12:28: "call-id" is written by regstorm itself and cannot be set',
    ],
    [
      step,
      '  - register: { headers: { m: x } }\n',
      'x.yaml:12:28: "m" is written by regstorm itself and cannot be set',
    ],
    [
      step,
      '  - register: { headers: { "A B": x } }\n',
      'x.yaml:12:28: "A B" is not a header name; it is a token of letters, digits and -.!%*_+`\'~',
    ],
    [
      step,
      '  - register: { headers: { X-A: "a\\r\\nVia: b" } }\n',
      'x.yaml:12:33: "a\\r\\nVia: b" has a line break or control character; a header value is one line',
    ],
    [
      step,
      '  - register: { headers: { X-A: "a\\0" } }\n',
      'x.yaml:12:33: "a\\u0000" has a line break or control character; a header value is one line',
    ],
    [step, '  - register: { headers: { X-A: "{usr}" } }\n', 'x.yaml:12:33: unknown {usr}; did you mean "user"?'],
    [step, '  - register: { headers: { X-A: "{user:8}" } }\n', 'x.yaml:12:33: {user} takes no width'],
    [step, '  - register: { headers: { X-A: a, x-a: b } }\n', 'x.yaml:12:41: "x-a" and "X-A" are the same header'],
    [step, '  - register: { headers: [X-A] }\n', 'x.yaml:12:26: headers takes keys and values, found a list'],
  ]);
});

describe('thresholds', () => {
  const line = '"register.latency: p99 < 50ms"';
  table([
    [
      line,
      '"register.latency: p99 < 50"',
      'x.yaml:16:30: "50" is not a duration; it has no unit (us, ms, s, m, h or d), for example 50s',
    ],
    [
      line,
      'register.latnecy: p99 < 50ms',
      'x.yaml:16:14: unknown metric "latnecy" in a threshold; did you mean "latency"?',
    ],
    [line, "'all.failures: ratio < 200%'", 'x.yaml:16:28: "200%" is more than 100%'],
    [
      line,
      'refresh.latency: p99 < 50ms',
      'x.yaml:16:5: the flow has no step refresh, so this threshold could never be met',
    ],
    [
      line,
      'fast',
      'x.yaml:16:5: "fast" is not a threshold; write it like "register.latency: p99 < 50ms" or "all.failures: ratio < 0.1%"',
    ],
    [
      line,
      '[register.latency]',
      'x.yaml:16:5: thresholds takes one value, found a list; a text that begins with [ needs quotes',
    ],
  ]);

  it('on a step that could not be read are not blamed on the flow', () => {
    expect(complaints(changed('  - register\n', '  - registr\n'))).toEqual([
      'x.yaml:12:5: unknown step "registr"; did you mean "register"?',
    ]);
  });
});

describe('YAML', () => {
  it.each([
    ['', 'x.yaml:1:1: the scenario is empty; it begins with "version: 1"'],
    ['# only a comment\n', 'x.yaml:1:1: the scenario is empty; it begins with "version: 1"'],
    ['- a\n', 'x.yaml:1:1: the scenario is a list; it has to be keys and values, beginning with "version: 1"'],
    ['hello', 'x.yaml:1:1: the scenario is a single text; it has to be keys and values, beginning with "version: 1"'],
    ['version: 1\nname: "a\u0000"', 'x.yaml:2:9: the file holds a NUL character; it is not a text file'],
    ['version: 1\nname: \ufffd', 'x.yaml:2:7: the file is not UTF-8 text'],
    ['version: 1\n\tname: x', 'x.yaml:2:1: tabs cannot indent YAML; use spaces'],
    ['['.repeat(5000), 'x.yaml:1:1: the file is nested too deeply for a scenario'],
    [`${'- '.repeat(5000)}a`, 'x.yaml:1:1: the file is nested too deeply for a scenario'],
    [`a:\n${' '.repeat(300)}b: c`, 'x.yaml:2:1: the file is nested too deeply for a scenario'],
    ['a'.repeat(1_000_001), 'x.yaml:1:1: the file is longer than 1000000 characters; is it a scenario?'],
  ])('%#: what is no scenario at all is told in a sentence', (text, complaint) => {
    expect(complaints(text)).toEqual([complaint]);
  });

  it('a text that needs quotes comes with the advice to quote it, once per line', () => {
    const error = fail('version: 1\nidentities: { user: u{index:8}, count: 1 }\n');
    expect(error.code).toBe('YAML_SYNTAX');
    expect(error.message.split('\n')).toEqual([
      'x.yaml:2:22: unexpected flow-map-start at node end',
      '    texts with { } [ ] , : or # in them need quotes, for example user: "u{index:8}"',
    ]);
  });

  it('a second ": " on a line is told as that', () => {
    expect(fail('name: a: b').problems).toEqual([
      {
        place: { file: 'x.yaml', line: 1, column: 7 },
        message: 'a second ": " on one line',
        hint: 'texts with { } [ ] , : or # in them need quotes, for example user: "u{index:8}"',
      },
    ]);
  });

  it('a fault below a text that goes on over a line has its own line', () => {
    expect(complaints('target: {} embedded\n  and more\nname: ]\n')).toEqual([
      'x.yaml:1:12: unexpected scalar at node end',
      'x.yaml:3:7: unexpected flow-seq-end token in YAML stream: "]"',
      '    texts with { } [ ] , : or # in them need quotes, for example user: "u{index:8}"',
    ]);
  });

  it('several documents are refused where the second begins', () => {
    expect(complaints(`${GOOD}---\nversion: 1\n`)).toEqual([
      'x.yaml:17:1: a second YAML document begins here ("---"); a scenario is one document',
    ]);
  });

  it('tags are refused, but for those that change nothing', () => {
    expect(complaints(changed('name: example', 'name: !secret example'))).toEqual([
      'x.yaml:2:15: the tag !secret has no meaning here; leave it out',
    ]);
    expect(loadScenario({ file: 'x', text: changed('name: example', 'name: !!str 0123') }).name).toBe('0123');
  });

  it('a tag on the whole file is one fault, not a crash', () => {
    expect(complaints('!x {index}')).toEqual(['x.yaml:1:4: the tag !x has no meaning here; leave it out']);
  });

  it('aliases work, and missing anchors are told', () => {
    const text = changed(
      '  - unregister',
      '  - register: &options { expires: 60s }\n  - refresh: *options\n  - unregister',
    );
    expect(loadScenario({ file: 'x', text }).flow).toHaveLength(5);
    expect(complaints(changed('- wait: 2s', '- wait: *long'))).toEqual([
      'x.yaml:13:11: the alias *long has no anchor &long before it',
    ]);
  });

  it('aliases that blow a small file up are bounded', () => {
    const text = changed(
      '  - unregister',
      `  - repeat: { times: 2, steps: &s [ ${'refresh, '.repeat(300)} refresh ] }\n${'  - repeat: { times: 2, steps: *s }\n'.repeat(90)}`,
    );
    expect(complaints(text)[0]).toMatch(/the scenario has more than 20000 values, aliases included$/);
    const many = changed('  - unregister', `  - wait: &w 1s\n${'  - wait: *w\n'.repeat(120)}`);
    expect(complaints(many)).toEqual(['x.yaml:114:11: the scenario uses aliases more than 100 times']);
  });

  it('an alias to what it stands in ends in a message', () => {
    const text = changed('  - unregister', '  - repeat: &r { times: 2, steps: [ refresh, { repeat: *r } ] }');
    expect(complaints(text).length).toBeGreaterThan(0);
  });

  it('values count as they were written, whatever YAML makes of them', () => {
    for (const name of ['0123', '1e5', 'yes', '0x1F', 'true', '1.0']) {
      expect(loadScenario({ file: 'x', text: changed('name: example', `name: ${name}`) }).name).toBe(name);
    }
    const password = loadScenario({ file: 'x', text: changed('  count: 100', '  count: 100\n  password: 0042') });
    expect(password.identities.password).toBe('0042');
  });
});

describe('all at once', () => {
  it('every fault of a file is told, in the order of the file', () => {
    const text = `version: 1
target: sips:h
identities: { count: -5, user: alice, domain: "x y" }
load:
  rate: fast
  duration: 10
flow:
  - regster
  - wait: { uniform: [2s, 1s], extra: 1 }
thresholds: [ "all.latency: p98 < 1s" ]
cleanup: maybe
`;
    expect(complaints(text)).toEqual([
      'x.yaml:2:9: "sips:h": sips: needs TLS, which is not supported; a target is a sip: URI',
      'x.yaml:3:22: "-5" is out of range for a number of contexts; write a whole number from 1 to 10000000',
      'x.yaml:3:47: "x y" is not a host name',
      'x.yaml:5:9: "fast" is not a rate; write starts per time, for example 5000/s',
      'x.yaml:6:13: "10" is not a duration; it has no unit (us, ms, s, m, h or d), for example 10s',
      'x.yaml:8:5: unknown step "regster"; did you mean "register"?',
      'x.yaml:9:11: an entry of wait has one name, found uniform, extra',
      'x.yaml:10:29: unknown aggregate "p98" in a threshold; did you mean "p90"?',
      'x.yaml:11:10: "maybe" is not known for cleanup; known: none, unregister, wildcard',
    ]);
  });

  it('more than a hundred are cut short', () => {
    const text = `${GOOD}${Array.from({ length: 150 }, (_, i) => `zzzzzz${i}: 1\n`).join('')}`;
    const error = fail(text);
    expect(error.problems).toHaveLength(101);
    expect(error.problems.at(-1)?.message).toBe('… and 50 more problems');
  });

  it('carries code and exit code 2', () => {
    const error = fail(changed('rate: 50/s', 'rate: 5'));
    expect(error.code).toBe('SCENARIO_INVALID');
    expect(error.exitCode).toBe(2);
  });
});

it('a flow of more than 10,000 steps is told to use repeat', () => {
  const head = 'version: 1\nname: x\ntarget: embedded\nidentities: { count: 1, user: u, domain: test.example }\n';
  const text = `${head}load: { rate: 1/s, starts: 1 }\nflow: [${'query, '.repeat(10_000)}query]\n`;
  expect(complaints(text)).toEqual([
    'x.yaml:6:1: the flow has 10001 steps; at most 10000 are possible, repeat repeats them',
  ]);
});
