import { describe, expect, it } from 'vitest';
import { loadRegistrar, loadScenario, type RegistrarPlan, redactScenario } from '../../../src/scenario/index.ts';

const load = (settings: string): RegistrarPlan => loadRegistrar({ file: 'r.yaml', text: `version: 1\n${settings}` });

const messages = (settings: string): string[] => {
  try {
    load(settings);
    return [];
  } catch (error) {
    return (error as Error).message.split('\n');
  }
};

const scenario = (target: string, identities = ''): string =>
  `version: 1\ntarget: ${target}\nidentities: { count: 5, user: "u{index}", domain: test.example${identities} }\n` +
  'load: { rate: 1/s, duration: 1s }\nflow: [register]\n';

describe('a registrar file', () => {
  it('without anything is a registrar that grants what is asked', () => {
    const plan = load('');
    expect(plan).toMatchObject({ listen: null, domain: null, users: null, seed: null });
    expect(plan.behaviour).toEqual({
      minExpiresSeconds: 1,
      maxExpiresSeconds: 604_800,
      defaultExpiresSeconds: 3600,
      contactsMost: 10,
      contactsBeyond: 'refuse',
      auth: null,
      service: null,
      path: 'off',
      outbound: false,
      gruu: false,
      serviceRoutes: [],
      associatedUris: [],
      bodies: 'accept',
      rules: [],
      restarts: [],
    });
    expect(Object.isFrozen(plan.behaviour.rules)).toBe(true);
  });

  it('says rules with one action or several, and names them by what they do', () => {
    const { rules } = load(`
rules:
  - when: { users: "u1*", share: 5%, per: datagram, from: 10s, to: 1m, procedure: refresh, credentials: true, times: 9 }
    do: drop
  - do: [trying, { delay: { normal: [200ms, 50ms] } }, { answer: { status: 503, headers: { Retry-After: 5 } } }]
  - { name: mine, when: { users: 7, userShare: 10% }, do: { duplicate: 3 } }
`).behaviour;
    expect(rules.map(({ name }) => name)).toEqual([
      'drop, users u1*, 5% of datagrams, refresh, with credentials, from 10s, to 60s, at most 9 times',
      'trying + delay + answer 503',
      'mine',
    ]);
    expect(rules[1]?.action).toEqual({
      drop: null,
      trying: 'answered',
      delay: { kind: 'normal', meanUs: 200_000, deviationUs: 50_000 },
      copies: 1,
      wrongBranch: false,
      wrongCseq: false,
      garbage: false,
      falsehood: null,
      answer: { status: 503, phrase: 'Service Unavailable', headers: [{ name: 'Retry-After', value: '5' }] },
    });
    expect(rules[2]?.match.users).toEqual({ kind: 'range', first: 7, last: 7 });
  });

  it('tells everything that is wrong, each with its place, in the order of the file', () => {
    expect(
      messages(`
domian: x
expires: { min: 2h, max: 1h }
rules:
  - when: { users: 5-1, share: 5, from: 20s, to: 10s, per: datagram }
    do: dorp
  - do: [drop, { delay: 2s }]
  - do: delay
  - do: [garbage, wrongBranch, { answer: { status: 99, headers: { Via: x } } }]
  - { when: { usres: 1 }, do: { delay: { normal: [1s] } } }
  - do: []
  - do: [notStored, grantedZero, notStored]
restarts: [{ at: 10s, away: 5s }, { at: 12s }]
auth: { algorithms: [MD5, SHA256], challenge: proxy, proxyRealm: x }
service: { queue: 5 }
listen: localhost
associatedUris: ["<sip:{usr}@x>"]
`),
    ).toEqual([
      'r.yaml:3:1: unknown key "domian"; did you mean "domain"?',
      'r.yaml:4:1: min is more than max, so that no interval could be granted',
      'r.yaml:6:20: "5-1" ends before it begins',
      'r.yaml:6:32: "5" is not a percentage; write for example 0.1%',
      'r.yaml:7:9: unknown action "dorp"; did you mean "drop"?',
      'r.yaml:8:5: after drop no answer is sent that delay could change',
      'r.yaml:9:9: delay needs to be told more; write "delay: 200ms"',
      'r.yaml:10:5: garbage and wrongBranch exclude each other; keep one',
      'r.yaml:10:52: "99" is out of range for the status of a final answer; write a whole number from 200 to 699',
      'r.yaml:10:67: "Via" is written by the registrar itself and cannot be set',
      'r.yaml:11:15: unknown key "usres" in when; did you mean "users"?',
      'r.yaml:11:50: normal takes a list of 2, for example [1s, 3s]',
      'r.yaml:12:5: the rule does nothing; leave it out, or name an action such as drop',
      'r.yaml:13:5: notStored is listed twice',
      'r.yaml:13:5: notStored and grantedZero and notStored exclude each other; keep one',
      'r.yaml:14:1: it comes before the registrar is back from the restart before it',
      'r.yaml:15:1: auth needs a password, or a passwordFile',
      'r.yaml:15:27: "SHA256" is not known for algorithms; did you mean "SHA-256"?',
      'r.yaml:15:66: only with challenge: both does the proxy have a realm of its own',
      'r.yaml:16:1: "rate" is missing in service; for example rate: 1000/s',
      'r.yaml:17:9: "localhost" is not an address and a port; write IPv4:port, for example 127.0.0.1:5060',
      'r.yaml:18:18: "<sip:{usr}@x>": only {user} can stand between braces here',
    ]);
  });

  it.each([
    ['', 'the registrar file is empty'],
    ['[1]', 'the registrar file is a list'],
    ['version: 2', '"2" is not a known version'],
    ['version: 1\nrules: drop', 'rules takes a list'],
    ['version: 1\nrules: [{do: {answer: {status: 200, headers: {X: "a\\r\\nb"}}}}]', 'line break'],
    ['version: 1\nauth: {password: x, passwordFile: y}', 'exclude each other'],
    ["version: 1\nauth: {password: x, realm: 'a\"b'}", 'cannot stand between quotes'],
    ['version: 1\nauth: {password: x, algorithms: [MD5-sess], qop: none}', 'needs a cnonce'],
    ['version: 1\nauth: {password: x, nonceLifetime: 0s}', 'at least'],
    ['version: 1\nexpires: {max: 0s}', 'grants nothing'],
    ['version: 1\ncontacts: {most: 65}', 'out of range'],
    ['version: 1\nservice: {rate: 0/s}', 'no load'],
    ['version: 1\nrestarts: [{away: 5s}]', '"at" is missing'],
    [`version: 1\nrules:\n${'  - do: drop\n'.repeat(65)}`, 'at most 64'],
    ['version: 1\nrules: [{when: {per: datagram}, do: drop}]', 'there is no share'],
    ['version: 1\n---\nversion: 1', 'a registrar file is one document'],
  ])('%.60j is refused', (text, message) => {
    expect(() => loadRegistrar({ file: 'r.yaml', text })).toThrow(message);
  });

  it('takes values from flags, and blames the flag', () => {
    const overrides = [
      { path: 'auth.password', value: 'p', origin: '--password' },
      { path: 'users', value: '7', origin: '--users' },
    ];
    const text = 'version: 1\nusers: 5\nauth: {passwordFile: nowhere, qop: none}';
    const plan = loadRegistrar({ file: 'r.yaml', text, overrides });
    expect([plan.users, plan.behaviour.auth?.password, plan.behaviour.auth?.qop]).toEqual([7, 'p', 'none']);
    const alone = loadRegistrar({ file: 'r.yaml', text: 'version: 1', overrides: overrides.slice(0, 1) });
    expect(alone.behaviour.auth?.password).toBe('p');
    const wrong = [{ path: 'domain', value: 'a b', origin: '--domain' }];
    expect(() => loadRegistrar({ file: 'r.yaml', text: 'version: 1', overrides: wrong })).toThrow('--domain: "a b"');
  });

  it('reads a password file beside it, through whoever may read files', () => {
    const text = 'version: 1\nauth: {passwordFile: secret.txt}';
    const readSecret = (path: string): string => `${path}!\nrest`;
    const plan = loadRegistrar({ file: 'r.yaml', text, readSecret });
    expect(plan.behaviour.auth?.password).toBe('secret.txt!');
  });
});

