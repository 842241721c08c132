// A real engine in virtual time, opposite a scripted peer. It does what a pump does (take what has arrived, advance once,
// drain once, report) and then jumps to the next moment at which anything can happen. Every datagram is recorded with its
// time. What must hold in every run is checked here, in every run.

import { createHash } from 'node:crypto';
import type { Engine, EngineOptions, FlowPeer } from '../../../src/engine/index.ts';
import {
  advance,
  attachFlow,
  createEngine,
  drain,
  isBacklogged,
  isOver,
  receiveDatagram,
  reportRefused,
  reportSent,
  settlePlace,
  wantedPlace,
} from '../../../src/engine/index.ts';
import { TX_FREE } from '../../../src/engine/transactions.ts';
import type { MetricsBlock } from '../../../src/metrics/index.ts';
import { createMetricsBlock } from '../../../src/metrics/index.ts';
import type { RunPlan } from '../../../src/scenario/index.ts';
import { checkBooks, checkTables } from './books.ts';

const FIRST_PORT = 40_000;
/** Where a flow's requests come from. */
export const sentByOf = (flow: number): string => `127.0.0.1:${FIRST_PORT + flow}`;
export const SENT_BY = sentByOf(0);

/** Something that arrives at one of the engine's sockets. */
export interface Reply {
  readonly atUs: number;
  readonly bytes: string | Uint8Array;
  /** The socket; that of the request unless told otherwise. */
  readonly flow?: number;
}

/** Told of every datagram that leaves, with its time and its socket. */
export type Peer = (request: string, nowUs: number, flow?: number) => readonly Reply[];

export const SILENT: Peer = () => [];

export interface Sent {
  readonly atUs: number;
  readonly flow: number;
  readonly text: string;
  /** It belongs to the clean-up, which is outside all numbers. */
  readonly isCleanup: boolean;
}

export interface DriveOptions {
  readonly plan: RunPlan;
  readonly peer?: Peer;
  readonly workerIndex?: number;
  readonly workerCount?: number;
  readonly runId?: string;
  readonly seed?: number;
  /** How many messages a socket takes in a turn at this time; all of them unless told otherwise. */
  readonly takes?: (nowUs: number, flow: number) => number;
  /** How many of the messages taken so far the kernel lets go in a turn at this time; all of them unless told otherwise. */
  readonly lets?: (nowUs: number, flow: number) => number;
  /** True for a message that the kernel refuses for good. */
  readonly refuses?: (request: string) => boolean;
  /** What happens at certain times, before that turn's advance. */
  readonly events?: readonly { readonly atUs: number; readonly act: (engine: Engine) => void }[];
  /** The thread doesn't run between these times. */
  readonly stall?: { readonly fromUs: number; readonly toUs: number };
  /** What else the engine is created with. */
  readonly engine?: Pick<EngineOptions, 'commanded' | 'observer' | 'targets' | 'redirects'>;
  /** By target: whom the sockets to it are connected to; nobody has said, unless told otherwise. */
  readonly peers?: readonly FlowPeer[];
  /** Whether sockets to a place that a redirect wants can be opened; they can, unless told otherwise. */
  readonly opens?: (place: FlowPeer) => boolean;
  /** Called after every turn. */
  readonly watch?: (engine: Engine, nowUs: number) => void;
}

export interface Run {
  readonly engine: Engine;
  readonly metrics: MetricsBlock;
  readonly sent: readonly Sent[];
  /** When the run was over. */
  readonly endedUs: number;
}

/** A blocked socket is tried again after so long, as the pump does it. */
const RETRY_US = 500;
const MOST_TURNS = 300_000;
/** Turns at one and the same time, each of which may do something. */
const MOST_TURNS_STANDING = 2_000;

/** Runs the plan to its end, and on until no timer runs; then holds the run to what must always hold. */
export const drive = (options: DriveOptions): Run => {
  const world = createWorld(options);
  let standing = 0;
  for (let turns = 0; ; turns++) {
    if (turns > MOST_TURNS) throw new Error(`no end after ${turns} turns, at ${world.nowUs} us`);
    const deadlineUs = takeTurn(world);
    const nextUs = nextMoment(world, deadlineUs);
    if (nextUs === Number.POSITIVE_INFINITY) break;
    standing = nextUs > world.nowUs ? 0 : standing + 1;
    if (standing > MOST_TURNS_STANDING) throw new Error(`time stands still at ${world.nowUs} us`);
    world.nowUs = nextUs;
  }
  const { engine, metrics, sent } = world;
  if (!isOver(engine)) throw new Error(`nothing more happens after ${world.nowUs} us, and the run is not over`);
  const run = { engine, metrics, sent, endedUs: engine.endedUs };
  checkBooks(run);
  return run;
};

interface Taken {
  readonly text: string;
  /** The clean-up's: it is in none of the run's numbers, whenever it leaves. */
  readonly isCleanup: boolean;
}

interface World {
  readonly options: DriveOptions;
  readonly engine: Engine;
  readonly metrics: MetricsBlock;
  readonly sent: Sent[];
  readonly arriving: Required<Reply>[];
  /** By flow: taken from the engine, not yet let go, oldest first. */
  readonly taken: Taken[][];
  readonly events: { readonly atUs: number; readonly act: (engine: Engine) => void }[];
  /** Each request's bytes as they left first, by branch. */
  readonly firstCopies: Map<string, string>;
  nowUs: number;
}

