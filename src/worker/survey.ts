// The survey task: what a load would find here, tried out in a thread like its own. It opens every socket as the load does,
// reads the clock, sleeps, sends one datagram to itself, and adds up the tables. Nothing goes to the target: connecting a
// UDP socket only looks up the way to it.
//
// It judges nothing; see gate/readiness.ts.

import { createEngine } from '../engine/index.ts';
import { createMetricsBlock } from '../metrics/index.ts';
import { contextsOfWorker, localSocket, socketCount, socketNumber, spareSocketNumber } from '../scenario/index.ts';
import { createMemorySum, UserError, valuesBytes } from '../std/index.ts';
import type { DatagramHandler, UdpTransport } from '../transport/index.ts';
import { batchUnavailableReason, createUdpTransport, monotonicNowUs, parseIpv4 } from '../transport/index.ts';
import type { SurveyDone, SurveyProblem, SurveyTask } from './messages.ts';
import { type ClientSocket, openBeside, openClientSocket, wantedBuffers } from './sockets.ts';

/** Clock readings: the third-best of so many blocks, each this long. */
const CLOCK_BLOCKS = 9;
const CLOCK_READINGS = 2_000;
const THIRD_BEST = 2;
const NS_PER_US = 1_000;
/** The pump's own rest under load. */
const SLEEP_US = 500;
const SLEEPS = 40;
const STAMP_TRIES = 3;
/** Long enough to tell the kernel's time of arrival from our time of reading. */
const STAMP_REST_US = 2_000;
const LOOPBACK = parseIpv4('127.0.0.1');
const SLAB_BYTES = 64;

export async function runSurvey(task: SurveyTask): Promise<SurveyDone> {
  const batchUnavailable = batchUnavailableReason();
  const asked = task.plan.local.sockets;
  // Where the plan asks for what is not there, that is the finding; the rest is tried all the same.
  const kind = asked === 'udp-batch' && batchUnavailable !== null ? 'udp-dgram' : asked;
  const wanted = wantedBuffers(task.plan.local, task.targets.length);
  // Nothing is sent by them, so they need no queues.
  const transport = createUdpTransport(kind, { originUs: monotonicNowUs(), queueCapacity: 1 });
  try {
    const { opened, problems } = await openSockets(transport, task);
    const lateUs = await measureSleeps(transport);
    return {
      kind: 'survey-done',
      transport: transport.kind,
      batchUnavailable,
      socketsOpened: opened.length,
      problems,
      receiveBufferBytes: leastOf(opened.map((socket) => socket.receiveBufferBytes)),
      sendBufferBytes: leastOf(opened.map((socket) => socket.sendBufferBytes)),
      receiveBufferBytesWanted: wanted.receiveBufferBytes,
      sendBufferBytesWanted: wanted.sendBufferBytes,
      stamped: transport.wireClock === 'kernel' ? await tryStamps() : false,
      segmented: task.plan.local.segmentation && transport.kind === 'udp-batch' ? await trySegments() : null,
      clockReadNs: measureClockNs(transport),
      sleepLateUs: lateUs[SLEEPS >> 1] ?? 0,
      sleepLateUsMax: lateUs[SLEEPS - 1] ?? 0,
      tableBytes: sumTables(task),
    };
  } finally {
    transport.close();
  }
}

/** All at once, since that is how the load holds them. What cannot be opened is told; without descriptors the rest is vain. */
async function openSockets(
  transport: UdpTransport,
  task: SurveyTask,
): Promise<{ opened: readonly ClientSocket[]; problems: readonly SurveyProblem[] }> {
  const { workerCount, targets } = task;
  const { local } = task.plan;
  const slab = new Uint8Array(SLAB_BYTES);
  const opened: ClientSocket[] = [];
  const problems: SurveyProblem[] = [];
  for (let at = 0; at < socketCount(local, workerCount); at++) {
    const workerIndex = at % workerCount;
    const row = Math.floor(at / workerCount);
    const place = { line: row % local.socketsPerWorker, isSpare: row >= local.socketsPerWorker };
    try {
      const options = { local, workerIndex, workerCount, targets };
      const home = await openClientSocket(transport, options, place, slab);
      opened.push(home);
      for (let target = 1; target < targets.length; target++) {
        const beside = { home, flow: target * local.socketsPerWorker + place.line };
        opened.push(await openBeside(transport, options, beside, slab));
      }
    } catch (error) {
      if (!(error instanceof UserError)) throw error;
      const socket = socketNumber(place.line, workerIndex, workerCount);
      const number = place.isSpare ? spareSocketNumber(local, workerCount, socket) : socket;
      const localPort = localSocket(local, number).port ?? 0;
      const [{ message, hint } = { message: error.message }] = error.problems;
      problems.push({ code: error.code, message, hint: hint ?? null, localPort });
      if (error.code === 'DESCRIPTORS') break;
    }
  }
  return { opened, problems };
}