describe('target: { embedded: … }', () => {
  const target = (text: string, identities = '') =>
    loadScenario({ file: 's.yaml', text: scenario(text, identities) }).target;

  it('takes the same settings, and leaves the rest to the scenario', () => {
    expect(target('embedded')).toEqual({ kind: 'embedded' });
    const settings = target('{ embedded: { users: 3, rules: [{ do: drop }], expires: { max: 60s } } }');
    expect(settings).toMatchObject({
      kind: 'embedded',
      registrar: { users: 3, domain: null, behaviour: { maxExpiresSeconds: 60, auth: null } },
    });
  });

  it('has places for its mistakes, and does not take what only the file has', () => {
    const wrong = (text: string): string => {
      try {
        target(text);
        return '';
      } catch (error) {
        return (error as Error).message;
      }
    };
    expect(wrong('{ embedded: { listen: 127.0.0.1:1 } }')).toContain('s.yaml:2:23: unknown key "listen" in embedded');
    expect(wrong('{ embeded: {} }')).toContain(
      's.yaml:2:11: unknown key "embeded" in target; did you mean "embedded"?',
    );
    expect(wrong('{ embedded: { rules: [{ do: drp }] } }')).toContain('unknown action "drp"; did you mean "drop"?');
    expect(wrong('{ embedded: { expires: { min: 2h, max: 1h } } }')).toContain('s.yaml:2:23: min is more than max');
    expect(wrong('{ embedded: { expires: { min: 2m, default: 1m } } }')).toContain(
      's.yaml:2:52: the default interval is below min, the shortest that is granted',
    );
    expect(wrong('{ embedded: { auth: {} } }')).toContain('nobody has a password');
  });

  it('asks with the password of the identities, or with another one', () => {
    const own = target('{ embedded: { auth: { nonceUses: 1 } } }', ', password: right');
    expect(own).toMatchObject({ registrar: { behaviour: { auth: { password: null, nonceUses: 1 } } } });
    const other = target('{ embedded: { auth: { password: theirs } } }', ', password: ours');
    expect(other).toMatchObject({ registrar: { behaviour: { auth: { password: 'theirs' } } } });
  });

  it('is not part of the hash: the same work against a worse registrar can be compared', () => {
    const hash = (text: string): string => loadScenario({ file: 's.yaml', text: scenario(text) }).hash;
    expect(hash('{ embedded: { rules: [{ do: drop }] } }')).toBe(hash('embedded'));
  });

  it('its password is not stored', () => {
    const text = scenario('{ embedded: { auth: { password: hidden } } }');
    expect(redactScenario(text, 'REDACTED')).not.toContain('hidden');
  });
});
