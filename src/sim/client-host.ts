// One worker of a simulated world: a real engine, and a kernel that is as unhelpful as it is told to be. A turn is the
// pump's: take what has arrived, advance, hand out, and see what the kernel lets go.
//
//   inbox -> receiveDatagram -> advance -> drain -> socket's queue -> (kernel) -> network
//             at most readMost              at most takesMost        at most letsMost, some refused

import type { Engine } from '../engine/index.ts';
import {
  abort,
  advance,
  drain,
  isOver,
  receiveDatagram,
  reportError,
  reportRefused,
  reportSent,
  stopStarting,
} from '../engine/index.ts';
import type { Random } from '../std/index.ts';
import type { Arrival, Observer } from './observer.ts';

export interface KernelOptions {
  /** Of what has arrived, taken in one turn. */
  readonly readMost: number;
  /** In a turn that is hampered, by chance: what the socket takes from the engine, and what the kernel takes from the socket. */
  readonly hamperedShare: number;
  readonly takesMost: number;
  readonly letsMost: number;
  /** Of what the socket hands to the kernel, refused for good. */
  readonly refusedShare: number;
  /** The thread turns only at multiples of this; 0: the moment that something is due. */
  readonly quantumUs: number;
  /** The socket takes nothing between these times. */
  readonly blockades: readonly { readonly fromUs: number; readonly toUs: number }[];
  /** The thread doesn't run between these times. */
  readonly stalls: readonly { readonly fromUs: number; readonly toUs: number }[];
}

export const WILLING_KERNEL: KernelOptions = {
  readMost: Number.POSITIVE_INFINITY,
  hamperedShare: 0,
  takesMost: 0,
  letsMost: 0,
  refusedShare: 0,
  quantumUs: 0,
  blockades: [],
  stalls: [],
};

/** What the operator or the network does to a worker, at a time. */
export type ClientEvent =
  | { readonly kind: 'stop'; readonly atUs: number; readonly drainUs: number }
  | { readonly kind: 'abort'; readonly atUs: number }
  /** ICMP says that nobody listens. */
  | { readonly kind: 'unreachable'; readonly atUs: number };

export interface ClientHost {
  readonly worker: number;
  readonly engine: Engine;
  kernel: KernelOptions;
  readonly random: Random;
  readonly observer: Observer;
  /** Soonest first. */
  readonly events: ClientEvent[];
  /** Arrived and not taken, oldest first. */
  readonly inbox: Arrival[];
  /** Taken from the engine, not yet let go, oldest first. */
  readonly queue: Uint8Array[];
  /** Called with what leaves for the network. */
  readonly send: (nowUs: number, bytes: Uint8Array) => void;
  /** When it turns next, if nothing arrives. */
  wakeUs: number;
}

/** A blocked socket is tried again after so long, as the pump does it. */
const RETRY_US = 500;
/** Around each datagram, so that a look outside changes something. */
const POISON_BYTES = 8;
const POISON = 0x22;

/** One turn at `nowUs`; sets when the next one is due. */
export function takeClientTurn(host: ClientHost, nowUs: number): void {
  const { engine, observer, worker } = host;
  takeArrivals(host, nowUs);
  for (let next = host.events[0]; next !== undefined && next.atUs <= nowUs; next = host.events[0]) {
    host.events.shift();
    happen(host, nowUs, next);
  }
  const deadlineUs = advance(engine, nowUs);
  const isHampered = host.random.chance(host.kernel.hamperedShare);
  const blockade = host.kernel.blockades.find(({ fromUs, toUs }) => nowUs >= fromUs && nowUs < toUs);
  if (blockade === undefined) {
    offer(host, nowUs, isHampered ? host.kernel.takesMost : Number.POSITIVE_INFINITY);
    letGo(host, nowUs, isHampered ? host.kernel.letsMost : Number.POSITIVE_INFINITY);
  }
  const isOut = isOver(engine);
  // Whoever drives an engine that is over closes its socket.
  if (isOut) host.queue.length = 0;
  const isBlocked = !isOut && engine.outbox.first < engine.outbox.end;
  observer.onTurn(worker, nowUs, isBlocked);
  const ownUs = isBlocked ? retryUs(nowUs, deadlineUs, blockade?.toUs ?? null) : Math.max(nowUs, deadlineUs);
  host.wakeUs = host.inbox.length > 0 ? nowUs : Math.min(ownUs, host.events[0]?.atUs ?? Number.POSITIVE_INFINITY);
}

/** A socket that is shut says when it takes something again; meanwhile timers fire. */
function retryUs(nowUs: number, deadlineUs: number, openUs: number | null): number {
  if (openUs === null) return nowUs + RETRY_US;
  return deadlineUs > nowUs ? Math.min(deadlineUs, openUs) : openUs;
}

/** When the host really turns, for something that is due at `dueUs`: not between quanta, not while it is stalled. */
export function turnTimeUs({ kernel }: ClientHost, dueUs: number): number {
  if (dueUs === Number.POSITIVE_INFINITY) return dueUs;
  const { quantumUs, stalls } = kernel;
  const onGridUs = quantumUs === 0 ? dueUs : Math.ceil(dueUs / quantumUs) * quantumUs;
  const stall = stalls.find(({ fromUs, toUs }) => onGridUs > fromUs && onGridUs < toUs);
  return stall === undefined ? onGridUs : stall.toUs;
}

function takeArrivals(host: ClientHost, nowUs: number): void {
  const { engine, observer, worker, inbox } = host;
  for (let left = host.kernel.readMost; left > 0 && inbox.length > 0; left--) {
    const arrival = inbox.shift()!;
    observer.onReceived(worker, nowUs, arrival);
    const { length } = arrival.bytes;
    const padded = new Uint8Array(length + 2 * POISON_BYTES).fill(POISON);
    padded.set(arrival.bytes, POISON_BYTES);
    receiveDatagram(engine, arrival.atUs, padded, POISON_BYTES, POISON_BYTES + length);
  }
}

function happen(host: ClientHost, nowUs: number, event: ClientEvent): void {
  const { engine, observer, worker } = host;
  switch (event.kind) {
    case 'stop':
      observer.onStop(worker, nowUs, event.drainUs);
      stopStarting(engine, nowUs, event.drainUs);
      break;
    case 'abort':
      observer.onAbort(worker, nowUs);
      abort(engine, nowUs);
      break;
    case 'unreachable':
      host.queue.length = 0;
      observer.onTransportError(worker, nowUs);
      reportError(engine, nowUs);
  }
}

function offer(host: ClientHost, nowUs: number, most: number): void {
  let room = most;
  drain(host.engine, (_flow, slab, start, end) => {
    if (room-- <= 0) return false;
    const bytes = slab.slice(start, end);
    host.queue.push(bytes);
    host.observer.onOffered(host.worker, nowUs, bytes);
    return true;
  });
}

function letGo(host: ClientHost, nowUs: number, most: number): void {
  const { engine, observer, worker, queue, random, kernel } = host;
  for (let left = most; left > 0 && queue.length > 0; left--) {
    const bytes = queue.shift()!;
    if (random.chance(kernel.refusedShare)) {
      const isPeerGone = random.chance(0.5);
      observer.onRefused(worker, nowUs, bytes, isPeerGone);
      reportRefused(engine, nowUs, isPeerGone);
      continue;
    }
    observer.onSent(worker, nowUs, bytes);
    reportSent(engine, 1, nowUs);
    host.send(nowUs, bytes);
  }
}
