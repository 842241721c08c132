// @hot
// A datagram arrives: the registrar may be away, or busy; else it is taken at once (take-datagram.ts).
//
//   datagram -> away? -> limited service? -> take-datagram.ts
//               lost      waits its turn; or finds the queue full: lost, or 503
//
// Without restarts and a limited service, which a registrar file may ask for, nothing of this is in the way.

import { reserveAnswer } from './answer-ring.ts';
import type { LiveCounters } from './counters.ts';
import { sendHeld } from './misbehave.ts';
import { passOutages } from './outages.ts';
import { dequeue, enqueue, type ServiceQueue } from './service-queue.ts';
import type { Registrar } from './state.ts';
import { takeDatagram } from './take-datagram.ts';

/** Takes one datagram, [start, end) of bytes, which are free again on return. The peer is an IPv4 address and a port. */
export const receive = (
  registrar: Registrar,
  nowUs: number,
  bytes: Uint8Array,
  start: number,
  end: number,
  peerAddress: number,
  peerPort: number,
): void => {
  const { outages, request, service } = registrar;
  registrar.nowUs = nowUs;
  if (registrar.startedUs < 0) registrar.startedUs = nowUs;
  if (outages !== null && passOutages(registrar, outages, nowUs)) {
    registrar.counters.droppedAway++;
    countDropped(registrar.counters);
    return;
  }
  if (service === null || service.isLifted) {
    takeDatagram(registrar, nowUs, bytes, start, end, peerAddress, peerPort);
    return;
  }
  if (enqueue(service, nowUs, bytes, start, end, peerAddress, peerPort)) return;
  if (registrar.overload === null) {
    registrar.counters.droppedQueueFull++;
    countDropped(registrar.counters);
    return;
  }
  request.isOverload = true;
  takeDatagram(registrar, nowUs, bytes, start, end, peerAddress, peerPort);
  request.isOverload = false;
};

/** Nobody looked at it, so it is taken for a request. */
const countDropped = (counters: LiveCounters): void => {
  counters.datagrams++;
  counters.requests++;
  counters.dropped++;
};

/** Restarts, service and held-back answers whose time has come. */
export const serveWhatIsDue = (registrar: Registrar, nowUs: number): void => {
  const { held, outages, service } = registrar;
  if (outages !== null && passOutages(registrar, outages, nowUs)) return;
  if (service !== null) serveQueue(registrar, service, nowUs);
  if (held !== null) sendHeld(registrar, held, nowUs);
};

/** A full outbox keeps the rest waiting, as it would keep a real registrar. */
const serveQueue = (registrar: Registrar, queue: ServiceQueue, nowUs: number): void => {
  while (queue.count > 0 && queue.dueUs[queue.first]! <= nowUs) {
    if (!reserveAnswer(registrar.ring)) return;
    const entry = queue.first;
    const start = queue.start[entry]!;
    const end = queue.end[entry]!;
    takeDatagram(registrar, nowUs, queue.bytes, start, end, queue.peerAddress[entry]!, queue.peerPort[entry]!);
    dequeue(queue);
  }
};
