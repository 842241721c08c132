import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { loadScenario, type Override, type ScenarioSource } from '../../../src/scenario/index.ts';
import { TEST_VARIABLES } from '../../../src/scenario/overrides.ts';
import { UserError } from '../../../src/std/index.ts';

const MINIMAL = `version: 1
identities: { count: 10, user: "u{index}", domain: test.example }
load: { rate: 5/s, duration: 1s }
flow: [register]
`;

const load = (text: string, more: Partial<ScenarioSource> = {}) =>
  loadScenario({ file: 'dir/my test.yaml', text, ...more });
const set = (path: string, value: string | null, origin = `--set ${path}`): Override => ({ path, value, origin });
const complaint = (run: () => unknown): string => {
  try {
    run();
  } catch (error) {
    if (error instanceof UserError) return error.message;
    throw error;
  }
  throw new Error('the scenario was accepted');
};

describe('defaults', () => {
  it('a minimal file gives a whole plan', () => {
    const { hash, ...plan } = load(MINIMAL);
    expect(hash).toMatch(/^[0-9a-f]{16}$/);
    expect(plan).toEqual({
      version: 1,
      name: 'my-test',
      file: 'dir/my test.yaml',
      target: { kind: 'uri', text: 'sip:test.example', host: 'test.example', port: 5060, lookUp: 'naptr' },
      requestUri: 'sip:test.example',
      identities: {
        count: 10,
        first: 0,
        user: [
          { kind: 'text', text: 'u' },
          { kind: 'index', width: 0 },
        ],
        domain: 'test.example',
        password: null,
        credentials: [],
      },
      auth: { reuseNonce: true },
      load: {
        model: 'constant-rate',
        startsPerPeriod: 1,
        periodUs: 200_000,
        starts: null,
        durationUs: 1_000_000,
        warmupUs: 0,
        cooldownUs: 0,
      },
      flow: [{ kind: 'attempt', procedure: 'register', expiresSeconds: 3600, headers: [] }],
      timers: { t1Us: 500_000, t2Us: 4_000_000, t4Us: 5_000_000 },
      drainUs: 35_000_000,
      profile: 'rfc3261',
      verify: null,
      cleanup: 'none',
      precheck: 'register',
      incoming: { notify: 481 },
      keepalive: null,
      nat: 'off',
      advertise: null,
      local: {
        addresses: [],
        firstPort: null,
        lastPort: null,
        socketsPerWorker: 1,
        sockets: 'auto',
        maxBurst: null,
        segmentation: false,
      },
      thresholds: [],
      seed: null,
    });
  });

  it('RFC 3261 §8.1.2 without a target the registrar is the next hop, with its own port', () => {
    const plan = load(`${MINIMAL}registrar: sip:reg.example:5070\n`);
    expect(plan.requestUri).toBe('sip:reg.example:5070');
    expect(plan.target).toEqual({ kind: 'uri', text: 'sip:reg.example:5070', host: 'reg.example', port: 5070 });
  });

  it.each([
    ['sip:192.0.2.1', '192.0.2.1', 5060],
    ['sip:192.0.2.1;transport=udp', '192.0.2.1', 5060],
    ['sip:h.example:5080;transport=UDP', 'h.example', 5080],
    ['h.example:5061', 'h.example', 5061],
  ])('target %s is host %s, port %i', (text, host, port) => {
    expect(load(`${MINIMAL}target: ${text}\n`).target).toEqual({ kind: 'uri', text, host, port });
  });

  it.each([
    ['SIP:h.example', 'h.example', 'naptr'],
    ['my_registrar', 'my_registrar', 'naptr'],
    ['sip:h.example;transport=udp', 'h.example', 'srv'],
  ])('RFC 3263 §4.1 target %s is host %s, where %s records are asked for', (text, host, lookUp) => {
    const target = { kind: 'uri', text, host, port: 5060, lookUp };
    expect(load(`${MINIMAL}target: ${text}\n`).target).toEqual(target);
    expect(load(`${MINIMAL}target: { uri: "${text}", dns: "127.0.0.1:5353" }\n`).target).toEqual({
      ...target,
      dns: '127.0.0.1:5353',
    });
  });

  it('a name server without a port is asked on 53, and without a URI for the registrar', () => {
    const { target } = load(`${MINIMAL}target: { dns: 192.0.2.53 }\n`);
    expect(target).toMatchObject({ host: 'test.example', lookUp: 'naptr', dns: '192.0.2.53:53' });
  });

  it('the default expiry times of the steps', () => {
    const plan = load(MINIMAL.replace('[register]', '[register, refresh, unregister, wildcard, query, discard]'));
    expect(plan.flow.map((step) => (step.kind === 'attempt' ? step.expiresSeconds : step.kind))).toEqual([
      3600,
      3600,
      0,
      0,
      null,
      'discard',
    ]);
  });

  it('RFC 3261 §10.2.2 a wildcard asks for another time only when that is written', () => {
    const plan = load(MINIMAL.replace('[register]', '[{wildcard: {expires: 60s}}]'));
    expect(plan.flow[0]).toMatchObject({ procedure: 'wildcard', expiresSeconds: 60 });
  });

  it('a plan is frozen all the way down', () => {
    const plan = load(MINIMAL);
    expect(Object.isFrozen(plan)).toBe(true);
    expect(Object.isFrozen(plan.identities.user[0])).toBe(true);
    expect(Object.isFrozen(plan.flow)).toBe(true);
  });

  it.each([
    ['<stdin>', 'stdin'],
    ['a/b/c.yml', 'c'],
    ['..yaml', 'scenario'],
    ['C:\\x\\night run.YAML', 'night-run'],
  ])('a scenario without a name in %s is called %s', (file, name) => {
    expect(loadScenario({ file, text: MINIMAL }).name).toBe(name);
  });

  it('reads a file with CR LF and a byte order mark', () => {
    expect(load(`\ufeff${MINIMAL.replaceAll('\n', '\r\n')}`).identities.count).toBe(10);
  });
});

