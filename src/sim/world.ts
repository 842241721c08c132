// A whole load test in one thread, in virtual time: real engines, a real registrar, and between them a network that does
// what it is told. Nothing happens between two events, so time jumps from one to the next.
//
//   worker 0 ─┐                                        ┌─ edge ─ registrar
//   worker 1 ─┼─ link to the registrar ──────────────► │
//   worker 2 ─┘ ◄────────────── link to the clients ───┘      faults: both links, edge, restarts, kernels, operators
//
// Each worker may have several sockets, and each socket has a number: socket s of W workers is flow floor(s / W) of worker s mod W. With
// several targets there are as many for each of them (target-faults.ts), in the order of the targets.
//
// The same options give the same datagrams at the same microseconds, which the hash over all of them shows.

import type { Engine } from '../engine/index.ts';
import { attachFlow, createEngine, isOver, MOST_PLACES_ADDED } from '../engine/index.ts';
import type { MetricsBlock } from '../metrics/index.ts';
import { createMetricsBlock, mergeBlocks } from '../metrics/index.ts';
import type { BindingView, RegistrarOptions } from '../registrar/index.ts';
import type { RunPlan } from '../scenario/index.ts';
import { socketsOfWorker } from '../scenario/index.ts';
import type { Random } from '../std/index.ts';
import { assert, createRandom, decodeLatin1, encodeAscii } from '../std/index.ts';
import { ask } from './asker.ts';
import type { ClientEvent, ClientHost, KernelOptions } from './client-host.ts';
import { takeClientTurn, turnTimeUs, WILLING_KERNEL } from './client-host.ts';
import type { Commander } from './commander.ts';
import { createCommander, listenTo, withoutStarts } from './commander.ts';
import type { DatagramHash } from './datagram-hash.ts';
import { addDatagram, createDatagramHash } from './datagram-hash.ts';
import type { EdgeCounts, EdgeOptions } from './edge.ts';
import type { EventQueue } from './event-queue.ts';
import { addEvent, createEventQueue, nextEventUs, takeEvent } from './event-queue.ts';
import { forge } from './forger.ts';
import type { Link, LinkCounts, LinkOptions } from './network.ts';
import { createLink, heal, transit } from './network.ts';
import type { Arrival, Observer } from './observer.ts';
import type { RedirectFacts } from './redirect-places.ts';
import { openPlaces } from './redirect-places.ts';
import type { LocalAddress, RegistrarCounts, RegistrarHost } from './registrar-host.ts';
import {
  arrive,
  comeBack,
  createRegistrarHost,
  goAway,
  healRegistrar,
  heldFor,
  pass,
  refuse,
  registrarCounts,
  registrarWakeUs,
  serve,
} from './registrar-host.ts';
import type { TargetOptions, Targets } from './target-faults.ts';
import {
  addressOfTarget,
  answeredSocket,
  createTargets,
  faultAt,
  noteFault,
  ONE_TARGET,
  SEEN_PORTS_APART,
} from './target-faults.ts';

export interface Restart {
  readonly atUs: number;
  readonly awayUs: number;
  readonly keepsBindings: boolean;
}

export interface WorldOptions {
  readonly seed: number;
  readonly runId: string;
  readonly plan: RunPlan;
  /** Where each socket to the first target sends from, by its number; as many as all workers together have, spare ones last. */
  readonly addresses: readonly LocalAddress[];
  readonly userAgent: string;
  readonly registrar: RegistrarOptions;
  readonly edge: EdgeOptions;
  readonly toRegistrar: LinkOptions;
  readonly toClients: LinkOptions;
  /** Share of answers that are followed, or preceded, by a forgery. */
  readonly forgedShare: number;
  /** Share of answers that come with a request or a keepalive of the registrar's side. */
  readonly askedShare: number;
  /** In order; none while another one lasts. */
  readonly restarts: readonly Restart[];
  readonly kernel: KernelOptions;
  /** From then on networks, edge and kernels do no harm; null: never. */
  readonly healUs: number | null;
  /** One list for each worker, soonest first. */
  readonly events: readonly (readonly ClientEvent[])[];
  /** Default: one target. */
  readonly targets?: TargetOptions;
  /** Where redirects lead; absent: none is followed. */
  readonly redirects?: RedirectFacts;
  /** Contexts start by command (among the events) and not by schedule. */
  readonly isCommanded?: boolean;
}

export interface WorldWorker {
  readonly engine: Engine;
  /** By flow. */
  readonly sentBys: readonly string[];
  readonly metrics: MetricsBlock;
  readonly commander: Commander | null;
}

