import { describe, expect, it } from 'vitest';
import { flowFacts, loadScenario, proceduresOf } from '../../../src/scenario/index.ts';

const flow = (steps: string) =>
  loadScenario({
    file: 'x.yaml',
    text: `version: 1
identities: { count: 1, user: u, domain: test.example }
load: { rate: 1/s, starts: 1 }
flow: ${steps}
`,
  }).flow;

describe('flowFacts', () => {
  it('multiplies what stands inside repeats', () => {
    const steps =
      '[register, {repeat: {times: 3, steps: [{wait: 1s}, refresh, {repeat: {times: 2, steps: [query]}}]}}]';
    expect(flowFacts(flow(steps))).toEqual({
      attempts: { register: 1, refresh: 3, unregister: 0, wildcard: 0, query: 6 },
      attemptCount: 10,
      stepCount: 6,
      waitUs: 3_000_000,
      heldUs: 0,
      heldCount: 0,
      hasHold: false,
    });
  });

  it('takes the mean of waits that chance decides, and what was asked for of the granted time', () => {
    const steps =
      '[{register: {expires: 60s}}, {wait: {uniform: [1s, 3s]}}, {wait: {exponential: 5s}}, {wait: {ofExpires: 50%}}]';
    expect(flowFacts(flow(steps)).waitUs).toBe(2_000_000 + 5_000_000 + 30_000_000);
  });
});

describe('proceduresOf', () => {
  it('names each procedure of the flow once, in the order of results', () => {
    expect(proceduresOf(flow('[unregister, {repeat: {times: 2, steps: [register]}}, register]'))).toEqual([
      'register',
      'unregister',
    ]);
  });
});