describe('overrides', () => {
  it('replace, add and remove values; the last one wins', () => {
    const plan = load(`${MINIMAL}thresholds: ["all.failures: ratio < 1%"]\n`, {
      overrides: [
        set('load.rate', '7/s'),
        set('load.rate', '9/s', '--rate'),
        set('local.ports', '6000-6001'),
        set('local.maxBurst', '8'),
        set('target', 'embedded', '--target'),
        set('thresholds', null, '--no-thresholds'),
        set('thresholds.+', 'query.latency: max < 1s', '--threshold'),
        set('flow.0', 'query'),
        set('local.addresses', '[127.0.0.2, 127.0.0.3]'),
        set('timers', '{T1: 100ms}'),
      ],
    });
    expect(plan.load).toMatchObject({ startsPerPeriod: 9, periodUs: 1_000_000 });
    expect(plan.local).toMatchObject({ firstPort: 6000, lastPort: 6001, addresses: ['127.0.0.2', '127.0.0.3'] });
    expect(plan.local.maxBurst).toBe(8);
    expect(plan.target.kind).toBe('embedded');
    expect(plan.timers.t1Us).toBe(100_000);
    expect(plan.flow).toMatchObject([{ procedure: 'query' }]);
  });

  it('a threshold from a flag names the flag as its source', () => {
    const plan = load(`${MINIMAL}thresholds:\n  - all.failures: ratio < 1%\n`, {
      overrides: [set('thresholds.+', 'register.latency: max < 1s', '--threshold')],
    });
    expect(plan.thresholds.map(({ source, expression }) => [source, expression])).toEqual([
      ['dir/my test.yaml:6', 'all.failures: ratio < 1%'],
      ['--threshold', 'register.latency: max < 1s'],
    ]);
  });

  it('a problem with one names the flag, after those of the file', () => {
    const run = () =>
      load(MINIMAL.replace('count: 10', 'count: ten'), {
        overrides: [
          set('load.rate', '5', '--rate'),
          set('load.rte', '5/s', '--set load.rte=5/s'),
          set('version.x', '1'),
          set('flow.7', 'register'),
          set('flow.0.expires', '5s'),
          set('thresholds.+', 'refresh.latency: p99 < 1s', '--threshold'),
          set('a..b', '1'),
          set('local.addresses', '127.0.0.1'),
        ],
      });
    expect(complaint(run).split('\n')).toEqual([
      'dir/my test.yaml:2:22: "ten" is not a number of contexts; write a whole number from 1 to 10000000',
      '--set version.x: there is nothing to set below version',
      '--set flow.7: the list has no item 7; it has 1, counted from 0 (+ adds one)',
      '--set flow.0.expires: there is nothing to set below flow.0',
      '--set a..b: "a..b" is not a key; write keys with dots between, for example load.rate',
      '--set load.rte=5/s: unknown key "rte" in load; did you mean "rate"?',
      '--rate: "5" is not a rate; write starts per time, for example 5000/s',
      '--set local.addresses: addresses takes a list, found the text "127.0.0.1"',
      '--threshold: the flow has no step refresh, so this threshold could never be met',
    ]);
  });

  it('one that makes another value impossible is told with the flag', () => {
    const run = () => load(MINIMAL, { overrides: [set('timers.T1', '5s', '--set timers.T1=5s')] });
    expect(complaint(run)).toBe('--set timers.T1=5s: T1 is longer than T2, the longest interval that it may grow to');
  });

  it('changes only the place it names where the file uses an alias', () => {
    const text = MINIMAL.replace('[register]', '[{register: &o {expires: 60s}}, {refresh: *o}]');
    const plan = load(text, { overrides: [set('flow.1.refresh.expires', '90s')] });
    expect(plan.flow).toMatchObject([{ expiresSeconds: 60 }, { expiresSeconds: 90 }]);
  });

  it('an empty text is a text', () => {
    expect(complaint(() => load(MINIMAL, { overrides: [set('identities.password', '')] }))).toBe(
      '--set identities.password: the password is empty; leave the key out for a registrar that does not challenge',
    );
  });
});

