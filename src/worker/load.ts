// The load task: one engine on its sockets, from the first start to the last answer.

import { abort, attachFlow, createEngine, outboxCapacity, seenAddresses, stopStarting } from '../engine/index.ts';
import {
  attachMetricsBlock,
  COUNTER_CLEANUP_ATTEMPTED,
  COUNTER_CLEANUP_FAILED,
  COUNTER_CLEANUP_SUCCEEDED,
  COUNTER_CONTEXTS,
  counterOf,
  setCounter,
} from '../metrics/index.ts';
import { socketsOfWorker } from '../scenario/index.ts';
import type { TargetWeights } from '../scenario/target-order.ts';
import { US_PER_SECOND } from '../std/index.ts';
import type { Control } from './control.ts';
import { attachControl, awaitStart, wantedState } from './control.ts';
import { createEngineCore, publishTransport } from './engine-core.ts';
import type { LoadDone, LoadTask, WeightedTarget } from './messages.ts';
import { STATE_ABORT, STATE_STOP_STARTING } from './messages.ts';
import { runPump } from './pump.ts';
import { openPlaces } from './redirect-places.ts';
import { rehearse } from './rehearsal.ts';
import { followTargets } from './retarget.ts';
import { createClientTransport, openClientSockets, segmentationNotes, warningsOf } from './sockets.ts';

/** A slower run warms up as it goes, without lag to speak of, and should not take longer to begin than it must. */
const REHEARSED_STARTS_PER_US = 500 / US_PER_SECOND;
/** After the first signal flows under way get this long, so that an operator who wants the end gets one. */
const STOPPED_DRAIN_US = 5 * US_PER_SECOND;

export async function runLoad(task: LoadTask): Promise<LoadDone> {
  const { plan, workerIndex, workerCount, runId, seed, userAgent, targets } = task;
  const metrics = attachMetricsBlock(task.metrics);
  const control = attachControl(task.control);
  const several = targets.length > 1 ? { targets: weightsOf(targets) } : {};
  const redirects = { names: task.redirectNames };
  const facts = { plan, workerIndex, workerCount, runId, seed, userAgent, metrics };
  const engine = createEngine({ ...facts, ...several, redirects });
  // Only now: code that was compiled for the rehearsal's engine alone is thrown away when there is another.
  if (plan.load.startsPerPeriod / plan.load.periodUs >= REHEARSED_STARTS_PER_US) {
    await rehearse(plan);
  }
  const transport = createClientTransport(plan.local, outboxCapacity(engine));
  try {
    const { local } = plan;
    const slabs = engine.flows.slice(0, socketsOfWorker(plan.local) * targets.length).map(({ outbox }) => outbox.slab);
    const keepsPort = task.targetTable !== null;
    const sharesPort = engine.redirects !== null;
    const place = { local, workerIndex, workerCount, targets, keepsPort, sharesPort };
    const sockets = await openClientSockets(transport, place, slabs);
    for (const { flow, sentBy, peer } of sockets) attachFlow(engine, flow, sentBy, peer);
    setCounter(metrics, COUNTER_CONTEXTS, engine.contexts.count);
    transport.setOrigin(awaitStart(control));
    const warnings = new Set<string>();
    const follow = followTargets({ engine, transport, control, table: task.targetTable, sockets, warnings });
    const isStopped = watchControl(control, (nowUs) =>
      stopStarting(engine, nowUs, Math.min(plan.drainUs, STOPPED_DRAIN_US)),
    );
    const open = openPlaces({ engine, transport, local, sockets, warnings });
    const isOver = (nowUs: number): boolean => {
      follow?.();
      open?.();
      return isStopped(nowUs);
    };
    const isPlain = follow === null && open === null;
    await runPump(createEngineCore({ engine, transport, metrics, isStopped: isPlain ? isStopped : isOver }), transport);
    // Told to end at once, the pump leaves flows open; their books are closed here, by the one who keeps them.
    abort(engine, transport.nowUs());
    publishTransport(metrics, transport);
    const cleanup = {
      attempted: counterOf(metrics, COUNTER_CLEANUP_ATTEMPTED),
      succeeded: counterOf(metrics, COUNTER_CLEANUP_SUCCEEDED),
      failed: counterOf(metrics, COUNTER_CLEANUP_FAILED),
    };
    return {
      kind: 'load-done',
      transport: transport.kind,
      wireClock: transport.wireClock,
      cpuUs: transport.threadCpuUs(),
      warnings: [...warningsOf(sockets), ...warnings, ...segmentationNotes(plan.local, transport)],
      drainStartedUs: orNull(engine.drainStartedUs),
      verifyStartedUs: orNull(engine.verifyStartedUs),
      cleanupStartedUs: orNull(engine.cleanupStartedUs),
      endedUs: transport.nowUs(),
      cleanup,
      seen: seenAddresses(engine),
    };
  } finally {
    transport.close();
  }
}

/** Looks at the control block once a turn: `stop` is called when starts are to end, true returned when all is to end. */
function watchControl(control: Control, stop: (nowUs: number) => void): (nowUs: number) => boolean {
  return (nowUs) => {
    const state = wantedState(control);
    if (state === STATE_STOP_STARTING) stop(nowUs);
    return state === STATE_ABORT;
  };
}

const weightsOf = (targets: readonly WeightedTarget[]): TargetWeights => ({
  count: targets.length,
  priority: Uint16Array.from(targets, ({ priority }) => priority),
  // Weights of SRV records times a common factor, so that addresses of one host share theirs: beyond 2^31, hence doubles.
  weight: Float64Array.from(targets, ({ weight }) => weight),
});

const orNull = (timeUs: number): number | null => (timeUs < 0 ? null : timeUs);
