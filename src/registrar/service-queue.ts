// @hot
// A registrar that takes time: requests are served one after the other, each so long, and those that come meanwhile wait in
// a queue with an end. So load beyond the rate looks as it does with a real registrar: first latencies rise to the length of
// the queue, then requests are lost, and retransmissions make it worse, since they are served like any other.
//
//   arrival -> room? -> waits -> served at max(arrival, end of the one before) + service time
//              no: dropped, or 503
//
// The bytes of what waits lie in one ring, in order; entries are a ring of the same order:
//
//  column        array         unit  meaning
//  dueUs         Float64Array  µs    when it has been served
//  start, end    Int32Array    byte  its bytes in the ring
//  peerAddress   Uint32Array   -
//  peerPort      Uint16Array   -

import { NEVER_US } from '../std/index.ts';

/** A REGISTER with credentials has 500 to 900 bytes; longer ones take the room of others. */
const REQUEST_BYTES_TYPICAL = 1024;
/** Any datagram finds room in an empty queue. */
const DATAGRAM_BYTES_MAX = 65_536;

export interface ServiceQueue {
  readonly capacity: number;
  readonly serviceUs: number;
  readonly bytes: Uint8Array;
  readonly dueUs: Float64Array;
  readonly start: Int32Array;
  readonly end: Int32Array;
  readonly peerAddress: Uint32Array;
  readonly peerPort: Uint16Array;
  /** The oldest entry, and how many there are. */
  first: number;
  count: number;
  /** Not rounded, so that the rate is exact over any time. */
  busyUntilUs: number;
  countMost: number;
  /** Nobody waits any more (see behave); those that do are served in their time. */
  isLifted: boolean;
}

export const createServiceQueue = (capacity: number, serviceUs: number): ServiceQueue => ({
  capacity,
  serviceUs,
  bytes: new Uint8Array(capacity * REQUEST_BYTES_TYPICAL + DATAGRAM_BYTES_MAX),
  dueUs: new Float64Array(capacity),
  start: new Int32Array(capacity),
  end: new Int32Array(capacity),
  peerAddress: new Uint32Array(capacity),
  peerPort: new Uint16Array(capacity),
  first: 0,
  count: 0,
  busyUntilUs: 0,
  countMost: 0,
  isLifted: false,
});

export const nextServedUs = (queue: ServiceQueue): number =>
  queue.count === 0 ? NEVER_US : Math.ceil(queue.dueUs[queue.first]!);

/** Copies the datagram; false when it finds the queue full. */
export const enqueue = (
  queue: ServiceQueue,
  nowUs: number,
  bytes: Uint8Array,
  start: number,
  end: number,
  peerAddress: number,
  peerPort: number,
): boolean => {
  if (queue.count === queue.capacity) return false;
  const at = findRoom(queue, end - start);
  if (at < 0) return false;
  for (let i = start; i < end; i++) queue.bytes[at + i - start] = bytes[i]!;
  const entry = (queue.first + queue.count) % queue.capacity;
  queue.busyUntilUs = Math.max(nowUs, queue.busyUntilUs) + queue.serviceUs;
  queue.dueUs[entry] = queue.busyUntilUs;
  queue.start[entry] = at;
  queue.end[entry] = at + end - start;
  queue.peerAddress[entry] = peerAddress;
  queue.peerPort[entry] = peerPort;
  queue.count++;
  if (queue.count > queue.countMost) queue.countMost = queue.count;
  return true;
};

/** Behind the newest entry, or at the front again; -1: no room in one piece. */
const findRoom = (queue: ServiceQueue, length: number): number => {
  const size = queue.bytes.length;
  if (queue.count === 0) return length <= size ? 0 : -1;
  const oldest = queue.start[queue.first]!;
  const head = queue.end[(queue.first + queue.count - 1) % queue.capacity]!;
  if (head > oldest) {
    if (head + length <= size) return head;
    return length <= oldest ? 0 : -1;
  }
  return head + length <= oldest ? head : -1;
};

/** The oldest entry has been served, and its bytes were taken. */
export const dequeue = (queue: ServiceQueue): void => {
  queue.first = (queue.first + 1) % queue.capacity;
  queue.count--;
};
