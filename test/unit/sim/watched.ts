// One real engine, watched by the checkers, opposite a scripted peer. What the checkers are told can be changed on the way: an
// engine that does right, told wrongly, is what an engine that does wrong would look like.

import { attachFlow, createEngine, type Engine, isOver } from '../../../src/engine/index.ts';
import type { MetricsBlock } from '../../../src/metrics/index.ts';
import { createMetricsBlock } from '../../../src/metrics/index.ts';
import type { BindingView } from '../../../src/registrar/index.ts';
import type { RunPlan } from '../../../src/scenario/index.ts';
import type { Tally } from '../../../src/sim/checkers/index.ts';
import { createCheckers } from '../../../src/sim/checkers/index.ts';
import type { ClientEvent, ClientHost, Incoming, KernelOptions } from '../../../src/sim/client-host.ts';
import { takeClientTurn, WILLING_KERNEL } from '../../../src/sim/client-host.ts';
import type { Observer } from '../../../src/sim/observer.ts';
import { createRandom, decodeLatin1, encodeAscii } from '../../../src/std/index.ts';
import type { Peer } from '../engine/driver.ts';
import { sentByOf } from '../engine/driver.ts';

export const STEP_HEADER = 'X-Step';
const MOST_TURNS = 100_000;

export interface WatchOptions {
  readonly plan: RunPlan;
  readonly peer: Peer;
  /** Changes what the checkers hear. */
  readonly tamper?: (told: Observer, engine: Engine) => Partial<Observer>;
  /** How many datagrams the socket takes at this time; all of them unless told otherwise. */
  readonly takes?: (nowUs: number) => number;
  readonly kernel?: Partial<KernelOptions>;
  readonly events?: readonly ClientEvent[];
  /** Before the checkers look at the end. */
  readonly spoil?: (engine: Engine, metrics: MetricsBlock) => void;
  /** Tells the checkers of a registrar; the peer calls it. */
  readonly listen?: (told: Observer) => void;
  readonly bindingsOf?: (user: string) => readonly BindingView[];
}

/** Runs it to its end and returns what the checkers say. They throw. */
export const watch = (options: WatchOptions): Tally => {
  const { plan, takes, kernel } = options;
  const metrics = createMetricsBlock(60);
  const engine = createEngine({
    plan,
    workerIndex: 0,
    workerCount: 1,
    runId: 'run-a',
    seed: 1,
    userAgent: 'test',
    metrics,
  });
  const sentBys = engine.flows.map(({ id }) => sentByOf(id));
  for (const [flow, sentBy] of sentBys.entries()) attachFlow(engine, flow, sentBy);
  const checkers = createCheckers({ plan, workers: [{ engine, sentBys, metrics }], stepHeader: STEP_HEADER });
  const observer = { ...checkers.observer, ...options.tamper?.(checkers.observer, engine) };
  options.listen?.(checkers.observer);
  const arriving: Incoming[] = [];
  const send = (nowUs: number, bytes: Uint8Array, socket: number): void => {
    for (const reply of options.peer(decodeLatin1(bytes, 0, bytes.length), nowUs)) {
      const body = typeof reply.bytes === 'string' ? encodeAscii(reply.bytes) : reply.bytes;
      arriving.push({ flow: reply.flow ?? socket, arrival: { atUs: reply.atUs, bytes: body, isCorrupted: false } });
    }
    arriving.sort((one, other) => one.arrival.atUs - other.arrival.atUs);
  };
  const host: ClientHost = {
    worker: 0,
    // With one worker a socket's number is its flow's.
    sockets: engine.flows.map(({ id }) => id),
    engine,
    commander: null,
    openPlaces: null,
    kernel: { ...WILLING_KERNEL, ...kernel },
    random: createRandom(1),
    observer,
    events: [...(options.events ?? [])],
    inbox: [],
    queues: engine.flows.map(() => []),
    send,
    wakeUs: 0,
  };
  const nowUs = run(host, arriving, takes);
  options.spoil?.(engine, metrics);
  return checkers.finish({ nowUs, bindingsOf: options.bindingsOf ?? (() => []), isQuiet: true });
};

