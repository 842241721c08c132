// What `inspect` shows of a scenario: one that is the same, with nothing left open, and where each value comes from.

import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import {
  effectiveScenario,
  effectiveYaml,
  firstIdentities,
  loadScenario,
  type ScenarioSource,
} from '../../../src/scenario/index.ts';
import { encodeUtf8 } from '../../../src/std/index.ts';

const FOLDER = new URL('../../../scenarios/', import.meta.url);
const EXAMPLES = readdirSync(FOLDER).filter((name) => name.endsWith('.yaml'));

const shown = (source: ScenarioSource) => {
  const plan = loadScenario(source);
  return { plan, scenario: effectiveScenario(source, plan) };
};

describe('an effective scenario', () => {
  it.each(EXAMPLES)('%s: run again it is the same run, and no default is left to fill in', (name) => {
    const readTable = (path: string) => ({ name: path, bytes: readFileSync(new URL(path, FOLDER)) });
    const source = { file: name, text: readFileSync(new URL(name, FOLDER), 'utf8'), readTable };
    const { plan, scenario } = shown(source);
    const text = effectiveYaml(scenario, {});
    const inner = text.replace(/^scenario:\n/, '').replace(/^ {2}/gm, '');
    const again = shown({ ...source, text: inner });
    expect({ ...again.plan, thresholds: [], target: null, identities: null }).toEqual({
      ...plan,
      thresholds: [],
      target: null,
      identities: null,
    });
    expect(again.plan.thresholds.map(({ expression }) => expression)).toEqual(
      plan.thresholds.map(({ expression }) => expression),
    );
    expect([...again.scenario.origins.values()].filter((origin) => origin === 'default')).toEqual([]);
    expect(again.scenario.value).toEqual(scenario.value);
  });

  const TEXT = `version: 1
target: embedded
identities: &who { count: 2, user: "u{index:3}", domain: d.example, password: hunter2 }
load: { rate: 1/s, starts: 2 }
flow:
  - register
  - repeat: { times: 2, steps: [refresh: { q: 0.5 }, { hold: { for: 1h } }] }
`;
  const source: ScenarioSource = {
    file: 'x.yaml',
    text: TEXT,
    overrides: [
      { path: 'load.rate', value: '5/s', origin: '--rate' },
      { path: 'flow.1.repeat.times', value: '3', origin: '--set flow.1.repeat.times' },
    ],
    environment: { REGSTORM_DRAIN: '3s', HOME: '/' },
  };

  it('says of each value where it comes from: flag, variable, line, default', () => {
    const { value, origins } = shown(source).scenario;
    expect(value).toMatchObject({ load: { rate: '5/s' }, drain: '3s', cleanup: 'none', timers: { T1: '500ms' } });
    expect(Object.fromEntries(origins)).toMatchObject({
      'load.rate': '--rate',
      drain: 'REGSTORM_DRAIN',
      'flow.1.repeat.times': '--set flow.1.repeat.times',
      'identities.count': 'x.yaml:3',
      'timers.T1': 'default',
      name: 'the name of the file',
      registrar: 'the domain',
    });
    expect(effectiveYaml({ value, origins }, { more: 1 })).toContain('    rate: 5/s # --rate\n');
  });

  it('fills in what steps do by default, within loops too', () => {
    const { value } = shown(source).scenario;
    expect(value.flow).toEqual([
      { register: { expires: '3600s', onFailure: 'stop' } },
      {
        repeat: {
          times: '3',
          steps: [
            { refresh: { q: 0.5, expires: '3600s', onFailure: 'stop' } },
            { hold: { for: '1h', refreshAt: '80-95%', expires: '3600s', onFailure: 'stop', margin: '0s' } },
          ],
        },
      },
    ]);
  });

  it('tells no secret, wherever it comes from', () => {
    const overrides = [
      {
        path: 'identities.credentials',
        value: '[{realm: r, password: hunter3}, {password: "{index}hunter4"}]',
        origin: '--set',
      },
    ];
    const text = (more: Partial<ScenarioSource>): string => {
      const { plan, scenario } = shown({
        ...source,
        target: undefined,
        ...more,
        text: TEXT.replace('embedded', 'sip:192.0.2.1:5060'),
      } as ScenarioSource);
      return JSON.stringify([scenario.value, [...scenario.origins], firstIdentities(plan, 3)]);
    };
    for (const said of [text({}), text({ overrides })]) {
      expect(said).not.toContain('hunter');
      expect(said).toContain('REDACTED');
    }
  });
});

describe('the first identities', () => {
  it('are those of the template, as many as there are', () => {
    const { plan } = shown({
      file: 'x.yaml',
      text: 'version: 1\ntarget: embedded\nidentities: { count: 2, first: 7, user: "u{index:3}", domain: d.example }\nload: { rate: 1/s, starts: 1 }\nflow: [register]\n',
    });
    const requestUri = 'sip:d.example';
    expect(firstIdentities(plan, 3)).toEqual([
      { index: 7, addressOfRecord: 'sip:u007@d.example', requestUri, credentials: [] },
      { index: 8, addressOfRecord: 'sip:u008@d.example', requestUri, credentials: [] },
    ]);
  });

  it('are those of the file, with domain, realm and name of their own and no secret', () => {
    const csv = 'user,domain,realm,authUser,password\na,x.example,rx,ax,hunter5\nb,y.example,ry,ay,hunter6\n';
    const { plan } = shown({
      file: 'x.yaml',
      text: 'version: 1\ntarget: sip:192.0.2.1:5060\nidentities: { csv: u.csv }\nload: { rate: 1/s, starts: 1 }\nflow: [register]\n',
      readTable: (name) => ({ name, bytes: encodeUtf8(csv) }),
    });
    expect(firstIdentities(plan, 3)).toEqual([
      {
        index: 0,
        addressOfRecord: 'sip:a@x.example',
        requestUri: 'sip:x.example',
        credentials: [{ realm: 'rx', authUser: 'ax', secret: 'password, REDACTED' }],
      },
      {
        index: 1,
        addressOfRecord: 'sip:b@y.example',
        requestUri: 'sip:y.example',
        credentials: [{ realm: 'ry', authUser: 'ay', secret: 'password, REDACTED' }],
      },
    ]);
  });
});

it('the text is YAML, whatever stands in it', () => {
  const { scenario } = shown({
    file: 'x.yaml',
    text: 'version: 1\ntarget: embedded\nidentities: { count: 1, user: "0012", domain: d.example }\nload: { rate: 1/s, starts: 1 }\nflow: [{ register: { headers: { X-A: "a: b # c" } } }]\n',
  });
  const read = parse(effectiveYaml(scenario, { target: { kind: 'embedded' } })) as { scenario: unknown };
  expect(read.scenario).toEqual(JSON.parse(JSON.stringify(scenario.value)));
  expect(read).toMatchObject({ scenario: { identities: { user: '0012' } }, target: { kind: 'embedded' } });
});