export interface World {
  readonly options: WorldOptions;
  readonly workers: readonly WorldWorker[];
  readonly clients: readonly ClientHost[];
  readonly registrar: RegistrarHost;
  readonly toRegistrar: Link;
  readonly toClients: Link;
  readonly targets: Targets;
  readonly happening: EventQueue<WorldEvent>;
  readonly hash: DatagramHash;
  nowUs: number;
  /** Arrived at a worker whose run was over. */
  afterEnd: number;
}

export interface WorldEnd {
  readonly endedUs: number;
  readonly hash: string;
  readonly datagrams: number;
  readonly afterEnd: number;
  readonly toRegistrar: LinkCounts;
  readonly toClients: LinkCounts;
  readonly edge: EdgeCounts;
  readonly registrar: RegistrarCounts;
  readonly rulesApplied: Readonly<Record<string, number>>;
  /** How often each kind of fault of a single target had an effect. */
  readonly targetFaults: Readonly<Record<string, number>>;
}

type WorldEvent =
  | { readonly kind: 'toRegistrar'; readonly socket: number; readonly arrival: Arrival }
  | { readonly kind: 'served'; readonly socket: number; readonly arrival: Arrival; readonly life: number }
  | { readonly kind: 'toClient'; readonly socket: number; readonly arrival: Arrival }
  | { readonly kind: 'unreachable'; readonly socket: number }
  | { readonly kind: 'heal' }
  | { readonly kind: 'away' }
  | { readonly kind: 'back'; readonly keepsBindings: boolean };

const MOST_TURNS = 50_000_000;
/** Turns at one and the same time, each of which may do something. */
const MOST_TURNS_STANDING = 10_000;
const SERIES_SECONDS = 60;
const FORGERY_LATE_US = 2_000_000;
const REMEMBERED_MOST = 200;
const TO_REGISTRAR = 1;
const TO_CLIENT = 2;

/** The engines of a world; whoever watches it has to know them. */
export const createWorkers = (options: WorldOptions): readonly WorldWorker[] =>
  Array.from({ length: workerCountOf(options) }, (_, worker) => createWorker(options, worker));

const workerCountOf = ({ plan, addresses }: WorldOptions): number => addresses.length / socketsOfWorker(plan.local);

export function createWorld(options: WorldOptions, workers: readonly WorldWorker[], observer: Observer): World {
  const random = createRandom(options.seed);
  const hash = createDatagramHash();
  const happening = createEventQueue<WorldEvent>();
  const toRegistrar = createLink(options.toRegistrar, random.split('to registrar'));
  const toClients = createLink(options.toClients, random.split('to clients'));
  const forger = random.split('forger');
  const asker = random.split('asker');
  const past: Uint8Array[] = [];
  const targets = createTargets(options.targets ?? ONE_TARGET, options.addresses.length);
  const arriveAt = (socket: number, arrival: Arrival): void =>
    addEvent(happening, arrival.atUs, { kind: 'toClient', socket, arrival });
  const sendAnswer = (nowUs: number, origin: number, bytes: Uint8Array): void => {
    const socket = answeredSocket(targets, nowUs, origin);
    addDatagram(hash, nowUs, TO_CLIENT + socket * 4, bytes);
    for (const arrival of transit(toClients, nowUs, bytes, 0, bytes.length)) arriveAt(socket, arrival);
    if (forger.chance(options.forgedShare)) {
      const forged = forgery(forger, nowUs, bytes, past);
      arriveAt(astray(forger, options, socket), forged);
    }
    if (options.forgedShare > 0) remember(past, bytes);
    if (!asker.chance(options.askedShare)) return;
    const asked = ask(asker);
    addDatagram(hash, nowUs, TO_CLIENT + socket * 4, asked);
    for (const arrival of transit(toClients, nowUs, asked, 0, asked.length)) arriveAt(socket, arrival);
  };
  const send = (nowUs: number, bytes: Uint8Array, socket: number): void => {
    addDatagram(hash, nowUs, TO_REGISTRAR + socket * 4, bytes);
    for (const arrival of transit(toRegistrar, nowUs, bytes, 0, bytes.length)) {
      addEvent(happening, arrival.atUs, { kind: 'toRegistrar', socket, arrival });
    }
  };
  const { redirects: facts } = options;
  const clients = workers.map(({ engine, commander, sentBys }, worker) =>
    createClientHost(options, {
      worker,
      engine,
      commander,
      openPlaces: facts === undefined ? null : openPlaces({ worker, engine, sentBys, facts, observer }),
      observer,
      random: random.split(`kernel ${worker}`),
      send,
    }),
  );
  const { restarts, registrar, edge, healUs } = options;
  if (healUs !== null) addEvent(happening, healUs, { kind: 'heal' });
  for (const { atUs, awayUs, keepsBindings } of restarts) {
    addEvent(happening, atUs, { kind: 'away' });
    addEvent(happening, atUs + awayUs, { kind: 'back', keepsBindings });
  }
  return {
    options,
    workers,
    clients,
    registrar: createRegistrarHost({ registrar, edge, addresses: seenAddresses(options), observer, send: sendAnswer }),
    toRegistrar,
    toClients,
    targets,
    happening,
    hash,
    nowUs: 0,
    afterEnd: 0,
  };
}

