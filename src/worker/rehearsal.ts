// A rehearsal before the first packet. JavaScript is compiled while it runs: the first few thousand messages of a thread cost
// many times what later ones do, which would show as lag, and count against the generator, in every run without warm-up.
// So each worker first plays a few thousand registrations with sockets of its own on the loopback interface, against a
// stand-in for a registrar in the same thread: the same engine, pump and transport that the load will use. The target hears
// nothing of it, and nothing of it is counted.

import { attachFlow, createEngine, outboxCapacity } from '../engine/index.ts';
import { COUNTER_REQUESTS_SENT, counterOf, createMetricsBlock } from '../metrics/index.ts';
import type { AttemptStep, PlanIdentities, PlanLocal, Procedure, RunPlan } from '../scenario/index.ts';
import { repeatRows, US_PER_SECOND } from '../std/index.ts';
import { monotonicNowUs } from '../transport/index.ts';
import { createEngineCore } from './engine-core.ts';
import { runPump } from './pump.ts';
import { createClientTransport, openClientSockets } from './sockets.ts';
import { createStandIn } from './stand-in.ts';
import { LOOPBACK, openStandInSocket } from './stand-in-socket.ts';

/** What a run makes in half a second, but no more than that. */
const STARTS_MOST = 4000;
const REHEARSED_SECONDS = 0.5;
const START_EVERY_US = 30;
/** Several times what the rehearsal takes; a bound, not a measure. */
const LONGEST_US = 2 * US_PER_SECOND;
const EXPIRES_SECONDS = 3600;
/** Several flows compile other code than one; how many they are makes no difference. */
const FLOWS_MOST = 4;

const step = (procedure: Procedure, expiresSeconds: number): AttemptStep => ({
  kind: 'attempt',
  procedure,
  expiresSeconds,
  headers: [],
});

/** Plays registrations with the plan's identities and credentials, and forgets them; returns how many requests it made. */
export async function rehearse(plan: RunPlan): Promise<number> {
  const metrics = createMetricsBlock(1);
  const engine = createEngine({
    // Cloned like the real plan, which came from another thread: objects made in another way would be compiled for apart.
    plan: structuredClone(rehearsedPlan(plan)),
    workerIndex: 0,
    workerCount: 1,
    runId: 'rehearsal',
    seed: 1,
    userAgent: 'regstorm',
    metrics,
  });
  const standIn = await openStandInSocket(
    createStandIn(plan.identities.domain, isChallengeable(plan)),
    plan.local.sockets,
  );
  const { local } = engine.options.plan;
  const transport = createClientTransport(local, outboxCapacity(engine));
  try {
    const target = { address: LOOPBACK, port: standIn.port };
    const slabs = engine.flows.map(({ outbox }) => outbox.slab);
    const sockets = await openClientSockets(
      transport,
      { local, workerIndex: 0, workerCount: 1, targets: [target] },
      slabs,
    );
    for (const { flow, sentBy } of sockets) attachFlow(engine, flow, sentBy);
    transport.setOrigin(monotonicNowUs());
    const isStopped = (nowUs: number): boolean => {
      standIn.takeTurn();
      return nowUs > LONGEST_US;
    };
    await runPump(createEngineCore({ engine, transport, metrics, isStopped }), transport);
    return counterOf(metrics, COUNTER_REQUESTS_SENT);
  } finally {
    transport.close();
    standIn.close();
  }
}

function rehearsedPlan(plan: RunPlan): RunPlan {
  const startsPerSecond = (plan.load.startsPerPeriod / plan.load.periodUs) * US_PER_SECOND;
  const starts = Math.min(STARTS_MOST, Math.ceil(REHEARSED_SECONDS * startsPerSecond));
  return {
    ...plan,
    requestUri: `sip:${plan.identities.domain}`,
    identities: rehearsedIdentities(plan, starts),
    load: {
      model: 'constant-rate',
      startsPerPeriod: 1,
      periodUs: START_EVERY_US,
      starts,
      durationUs: null,
      warmupUs: 0,
      cooldownUs: 0,
    },
    flow: [step('register', EXPIRES_SECONDS), step('refresh', EXPIRES_SECONDS), step('unregister', 0)],
    verify: null,
    cleanup: 'none',
    local: onLoopback(plan.local),
  };
}

/** A challenge of the stand-in's can be answered: by a password that is not for one realm alone. */
const isChallengeable = ({ identities }: RunPlan): boolean => {
  const { password, credentials, subscribers } = identities;
  if (password !== null) return true;
  return (
    subscribers?.hasRealms === false &&
    credentials.some(({ realm, secret }) => realm === null && secret.kind === 'password')
  );
};

/** As many as there are starts: those of a file come again, its rows being few perhaps. */
const rehearsedIdentities = ({ identities }: RunPlan, starts: number): PlanIdentities => {
  const { subscribers, first, count } = identities;
  if (subscribers === undefined) return { ...identities, count: starts };
  const values = repeatRows(subscribers.values, first, count, starts);
  return { ...identities, first: 0, count: starts, subscribers: { ...subscribers, values } };
};

const onLoopback = (local: PlanLocal): PlanLocal => ({
  ...local,
  addresses: [LOOPBACK],
  firstPort: null,
  lastPort: null,
  socketsPerWorker: Math.min(FLOWS_MOST, local.socketsPerWorker),
  rebind: null,
});
