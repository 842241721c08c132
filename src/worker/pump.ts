// The turn that every thread makes over and over, for a load generator and for the embedded registrar alike:
//
//   take what has arrived -> advance once -> hand out once -> wait
//
// How it waits decides what a datagram costs. A wake-up for each costs more than everything else together, so under load
// the pump rests for a quantum whatever arrives, and handles in one turn what has come meanwhile; with little to do it
// wakes on input at once. Arrival times come from the kernel, so resting falsifies nothing but the moment of our own next
// send, which shows as lag. It decides nothing about SIP.

import type { DatagramHandler, UdpTransport } from '../transport/index.ts';
import { LONGEST_WAIT_US } from './control.ts';

/** Longest rest under load. */
const QUANTUM_US = 500;
/** As many datagrams in one turn mean load: several a quantum are cheaper to take together. */
const BUSY_DATAGRAMS = 2;
/** Most datagrams taken in one turn, so that due work is never kept waiting for long. */
const MOST_DATAGRAMS = 1024;

/** What a pump drives: an engine or a registrar, between its sockets and its clock. */
export interface Core extends DatagramHandler {
  /** Does what is due and returns the next deadline. */
  advance(nowUs: number): number;
  /** Gives queued messages to the transport. */
  offer(): void;
  /** True while messages are queued or offered that have not left: the kernel would not take them yet. */
  isBacklogged(): boolean;
  /** True when the pump is to end; asked once a turn. */
  isOver(nowUs: number): boolean;
  /** Told after each turn how long it took, and when it ended. */
  endTurn(nowUs: number, turnUs: number): void;
}

/** Turns until the core is over. The first turn comes when the run's time is 0. */
export async function runPump(core: Core, transport: UdpTransport): Promise<void> {
  const beginning = transport.sleepUntil(0);
  if (beginning !== null) await beginning;
  let handled = 0;
  const counting = countingHandler(core, () => handled++);
  for (;;) {
    const turnStartUs = transport.nowUs();
    handled = 0;
    const taken = transport.receive(counting, MOST_DATAGRAMS);
    const deadlineUs = core.advance(transport.nowUs());
    core.offer();
    transport.flush(counting);
    const turnEndUs = transport.nowUs();
    core.endTurn(turnEndUs, turnEndUs - turnStartUs);
    if (core.isOver(turnEndUs)) return;
    if (taken >= MOST_DATAGRAMS) continue;
    const isBusy = handled >= BUSY_DATAGRAMS;
    const resting = isBusy ? transport.sleepUntil(turnStartUs + QUANTUM_US) : null;
    if (resting !== null) await resting;
    // Messages that nobody would take: there is room again, or input, or it is tried once more.
    const wakeUs = core.isBacklogged() ? turnEndUs + QUANTUM_US : Math.min(deadlineUs, turnEndUs + LONGEST_WAIT_US);
    if (isBusy && wakeUs <= turnStartUs + QUANTUM_US) continue;
    const waiting = transport.waitForInput(wakeUs);
    if (waiting !== null) await waiting;
  }
}

/** Counts what goes both ways on its way to the core. */
function countingHandler(core: Core, count: () => void): DatagramHandler {
  return {
    onDatagram: (flow, receivedAtUs, bytes, start, end, peerAddress, peerPort) => {
      count();
      core.onDatagram(flow, receivedAtUs, bytes, start, end, peerAddress, peerPort);
    },
    onSent: (flow, sent, sentAtUs) => {
      count();
      core.onSent(flow, sent, sentAtUs);
    },
    onRefused: (flow, code) => core.onRefused(flow, code),
    onError: (flow, code) => core.onError(flow, code),
  };
}
