import { describe, expect, it } from 'vitest';
import type { Given } from '../../../src/cli/command.ts';
import { collectOverrides, overrideFromSet } from '../../../src/cli/overrides.ts';
import { loadScenario } from '../../../src/scenario/index.ts';

const given = (values: Readonly<Record<string, string | readonly string[] | boolean>>): Given => ({
  argv: [],
  positionals: [],
  text: (name) => values[name] as string | undefined,
  list: (name) => (values[name] as readonly string[] | undefined) ?? [],
  flag: (name) => values[name] === true,
});

const TEXT = `version: 1
target: embedded
identities: { count: 10, user: "u{index}", domain: test.example }
load: { rate: 1/s, duration: 1s }
flow: [register]
thresholds: ["register.failures: count == 0"]
`;

const planOf = (values: Parameters<typeof given>[0], environment: Record<string, string> = {}) =>
  loadScenario({ file: 's.yaml', text: TEXT, overrides: collectOverrides(given(values)), environment });

const perSecond = (plan: ReturnType<typeof planOf>): number =>
  (plan.load.startsPerPeriod * 1_000_000) / plan.load.periodUs;

describe('precedence: flag > --set > environment > file', () => {
  const environment = { REGSTORM_LOAD_RATE: '2/s' };
  it.each([
    [{}, {}, 1],
    [{}, environment, 2],
    [{ set: ['load.rate=3/s'] }, environment, 3],
    [{ set: ['load.rate=3/s', 'load.rate=4/s'] }, environment, 4],
    [{ set: ['load.rate=3/s'], rate: '5/s' }, environment, 5],
  ])('%j with %j', (values, variables, rate) => {
    expect(perSecond(planOf(values, variables))).toBe(rate);
  });
});

describe('thresholds of the command line', () => {
  const expressions = (values: Parameters<typeof given>[0]) =>
    planOf(values).thresholds.map(({ expression, source }) => `${expression} (${source})`);

  it("--threshold adds one, --no-thresholds drops the file's", () => {
    const more = 'register.latency: p99 < 1s';
    expect(expressions({ threshold: [more] })).toEqual([
      'register.failures: count == 0 (s.yaml:6)',
      `${more} (--threshold)`,
    ]);
    expect(expressions({ 'no-thresholds': true })).toEqual([]);
    expect(expressions({ 'no-thresholds': true, threshold: [more] })).toEqual([`${more} (--threshold)`]);
  });
});

describe('--set', () => {
  it('splits at the first equals sign, and keeps an empty value', () => {
    expect(overrideFromSet('identities.user=a=b')).toMatchObject({ path: 'identities.user', value: 'a=b' });
    expect(overrideFromSet('name=')).toMatchObject({ path: 'name', value: '' });
  });

  it.each(['load.rate', '=5/s', ''])('%j is no assignment', (text) => {
    expect(() => overrideFromSet(text)).toThrow('is not an assignment');
  });

  it('its origin names the key and never the value, which may be a secret', () => {
    expect(overrideFromSet('identities.password=hunter2').origin).toBe('--set identities.password');
  });
});