/** Until every run is over, no timer is left, and nothing is under way. */
export function runWorld(world: World): WorldEnd {
  let standing = 0;
  for (let turns = 0; ; turns++) {
    const nextUs = nextMomentUs(world);
    if (nextUs === Number.POSITIVE_INFINITY) break;
    standing = nextUs > world.nowUs ? 0 : standing + 1;
    assert(turns < MOST_TURNS, 'a simulated world comes to its end');
    assert(standing < MOST_TURNS_STANDING, 'time goes on in a simulated world');
    world.nowUs = nextUs;
    if (registrarWakeUs(world.registrar) <= nextUs) pass(world.registrar, nextUs);
    while (nextEventUs(world.happening) <= nextUs) happen(world, takeEvent(world.happening));
    for (const client of world.clients) {
      if (turnTimeUs(client, client.wakeUs) <= nextUs) takeClientTurn(client, nextUs);
    }
  }
  for (const { engine } of world.clients) assert(isOver(engine), 'nothing more happens, and yet a run is not over');
  return {
    endedUs: world.nowUs,
    hash: world.hash.text(),
    datagrams: world.hash.count,
    afterEnd: world.afterEnd,
    toRegistrar: world.toRegistrar.counts,
    toClients: world.toClients.counts,
    edge: world.registrar.edge.counts,
    registrar: registrarCounts(world.registrar),
    rulesApplied: world.registrar.rulesApplied,
    targetFaults: world.targets.counts,
  };
}

/** How all attempts of all workers ended, by name. */
export function outcomesOf(workers: readonly WorldWorker[]): Readonly<Record<string, number>> {
  const { total } = mergeBlocks(workers.map(({ metrics }) => metrics));
  const sums: Record<string, number> = {};
  for (const procedure of Object.values(total)) {
    for (const [name, count] of Object.entries(procedure.outcomes)) sums[name] = (sums[name] ?? 0) + count;
  }
  return sums;
}

/** What the registrar holds for a user now. */
export const bindingsHeld = (world: World, user: string): readonly BindingView[] =>
  heldFor(world.registrar, world.nowUs, user);

function createWorker(options: WorldOptions, worker: number): WorldWorker {
  const { plan, addresses, runId, seed, userAgent } = options;
  const metrics = createMetricsBlock(SERIES_SECONDS);
  const workerCount = workerCountOf(options);
  const targets = options.targets ?? ONE_TARGET;
  const several = targets.count > 1 ? { targets } : {};
  const who = { workerIndex: worker, workerCount, userAgent };
  const commander = options.isCommanded === true ? createCommander({ plan, ...who }) : null;
  const engine = createEngine({
    ...(commander === null ? { plan } : { plan: withoutStarts(plan), commanded: true, observer: listenTo(commander) }),
    ...who,
    runId,
    seed,
    metrics,
    ...several,
    ...(options.redirects === undefined ? {} : { redirects: options.redirects }),
  });
  const sentBys = engine.flows.map(({ id }) => {
    const { address, port } = addresses[(id * workerCount + worker) % addresses.length]!;
    return `${address}:${port}`;
  });
  for (const [flow, sentBy] of sentBys.entries()) {
    const target = Math.floor((flow * workerCount) / addresses.length);
    // What lies behind the targets is opened when a redirect leads there.
    if (target < targets.count) attachFlow(engine, flow, sentBy, addressOfTarget(target));
  }
  return { engine, sentBys, metrics, commander };
}

interface ClientParts {
  readonly worker: number;
  readonly engine: Engine;
  readonly commander: Commander | null;
  readonly openPlaces: ((nowUs: number) => void) | null;
  readonly observer: Observer;
  readonly random: Random;
  readonly send: (nowUs: number, bytes: Uint8Array, socket: number) => void;
}

const createClientHost = (options: WorldOptions, parts: ClientParts): ClientHost => {
  const { flows } = parts.engine;
  return {
    ...parts,
    sockets: flows.map(({ id }) => id * workerCountOf(options) + parts.worker),
    kernel: options.kernel,
    events: [...(options.events[parts.worker] ?? [])],
    inbox: [],
    queues: flows.map(() => []),
    wakeUs: 0,
  };
};

