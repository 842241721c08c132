import { describe, expect, it } from 'vitest';
import { describePlan, loadScenario, planWarnings, type RunPlan } from '../../../src/scenario/index.ts';
import { localSocket, socketCount, socketsProblem, spareSocketNumber } from '../../../src/scenario/local-sockets.ts';

const text = (nat: string, more = '', flow = '[register, {wait: 60s}, refresh]'): string => `version: 1
target: sip:127.0.0.1:5060
identities: { count: 100, user: "u{index}", domain: test.example }
load: { rate: 10/s, duration: 120s }
flow: ${flow}
nat: ${nat}
${more}`;

const load = (nat: string, more = '', flow?: string): RunPlan =>
  loadScenario({ file: 'nat.yaml', text: text(nat, more, flow) });
const faultsOf = (nat: string, more = ''): string => {
  try {
    load(nat, more);
  } catch (error) {
    return (error as { problems: readonly { message: string }[] }).problems.map(({ message }) => message).join('; ');
  }
  return '';
};

describe('nat', () => {
  it('is a word, or a mode and a rebind, each of which may be left out', () => {
    const read = (nat: string): unknown => {
      const { nat: mode, local } = load(nat);
      return [mode, local.rebind ?? null];
    };
    const rebind = { share: 0.05, fromUs: 30_000_000, toUs: 30_000_000 };
    expect(read('off')).toEqual(['off', null]);
    expect(read('exosip')).toEqual(['exosip', null]);
    expect(read('{ mode: direct }')).toEqual(['direct', null]);
    expect(read('{ rebind: { share: 5%, after: 30s } }')).toEqual(['off', rebind]);
    expect(read('{ mode: direct, rebind: { share: 5%, after: 30s-1m } }')).toEqual([
      'direct',
      { ...rebind, toUs: 60_000_000 },
    ]);
  });

  it('tells what it does not know, and what goes together with nothing', () => {
    expect(faultsOf('ex0sip')).toContain('"ex0sip" is not known for nat; write off, direct or exosip');
    expect(faultsOf('{ mode: sometimes }')).toContain('write off, direct or exosip');
    expect(faultsOf('{ rebind: { share: 0%, after: 30s } }')).toContain('leave rebind out');
    expect(faultsOf('{ rebind: { share: 5%, after: 60s-30s } }')).toContain('"60s-30s" ends before it begins');
    expect(faultsOf('{ rebind: { share: 5%, after: 1s-2s-3s } }')).toContain('write 30s or 30s-60s');
    expect(faultsOf('{ rebind: { share: 5%, after: soon } }')).toContain('"soon"');
    expect(faultsOf('{ rebind: { share: 5% } }')).toContain('after');
    for (const mode of ['direct', 'exosip', '{ mode: exosip }'])
      expect(faultsOf(mode, 'local: { advertise: "192.0.2.1:5060" }')).toContain('local.advertise');
    const rebind = '{ rebind: { share: 5%, after: 30s } }';
    expect(faultsOf(rebind, 'local: { socketsPerWorker: 501 }')).toContain('a spare one for each of them are 1002');
    expect(faultsOf(rebind, 'redirects: { follow: 3 }')).toContain('leave redirects or rebind out');
    expect(faultsOf(rebind, 'local: { socketsPerWorker: 2, ports: 6000-6002 }')).toContain(
      'room for 3 of the 4 sockets (1 worker with 2 sockets and as many spare ones)',
    );
  });

  it('is in the hash where it makes other work, and in none of an older scenario', () => {
    const hashOf = (nat: string): string => load(nat).hash;
    expect(hashOf('direct')).toBe(hashOf('off'));
    const rebind = '{ rebind: { share: 5%, after: 30s } }';
    expect(new Set([hashOf('off'), hashOf('exosip'), hashOf(rebind)]).size).toBe(3);
  });

  it('is told by validate', () => {
    expect(describePlan(load('off'))).not.toContain('\nnat ');
    expect(describePlan(load('direct'))).toContain('Contacts follow rport and received');
    const told = describePlan(load('{ mode: exosip, rebind: { share: 5%, after: 30s-60s } }'));
    expect(told).toContain('deleted and registered anew');
    expect(told).toContain('about 5 contexts are rebound 30s to 60s into the run');
    expect(told).toContain('1 and as many spare ones per worker');
  });

  it('warns of a rebind of which nothing would be seen', () => {
    const warningsOf = (rebind: string, flow?: string): string =>
      planWarnings(load(`{ mode: direct, rebind: ${rebind} }`, '', flow))
        .filter((warning) => warning.includes('rebind') || warning.includes('rebound'))
        .join('; ');
    expect(warningsOf('{ share: 5%, after: 30s }')).toBe('');
    expect(warningsOf('{ share: 0.5%, after: 30s }')).toContain('is less than one: probably none is rebound');
    expect(warningsOf('{ share: 5%, after: 121s }')).toContain('its load ends after 2m: nothing will be seen of it');
    const once =
      'version: 1\ntarget: sip:127.0.0.1:5060\nidentities: { count: 9, user: "u{index}", domain: d.example }\n';
    const plan = loadScenario({
      file: 'once.yaml',
      text: `${once}load: { rate: 1/s, starts: 9 }\nflow: [register]\nnat: { rebind: { share: 50%, after: 5s } }\n`,
    });
    expect(planWarnings(plan).join('; ')).toContain('no context speaks once more after a time');
  });
});

describe('spare sockets', () => {
  it.each([
    [1, 1, 1],
    [3, 2, 2],
    [4, 3, 3],
    [2, 1, 3],
  ])(
    '%i per worker, %i workers, %i addresses: each has its own port on the address of its socket',
    (perWorker, workers, count) => {
      const addresses = ['10.0.0.1', '10.0.0.2', '10.0.0.3'].slice(0, count);
      const rebind = { share: 1, fromUs: 0, toUs: 0 };
      const local = { addresses, firstPort: 6000, lastPort: 6100, socketsPerWorker: perWorker, rebind };
      const sockets = perWorker * workers;
      expect(socketCount(local, workers)).toBe(2 * sockets);
      const own = Array.from({ length: sockets }, (_, socket) => localSocket(local, socket));
      const spare = own.map((_, socket) => localSocket(local, spareSocketNumber(local, workers, socket)));
      expect(spare.map(({ address }) => address)).toEqual(own.map(({ address }) => address));
      const places = [...own, ...spare].map(({ address, port }) => `${address}:${port}`);
      expect(new Set(places).size).toBe(2 * sockets);
      const last = Math.max(...[...own, ...spare].map(({ port }) => port ?? 0));
      const plan = load('off', `local: { socketsPerWorker: ${perWorker} }`);
      const withPorts = (lastPort: number): RunPlan => ({ ...plan, local: { ...plan.local, ...local, lastPort } });
      expect(socketsProblem(withPorts(last), workers)).toBeNull();
      expect(socketsProblem(withPorts(last - 1), workers)).toContain('is too narrow');
    },
  );
});
