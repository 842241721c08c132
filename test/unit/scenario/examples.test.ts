import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { loadScenario, planLength, planWarnings } from '../../../src/scenario/index.ts';

const FOLDER = new URL('../../../scenarios/', import.meta.url);
const names = readdirSync(FOLDER).filter((name) => name.endsWith('.yaml'));

describe('example scenarios', () => {
  it('are these five', () => {
    expect(names.sort()).toEqual([
      'query.yaml',
      'quickstart.yaml',
      'register-only.yaml',
      'register-refresh-unregister.yaml',
      'wildcard.yaml',
    ]);
  });

  it.each(names)('%s loads without a warning, is named for its file and points editors at the schema', (name) => {
    const text = readFileSync(new URL(name, FOLDER), 'utf8');
    const plan = loadScenario({ file: `scenarios/${name}`, text });
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

  it('register-only takes its bindings back', () => {
    const text = readFileSync(new URL('register-only.yaml', FOLDER), 'utf8');
    expect(loadScenario({ file: 'register-only.yaml', text }).cleanup).toBe('unregister');
  });
});
