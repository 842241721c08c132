import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { loadScenario, planLength, planWarnings } from '../../../src/scenario/index.ts';

const FOLDER = new URL('../../../scenarios/', import.meta.url);
const names = readdirSync(FOLDER).filter((name) => name.endsWith('.yaml'));

describe('example scenarios', () => {
  it('are these', () => {
    expect(names.sort()).toEqual([
      'devices.yaml',
      'failover.yaml',
      'flaky-registrar.yaml',
      'fleet.yaml',
      'fresh-challenges.yaml',
      'keepalive.yaml',
      'million.yaml',
      'nat-rebind.yaml',
      'overloaded-registrar.yaml',
      'query.yaml',
      'quickstart.yaml',
      'redirects.yaml',
      'register-only.yaml',
      'register-refresh-unregister.yaml',
      'subscribers.yaml',
      'wildcard.yaml',
    ]);
  });

  it.each(names)('%s loads without a warning, is named for its file and points editors at the schema', (name) => {
    const text = readFileSync(new URL(name, FOLDER), 'utf8');
    const readTable = (path: string) => ({ name: path, bytes: readFileSync(new URL(path, FOLDER)) });
    const plan = loadScenario({ file: `scenarios/${name}`, text, readTable });
    expect(planWarnings(plan)).toEqual([]);
    expect(`${plan.name}.yaml`).toBe(name);
    expect(text.split('\n')[0]).toBe('# yaml-language-server: $schema=../schema/scenario.schema.json');
  });

  it('quickstart measures ten seconds at 5000 starts a second against the embedded registrar with digest', () => {
    const text = readFileSync(new URL('quickstart.yaml', FOLDER), 'utf8');
    const plan = loadScenario({ file: 'quickstart.yaml', text });
    expect(plan.target).toEqual({ kind: 'embedded' });
    expect(plan.identities.password).toBe('secret');
    expect(plan.load).toMatchObject({ startsPerPeriod: 1, periodUs: 200, durationUs: 10_000_000 });
    expect(planLength(plan)).toMatchObject({ starts: 55_000, measuredStarts: 50_000 });
    expect(plan.flow.map((step) => (step.kind === 'attempt' ? step.procedure : step.kind))).toEqual([
      'register',
      'wait',
      'refresh',
      'wait',
      'unregister',
    ]);
  });

  it('million holds a million contexts registered at once: the last one registers before the first one leaves', () => {
    const text = readFileSync(new URL('million.yaml', FOLDER), 'utf8');
    const plan = loadScenario({ file: 'million.yaml', text });
    const { startsPerPeriod, periodUs } = plan.load;
    const startsUs = (1_000_000 * periodUs) / startsPerPeriod;
    const waitsUs = plan.flow.map((step) =>
      step.kind === 'wait' && step.wait.kind === 'fixed' ? step.wait.lengthUs : 0,
    );
    expect([plan.identities.count, plan.load.starts]).toEqual([1_000_000, 1_000_000]);
    expect(plan.identities.password).toBe('secret');
    for (const waitUs of waitsUs.filter((lengthUs) => lengthUs > 0)) expect(waitUs).toBeGreaterThan(startsUs);
    expect(plan.flow.map((step) => (step.kind === 'attempt' ? step.procedure : step.kind))).toEqual([
      'register',
      'wait',
      'refresh',
      'wait',
      'unregister',
    ]);
  });

  it('register-only takes its bindings back', () => {
    const text = readFileSync(new URL('register-only.yaml', FOLDER), 'utf8');
    expect(loadScenario({ file: 'register-only.yaml', text }).cleanup).toBe('unregister');
  });
});
