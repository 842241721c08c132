// What a run would say, without a socket: the first identity goes through the flow once, the real engine against the real
// registrar, in virtual time. They meet only as bytes.
//
//   engine: advance, drain -> request -> registrar: receive, drain -> answer -> engine: receiveDatagram, and so on
//
// The requests are those that a run of the same run id sends, with three exceptions: a local address that the system would
// choose stands as 127.0.0.1, such a port as 5060; a branch names the row of its transaction, which in a run depends on
// what else is under way; and each loop makes at most DRY_RUN_ROUNDS rounds, since further ones show nothing new.
//
// The registrar is the embedded one, which challenges when the scenario has a password. Left out on purpose: loss and
// delay, since this shows what is said; an answer arrives ANSWER_US after its request. And the target: no request names it.

import type { Engine } from '../engine/index.ts';
import {
  advance as advanceEngine,
  attachFlow,
  createEngine,
  drain,
  isOver,
  receiveDatagram,
  reportSent,
} from '../engine/index.ts';
import { createMetricsBlock } from '../metrics/index.ts';
import type { Registrar } from '../registrar/index.ts';
import {
  advance as advanceRegistrar,
  createRegistrar,
  drain as drainAnswers,
  receive,
  released,
} from '../registrar/index.ts';
import type { PlanStep, RunPlan } from '../scenario/index.ts';
import { assert, decodeUtf8, NEVER_US } from '../std/index.ts';

/** Most rounds of a loop; whoever shows the messages says so. */
export const DRY_RUN_ROUNDS = 2;

/** Stand for what the system chooses when a run opens its socket. */
const ANY_ADDRESS = '127.0.0.1';
const ANY_PORT = 5060;

/** Where the registrar sees requests come from; its answers don't go through a network. */
const PEER_ADDRESS = 0x7f000001;
const ANSWER_US = 1_000;
const SERIES_SECONDS = 1;
/** A bound on the turns of one flow: each sends a request, takes an answer or ends a wait. */
const MOST_TURNS = 10_000_000;

export interface DryRunOptions {
  readonly runId: string;
  readonly seed: number;
  /** Value of the User-Agent header. */
  readonly userAgent: string;
}

export interface DryRunMessage {
  readonly direction: 'sent' | 'received';
  /** Virtual time since the run began, in microseconds. */
  readonly atUs: number;
  readonly text: string;
}

/** The messages of the plan's first identity, once through the flow. */
export function dryRun(plan: RunPlan, options: DryRunOptions): readonly DryRunMessage[] {
  const world = createWorld(plan, options);
  const { engine, messages } = world;
  for (let turns = 0; !isOver(engine); turns++) {
    assert(turns < MOST_TURNS, 'a dry run ends');
    const deadlineUs = takeTurn(world);
    world.nowUs = Math.max(world.nowUs, Math.min(deadlineUs, world.answers[0]?.atUs ?? NEVER_US));
  }
  return messages;
}

interface World {
  readonly engine: Engine;
  readonly registrar: Registrar;
  readonly messages: DryRunMessage[];
  /** On their way to the engine, oldest first. */
  readonly answers: { readonly atUs: number; readonly bytes: Uint8Array }[];
  nowUs: number;
}

function createWorld(plan: RunPlan, { runId, seed, userAgent }: DryRunOptions): World {
  const single: RunPlan = {
    ...plan,
    flow: limitLoops(plan.flow),
    identities: { ...plan.identities, count: 1 },
    load: { ...plan.load, starts: 1, durationUs: null, warmupUs: 0, cooldownUs: 0 },
  };
  const { addresses, firstPort } = plan.local;
  const metrics = createMetricsBlock(SERIES_SECONDS);
  const engine = createEngine({ plan: single, workerIndex: 0, workerCount: 1, runId, seed, userAgent, metrics });
  attachFlow(engine, `${addresses[0] ?? ANY_ADDRESS}:${firstPort ?? ANY_PORT}`);
  return { engine, registrar: createPeer(plan, seed), messages: [], answers: [], nowUs: 0 };
}

/** The scenario bounds how deep loops are nested. */
function limitLoops(flow: readonly PlanStep[]): readonly PlanStep[] {
  return flow.map((step) =>
    step.kind === 'repeat'
      ? { ...step, times: Math.min(step.times, DRY_RUN_ROUNDS), steps: limitLoops(step.steps) }
      : step,
  );
}

/** As the embedded registrar is made for a run of this plan; it challenges when the scenario has a password. */
function createPeer(plan: RunPlan, seed: number): Registrar {
  return createRegistrar({
    domain: plan.identities.domain,
    password: plan.identities.password,
    minExpiresSeconds: 1,
    maxExpiresSeconds: 7 * 24 * 3600,
    defaultExpiresSeconds: 3600,
    capacity: 1,
    transactionCapacity: 64,
    seed,
  });
}

function takeTurn(world: World): number {
  const { engine, registrar, answers, nowUs } = world;
  for (let answer = answers[0]; answer !== undefined && answer.atUs <= nowUs; answer = answers[0]) {
    answers.shift();
    note(world, 'received', answer.bytes);
    receiveDatagram(engine, nowUs, answer.bytes, 0, answer.bytes.length);
  }
  const deadlineUs = advanceEngine(engine, nowUs);
  advanceRegistrar(registrar, nowUs);
  const sent = drain(engine, (_flow, bytes, start, end) => {
    carry(world, bytes.slice(start, end));
    return true;
  });
  reportSent(engine, sent, nowUs);
  return deadlineUs;
}

/** One request to the registrar, and its answer on the way back. */
function carry(world: World, request: Uint8Array): void {
  const { registrar, answers, nowUs } = world;
  note(world, 'sent', request);
  receive(registrar, nowUs, request, 0, request.length, PEER_ADDRESS, ANY_PORT);
  const count = drainAnswers(registrar, (start, end) => {
    answers.push({ atUs: nowUs + ANSWER_US, bytes: registrar.slab.slice(start, end) });
    return true;
  });
  released(registrar, count);
}

function note({ messages, nowUs }: World, direction: DryRunMessage['direction'], bytes: Uint8Array): void {
  messages.push({ direction, atUs: nowUs, text: decodeUtf8(bytes, 0, bytes.length) });
}