const run = (host: ClientHost, arriving: Incoming[], takes: WatchOptions['takes']): number => {
  let nowUs = 0;
  for (let turns = 0; ; turns++) {
    const nextUs = Math.min(host.wakeUs, arriving[0]?.arrival.atUs ?? Number.POSITIVE_INFINITY);
    if (nextUs === Number.POSITIVE_INFINITY) return nowUs;
    if (turns > MOST_TURNS) throw new Error('no end');
    nowUs = Math.max(nowUs, nextUs);
    while ((arriving[0]?.arrival.atUs ?? Number.POSITIVE_INFINITY) <= nowUs) host.inbox.push(arriving.shift()!);
    if (isOver(host.engine)) host.inbox.length = 0;
    if (takes !== undefined)
      host.kernel = { ...host.kernel, hamperedShare: 1, takesMost: takes(nowUs), letsMost: 10_000 };
    takeClientTurn(host, nowUs);
  }
};

/** The plan with its attempt steps numbered in the header by which the checkers know them. */
export const numbered = (plan: RunPlan): RunPlan => {
  let number = 0;
  const label = (steps: RunPlan['flow']): RunPlan['flow'] =>
    steps.map((step) => {
      if (step.kind === 'repeat') return { ...step, steps: label(step.steps) };
      if (step.kind !== 'hold' && step.kind !== 'attempt') return step;
      const headers = [{ name: STEP_HEADER, value: [{ kind: 'text' as const, text: String(number++) }] }];
      if (step.kind === 'hold') return { ...step, refresh: { ...step.refresh, headers } };
      return { ...step, headers };
    });
  return { ...plan, flow: label(plan.flow) };
};

/** Replaces in what is offered and sent, the same object for the same datagram, where `when` holds. */
export const changed =
  (change: (text: string, number: number) => string) =>
  (told: Observer): Partial<Observer> => {
    const copies = new Map<Uint8Array, Uint8Array>();
    const copyOf = (bytes: Uint8Array): Uint8Array => {
      const known = copies.get(bytes);
      if (known !== undefined) return known;
      const copy = encodeAscii(change(decodeLatin1(bytes, 0, bytes.length), copies.size));
      copies.set(bytes, copy);
      return copy;
    };
    return {
      onOffered: (socket, nowUs, bytes) => told.onOffered(socket, nowUs, copyOf(bytes)),
      onSent: (socket, nowUs, bytes) => told.onSent(socket, nowUs, copyOf(bytes)),
    };
  };

/** After the turn at `atUs` the checkers hear of an answer to the last request that the engine never got. */
export const heard =
  (atUs: number, say: (request: string) => string) =>
  (told: Observer): Partial<Observer> => {
    let last = '';
    let isDone = false;
    return {
      onOffered: (worker, nowUs, bytes) => {
        last = decodeLatin1(bytes, 0, bytes.length);
        told.onOffered(worker, nowUs, bytes);
      },
      onTurn: (worker, nowUs, blocked) => {
        told.onTurn(worker, nowUs, blocked);
        if (isDone || nowUs < atUs || last === '') return;
        isDone = true;
        told.onReceived(worker, nowUs, { atUs: nowUs, bytes: encodeAscii(say(last)), isCorrupted: false });
        told.onTurn(worker, nowUs, blocked);
      },
    };
  };

/** The checkers hear other words than the engine. */
export const misheard =
  (hear: (answer: string) => string) =>
  (told: Observer): Partial<Observer> => ({
    onReceived: (socket, nowUs, arrival) => {
      const text = hear(decodeLatin1(arrival.bytes, 0, arrival.bytes.length));
      told.onReceived(socket, nowUs, { ...arrival, bytes: encodeAscii(text) });
    },
  });