describe('environment', () => {
  it('is stronger than the file and weaker than a flag', () => {
    const environment = {
      REGSTORM_LOAD_RATE: '6/s',
      REGSTORM_IDENTITIES_COUNT: '99',
      REGSTORM_LOCAL_MAX_BURST: '1024',
      PATH: '/bin',
      REGSTORM_REQUIRE_PEERS: '1',
    };
    const plan = load(MINIMAL, { environment, overrides: [set('identities.count', '12')] });
    expect(plan.load).toMatchObject({ startsPerPeriod: 3, periodUs: 500_000 });
    expect(plan.identities.count).toBe(12);
    expect(plan.local.maxBurst).toBe(1_024);
  });

  it('a password there takes the place of the password file', () => {
    const text = MINIMAL.replace('count: 10', 'count: 10, passwordFile: secret.txt');
    expect(load(text, { environment: { REGSTORM_IDENTITIES_PASSWORD: 'hunter2' } }).identities.password).toBe(
      'hunter2',
    );
  });

  it('a variable of a section that does not exist is told', () => {
    expect(complaint(() => load(MINIMAL, { environment: { REGSTORM_LOAD_RAET: '5/s' } }))).toBe(
      'REGSTORM_LOAD_RAET: no such setting; did you mean REGSTORM_LOAD_RATE?',
    );
  });

  it.each([
    ['REGSTORM_LAOD_RATE', '; did you mean REGSTORM_LOAD_RATE?'],
    ['REGSTORM_TARGTE', '; did you mean REGSTORM_TARGET?'],
    ['REGSTORM_STYLE', ''],
    ['REGSTORM_', ''],
  ])('%s is told, as every variable that sets nothing', (name, hint) => {
    expect(complaint(() => load(MINIMAL, { environment: { [name]: '5/s' } }))).toBe(`${name}: no such setting${hint}`);
  });

  it('what the tests of the project read is known', () => {
    const sources = readdirSync('test', { recursive: true, encoding: 'utf8' }).filter((path) => path.endsWith('.ts'));
    const read = sources.flatMap((path) =>
      [...readFileSync(`test/${path}`, 'utf8').matchAll(/process\.env\.(REGSTORM_\w+)/g)].map(([, name]) => name!),
    );
    expect([...new Set(read)].sort()).toEqual(TEST_VARIABLES);
  });

  it('a bad value names the variable', () => {
    expect(complaint(() => load(MINIMAL, { environment: { REGSTORM_TIMERS_T1: '5' } }))).toBe(
      'REGSTORM_TIMERS_T1: "5" is not a duration; it has no unit (us, ms, s, m, h or d), for example 5s',
    );
  });
});

