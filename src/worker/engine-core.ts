// An engine as a pump drives it: between its connected sockets and the clock.

import type { Engine } from '../engine/index.ts';
import {
  advance,
  drain,
  isBacklogged,
  isOver,
  receiveDatagram,
  reportError,
  reportRefused,
  reportSent,
} from '../engine/index.ts';
import {
  CALL_DATAGRAMS_MAX,
  CALLS_RECEIVE,
  CALLS_SEND,
  COUNTER_CLOCK_STEPS,
  COUNTER_CPU_US,
  COUNTER_LAST_TURN_US,
  COUNTER_RECEIVE_QUEUE_OVERRUNS,
  COUNTER_SEND_NO_ROOM,
  COUNTER_SEND_QUEUE_FULL,
  COUNTER_SEND_WAITED_US,
  COUNTER_SEND_WAITED_US_MAX,
  COUNTER_TRUNCATED,
  COUNTER_TURN_US_MAX,
  counterOf,
  type MetricsBlock,
  recordTurn,
  setCalls,
  setCounter,
} from '../metrics/index.ts';
import { assert, US_PER_SECOND } from '../std/index.ts';
import { concernsPeer, MOST_PER_CALL, type UdpTransport } from '../transport/index.ts';
import { LONGEST_WAIT_US } from './control.ts';
import type { Core } from './pump.ts';

assert(MOST_PER_CALL === CALL_DATAGRAMS_MAX, 'a metrics block has a counter for every call that a transport can make');

export interface EngineCoreOptions {
  readonly engine: Engine;
  /** Its flows are the engine's, by the same numbers. */
  readonly transport: UdpTransport;
  readonly metrics: MetricsBlock;
  /** Asked once a turn, before the engine is; true ends the pump. */
  readonly isStopped: (nowUs: number) => boolean;
}

export function createEngineCore(options: EngineCoreOptions): Core {
  const { engine, transport, metrics, isStopped } = options;
  const sink = (flow: number, _bytes: Uint8Array, start: number, end: number): boolean =>
    transport.send(flow, start, end, 0, 0);
  let publishedUs = Number.NEGATIVE_INFINITY;
  return {
    onDatagram: (flow, receivedAtUs, bytes, start, end) =>
      receiveDatagram(engine, receivedAtUs, flow, bytes, start, end),
    onSent: (flow, count, sentAtUs) => reportSent(engine, flow, count, sentAtUs),
    onRefused: (flow, code) => reportRefused(engine, transport.nowUs(), flow, concernsPeer(code)),
    onError: (flow) => reportError(engine, transport.nowUs(), flow),
    advance: (nowUs) => advance(engine, nowUs),
    offer: () => {
      drain(engine, sink);
    },
    isBacklogged: () => isBacklogged(engine),
    isOver: (nowUs) => isStopped(nowUs) || isOver(engine),
    endTurn: (nowUs, turnUs) => {
      // A wait that outlasts the longest one that is ever asked for means that the thread was not let run: part of the turn.
      const waitedUs = nowUs - turnUs - counterOf(metrics, COUNTER_LAST_TURN_US);
      const busyUs = turnUs + Math.max(0, waitedUs - LONGEST_WAIT_US);
      setCounter(metrics, COUNTER_LAST_TURN_US, nowUs);
      recordTurn(metrics, busyUs);
      if (busyUs > counterOf(metrics, COUNTER_TURN_US_MAX)) setCounter(metrics, COUNTER_TURN_US_MAX, busyUs);
      if (nowUs - publishedUs < US_PER_SECOND && !isOver(engine)) return;
      publishedUs = nowUs;
      publishTransport(metrics, transport);
    },
  };
}

/** What the transport has counted, where the coordinator can see it. */
export function publishTransport(metrics: MetricsBlock, transport: UdpTransport): void {
  const stats = transport.stats();
  setCounter(metrics, COUNTER_TRUNCATED, stats.truncated);
  setCounter(metrics, COUNTER_CLOCK_STEPS, stats.clockSteps);
  setCounter(metrics, COUNTER_RECEIVE_QUEUE_OVERRUNS, stats.receiveQueueOverruns);
  setCalls(metrics, CALLS_SEND, stats.datagramsPerSendCall);
  setCalls(metrics, CALLS_RECEIVE, stats.datagramsPerReceiveCall);
  const { noRoom, queueFull, waitedUsTotal, waitedUsMax } = stats.sendBlocked;
  setCounter(metrics, COUNTER_SEND_NO_ROOM, noRoom);
  setCounter(metrics, COUNTER_SEND_QUEUE_FULL, queueFull);
  setCounter(metrics, COUNTER_SEND_WAITED_US, waitedUsTotal);
  setCounter(metrics, COUNTER_SEND_WAITED_US_MAX, waitedUsMax);
  setCounter(metrics, COUNTER_CPU_US, transport.threadCpuUs());
}
