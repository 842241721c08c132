// Opens a line: the engine, its sockets, and the pump that begins to turn.

import { attachFlow, createEngine, outboxCapacity } from '../engine/index.ts';
import { createMetricsBlock, outcomeName } from '../metrics/index.ts';
import type { LocatedAddress, TargetWeights } from '../scenario/index.ts';
import { assert } from '../std/index.ts';
import { createClientTransport, openClientSockets, openPlaces } from '../worker/index.ts';
import type { LineOptions } from './line.ts';
import { Line } from './line.ts';

/** Numbers by the second are nobody's here. */
const SERIES_SECONDS = 1;

/** Throws a UserError where the socket cannot be had. */
export const openLine = async (options: LineOptions): Promise<Line> => {
  const { plan, runId, seed, located, redirectNames } = options;
  const metrics = createMetricsBlock(SERIES_SECONDS);
  let line: Line | null = null;
  const engine = createEngine({
    plan,
    workerIndex: 0,
    workerCount: 1,
    runId,
    seed,
    // Every command brings its own.
    userAgent: '',
    metrics,
    commanded: true,
    redirects: { names: redirectNames },
    ...(located.targets.length > 1 ? { targets: weightsOf(located.targets) } : {}),
    observer: {
      answered: (ended) => line?.noteTransaction(ended, 'answered', true),
      unanswered: (ended, outcome) => line?.noteTransaction(ended, outcomeName(outcome), false),
      ended: (context, outcome, endUs, wireUs) => line?.noteAttempt(context, outcomeName(outcome), endUs, wireUs),
      keepaliveEnded: (context, roundTripUs) => line?.noteKeepalive(context, roundTripUs),
    },
  });
  const transport = createClientTransport(plan.local, outboxCapacity(engine));
  try {
    const keepsPort = located.ttlSeconds !== null;
    const { local } = plan;
    const { targets } = located;
    const sharesPort = engine.redirects !== null;
    const place = { local, workerIndex: 0, workerCount: 1, targets, keepsPort, sharesPort };
    const sockets = await openClientSockets(
      transport,
      place,
      engine.flows.slice(0, targets.length).map(({ outbox }) => outbox.slab),
    );
    for (const { flow, sentBy, peer } of sockets) attachFlow(engine, flow, sentBy, peer);
    const [socket] = sockets;
    assert(socket !== undefined, 'a line has a socket');
    transport.setOrigin(options.originUs);
    // What could not be opened shows in the attempt that wanted it.
    const open = openPlaces({ engine, transport, local, sockets, warnings: new Set() });
    line = new Line({ options, engine, metrics, transport, socket, openPlaces: open });
    return line;
  } catch (error) {
    transport.close();
    throw error;
  }
};

/** As the coordinator's: weights times a common factor are beyond 2^31, hence doubles. */
const weightsOf = (targets: readonly LocatedAddress[]): TargetWeights => ({
  count: targets.length,
  priority: Uint16Array.from(targets, ({ priority }) => priority),
  weight: Float64Array.from(targets, ({ weight }) => weight),
});
