// What a run would say, without a socket: the first identity goes through the flow once, the real engine against the real
// registrar, in virtual time. They meet only as bytes.
//
//   engine: advance, drain -> request -> registrar: receive, drain -> answer -> engine: receiveDatagram, and so on
//
// The requests are those that a run of the same run id sends, with three exceptions: a local address that the system would
// choose stands as 127.0.0.1, such a port as 5060; a branch names the row of its transaction, which in a run depends on
// what else is under way; and each loop makes at most DRY_RUN_ROUNDS rounds, a hold so many refreshes, since further ones show
// nothing new.
//
// The registrar is the embedded one, which challenges when the scenario has a password. Left out on purpose: loss and
// delay, since this shows what is said; an answer arrives ANSWER_US after its request. And the target: no request names it. A redirect
// is shown and not followed, since there is nobody else whom it could lead to.

import type { RegistrarOptions } from '../registrar/index.ts';
import { optionsFor } from '../registrar/index.ts';
import type { PlanStep, RunPlan } from '../scenario/index.ts';
import { defaultBehaviour, holdUs, localSocket, usersOf } from '../scenario/index.ts';
import { decodeUtf8 } from '../std/index.ts';
import { WILLING_KERNEL } from './client-host.ts';
import { OPEN_EDGE } from './edge.ts';
import { PERFECT_LINK } from './network.ts';
import { tellAll } from './observer.ts';
import { createWorkers, createWorld, runWorld } from './world.ts';

/** Most rounds of a loop; whoever shows the messages says so. */
export const DRY_RUN_ROUNDS = 2;

/** Stand for what the system chooses when a run opens its socket. */
const ANY_ADDRESS = '127.0.0.1';
const ANY_PORT = 5060;

const ANSWER_US = 1_000;

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
export function dryRun(plan: RunPlan, { runId, seed, userAgent }: DryRunOptions): readonly DryRunMessage[] {
  const { address, port } = localSocket(plan.local, 0);
  const options = {
    seed,
    runId,
    userAgent,
    plan: singleStart(plan),
    addresses: [{ address: address ?? ANY_ADDRESS, port: port ?? ANY_PORT }],
    registrar: registrarFor(plan, seed),
    edge: OPEN_EDGE,
    toRegistrar: PERFECT_LINK,
    toClients: { ...PERFECT_LINK, delayUs: ANSWER_US },
    forgedShare: 0,
    askedShare: 0,
    restarts: [],
    kernel: WILLING_KERNEL,
    healUs: null,
    events: [],
  };
  const messages: DryRunMessage[] = [];
  const note = (direction: DryRunMessage['direction'], atUs: number, bytes: Uint8Array): void => {
    messages.push({ direction, atUs, text: decodeUtf8(bytes, 0, bytes.length) });
  };
  const observer = tellAll([
    {
      onSent: (_worker, nowUs, bytes) => note('sent', nowUs, bytes),
      onReceived: (_worker, nowUs, { bytes }) => note('received', nowUs, bytes),
    },
  ]);
  runWorld(createWorld(options, createWorkers(options), observer));
  return messages;
}

function singleStart(plan: RunPlan): RunPlan {
  return {
    ...plan,
    flow: limitLoops(plan.flow),
    identities: { ...plan.identities, count: 1 },
    local: { ...plan.local, socketsPerWorker: 1, rebind: null },
    load: { ...plan.load, starts: 1, durationUs: null, warmupUs: 0, cooldownUs: 0 },
  };
}

/** The scenario bounds how deep loops are nested. */
function limitLoops(flow: readonly PlanStep[]): readonly PlanStep[] {
  return flow.map((step) => {
    if (step.kind === 'hold') return { ...step, forUs: Math.min(step.forUs, holdUs(step, DRY_RUN_ROUNDS)) };
    if (step.kind !== 'repeat') return step;
    return { ...step, times: Math.min(step.times, DRY_RUN_ROUNDS), steps: limitLoops(step.steps) };
  });
}

/** As the embedded registrar is made for a run of this plan; it challenges when the scenario has a password. */
function registrarFor({ identities, target }: RunPlan, seed: number): RegistrarOptions {
  const settings = target.kind === 'embedded' ? target.registrar : undefined;
  const { password } = identities;
  const domain = settings?.domain ?? identities.domain;
  const place = { domain, password, users: usersOf(identities), capacity: 1, seed: settings?.seed ?? seed };
  return { ...optionsFor(place, settings?.behaviour ?? defaultBehaviour()), transactionCapacity: 64 };
}
