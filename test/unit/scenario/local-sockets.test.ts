import { describe, expect, it } from 'vitest';
import type { PlanLocal } from '../../../src/scenario/index.ts';
import { localSocket, socketCount, socketNumber, socketsProblem } from '../../../src/scenario/index.ts';
import { portShortage } from '../../../src/scenario/local-sockets.ts';
import { contextOfRow, contextsOfWorker, flowOfRow } from '../../../src/scenario/shares.ts';
import { createPlan } from '../engine/plans.ts';

const local = (parts: Partial<PlanLocal> = {}): PlanLocal => ({
  addresses: [],
  firstPort: null,
  lastPort: null,
  socketsPerWorker: 1,
  sockets: 'auto',
  maxBurst: null,
  segmentation: false,
  ...parts,
});

const THREE = ['127.0.0.2', '127.0.0.3', '127.0.0.4'];
const placesOf = (of: PlanLocal, workers: number): string[] =>
  Array.from({ length: socketCount(of, workers) }, (_, socket) => {
    const { address, port } = localSocket(of, socket);
    return `${address}:${port}`;
  });

describe('where the sockets of a run are', () => {
  it('each takes the next address, and the next port once all addresses have had their turn', () => {
    const of = local({ addresses: THREE, firstPort: 5060, lastPort: 5061, socketsPerWorker: 3 });
    expect(placesOf(of, 2)).toEqual([
      '127.0.0.2:5060',
      '127.0.0.3:5060',
      '127.0.0.4:5060',
      '127.0.0.2:5061',
      '127.0.0.3:5061',
      '127.0.0.4:5061',
    ]);
  });

  it('on one address each takes the next port, and no two sockets have the same place', () => {
    const of = local({ addresses: ['127.0.0.2'], firstPort: 6000, lastPort: 6003, socketsPerWorker: 2 });
    expect(placesOf(of, 2)).toEqual(['127.0.0.2:6000', '127.0.0.2:6001', '127.0.0.2:6002', '127.0.0.2:6003']);
  });

  it('the system chooses what the plan leaves open', () => {
    expect(localSocket(local(), 3)).toEqual({ address: null, port: null });
    expect(localSocket(local({ addresses: THREE }), 4)).toEqual({ address: '127.0.0.3', port: null });
    expect(localSocket(local({ firstPort: 7000, lastPort: 7009 }), 4)).toEqual({ address: null, port: 7004 });
  });

  it('context c is on socket c modulo all sockets, however these are shared out among workers', () => {
    const contexts = 101;
    for (const [workers, flows] of [
      [1, 12],
      [2, 6],
      [3, 4],
      [12, 1],
    ] as const) {
      const seen: number[] = [];
      for (let worker = 0; worker < workers; worker++) {
        for (let row = 0; row < contextsOfWorker(contexts, worker, workers); row++) {
          seen[contextOfRow(row, worker, workers)] = socketNumber(flowOfRow(row, flows), worker, workers);
        }
      }
      expect(seen).toEqual(Array.from({ length: contexts }, (_, context) => context % 12));
    }
  });
});

describe('too many sockets', () => {
  it('for the ports: told with the numbers that it comes from', () => {
    const narrow = local({ firstPort: 6000, lastPort: 6002, socketsPerWorker: 2 });
    expect(portShortage(narrow, 1)).toBeNull();
    expect(portShortage(narrow, 2)).toBe(
      'local.ports 6000-6002 is too narrow: it has room for 3 of the 4 sockets (2 workers with 2 sockets each)',
    );
    expect(portShortage(local({ ...narrow, addresses: THREE }), 4)).toBeNull();
    expect(portShortage(local({ ...narrow, addresses: THREE }), 5)).toBe(
      'local.ports 6000-6002 on 3 addresses is too narrow: it has room for 9 of the 10 sockets (5 workers with 2 sockets each)',
    );
    expect(portShortage(local({ firstPort: 6000, lastPort: 6000 }), 2)).toBe(
      'local.ports 6000 is too narrow: it has room for 1 of the 2 sockets (2 workers with 1 socket each)',
    );
  });

  it('never, where the system chooses the ports', () => {
    expect(portShortage(local({ addresses: THREE, socketsPerWorker: 900 }), 100)).toBeNull();
  });

  it('for the contexts: a socket without one would be there for nothing', () => {
    const plan = createPlan({ identities: { count: 8 }, local: local({ socketsPerWorker: 4 }) });
    expect(socketsProblem(plan, 2)).toBeNull();
    expect(socketsProblem(plan, 3)).toBe('12 sockets (3 workers with 4 sockets each) for 8 contexts: some had none');
    expect(socketsProblem(plan, 9)).toBe('9 workers for 8 contexts: some had none');
  });
});
