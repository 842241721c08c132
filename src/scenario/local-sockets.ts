// The sockets of a run: how many, on which addresses and ports, and which context speaks from which. All in closed form, so that
// workers agree without a word, and the set of (context, address, port) is the same however many workers share the sockets.
//
//   W workers of F sockets each: S = W * F sockets     worker w's flow f is socket f * W + w     context c is on socket c mod S
//   socket s:  address s mod A of the A addresses      port first + floor(s / A)
//
// Where contexts are rebound (`nat.rebind`) each socket has a spare on its own address, behind all others: socket s' = ceil(S / A) * A + s.
//
// Each address has the whole range of ports for itself, since a socket is an address and a port: 3 addresses with the ports
// 5060-5061 make 6 sockets, 5060 on each of the three first. So a fleet of phones can have addresses of its own, all on 5060.
//
// Left out on purpose: whether the machine has these addresses, and the ports free. Opening the sockets tells.

import type { PlanLocal, RunPlan } from './plan.ts';

/**
 * A turn of the pump looks at each of its sockets, which costs some 2 µs each: turns took 2.4 ms with so many of them, 0.23 ms with
 * 100 and 0.07 ms with one (median of a run of one second at 1,000 starts/s; two shared cores, Node 20.20). That is lag, of which
 * 10 ms make a run invalid.
 */
export const MAX_SOCKETS_PER_WORKER = 1_000;

/** What a socket is to be bound to; null: the system chooses. */
export interface LocalSocket {
  readonly address: string | null;
  readonly port: number | null;
}

type Ports = Pick<PlanLocal, 'addresses' | 'firstPort' | 'lastPort' | 'socketsPerWorker' | 'rebind'>;

/** Of one worker, spare ones among them. */
export const socketsOfWorker = ({
  socketsPerWorker,
  rebind,
}: Pick<PlanLocal, 'socketsPerWorker' | 'rebind'>): number =>
  rebind == null ? socketsPerWorker : 2 * socketsPerWorker;

export const socketCount = (local: Ports, workerCount: number): number => socketsOfWorker(local) * workerCount;

/** The run's number of a worker's socket. */
export const socketNumber = (flow: number, workerIndex: number, workerCount: number): number =>
  flow * workerCount + workerIndex;

/** The number of the spare of such a socket: on the same address, on a port that no other has. */
export const spareSocketNumber = (local: Ports, workerCount: number, socket: number): number => {
  const addressCount = Math.max(1, local.addresses.length);
  return Math.ceil((local.socketsPerWorker * workerCount) / addressCount) * addressCount + socket;
};

export const localSocket = (local: Ports, socket: number): LocalSocket => {
  const { addresses, firstPort } = local;
  const addressCount = Math.max(1, addresses.length);
  return {
    address: addresses[socket % addressCount] ?? null,
    port: firstPort === null ? null : firstPort + Math.floor(socket / addressCount),
  };
};

/** Why the ports are too few for so many workers, or null when they are not. */
export const portShortage = (local: Ports, workerCount: number): string | null => {
  const { addresses, firstPort, lastPort } = local;
  if (firstPort === null || lastPort === null) return null;
  const ports = lastPort - firstPort + 1;
  const room = ports * Math.max(1, addresses.length);
  const sockets = local.socketsPerWorker * workerCount;
  // The last spare one takes the last place.
  const needed = local.rebind == null ? sockets : spareSocketNumber(local, workerCount, sockets);
  if (needed <= room) return null;
  const range = `local.ports ${firstPort === lastPort ? firstPort : `${firstPort}-${lastPort}`}`;
  const places = addresses.length > 1 ? ` on ${addresses.length} addresses` : '';
  return `${range}${places} is too narrow: it has room for ${room} of the ${needed} sockets (${workersText(local, workerCount)})`;
};

/** Why the plan cannot run with so many workers, or null when it can. */
export const socketsProblem = (plan: RunPlan, workerCount: number): string | null => {
  const { count } = plan.identities;
  if (workerCount > count) return `${workerCount} workers for ${count} contexts: some had none`;
  const sockets = plan.local.socketsPerWorker * workerCount;
  if (sockets > count) {
    return `${sockets} sockets (${workersText(plan.local, workerCount)}) for ${count} contexts: some had none`;
  }
  return portShortage(plan.local, workerCount);
};

const workersText = ({ socketsPerWorker, rebind }: Ports, workerCount: number): string => {
  const spare = rebind == null ? '' : ' and as many spare ones';
  return `${counted(workerCount, 'worker')} with ${counted(socketsPerWorker, 'socket')}${spare}${workerCount > 1 ? ' each' : ''}`;
};

const counted = (count: number, word: string): string => `${count} ${word}${count === 1 ? '' : 's'}`;
