// What regstorm takes for the times of each transaction, noted while it runs. Its result has histograms only, so the core
// is overheard on its way between pump and engine: each first send and each answer, by the slot and the generation that
// stand in the Via branch. Columns are allocated beforehand and filled with numbers: no string, no object per message.
//
//  column        array          unit  meaning
//  slot          Float64Array   -     the branch's slot            \ one row a transaction,
//  generation    Float64Array   -     the branch's generation      / in the order of their first sends
//  sentAtUs      Float64Array   µs    run time of the first send
//  receivedAtUs  Float64Array   µs    run time of the first answer, NOT_ANSWERED before it

import { branchAt, generationAt, slotAt } from './branch.mjs';

const MOST_SLOTS = 1 << 24;
const NOT_ANSWERED = -1;
const CANCELLED = -1;

export const createTransactionLog = (capacity) => ({
  capacity,
  slot: new Float64Array(capacity),
  generation: new Float64Array(capacity),
  sentAtUs: new Float64Array(capacity),
  receivedAtUs: new Float64Array(capacity).fill(NOT_ANSWERED),
  count: 0,
  /** Datagrams that arrived. */
  answers: 0,
  /** Messages that are no first send or first answer of a row: retransmissions, repeated or unknown answers. */
  others: 0,
  /** By slot, the row after its newest transaction's; 0: none yet. */
  rowAfter: new Uint32Array(MOST_SLOTS),
  requestHint: 0,
  responseHint: 0,
});

/** The same core, overheard. */
export const overhear = (core, outbox, log) => ({
  ...core,
  onDatagram: (flow, receivedAtUs, bytes, start, end, peerAddress, peerPort) => {
    noteAnswer(log, receivedAtUs, bytes, start, end);
    core.onDatagram(flow, receivedAtUs, bytes, start, end, peerAddress, peerPort);
  },
  onSent: (flow, count, sentAtUs) => {
    noteSends(log, outbox, count, sentAtUs);
    core.onSent(flow, count, sentAtUs);
  },
});

/** The oldest `count` entries have left; those that were cancelled before they were offered are passed over. */
const noteSends = (log, outbox, count, sentAtUs) => {
  for (let left = count, entry = outbox.first; left > 0 && entry < outbox.end; entry += 1) {
    const index = entry & outbox.mask;
    if (outbox.slot[index] === CANCELLED) continue;
    noteSend(log, sentAtUs, outbox.slab, outbox.start[index], outbox.stop[index]);
    left -= 1;
  }
};

const noteSend = (log, sentAtUs, bytes, start, end) => {
  const at = branchAt(bytes, start, end, log.requestHint);
  if (at < 0 || log.count === log.capacity) {
    log.others += 1;
    return;
  }
  log.requestHint = at - start;
  const slot = slotAt(bytes, at);
  const generation = generationAt(bytes, at);
  const before = log.rowAfter[slot] - 1;
  if (before >= 0 && log.generation[before] === generation) {
    log.others += 1;
    return;
  }
  const row = log.count;
  log.slot[row] = slot;
  log.generation[row] = generation;
  log.sentAtUs[row] = sentAtUs;
  log.count += 1;
  log.rowAfter[slot] = log.count;
};

const noteAnswer = (log, receivedAtUs, bytes, start, end) => {
  log.answers += 1;
  const at = branchAt(bytes, start, end, log.responseHint);
  const row = at < 0 ? -1 : log.rowAfter[slotAt(bytes, at)] - 1;
  if (row < 0 || log.generation[row] !== generationAt(bytes, at) || log.receivedAtUs[row] !== NOT_ANSWERED) {
    log.others += 1;
    return;
  }
  log.responseHint = at - start;
  log.receivedAtUs[row] = receivedAtUs;
};

/** Sum of what the log has for wire times, as the engine adds them up: an answer ahead of its send counts as 0. */
export const wireSumUs = ({ count, sentAtUs, receivedAtUs }) => {
  let sum = 0;
  for (let row = 0; row < count; row += 1) {
    if (receivedAtUs[row] !== NOT_ANSWERED) sum += Math.max(0, receivedAtUs[row] - sentAtUs[row]);
  }
  return sum;
};

/** The columns as one block of bytes, row counts first; `readLog` takes it apart. */
export const packLog = ({ count, slot, generation, sentAtUs, receivedAtUs }) => {
  const columns = [slot, generation, sentAtUs, receivedAtUs].map((column) => column.subarray(0, count));
  return Buffer.concat(
    columns.map(({ buffer, byteOffset, byteLength }) => Buffer.from(buffer, byteOffset, byteLength)),
  );
};

export const unpackLog = (packed) => {
  const numbers = new Float64Array(packed.buffer.slice(packed.byteOffset, packed.byteOffset + packed.byteLength));
  const count = numbers.length / 4;
  const [slot, generation, sentAtUs, receivedAtUs] = [0, 1, 2, 3].map((column) =>
    numbers.subarray(column * count, (column + 1) * count),
  );
  return { count, slot, generation, sentAtUs, receivedAtUs };
};