/** How late each sleep ended, in rising order. */
async function measureSleeps(transport: UdpTransport): Promise<number[]> {
  const lateUs: number[] = [];
  for (let sleep = 0; sleep < SLEEPS; sleep++) {
    const untilUs = transport.nowUs() + SLEEP_US;
    await transport.sleepUntil(untilUs);
    lateUs.push(transport.nowUs() - untilUs);
  }
  return lateUs.sort((a, b) => a - b);
}

function measureClockNs(transport: UdpTransport): number {
  const blocksNs: number[] = [];
  for (let block = 0; block < CLOCK_BLOCKS; block++) {
    const beganUs = transport.nowUs();
    for (let reading = 0; reading < CLOCK_READINGS; reading++) transport.nowUs();
    blocksNs.push(((transport.nowUs() - beganUs) * NS_PER_US) / CLOCK_READINGS);
  }
  return Math.round(blocksNs.sort((a, b) => a - b)[THIRD_BEST] ?? 0);
}

/** A datagram that rests in its socket before it is read: with a stamp of the kernel's it arrived before it was asked for. */
async function tryStamps(): Promise<boolean | null> {
  const transport = createUdpTransport('udp-batch', { originUs: monotonicNowUs() });
  try {
    const slab = new Uint8Array(SLAB_BYTES);
    const from = { localAddress: LOOPBACK, localPort: 0, slab, receiveBufferBytes: 4096, sendBufferBytes: 4096 };
    const receiver = await transport.open({ ...from, remote: null });
    const remote = { address: LOOPBACK, port: receiver.localPort };
    const sender = await transport.open({ ...from, remote });
    for (let attempt = 0; attempt < STAMP_TRIES; attempt++) if (await tryStamp(transport, sender.flow)) return true;
    return false;
  } catch (error) {
    // A host without a loopback interface.
    if (error instanceof UserError) return null;
    throw error;
  } finally {
    transport.close();
  }
}

/** Two messages of one length, handed over as a load would: whether the kernel has taken them as one. */
async function trySegments(): Promise<boolean | null> {
  const transport = createUdpTransport('udp-batch', { originUs: monotonicNowUs(), segmentation: true });
  // Apart, since only connected sockets send in segments.
  const peer = createUdpTransport('udp-batch', { originUs: monotonicNowUs() });
  try {
    const slab = new Uint8Array(SLAB_BYTES);
    const from = { localAddress: LOOPBACK, localPort: 0, slab, receiveBufferBytes: 4096, sendBufferBytes: 4096 };
    const receiver = await peer.open({ ...from, remote: null });
    const sender = await transport.open({ ...from, remote: { address: LOOPBACK, port: receiver.localPort } });
    const handler = { onDatagram: () => {}, onSent: () => {}, onRefused: () => {}, onError: () => {} };
    const half = SLAB_BYTES / 2;
    transport.send(sender.flow, 0, half, 0, 0);
    transport.send(sender.flow, half, SLAB_BYTES, 0, 0);
    transport.flush(handler);
    return transport.stats().segmented;
  } catch (error) {
    // A host without a loopback interface.
    if (error instanceof UserError) return null;
    throw error;
  } finally {
    transport.close();
    peer.close();
  }
}

async function tryStamp(transport: UdpTransport, sender: number): Promise<boolean> {
  let receivedAtUs = Number.POSITIVE_INFINITY;
  const handler: DatagramHandler = {
    onDatagram: (_flow, atUs) => {
      receivedAtUs = atUs;
    },
    onSent: () => {},
    onRefused: () => {},
    onError: () => {},
  };
  transport.send(sender, 0, SLAB_BYTES, 0, 0);
  transport.flush(handler);
  await transport.sleepUntil(transport.nowUs() + STAMP_REST_US);
  const askedUs = transport.nowUs();
  transport.receive(handler, 1);
  return receivedAtUs < askedUs;
}

/** Workers with as many contexts have tables of one size: there are two sizes at most. */
function sumTables({ plan, workerCount, userAgent }: SurveyTask): number {
  const { subscribers } = plan.identities;
  let bytes = subscribers === undefined ? 0 : valuesBytes(subscribers.values);
  const known = new Map<number, number>();
  for (let workerIndex = 0; workerIndex < workerCount; workerIndex++) {
    const contexts = contextsOfWorker(plan.identities.count, workerIndex, workerCount);
    const same = known.get(contexts) ?? tablesOf({ plan, workerIndex, workerCount, userAgent });
    known.set(contexts, same);
    bytes += same;
  }
  return bytes;
}

function tablesOf(worker: Pick<SurveyTask, 'plan' | 'workerCount' | 'userAgent'> & { workerIndex: number }): number {
  const memory = createMemorySum();
  const facts = { runId: 'survey', seed: 0, metrics: createMetricsBlock(1), redirects: { names: [] } };
  createEngine({ ...worker, ...facts, memory });
  return memory.totalBytes();
}

const leastOf = (values: readonly number[]): number | null => (values.length === 0 ? null : Math.min(...values));
