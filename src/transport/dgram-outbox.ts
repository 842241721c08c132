// The messages of one dgram socket from send() until their fate is reported, oldest first.
//
//   head ............ issued ............ tail       counters that only grow; a row is counter modulo capacity
//   given to Node,    taken, not yet
//   settled or not    given to Node
//
// Nothing is copied: Node sends from the slab, and the row is reported only when Node has called back, so the slab stays
// untouched until then. Node calls back after the present call stack even if the kernel took the datagram at once; hence
// a message is reported by a later flush or receive.
//
// When a socket error is pending the kernel refuses one send and takes the next ones. Those have left, so they are reported
// as sent, the refused one as refused with the error's code, and the error after them.

import type { Socket } from 'node:dgram';
import { assert } from '../std/index.ts';
import { formatIpv4 } from './addresses.ts';
import type { DatagramHandler } from './datagram.ts';
import { createSendWait, forgetMark, noteFlush, type SendWait } from './send-wait.ts';

const UNSETTLED = 0;
const SENT = 1;
const REFUSED = 2;

/** Refusals for a message's own sake; any other code says that the peer can't be reached or the socket is broken. */
const OWN_CODES: ReadonlySet<string> = new Set(['EMSGSIZE', 'EPERM', 'EACCES', 'EINVAL', 'ENOBUFS', 'ENOMEM']);

interface Row {
  start: number;
  end: number;
  peerAddress: number;
  peerPort: number;
  state: number;
  /** Node has queued it because the kernel had no room; it leaves shortly before Node calls back. */
  queued: boolean;
  sentAtUs: number;
  code: string;
  /** Node's callback, made once a row. */
  readonly settle: (error: Error | null) => void;
}

export interface Outbox {
  readonly rows: readonly Row[];
  readonly slab: Uint8Array;
  readonly connected: boolean;
  readonly wait: SendWait;
  /** Messages that Node has got rid of, to the kernel or in vain. */
  handed: number;
  /** Code of an error that concerns the flow; empty when there is none. */
  failure: string;
  head: number;
  issued: number;
  tail: number;
  /** Messages reported as sent, and as refused. */
  sentCount: number;
  refusedCount: number;
}

export interface OutboxOptions {
  readonly slab: Uint8Array;
  readonly connected: boolean;
  readonly capacity: number;
  readonly nowUs: () => number;
  /** Called when a message's fate is known. */
  readonly wake: () => void;
}

/** True for the code of a refusal that says that the peer can't be reached, or the socket is broken. */
export const concernsPeer = (code: string): boolean => !OWN_CODES.has(code);

export const codeOf = (error: Error): string => ('code' in error ? String(error.code) : error.name);

export const createOutbox = (options: OutboxOptions): Outbox => {
  const rows: Row[] = [];
  const { slab, connected } = options;
  const counters = { head: 0, issued: 0, handed: 0, tail: 0, sentCount: 0, refusedCount: 0 };
  const wait = createSendWait();
  const outbox: Outbox = { rows, slab, connected, wait, failure: '', ...counters };
  for (let index = 0; index < options.capacity; index++) {
    const row: Row = {
      start: 0,
      end: 0,
      peerAddress: 0,
      peerPort: 0,
      state: UNSETTLED,
      queued: false,
      sentAtUs: 0,
      code: '',
      settle: (error) => {
        settleRow(outbox, row, error, options.nowUs);
        options.wake();
      },
    };
    rows.push(row);
  }
  return outbox;
};

const settleRow = (outbox: Outbox, row: Row, error: Error | null, nowUs: () => number): void => {
  if (error === null || error === undefined) {
    row.state = SENT;
    if (row.queued) row.sentAtUs = nowUs();
    return;
  }
  row.state = REFUSED;
  row.code = codeOf(error);
  if (outbox.connected && outbox.failure === '' && concernsPeer(row.code)) outbox.failure = row.code;
};

/** False when the outbox is full. */
export const takeMessage = (
  outbox: Outbox,
  start: number,
  end: number,
  peer: { readonly address: number; readonly port: number },
): boolean => {
  assert(start >= 0, 'a message starts in its slab');
  assert(end >= start, 'a message ends after its start');
  assert(end <= outbox.slab.byteLength, 'a message ends in its slab');
  if (outbox.tail - outbox.head === outbox.rows.length) return false;
  const row = rowAt(outbox, outbox.tail);
  row.start = start;
  row.end = end;
  row.peerAddress = peer.address;
  row.peerPort = peer.port;
  row.state = UNSETTLED;
  row.queued = false;
  outbox.tail++;
  return true;
};

/** Gives waiting messages to Node until it has to queue one, so each is a call to the kernel of its own. */
export const issueMessages = (outbox: Outbox, socket: Socket, nowUs: () => number): void => {
  while (outbox.issued < outbox.tail && outbox.failure === '' && socket.getSendQueueCount() === 0) {
    const row = rowAt(outbox, outbox.issued);
    outbox.issued++;
    row.sentAtUs = nowUs();
    const length = row.end - row.start;
    if (outbox.connected) socket.send(outbox.slab, row.start, length, row.settle);
    else socket.send(outbox.slab, row.start, length, row.peerPort, formatIpv4(row.peerAddress), row.settle);
    row.queued = socket.getSendQueueCount() > 0;
    // Node does not tell whether the send buffer or the interface's queue was full; without IP_RECVERR, which Node can't ask
    // for, Linux drops in silence what the latter does not take.
    if (row.queued) outbox.wait.noRoom++;
  }
  noteHanded(outbox, outbox.issued - socket.getSendQueueCount(), nowUs);
};

const noteHanded = (outbox: Outbox, handed: number, nowUs: () => number): void => {
  const waiting = outbox.tail - handed;
  if (waiting > 0 || outbox.wait.left > 0) noteFlush(outbox.wait, nowUs(), handed - outbox.handed, waiting);
  outbox.handed = handed;
};

/** Reports what is settled, in order; then an error of the flow, once nothing that Node has is left open. */
export const reportSettled = (outbox: Outbox, flow: number, handler: DatagramHandler): void => {
  while (outbox.head < outbox.issued) {
    const row = rowAt(outbox, outbox.head);
    if (row.state === UNSETTLED) return;
    outbox.head++;
    if (row.state === SENT) {
      outbox.sentCount++;
      handler.onSent(flow, 1, row.sentAtUs);
    } else {
      outbox.refusedCount++;
      handler.onRefused(flow, row.code);
    }
  }
  if (outbox.failure === '') return;
  const code = outbox.failure;
  outbox.failure = '';
  forgetMark(outbox.wait);
  outbox.issued = outbox.tail;
  outbox.head = outbox.tail;
  handler.onError(flow, code);
};

/** Whether reportSettled has something to say. */
export const hasReport = (outbox: Outbox): boolean => {
  if (outbox.head < outbox.issued) return rowAt(outbox, outbox.head).state !== UNSETTLED;
  return outbox.failure !== '';
};

const rowAt = (outbox: Outbox, counter: number): Row => {
  const row = outbox.rows[counter % outbox.rows.length];
  assert(row !== undefined, 'a counter has a row');
  return row;
};
