// The engine's tables, moved as the engine moves them at a steady 10,000 requests a second: an answer after 2 ms, nineteen of
// twenty at the first try, Timer K for 5 s, a turn every 500 µs. So the lists and heaps are as long as they are in a run, and
// lie in memory as they do there.

import assert from 'node:assert/strict';
import { createOutbox, outboxRoom, queueMessage } from '../../dist/engine/outbox.js';
import { createReadyQueue, dropReady, peekReady, pushReady } from '../../dist/engine/ready-queue.js';
import {
  clearTimer,
  createTimerLists,
  dueSlot,
  NO_SLOT,
  nextTimerUs,
  setTimer,
} from '../../dist/engine/timer-lists.js';
import { createWaitHeap, nextWaitUs, popWait, pushWait } from '../../dist/engine/wait-heap.js';
import { createMemoryPlan, mix32 } from '../../dist/std/index.js';
import { fold, SEED } from './fold.mjs';

const EVERY_US = 100;
const TURN_REQUESTS = 5;
const ANSWERED_AFTER = 20;
const ROWS = 1 << 16;
const RESENDS = [500_000, 1_000_000, 2_000_000, 4_000_000];
const [TIMER_F, TIMER_K] = [0, 1];
const END_TIMERS_US = [32_000_000, 5_000_000];
const IN_TIMER_K = END_TIMERS_US[TIMER_K] / EVERY_US;
/** One of twenty requests is not answered at the first try: its Timer E fires once. */
const LOST_ONE_IN = 20;

/** One operation: a request's whole life. Set E and F; perhaps E fires; the answer comes, clear E, F becomes K; K fires. */
const createTimers = () => {
  const memory = createMemoryPlan();
  const resend = createTimerLists(memory, 'bench', ROWS, RESENDS);
  const end = createTimerLists(memory, 'bench', ROWS, END_TIMERS_US);
  const mask = ROWS - 1;
  const fired = { e: 0, k: 0 };
  let next = 0;
  const answer = (slot, nowUs) => {
    clearTimer(resend, slot);
    setTimer(end, TIMER_K, slot, nowUs);
  };
  const takeTurn = (nowUs) => {
    for (let list = 0; list < RESENDS.length; list++) {
      for (let slot = dueSlot(resend, list, nowUs); slot !== NO_SLOT; slot = dueSlot(resend, list, nowUs)) {
        fired.e++;
        answer(slot, nowUs);
      }
    }
    for (let slot = dueSlot(end, TIMER_K, nowUs); slot !== NO_SLOT; slot = dueSlot(end, TIMER_K, nowUs)) {
      fired.k++;
      clearTimer(end, slot);
    }
    return Math.min(nextTimerUs(resend), nextTimerUs(end));
  };
  const run = (count) => {
    let hash = SEED;
    for (const last = next + count; next < last; next++) {
      const nowUs = next * EVERY_US;
      setTimer(resend, 0, next & mask, nowUs);
      setTimer(end, TIMER_F, next & mask, nowUs);
      const answered = next - ANSWERED_AFTER;
      if (answered >= 0 && answered % LOST_ONE_IN !== 0) answer(answered & mask, nowUs);
      if (next % TURN_REQUESTS === 0) hash = fold(hash, takeTurn(nowUs));
    }
    return hash;
  };
  // Until as many timers fire as are set, those of the lost ones included.
  run(2 * IN_TIMER_K);
  const check = () => {
    const before = { ...fired };
    run(10 * LOST_ONE_IN);
    assert.deepEqual([fired.e - before.e, fired.k - before.k], [10, 10 * LOST_ONE_IN]);
  };
  return { run, check };
};

const WAITING = 50_000;
const LONGEST_WAIT_US = 5_000_000;

/** One operation: the next context's wait ends, and it begins another one. */
const createWaits = () => {
  const heap = createWaitHeap(createMemoryPlan(), WAITING);
  let drawn = 0;
  const drawWaitUs = () => mix32(7, drawn++) % LONGEST_WAIT_US;
  for (let context = 0; context < WAITING; context++) pushWait(heap, drawWaitUs(), context);
  const run = (count) => {
    let hash = SEED;
    for (let i = 0; i < count; i++) {
      const nowUs = nextWaitUs(heap);
      const context = popWait(heap);
      hash = fold(fold(hash, context), nowUs);
      pushWait(heap, nowUs + drawWaitUs(), context);
    }
    return hash;
  };
  const check = () => {
    const contexts = new Set();
    for (let lastUs = 0; heap.size > 0; ) {
      assert.ok(nextWaitUs(heap) >= lastUs, 'waits end in order');
      lastUs = nextWaitUs(heap);
      contexts.add(popWait(heap));
    }
    assert.equal(contexts.size, WAITING);
  };
  return { run, check };
};

/** One operation: a context becomes ready, and the oldest one is served. */
const createReady = () => {
  const queue = createReadyQueue(createMemoryPlan(), 1 << 10);
  for (let context = 0; context < 100; context++) pushReady(queue, context);
  const run = (count) => {
    let hash = SEED;
    for (let i = 0; i < count; i++) {
      const context = peekReady(queue);
      dropReady(queue);
      pushReady(queue, context + 1);
      hash = fold(hash, context);
    }
    return hash;
  };
  const check = () => {
    const first = peekReady(queue);
    run(200);
    assert.equal(peekReady(queue), first + 2);
    assert.equal(queue.size, 100);
  };
  return { run, check };
};

const MESSAGE_BYTES = 480;
const BATCH = 16;

/** One operation: room for a message is found, it is queued, offered and, with the rest of its batch, gone. */
const createMessages = () => {
  const outbox = createOutbox(createMemoryPlan(), 4096, 1 << 21, 2048);
  let next = 0;
  const run = (count) => {
    let hash = SEED;
    for (const last = next + count; next < last; next++) {
      const start = outboxRoom(outbox);
      queueMessage(outbox, start, start + MESSAGE_BYTES + (next & 63), next, next, 0);
      hash = fold(hash, start);
      if (next % BATCH === BATCH - 1) {
        outbox.offered += BATCH;
        outbox.first += BATCH;
      }
    }
    return hash;
  };
  const check = () => {
    run(BATCH - (next % BATCH));
    assert.deepEqual([outbox.first, outbox.offered], [outbox.end, outbox.end]);
    assert.equal(outboxRoom(outbox), 0);
  };
  return { run, check };
};

export const BENCHMARKS = [
  { name: 'tables/timers', count: 50_000, hash: 'fee69c85', create: createTimers },
  { name: 'tables/wait-heap', count: 50_000, hash: '428f811d', create: createWaits },
  { name: 'tables/ready-queue', count: 200_000, hash: '9d534d49', create: createReady },
  { name: 'tables/outbox', count: 200_000, hash: '22cd5fe5', create: createMessages },
];
