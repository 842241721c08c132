import { describe, expect, it } from 'vitest';
import { describePlan, loadScenario, type RunPlan } from '../../../src/scenario/index.ts';
import { UserError } from '../../../src/std/index.ts';

const load = (step: string, more = ''): RunPlan =>
  loadScenario({
    file: 'f.yaml',
    text: `version: 1
target: embedded
identities: { count: 10, user: "u{index}", domain: test.example }
load: { rate: 1/s, starts: 5 }
flow:
  - ${step}
${more}`,
  });

const complaints = (step: string, more = ''): readonly string[] => {
  try {
    load(step, more);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return error.problems.map(({ message, place }) => `${place?.line}:${place?.column}: ${message}`);
  }
  return [];
};

const stepOf = (plan: RunPlan): object => plan.flow[0]!;

describe('onFailure, retry and expect in a scenario', () => {
  it('a step that says nothing of failures has none of it in its plan, and the hash is as it was', () => {
    const plan = load('register');
    expect(Object.keys(stepOf(plan))).toEqual(['kind', 'procedure', 'expiresSeconds', 'headers']);
    expect('retryBudget' in plan).toBe(false);
    expect(load('register: { onFailure: stop }').hash).toBe(plan.hash);
    expect(load('register', 'retryBudget: 5%').hash).toBe(plan.hash);
    expect(load('register: { onFailure: continue }').hash).not.toBe(plan.hash);
  });

  it('4.5 retry without more is that of RFC 5626: from 30 s, doubled, up to half an hour, half of it by chance', () => {
    const plan = load('register: { onFailure: retry }');
    expect(stepOf(plan)).toMatchObject({
      onFailure: 'retry',
      retry: {
        policy: 'exponential',
        baseUs: 30_000_000,
        capUs: 1_800_000_000,
        jitter: 0.5,
        tries: 3,
        retryAfterCapUs: 300_000_000,
        on: null,
      },
    });
    expect(plan.retryBudget).toBe(0.1);
  });

  it('a fixed wait has no jitter unless asked for', () => {
    const fixed = load(
      'register: { onFailure: retry, retry: { policy: fixed, base: 2s, on: [503, 6xx, timeout] } }',
      'retryBudget: 2.5%',
    );
    expect(stepOf(fixed)).toMatchObject({ retry: { policy: 'fixed', jitter: 0, on: ['503', '6xx', 'timeout'] } });
    expect(fixed.retryBudget).toBe(0.025);
    expect(load('query: { onFailure: retry, retry: { policy: fixed, jitter: 20% } }').flow[0]).toMatchObject({
      retry: { jitter: 0.2 },
    });
  });

  it('expect is one word, a list in a line, or a list below', () => {
    expect(stepOf(load('register: { expect: 403 }'))).toMatchObject({ expect: ['403'] });
    expect(stepOf(load('register: { expect: [success, 4xx] }'))).toMatchObject({ expect: ['success', '4xx'] });
    expect(stepOf(load('unregister: { expect: auth-failed }'))).toMatchObject({ expect: ['auth-failed'] });
  });

  it.each([
    [
      'register: { expect: 401 }',
      '6:25: 401 is a challenge, which ends no attempt; write auth-failed or no-credentials',
    ],
    ['register: { expect: 200 }', '6:25: "200": any 2xx is a success; write success'],
    ['register: { expect: timeot }', 'did you mean "timeout"?'],
    ['register: { expect: aborted }', '"aborted" is no end of an attempt'],
    ['register: { expect: 7xx }', '"7xx" is no end of an attempt'],
    ['register: { expect: [] }', '6:17: the list is empty, so nothing could ever meet it'],
    ['register: { expect: [403, soon] }', '6:31: "soon" is no end of an attempt'],
    ['register: { onFailure: again }', 'onFailure'],
    ['register: { retry: { tries: 2 } }', 'retry says how to try again, but onFailure is not retry'],
    ['register: { onFailure: retry, retry: { tries: 0 } }', '"0" is out of range for a number of retries'],
    ['register: { onFailure: retry, retry: { base: 1m, cap: 10s } }', 'cap 10s is shorter than base 60s'],
    ['register: { onFailure: retry, retry: { jitter: 120% } }', '"120%" is more than 100%'],
    ['register: { onFailure: retry, retry: { policy: linear } }', 'linear'],
    ['register: { onFailure: retry, retry: { on: [] } }', 'the list is empty'],
  ])('refuses %s', (step, told) => {
    const all = complaints(step);
    expect(all).toHaveLength(1);
    expect(all[0]).toContain(told);
  });

  it('refuses a budget beyond the whole', () => {
    expect(complaints('register', 'retryBudget: 101%')).toEqual(['7:14: "101%" is more than 100%']);
  });

  it('is told in the description of a plan', () => {
    const text = describePlan(load('register: { onFailure: retry, expect: [403, 404], retry: { tries: 1 } }'));
    expect(text).toContain('register (expecting 403 or 404, tried again up to 1 time)');
    expect(describePlan(load('query: { onFailure: continue }'))).toContain('query (whatever comes of it)');
  });

  it('a hold alone that is tried again has a budget too', () => {
    expect(load('register\n  - hold: { for: 1h, onFailure: retry }').retryBudget).toBe(0.1);
  });
});

describe('retries of a fleet of libeXosip2 devices', () => {
  const EXOSIP = { policy: 'exosip2', tries: null, jitter: 0, on: null };
  const fleet = (step: string, more = ''): RunPlan => load(step, `profile: exosip2\n${more}`);

  it.each(['register', 'refresh'])('%s that says nothing of failures is tried again without end or budget', (step) => {
    const plan = fleet(step);
    expect(stepOf(plan)).toMatchObject({ onFailure: 'retry', retry: EXOSIP });
    expect(plan.retryBudget).toBeNull();
    expect(describePlan(plan)).toContain(`${step} (tried again as libeXosip2 does)`);
  });

  it('so is the refresh of a hold; a budget of the file holds', () => {
    const plan = fleet('register\n  - hold: { for: 1h }', 'retryBudget: 5%');
    expect(plan.flow[1]).toMatchObject({ refresh: { onFailure: 'retry', retry: EXOSIP } });
    expect(plan.retryBudget).toBe(0.05);
  });

  it.each(['unregister', 'wildcard', 'query', 'register: { expires: 0s }', 'register: { onFailure: stop }'])(
    '%s is not',
    (step) => {
      expect(stepOf(fleet(step))).not.toHaveProperty('onFailure');
      expect(fleet(step)).not.toHaveProperty('retryBudget');
    },
  );

  it('what the file says of retries counts', () => {
    expect(stepOf(fleet('register: { retry: { policy: fixed, base: 2s } }'))).toMatchObject({
      onFailure: 'retry',
      retry: { policy: 'fixed', baseUs: 2_000_000, tries: 3 },
    });
    expect(stepOf(load('register: { onFailure: retry, retry: { policy: exosip2, tries: 5 } }'))).toMatchObject({
      retry: { ...EXOSIP, tries: 5 },
    });
  });

  it.each(['base: 2s', 'cap: 60s', 'jitter: 10%'])(
    'refuses %s beside policy exosip2, whose waits are its own',
    (key) => {
      const [name] = key.split(':');
      expect(complaints(`register: { onFailure: retry, retry: { policy: exosip2, ${key} } }`)).toEqual([
        expect.stringContaining(`the waits of policy exosip2 are its own; leave ${name} out`),
      ]);
    },
  );
});
