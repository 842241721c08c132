// One worker of a simulated world: a real engine, and a kernel that is as unhelpful as it is told to be. A turn is the
// pump's: take what has arrived, advance, hand out, and see what the kernel lets go.
//
//   inbox -> receiveDatagram -> advance -> drain -> sockets' queues -> (kernel) -> network
//             at most readMost              at most takesMost        at most letsMost, some refused; for each socket

import type { Engine } from '../engine/index.ts';
import {
  abort,
  advance,
  drain,
  isOver,
  nextDueUs,
  receiveDatagram,
  reportError,
  reportRefused,
  reportSent,
  stopStarting,
} from '../engine/index.ts';
import type { AttemptStep } from '../scenario/index.ts';
import type { Random } from '../std/index.ts';
import type { Commander } from './commander.ts';
import { commandOne, forgetOne } from './commander.ts';
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
  /** One flow's socket, or all of them (null), takes nothing between these times. */
  readonly blockades: readonly Blockade[];
  /** The thread doesn't run between these times. */
  readonly stalls: readonly { readonly fromUs: number; readonly toUs: number }[];
}

export interface Blockade {
  readonly fromUs: number;
  readonly toUs: number;
  readonly flow: number | null;
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
  /** To whoever commands contexts: one of them is to make an attempt, or to become another phone. */
  | { readonly kind: 'command'; readonly atUs: number; readonly identity: number; readonly step: AttemptStep }
  | { readonly kind: 'forget'; readonly atUs: number; readonly identity: number }
  /** ICMP says, to one flow, that nobody listens. */
  | { readonly kind: 'unreachable'; readonly atUs: number; readonly flow: number };

/** Something that has arrived at one of the worker's sockets. */
export interface Incoming {
  readonly flow: number;
  readonly arrival: Arrival;
}

export interface ClientHost {
  readonly worker: number;
  /** The numbers of its sockets in the run, by flow. */
  readonly sockets: readonly number[];
  readonly engine: Engine;
  /** Null: contexts start by schedule. */
  readonly commander: Commander | null;
  /** Opens sockets to where redirects have led; null: none are followed. */
  readonly openPlaces: ((nowUs: number) => void) | null;
  kernel: KernelOptions;
  readonly random: Random;
  readonly observer: Observer;
  /** Soonest first. */
  readonly events: ClientEvent[];
  /** Arrived and not taken, oldest first. */
  readonly inbox: Incoming[];
  /** By flow: taken from the engine, not yet let go, oldest first. */
  readonly queues: readonly Uint8Array[][];
  /** Called with what leaves for the network, and the socket. */
  readonly send: (nowUs: number, bytes: Uint8Array, socket: number) => void;
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
  host.openPlaces?.(nowUs);
  const deadlineUs = advance(engine, nowUs);
  const isHampered = host.random.chance(host.kernel.hamperedShare);
  const openUs = host.sockets.map((_, flow) => opensUs(host.kernel, nowUs, flow));
  const refused = offer(host, nowUs, isHampered ? host.kernel.takesMost : Number.POSITIVE_INFINITY, openUs);
  letGo(host, nowUs, isHampered ? host.kernel.letsMost : Number.POSITIVE_INFINITY, openUs);
  const isOut = isOver(engine);
  // Whoever drives an engine that is over closes its sockets.
  if (isOut) for (const queue of host.queues) queue.length = 0;
  const blocked = isOut ? [] : blockedFlows(host, nowUs, openUs, refused);
  const blockedSockets = blocked.map((flow) => host.sockets[flow]!);
  tellReports(host, nowUs);
  observer.onTurn(worker, nowUs, blockedSockets);
  const opens = blocked.map((flow) => openUs[flow]!);
  const ownUs = blocked.length > 0 ? retryUs(host, nowUs, opens) : Math.max(nowUs, deadlineUs);
  host.wakeUs = host.inbox.length > 0 ? nowUs : Math.min(ownUs, host.events[0]?.atUs ?? Number.POSITIVE_INFINITY);
}

/** Those that would have had more to send. An engine that kept messages back, though its socket took them, is not excused. */
function blockedFlows(
  { engine, queues }: ClientHost,
  nowUs: number,
  openUs: readonly number[],
  refused: readonly boolean[],
): readonly number[] {
  const isBlocked = (flow: number): boolean => openUs[flow]! > nowUs || refused[flow]! || queues[flow]!.length > 0;
  return engine.flows.filter(({ id, outbox }) => outbox.first < outbox.end && isBlocked(id)).map(({ id }) => id);
}

/** When a blockade of the flow's socket ends; `nowUs` when there is none. */
function opensUs({ blockades }: KernelOptions, nowUs: number, flow: number): number {
  const blockade = blockades.find(
    (each) => nowUs >= each.fromUs && nowUs < each.toUs && (each.flow === null || each.flow === flow),
  );
  return blockade === undefined ? nowUs : blockade.toUs;
}

/** Sockets that are shut say when they take something again; meanwhile timers fire. */
function retryUs({ engine }: ClientHost, nowUs: number, openUs: readonly number[]): number {
  const firstUs = Math.min(...openUs);
  return firstUs === nowUs ? nowUs + RETRY_US : Math.min(nextDueUs(engine), firstUs);
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
  const { engine, observer, sockets, inbox } = host;
  for (let left = host.kernel.readMost; left > 0 && inbox.length > 0; left--) {
    const { flow, arrival } = inbox.shift()!;
    observer.onReceived(sockets[flow]!, nowUs, arrival);
    const { length } = arrival.bytes;
    const padded = new Uint8Array(length + 2 * POISON_BYTES).fill(POISON);
    padded.set(arrival.bytes, POISON_BYTES);
    receiveDatagram(engine, arrival.atUs, flow, padded, POISON_BYTES, POISON_BYTES + length);
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
    case 'command':
      // Whoever was told of an end may command again in the same turn.
      tellReports(host, nowUs);
      if (!commandOne(host.commander!, engine, nowUs, event.identity, event.step)) return;
      observer.onCommand(worker, nowUs, event.identity, event.step);
      break;
    case 'forget':
      observer.onForget(worker, nowUs, event.identity);
      forgetOne(host.commander!, engine, nowUs, event.identity);
      break;
    case 'unreachable':
      host.queues[event.flow]!.length = 0;
      observer.onTransportError(host.sockets[event.flow]!, nowUs);
      reportError(engine, nowUs, event.flow);
  }
}

function tellReports({ commander, observer, worker }: ClientHost, nowUs: number): void {
  for (const report of commander?.reports.splice(0) ?? []) observer.onReport(worker, nowUs, report);
}

/** Returns which flows' sockets refused a message. */
function offer(host: ClientHost, nowUs: number, most: number, openUs: readonly number[]): readonly boolean[] {
  const { engine, observer, sockets, queues } = host;
  const room = openUs.map((untilUs) => (untilUs > nowUs ? 0 : most));
  const refused = room.map(() => false);
  if (openUs.every((untilUs) => untilUs > nowUs)) return refused;
  drain(engine, (flow, slab, start, end) => {
    if (room[flow]!-- <= 0) {
      refused[flow] = true;
      return false;
    }
    const bytes = slab.slice(start, end);
    queues[flow]!.push(bytes);
    observer.onOffered(sockets[flow]!, nowUs, bytes);
    return true;
  });
  return refused;
}

function letGo(host: ClientHost, nowUs: number, most: number, openUs: readonly number[]): void {
  openUs.forEach((untilUs, flow) => {
    if (untilUs <= nowUs) letFlowGo(host, nowUs, flow, most);
  });
}

function letFlowGo(host: ClientHost, nowUs: number, flow: number, most: number): void {
  const { engine, observer, random, kernel } = host;
  const socket = host.sockets[flow]!;
  const queue = host.queues[flow]!;
  for (let left = most; left > 0 && queue.length > 0; left--) {
    const bytes = queue.shift()!;
    if (random.chance(kernel.refusedShare)) {
      const isPeerGone = random.chance(0.5);
      observer.onRefused(socket, nowUs, bytes, isPeerGone);
      reportRefused(engine, nowUs, flow, isPeerGone);
      continue;
    }
    observer.onSent(socket, nowUs, bytes);
    reportSent(engine, flow, 1, nowUs);
    host.send(nowUs, bytes, socket);
  }
}
