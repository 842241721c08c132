import { describe, expect, it } from 'vitest';
import { parseQuickUri, type QuickLoad, quickScenario } from '../../../src/cli/quick-scenario.ts';
import { loadScenario } from '../../../src/scenario/index.ts';
import { UserError } from '../../../src/std/index.ts';

const load = (parts: Partial<QuickLoad>): QuickLoad => ({
  target: { host: '127.0.0.1', port: 5070, user: null },
  domain: null,
  users: null,
  rate: null,
  rateHz: null,
  duration: null,
  ...parts,
});

const planOf = (parts: Partial<QuickLoad>) => loadScenario({ file: 'quick', text: quickScenario(load(parts)) });

describe('the URI of quick', () => {
  it.each([
    ['sip:127.0.0.1', { host: '127.0.0.1', port: null, user: null }],
    ['127.0.0.1:5070', { host: '127.0.0.1', port: 5070, user: null }],
    ['sip:alice@pbx.example:5070;transport=udp', { host: 'pbx.example', port: 5070, user: 'alice' }],
  ])('%s', (text, target) => {
    expect(parseQuickUri(text)).toEqual(target);
  });

  it.each(['', 'sips:x', 'sip:x;transport=tcp', 'sip:x:0', 'sip:x:65536', 'sip:[::1]', 'a b', 'sip:a:pw@x', 'a:pw@x'])(
    '%j is refused',
    (text) => {
      expect(() => parseQuickUri(text)).toThrow(UserError);
    },
  );
});

describe('the scenario of quick is one that the loader takes', () => {
  it('a single user registers once, under the name in the URI', () => {
    const plan = planOf({ target: { host: 'pbx.example', port: null, user: '1000' } });
    expect(plan.identities).toMatchObject({ count: 1, domain: 'pbx.example', user: [{ kind: 'text', text: '1000' }] });
    expect(plan.load).toMatchObject({ starts: 1, durationUs: null });
    expect(plan.target).toMatchObject({ host: 'pbx.example', port: 5060 });
  });

  it('--users alone spreads them over ten seconds', () => {
    const plan = planOf({ users: 500 });
    expect([plan.identities.count, plan.load.startsPerPeriod / plan.load.periodUs]).toEqual([500, 50 / 1e6]);
    expect(plan.load.durationUs).toBe(10_000_000);
  });

  it('--rate alone takes users enough that each comes back after ten seconds', () => {
    expect(planOf({ rate: '20/s', rateHz: 20 }).identities.count).toBe(200);
    expect(planOf({ rate: '1/m', rateHz: 1 / 60 }).identities.count).toBe(1);
  });

  it('both, with a duration and a domain', () => {
    const plan = planOf({ users: 10, rate: '5/s', rateHz: 5, duration: '3s', domain: 'test.example' });
    expect([plan.identities.count, plan.load.durationUs, plan.requestUri]).toEqual([10, 3_000_000, 'sip:test.example']);
    expect(plan.cleanup).toBe('unregister');
  });
});