function nextMomentUs({ happening, clients, registrar, nowUs }: World): number {
  let nextUs = Math.min(nextEventUs(happening), Math.max(nowUs, registrarWakeUs(registrar)));
  for (const client of clients) nextUs = Math.min(nextUs, Math.max(nowUs, turnTimeUs(client, client.wakeUs)));
  return nextUs;
}

function happen(world: World, event: WorldEvent): void {
  const { registrar, nowUs } = world;
  switch (event.kind) {
    case 'toRegistrar': {
      if (isStopped(world, event.socket, event.arrival)) return;
      const servedAtUs = arrive(registrar, nowUs, event.socket, event.arrival);
      if (servedAtUs === null) return;
      const { socket, arrival } = event;
      addEvent(world.happening, servedAtUs, { kind: 'served', socket, arrival, life: registrar.life });
      return;
    }
    case 'served':
      if (event.life === registrar.life) serve(registrar, nowUs, event.socket, event.arrival);
      else registrar.counts.lostInRestarts++;
      return;
    case 'toClient':
      receiveAt(world, event.socket, event.arrival);
      return;
    case 'unreachable':
      tellUnreachable(world, event.socket);
      return;
    case 'heal':
      healWorld(world);
      return;
    case 'away':
      goAway(registrar);
      return;
    case 'back':
      comeBack(registrar, nowUs, event.keepsBindings);
  }
}

/** Where the registrar sees each socket; what goes through another target, or where a redirect led, comes from another port. */
const seenAddresses = ({ addresses, targets, redirects }: WorldOptions): readonly LocalAddress[] =>
  Array.from({ length: (targets?.count ?? 1) + (redirects === undefined ? 0 : MOST_PLACES_ADDED) }, (_, target) =>
    addresses.map(({ address, port }) => ({ address, port: port + target * SEEN_PORTS_APART })),
  ).flat();

/** Whether something is wrong with the target that the datagram went to, which then never reaches the registrar. */
function isStopped(
  { targets, nowUs, happening, options, registrar }: World,
  socket: number,
  arrival: Arrival,
): boolean {
  const fault = faultAt(targets, nowUs, socket);
  if (fault === null || fault === 'astray') return false;
  if (fault === 'unavailable' && !refuse(registrar, nowUs, socket, arrival)) return false;
  noteFault(targets, fault);
  if (fault === 'refusing') addEvent(happening, nowUs + options.toClients.delayUs, { kind: 'unreachable', socket });
  return true;
}

/** ICMP has come to the socket. */
function tellUnreachable({ clients, nowUs }: World, socket: number): void {
  const client = clients[socket % clients.length]!;
  if (isOver(client.engine)) return;
  const flow = Math.floor(socket / clients.length);
  const before = client.events.findIndex(({ atUs }) => atUs > nowUs);
  client.events.splice(before < 0 ? client.events.length : before, 0, { kind: 'unreachable', atUs: nowUs, flow });
  client.wakeUs = Math.min(client.wakeUs, nowUs);
}

function healWorld({ toRegistrar, toClients, registrar, clients, targets }: World): void {
  targets.isHealed = true;
  heal(toRegistrar);
  heal(toClients);
  healRegistrar(registrar);
  for (const client of clients) client.kernel = { ...WILLING_KERNEL, quantumUs: client.kernel.quantumUs };
}

/** A forgery of this answer, before or after it, or once more an answer of before. */
function forgery(random: Random, nowUs: number, answer: Uint8Array, past: readonly Uint8Array[]): Arrival {
  const atUs = nowUs + random.between(0, FORGERY_LATE_US);
  if (past.length > 0 && random.chance(0.4)) return { atUs, bytes: random.pick(past), isCorrupted: false };
  const bytes = encodeAscii(forge(decodeLatin1(answer, 0, answer.length), random));
  return { atUs, bytes, isCorrupted: true };
}

/** Somebody may forge the answers of one phone and send them to another one's socket. */
function astray(random: Random, { plan, addresses, targets }: WorldOptions, socket: number): number {
  const count = targets?.count ?? 1;
  if ((plan.local.socketsPerWorker === 1 && count === 1) || random.chance(0.5)) return socket;
  return random.between(0, count * addresses.length - 1);
}

/** The latest ones; what is older would only be a stray. */
function remember(past: Uint8Array[], answer: Uint8Array): void {
  past.push(answer);
  if (past.length > REMEMBERED_MOST) past.shift();
}

function receiveAt(world: World, socket: number, arrival: Arrival): void {
  const { clients } = world;
  const client = clients[socket % clients.length]!;
  if (isOver(client.engine)) {
    world.afterEnd++;
    return;
  }
  client.inbox.push({ flow: Math.floor(socket / clients.length), arrival });
  client.wakeUs = Math.min(client.wakeUs, arrival.atUs);
}
