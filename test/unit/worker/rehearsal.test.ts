import { describe, expect, it } from 'vitest';
import { loadScenario } from '../../../src/scenario/index.ts';
import { rehearse } from '../../../src/worker/rehearsal.ts';

const plan = (identities: string, load: string) =>
  loadScenario({
    file: 'x.yaml',
    text: `version: 1\nname: x\ntarget: embedded\nidentities: ${identities}\nload: ${load}\nflow: [query]\n`,
  });

const MANY = 'count: 100000, user: "u{index:8}", domain: test.example';
const CONTEXTS = 200;

describe('the rehearsal', () => {
  it('registers, refreshes and unregisters as often as the run starts in half a second, and ends', () => {
    expect(rehearse(plan(`{ ${MANY} }`, '{ rate: 400/s, duration: 1s }'))).toBe(3 * 200);
  });

  it('is challenged once by context where the plan has a password', () => {
    const requests = rehearse(plan(`{ ${MANY}, password: secret }`, '{ rate: 1000/s, duration: 1s }'));
    expect(requests).toBe(3 * 500 + CONTEXTS);
  });

  it('is bounded however fast the run is', () => {
    expect(rehearse(plan(`{ ${MANY} }`, '{ rate: 1000000/s, duration: 1s }'))).toBe(3 * 1500);
  });

  it('ends with a single user too', () => {
    const single = '{ count: 1, user: bob, domain: test.example, password: secret }';
    expect(rehearse(plan(single, '{ rate: 400/s, duration: 1s }'))).toBeGreaterThan(0);
  });
});
