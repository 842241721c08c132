// The rehearsal before a load, on real sockets of the loopback interface.

import { describe, expect, it } from 'vitest';
import { loadScenario } from '../../src/scenario/index.ts';
import { rehearse } from '../../src/worker/rehearsal.ts';

const plan = (identities: string, load: string) =>
  loadScenario({
    file: 'x.yaml',
    text: `version: 1\nname: x\ntarget: embedded\nidentities: ${identities}\nload: ${load}\nflow: [query]\n`,
  });

const MANY = 'count: 100000, user: "u{index:8}", domain: test.example';
const STARTS_MOST = 4_000;

describe('the rehearsal', () => {
  it('registers, refreshes and unregisters as often as the run starts in half a second, and ends', async () => {
    expect(await rehearse(plan(`{ ${MANY} }`, '{ rate: 400/s, duration: 1s }'))).toBe(3 * 200);
  });

  it('is challenged once by context where the plan has a password', async () => {
    const requests = await rehearse(plan(`{ ${MANY}, password: secret }`, '{ rate: 1000/s, duration: 1s }'));
    expect(requests).toBe(3 * 500 + 500);
  });

  it('is bounded however fast the run is', async () => {
    const requests = await rehearse(plan(`{ ${MANY} }`, '{ rate: 1000000/s, duration: 1s }'));
    // Fewer where the machine is too slow for its pace; that a rehearsal is over in time matters more.
    expect(requests).toBeLessThanOrEqual(3 * STARTS_MOST);
    expect(requests).toBeGreaterThan(STARTS_MOST);
  });

  it('ends with a single user too', async () => {
    const single = '{ count: 1, user: bob, domain: test.example, password: secret }';
    expect(await rehearse(plan(single, '{ rate: 400/s, duration: 1s }'))).toBe(3 * 200 + 200);
  });

  it('plays on several sockets, and without the batch transport', async () => {
    const load = '{ rate: 400/s, duration: 1s }\nlocal: { sockets: udp-dgram, socketsPerWorker: 3 }';
    expect(await rehearse(plan(`{ ${MANY} }`, load))).toBe(3 * 200);
  });
});
