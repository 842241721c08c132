// One run of regstorm that also tells what it took for each transaction's times. The same parts in the same order as
// src/worker/load.ts (rehearsal, engine, socket, pump), in a process of its own, with the core overheard.
//
//   node bench/capture/generator.mjs PORT RATE COUNT WARMUP_SECONDS FILE
//
// FILE gets the log (transaction-log.mjs); the standard output gets one JSON object.

import { writeFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { abort, attachFlow, createEngine, outboxCapacity } from '../../dist/engine/index.js';
import {
  COUNTER_DATAGRAMS_SENT,
  COUNTER_MISSED_CONTEXT_BUSY,
  COUNTER_MISSED_LATE,
  COUNTER_MISSED_NO_SLOT,
  COUNTER_RETRANSMISSIONS,
  createMetricsBlock,
  mergeBlocks,
  percentileUs,
} from '../../dist/metrics/index.js';
import { loadScenario } from '../../dist/scenario/index.js';
import { monotonicNowUs } from '../../dist/transport/index.js';
import { createEngineCore } from '../../dist/worker/engine-core.js';
import { runPump } from '../../dist/worker/pump.js';
import { rehearse } from '../../dist/worker/rehearsal.js';
import { createClientTransport, openClientSockets } from '../../dist/worker/sockets.js';
import { measureOffsetNs } from './offset.mjs';
import { createTransactionLog, overhear, packLog, wireSumUs } from './transaction-log.mjs';

const SCENARIO = fileURLToPath(new URL('../macro/plain.yaml', import.meta.url));
const ADDRESS = '127.0.0.1';
const RUN_ID = 'benchcapture';
/** Between the engine's creation and the first start, so that the first turn is not late. */
const HEAD_START_US = 50_000;
/** Beyond the schedule: Timer F, should answers be missing. */
const SPARE_SECONDS = 40;

const planOf = async ({ port, rate, count, warmupSeconds }) => {
  const overrides = [
    { path: 'target', value: `sip:${ADDRESS}:${port}`, origin: '--target' },
    { path: 'load.rate', value: `${rate}/s`, origin: '--rate' },
    { path: 'load.starts', value: String(count), origin: '--starts' },
    { path: 'load.warmup', value: `${warmupSeconds}s`, origin: '--warmup' },
    { path: 'identities.count', value: String(count), origin: '--set identities.count' },
  ];
  return loadScenario({ file: SCENARIO, text: await readFile(SCENARIO, 'utf8'), overrides });
};

const makeRun = async (plan, port, count) => {
  await rehearse(plan);
  const seconds = Math.ceil((count * plan.load.periodUs) / plan.load.startsPerPeriod / 1e6) + SPARE_SECONDS;
  const metrics = createMetricsBlock(seconds);
  const fixed = { workerIndex: 0, workerCount: 1, runId: RUN_ID, seed: 1, userAgent: 'regstorm' };
  const engine = createEngine({ plan, metrics, ...fixed });
  const transport = createClientTransport(plan.local, outboxCapacity(engine));
  try {
    const targets = [{ address: ADDRESS, port }];
    const place = { local: plan.local, workerIndex: 0, workerCount: 1, targets };
    const [{ outbox }] = engine.flows;
    const [socket] = await openClientSockets(transport, place, [outbox.slab]);
    attachFlow(engine, socket.flow, socket.sentBy);
    const log = createTransactionLog(count);
    const originUs = monotonicNowUs() + HEAD_START_US;
    const offsetsNs = [measureOffsetNs(originUs)];
    transport.setOrigin(originUs);
    const isStopped = (nowUs) => nowUs > seconds * 1e6;
    const core = createEngineCore({ engine, transport, metrics, isStopped });
    await runPump(overhear(core, outbox, log), transport);
    offsetsNs.push(measureOffsetNs(originUs));
    abort(engine, transport.nowUs());
    return { log, metrics, offsetsNs, stats: transport.stats(), wireClock: transport.wireClock };
  } finally {
    transport.close();
  }
};

const report = ({ log, metrics, offsetsNs, stats, wireClock }) => {
  const { counters, measured, total } = mergeBlocks([metrics]);
  const { succeeded, failed, wire } = total.register;
  return {
    wireClock,
    succeeded,
    failed,
    missed: counters[COUNTER_MISSED_LATE] + counters[COUNTER_MISSED_NO_SLOT] + counters[COUNTER_MISSED_CONTEXT_BUSY],
    retransmissions: counters[COUNTER_RETRANSMISSIONS],
    messages: counters[COUNTER_DATAGRAMS_SENT] + log.answers,
    others: log.others,
    lagP99Us: percentileUs(measured.register.lag, 99),
    recordedSumUs: wire.sumUs,
    notedSumUs: wireSumUs(log),
    offsetsNs: offsetsNs.map(String),
    receiveQueueOverruns: stats.receiveQueueOverruns,
    clockSteps: stats.clockSteps,
  };
};

const [port, rate, count, warmupSeconds] = process.argv.slice(2, 6).map(Number);
const run = await makeRun(await planOf({ port, rate, count, warmupSeconds }), port, count);
writeFileSync(process.argv[6], packLog(run.log));
process.stdout.write(`${JSON.stringify(report(run))}\n`);
