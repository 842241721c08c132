// The program of the host in the middle: the simulator's seeded network on real sockets.
//
//   client:port ─> front ─> link up ─> queue by time ─> upstream socket of that client ─> registrar
//   client:port <─ front <─ queue by time <─ link down <─ upstream socket of that client <─
//
// Each client socket gets an upstream socket of its own, so that the registrar sees as many sources as there are. What is
// lost, doubled and held back the links decide, and count. The relay must lose nothing else: it reads in batches into large
// kernel buffers, counts time from the kernel's stamps, and reports every way in which it could have failed.
//
// It is JavaScript, and runs the compiled project, because Node 20 starts no TypeScript.

import { createLink, transit } from '../../dist/sim/index.js';
import { createRandom } from '../../dist/std/index.js';
import { createUdpTransport, monotonicNowUs, parseIpv4 } from '../../dist/transport/index.js';
import { createCopyQueue } from './copy-queue.mjs';

const BUFFER_BYTES = 32 << 20;
/** Messages that one socket may have on the way to the kernel, and the longest one. */
const SLOTS = 1_024;
const SLOT_BYTES = 4_096;
const RECEIVE_MOST = 1_024;
const QUANTUM_US = 500;
const LONGEST_WAIT_US = 20_000;
const FRONT = 0;

/** A socket with the ring of bytes from which the kernel takes its messages. */
const openWay = (transport, { address, port, remote }) => {
  const slab = new Uint8Array(SLOTS * SLOT_BYTES);
  const { flow } = transport.open({
    localAddress: parseIpv4(address),
    localPort: port,
    remote: remote === null ? null : { address: parseIpv4(remote.address), port: remote.port },
    slab,
    receiveBufferBytes: BUFFER_BYTES,
    sendBufferBytes: BUFFER_BYTES,
  });
  return { flow, slab, taken: 0, done: 0, sent: 0, client: null };
};

/** `ways` are the sockets by their flow: the front, then the upstream ones. Time is 0 when the first datagram arrives. */
const createRelay = (options) => {
  const transport = createUdpTransport('udp-batch', { originUs: monotonicNowUs() });
  const random = createRandom(options.seed);
  const upstream = { address: options.localAddress, port: 0, remote: options.registrar };
  const sockets = [{ ...options.listen, remote: null }, ...new Array(options.upstreamSockets).fill(upstream)];
  return {
    transport,
    ways: sockets.map((socket) => openWay(transport, socket)),
    up: { link: createLink(options.up, random.split('up')), nowUs: 0 },
    down: { link: createLink(options.down, random.split('down')), nowUs: 0 },
    queue: createCopyQueue(),
    mishaps: { pending: 0, overruns: 0, refused: 0, unreachable: 0, tooLong: 0, noUpstreamSocket: 0 },
    zeroUs: -1,
    latenessUsMax: 0,
  };
};

/** The upstream socket of a client, a free one when it is new, or undefined. */
const wayOfClient = ({ ways }, address, port) => {
  const isOf = ({ client }) => client !== null && client.address === address && client.port === port;
  const known = ways.find(isOf);
  if (known !== undefined) return known;
  const free = ways.find((way, flow) => flow !== FRONT && way.client === null);
  if (free !== undefined) free.client = { address, port };
  return free;
};

/** Through one direction of the network, into the queue. */
const pass = (relay, direction, receivedAtUs, bytes, to) => {
  if (bytes.length > SLOT_BYTES) {
    relay.mishaps.tooLong++;
    return;
  }
  if (relay.zeroUs < 0) relay.zeroUs = receivedAtUs;
  direction.nowUs = Math.max(direction.nowUs, receivedAtUs - relay.zeroUs);
  for (const copy of transit(direction.link, direction.nowUs, bytes, 0, bytes.length))
    relay.queue.push({ ...copy, ...to });
};

const createHandler = (relay) => {
  const { ways, mishaps } = relay;
  return {
    onDatagram: (flow, receivedAtUs, bytes, start, end, peerAddress, peerPort) => {
      const message = bytes.subarray(start, end);
      const way = flow === FRONT ? wayOfClient(relay, peerAddress, peerPort) : ways[flow];
      if (way === undefined || way.client === null) mishaps.noUpstreamSocket++;
      else if (flow === FRONT) pass(relay, relay.up, receivedAtUs, message, { way, peer: { address: 0, port: 0 } });
      else pass(relay, relay.down, receivedAtUs, message, { way: ways[FRONT], peer: way.client });
    },
    onSent: (flow, count) => {
      ways[flow].done += count;
      ways[flow].sent += count;
    },
    onRefused: (flow) => {
      ways[flow].done++;
      mishaps.refused++;
    },
    onError: (flow) => {
      ways[flow].done = ways[flow].taken;
      mishaps.unreachable++;
    },
  };
};

/** False while the kernel has to take others first. */
const offer = (transport, { way, bytes, peer }) => {
  if (way.taken - way.done >= SLOTS) return false;
  const start = (way.taken % SLOTS) * SLOT_BYTES;
  way.slab.set(bytes, start);
  if (!transport.send(way.flow, start, start + bytes.length, peer.address, peer.port)) return false;
  way.taken++;
  return true;
};

/** How many copies it gave to the kernel. */
const sendDue = (relay, handler) => {
  const { queue, transport } = relay;
  const nowUs = transport.nowUs() - relay.zeroUs;
  let count = 0;
  for (let copy = queue.first(); copy !== undefined && copy.atUs <= nowUs; copy = queue.first()) {
    if (!offer(transport, copy)) break;
    queue.removeFirst();
    count++;
    relay.latenessUsMax = Math.max(relay.latenessUsMax, nowUs - copy.atUs);
  }
  transport.flush(handler);
  return count;
};

/** One turn; then waits, for input at low load and for the rest of a quantum whatever arrives at high load. */
const turn = (relay, handler) => {
  const { transport, queue } = relay;
  const startUs = transport.nowUs();
  const taken = transport.receive(handler, RECEIVE_MOST);
  const handled = taken + sendDue(relay, handler);
  if (taken >= RECEIVE_MOST) return;
  const dueUs = (queue.first()?.atUs ?? Number.POSITIVE_INFINITY) + relay.zeroUs;
  if (handled >= 2) transport.sleepUntil(startUs + QUANTUM_US);
  else transport.waitForInput(Math.min(dueUs, startUs + LONGEST_WAIT_US));
};

const reportOf = ({ transport, ways, up, down, queue, mishaps, latenessUsMax }) => {
  const { receiveQueueOverruns, truncated } = transport.stats();
  const upstream = ways.filter((_, flow) => flow !== FRONT);
  return {
    up: up.link.counts,
    down: down.link.counts,
    sentUp: upstream.reduce((sum, { sent }) => sum + sent, 0),
    sentDown: ways[FRONT].sent,
    clients: upstream.filter(({ client }) => client !== null).length,
    mishaps: {
      ...mishaps,
      overruns: receiveQueueOverruns,
      tooLong: mishaps.tooLong + truncated,
      pending: ways.reduce((sum, { taken, done }) => sum + taken - done, queue.size()),
    },
    latenessUsMax,
  };
};

let isOver = false;
process.on('SIGTERM', () => {
  isOver = true;
});
const relay = createRelay(JSON.parse(process.argv[2]));
const handler = createHandler(relay);
process.stdout.write('ready\n');
while (!isOver) {
  turn(relay, handler);
  // Waits block the thread; only between them can a signal be heard.
  await new Promise((resume) => setImmediate(resume));
}
process.stdout.write(`${JSON.stringify(reportOf(relay))}\n`);
relay.transport.close();
