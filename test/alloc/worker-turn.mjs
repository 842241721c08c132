// Counts what a worker's turn allocates: the pump, the engine and the batch transport on a real socket, against a peer in
// a thread (and so a heap) of its own. Options and answer as in engine-in-memory.mjs.

import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { attachFlow, outboxCapacity } from '../../dist/engine/index.js';
import { COUNTER_REQUESTS_SENT, counterOf, createMetricsBlock } from '../../dist/metrics/index.js';
import { monotonicNowUs } from '../../dist/transport/index.js';
import { createEngineCore } from '../../dist/worker/engine-core.js';
import { runPump } from '../../dist/worker/pump.js';
import { createClientTransport, openClientSockets } from '../../dist/worker/sockets.js';
import { createCounter, createOnlyEngine, finishedAttempts, measuredPlan } from './measured-plan.mjs';

const RATE = 20_000;
const WARM_UP_ATTEMPTS = 40_000;
const ROUNDS = 12;
/**
 * Many more than of the engine alone. The collection before a round lets go of compiled code, some 100 kB of which are then made again
 * in about half of the rounds, and on a slow machine in all of them: 20 bytes and more for each of 4,000 attempts.
 */
const ATTEMPTS_A_ROUND = 16_000;

const { credentials, flow } = JSON.parse(process.argv[2]);
const peer = new Worker(new URL('./peer-thread.mjs', import.meta.url), {
  workerData: { challenges: credentials !== 'plain' },
});
const [{ port, stop }] = await once(peer, 'message');
const plan = measuredPlan({ credentials, flow, rate: RATE });
const metrics = createMetricsBlock(100);
const engine = createOnlyEngine(plan, metrics);
const transport = createClientTransport({ ...plan.local, sockets: 'udp-batch' }, outboxCapacity(engine));
const targets = [{ address: '127.0.0.1', port }];
const place = { local: plan.local, workerIndex: 0, workerCount: 1, targets };
const slabs = engine.flows.map(({ outbox }) => outbox.slab);
for (const { flow: id, sentBy } of await openClientSockets(transport, place, slabs)) attachFlow(engine, id, sentBy);
transport.setOrigin(monotonicNowUs());
const finished = () => finishedAttempts(metrics);
const counter = createCounter(finished);
const rounds = [];
let nextAttempts = WARM_UP_ATTEMPTS;
let isCounting = false;

/** Asked once a turn; between two rounds the engine only gets later, which is not counted. */
const isStopped = () => {
  if (finished() < nextAttempts) return false;
  if (isCounting) rounds.push(counter.end());
  if (rounds.length === ROUNDS) return true;
  counter.begin();
  isCounting = true;
  nextAttempts = finished() + ATTEMPTS_A_ROUND;
  return false;
};

await runPump(createEngineCore({ engine, transport, metrics, isStopped }), transport);
transport.close();
Atomics.store(new Int32Array(stop), 0, 1);
await once(peer, 'exit');
process.stdout.write(
  JSON.stringify({ rounds, requests: counterOf(metrics, COUNTER_REQUESTS_SENT), finished: finished() }),
);
