import { describe, expect, it } from 'vitest';
import { describePlan, loadScenario, planWarnings, type RunPlan } from '../../../src/scenario/index.ts';
import { UserError } from '../../../src/std/index.ts';

const load = (more: string): RunPlan =>
  loadScenario({
    file: 'r.yaml',
    text: `version: 1
target: embedded
identities: { count: 10, user: "u{index}", domain: test.example }
load: { rate: 1/s, starts: 5 }
flow: [register]
${more}`,
  });

const complaints = (more: string): readonly string[] => {
  try {
    load(more);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return error.problems.map(({ message, place }) => `${place?.line}:${place?.column}: ${message}`);
  }
  return [];
};

describe('redirects in a scenario', () => {
  it('a scenario that says nothing of them, or follows none, has none in its plan, and the hash is as it was', () => {
    const plan = load('');
    expect('redirects' in plan).toBe(false);
    expect(load('redirects: {}')).toEqual({ ...plan });
    expect(load('redirects: { follow: 0 }').hash).toBe(plan.hash);
    expect(load('redirects: { follow: 2 }').hash).not.toBe(plan.hash);
    expect(load('redirects: { follow: 2, to: [10.0.0.1] }').hash).toBe(load('redirects: { follow: 2 }').hash);
  });

  it('lead to the run’s own places by default, or to addresses, ranges and names, each with a port or without', () => {
    expect(load('redirects: { follow: 3 }').redirects).toEqual({ follow: 3, to: null });
    const to = '[127.0.0.0/8, Reg2.Test.Example, "10.0.0.5:5070", 10.1.2.3/16, "reg3.example.:5080"]';
    const plan = load(`redirects: { follow: 10, to: ${to} }`);
    expect(plan.redirects).toEqual({
      follow: 10,
      to: [
        { kind: 'range', address: 0x7f_00_00_00, bits: 8, port: null },
        { kind: 'name', host: 'reg2.test.example', port: null },
        { kind: 'range', address: 0x0a_00_00_05, bits: 32, port: 5070 },
        { kind: 'range', address: 0x0a_01_00_00, bits: 16, port: null },
        { kind: 'name', host: 'reg3.example', port: 5080 },
      ],
    });
    expect(describePlan(plan)).toContain(
      'redirects   followed up to 10 times, to 127.0.0.0/8, reg2.test.example, 10.0.0.5:5070, 10.1.0.0/16, reg3.example:5080',
    );
  });

  it('are not what devices of libeXosip2 follow, which a warning tells', () => {
    const fleet = load('redirects: { follow: 3 }\nprofile: exosip2');
    expect(planWarnings(fleet).filter((warning) => warning.includes('redirects.follow'))).toHaveLength(1);
    expect(planWarnings(load('redirects: { follow: 3 }'))).toEqual([]);
  });

  it.each([
    ['redirects: { follow: 11 }', 'a number of redirects'],
    ['redirects: { follow: -1 }', 'a number of redirects'],
    ['redirects: { follow: 3, to: [] }', 'the list is empty'],
    ['redirects: { to: [10.0.0.1] }', 'but none is followed; add follow: 3'],
    ['redirects: { follow: 3, to: ["sip:10.0.0.1"] }', 'is no place'],
    ['redirects: { follow: 3, to: ["10.0.0.1:0"] }', 'ports go from 1 to 65535'],
    ['redirects: { follow: 3, to: ["10.0.0.0/33"] }', 'has 32 bits'],
    ['redirects: { follow: 3, to: [reg.example/8] }', 'only an address can be followed by /BITS'],
    ['redirects: { follow: 3, to: ["[::1]"] }', 'is no place'],
    [`redirects: { follow: 3, to: [${Array.from({ length: 65 }, (_, i) => `10.0.0.${i}`).join(', ')}] }`, 'at most 64'],
  ])('%s is refused, with its place', (more, words) => {
    const [first = '', ...others] = complaints(more);
    expect(first).toMatch(/^6:\d+: /);
    expect(first).toContain(words);
    expect(others).toEqual([]);
  });
});