describe('password files', () => {
  const text = MINIMAL.replace('count: 10', 'count: 10, passwordFile: p.txt');

  it('give their first line', () => {
    const plan = load(text, { readSecret: (path) => (path === 'p.txt' ? 'hunter2\r\nmore\n' : '') });
    expect(plan.identities.password).toBe('hunter2');
  });

  it('that cannot be read are told at their place', () => {
    const readSecret = (path: string): string => {
      throw new UserError('FILE_UNREADABLE', { message: `${path}: no such file` });
    };
    expect(complaint(() => load(text, { readSecret }))).toBe('dir/my test.yaml:2:40: p.txt: no such file');
  });

  it('that are empty are told at their place', () => {
    expect(complaint(() => load(text, { readSecret: () => '\n' }))).toBe(
      'dir/my test.yaml:2:40: p.txt: the password is empty; leave the key out for a registrar that does not challenge',
    );
  });
});

describe('hash', () => {
  const hashOf = (text: string, more: Partial<ScenarioSource> = {}): string => load(text, more).hash;
  const base = hashOf(MINIMAL);

  it('does not change with layout, names, target, gates, seed or the text of a secret', () => {
    const same = `version: 1
name: other
target: embedded
seed: 7
flow:
  - register: { expires: 1h }
load: { duration: 1000ms, rate: 300/m }
identities: { user: "u{index}", domain: test.example, count: 10 }
thresholds: ["all.failures: ratio < 1%"]
`;
    expect(hashOf(same, { file: 'elsewhere.yaml' })).toBe(base);
    const withPassword = (password: string): string =>
      hashOf(MINIMAL.replace('count: 10', `count: 10, password: ${password}`));
    expect(withPassword('a')).toBe(withPassword('b'));
    expect(withPassword('a')).not.toBe(base);
  });

  it.each(['load.rate=6/s', 'load.duration=2s', 'identities.count=11', 'flow.0=query', 'drain=5s', 'timers.T1=1ms'])(
    'changes with %s',
    (assignment) => {
      const [path, value] = assignment.split('=') as [string, string];
      expect(hashOf(MINIMAL, { overrides: [set(path, value)] })).not.toBe(base);
    },
  );
});

it('a threshold on keepalives needs some, of a kind that is answered', () => {
  const text = (keepalive: string, metric: string): string =>
    `version: 1\ntarget: embedded\n${keepalive}identities: { count: 1, user: u, domain: d.example }\nload: { rate: 1/s, starts: 1 }\nflow: [register]\nthresholds: ["keepalive.${metric}: count == 0"]\n`;
  const load = (keepalive: string, metric: string) => () =>
    loadScenario({ file: 'x.yaml', text: text(keepalive, metric) });
  expect(load('', 'lost')).toThrow('the scenario has no keepalive, so this threshold could never be met');
  expect(load('keepalive: { kind: crlf }\n', 'lost')).toThrow(
    'nobody answers keepalives of kind crlf, so none can be lost',
  );
  expect(load('keepalive: { kind: crlf }\n', 'sent')().thresholds).toHaveLength(1);
  expect(load('keepalive: { kind: options }\n', 'lost')().thresholds).toMatchObject([
    { scope: 'keepalive', metric: 'lost' },
  ]);
});