const createWorld = (options: DriveOptions): World => {
  const { plan, workerIndex = 0, workerCount = 1, runId = 'run-a', seed = 1 } = options;
  const metrics = createMetricsBlock(120);
  const facts = { plan, workerIndex, workerCount, runId, seed, userAgent: 'test', metrics };
  const engine = createEngine({ ...facts, ...options.engine });
  for (const { id } of engine.flows) {
    attachFlow(engine, id, sentByOf(placeOf(engine, id)), options.peers?.[Math.floor(id / engine.lines)]);
  }
  const taken = engine.flows.map((): Taken[] => []);
  const events = [...(options.events ?? [])].sort((a, b) => a.atUs - b.atUs);
  return { options, engine, metrics, sent: [], arriving: [], taken, events, firstCopies: new Map(), nowUs: 0 };
};

/** Flows of one line to several targets share a place; the spare one of a line has its own. */
const placeOf = ({ lines, rebinds }: Engine, flow: number): number =>
  (flow % lines) + (rebinds === null || flow < rebinds.firstFlow ? 0 : lines);

/** One turn at world.nowUs; returns the engine's next deadline. */
const takeTurn = (world: World): number => {
  const { engine, nowUs, arriving, events, options } = world;
  while (arriving.length > 0 && arriving[0]!.atUs <= nowUs) deliver(engine, arriving.shift()!);
  while (events.length > 0 && events[0]!.atUs <= nowUs) events.shift()!.act(engine);
  // A transport error drops what the socket had taken.
  for (const { id, outbox } of engine.flows) if (outbox.first === outbox.end) world.taken[id]!.length = 0;
  const deadlineUs = advance(engine, nowUs);
  offer(world);
  for (const { id } of engine.flows) letGo(world, id);
  openPlace(world);
  checkTables(engine);
  options.watch?.(engine, nowUs);
  return deadlineUs;
};

/** Opens the sockets that redirects want, one place a turn. */
const openPlace = ({ engine, options }: World): void => {
  const wanted = wantedPlace(engine);
  if (wanted === null) return;
  const isOpen = options.opens?.(wanted) ?? true;
  for (let line = 0; isOpen && line < engine.lines; line++) {
    attachFlow(engine, wanted.firstFlow + line, sentByOf(line), wanted);
  }
  settlePlace(engine, wanted.place, isOpen);
};

/** Between poison bytes, so that a look outside the datagram changes something. */
const deliver = (engine: Engine, { atUs, flow, bytes }: Required<Reply>): void => {
  const body = typeof bytes === 'string' ? Buffer.from(bytes, 'latin1') : bytes;
  const padded = new Uint8Array(body.length + 32).fill(0x22);
  padded.set(body, 16);
  receiveDatagram(engine, atUs, flow, padded, 16, 16 + body.length);
};

const offer = ({ engine, metrics, nowUs, options, taken }: World): void => {
  const room = taken.map((_, flow) => options.takes?.(nowUs, flow) ?? Number.POSITIVE_INFINITY);
  drain(engine, (flow, bytes, start, end) => {
    if (room[flow]!-- <= 0) return false;
    const text = Buffer.from(bytes.subarray(start, end)).toString('latin1');
    taken[flow]!.push({ text, isCleanup: engine.metrics !== metrics });
    return true;
  });
};

const letGo = (world: World, flow: number): void => {
  const { engine, nowUs, options, sent } = world;
  const taken = world.taken[flow]!;
  for (let left = options.lets?.(nowUs, flow) ?? Number.POSITIVE_INFINITY; left > 0 && taken.length > 0; left--) {
    const { text, isCleanup } = taken.shift()!;
    if (options.refuses?.(text) === true) {
      reportRefused(engine, nowUs, flow);
      continue;
    }
    checkCopy(world, text);
    reportSent(engine, flow, 1, nowUs);
    sent.push({ atUs: nowUs, flow, text, isCleanup });
    for (const reply of options.peer?.(text, nowUs, flow) ?? []) schedule(world, { flow, ...reply });
  }
  // Whoever drives an engine that is over closes its socket.
  if (isOver(engine)) taken.length = 0;
};

/** RFC 3261 §17.1.2.2: a retransmission is the same request. §8.1.1.7: no other request has its branch. */
const checkCopy = (world: World, text: string): void => {
  const branch = /;branch=([^;\r]+)/.exec(text)?.[1] ?? '';
  // Keepalives that are no messages have none.
  if (branch === '') return;
  const first = world.firstCopies.get(branch);
  if (first === undefined) world.firstCopies.set(branch, text);
  else if (first !== text) throw new Error(`branch ${branch} was sent with other bytes`);
};

const schedule = ({ arriving, nowUs }: World, reply: Required<Reply>): void => {
  if (reply.atUs < nowUs) throw new Error('a reply comes before its request');
  let at = arriving.length;
  while (at > 0 && arriving[at - 1]!.atUs > reply.atUs) at--;
  arriving.splice(at, 0, reply);
};

const nextMoment = ({ engine, nowUs, arriving, events, options }: World, deadlineUs: number): number => {
  const isLeft = isBacklogged(engine) && !isOver(engine);
  const ownUs = isLeft ? nowUs + RETRY_US : Math.max(nowUs, deadlineUs);
  const nextUs = Math.min(
    ownUs,
    arriving[0]?.atUs ?? Number.POSITIVE_INFINITY,
    events[0]?.atUs ?? Number.POSITIVE_INFINITY,
  );
  const { stall } = options;
  return stall !== undefined && nextUs > stall.fromUs && nextUs < stall.toUs ? stall.toUs : nextUs;
};

/** The rows of the transaction table that are in use. */
export const rowsInUse = (engine: Engine): number =>
  engine.transactions.state.reduce((count, state) => count + (state === TX_FREE ? 0 : 1), 0);

export const md5 = (text: string): string => createHash('md5').update(text, 'latin1').digest('hex');
