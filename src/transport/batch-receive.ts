// @hot
// Takes what has arrived on a flow with recvmmsg, as many as there are slots a call, and hands it out.
//
// On a connected socket recvmmsg first returns a pending ICMP error, before any datagram. So no call is spent on asking
// for errors: when one shows, the error queue is read and the receive tried again.

import { type BatchCore, type BatchFlow, MOST_STALLS } from './batch-core.ts';
import { assertSound, failFlow } from './batch-send.ts';
import type { DatagramHandler } from './datagram.ts';
import { EAGAIN, EINTR, ENOMEM } from './errno.ts';
import { drainErrors } from './error-queue.ts';
import { readNowUs } from './kernel-clocks.ts';
import { MSG_DONTWAIT } from './libc.ts';
import { arrivalOf, lengthOf, peerAddressOf, peerPortOf, rearmSlot, wasTruncated } from './receive-slots.ts';
import { measureOffset } from './wall-clock.ts';

/** Returns how many datagrams were handed out. An error is reported once, after them: they came before it was noticed. */
export const receiveFlow = (core: BatchCore, flow: BatchFlow, handler: DatagramHandler, limit: number): number => {
  let failure = flow.errorsPending ? takeErrors(core, flow, 0) : 0;
  let taken = 0;
  let handedOut = 0;
  let stalls = 0;
  while (taken < limit && stalls < MOST_STALLS) {
    const offered = Math.min(core.slots.slotCount, limit - taken);
    const got = core.libc.recvmmsg(flow.fd, core.slots.block.address, offered, MSG_DONTWAIT, 0);
    const errno = got < 0 ? core.libc.errno() : 0;
    core.datagramsPerReceiveCall[Math.max(got, 0)]!++;
    if (got > 0) {
      taken += got;
      handedOut += handOut(core, flow, handler, got);
      if (got < offered) break;
      continue;
    }
    if (errno === EAGAIN || errno === ENOMEM || errno === 0) break;
    stalls++;
    if (errno === EINTR) continue;
    const found = takeErrors(core, flow, errno);
    if (failure === 0) failure = found;
  }
  if (failure !== 0) failFlow(flow, handler, failure);
  return handedOut;
};

const handOut = (core: BatchCore, flow: BatchFlow, handler: DatagramHandler, count: number): number => {
  const slots = core.slots;
  if (!core.offsetMeasured) {
    measureOffset(core.wall);
    core.offsetMeasured = true;
  }
  const nowUs = readNowUs(core.clocks);
  let handedOut = 0;
  for (let slot = 0; slot < count; slot++) {
    if (wasTruncated(slots, slot)) {
      core.truncated++;
    } else {
      const start = slot * slots.strideBytes;
      const end = start + lengthOf(slots, slot);
      const arrivedAtUs = arrivalOf(slots, slot, core.wall, nowUs);
      const address = peerAddressOf(slots, slot);
      handler.onDatagram(flow.id, arrivedAtUs, slots.data.bytes, start, end, address, peerPortOf(slots, slot));
      handedOut++;
    }
    rearmSlot(slots, slot);
  }
  return handedOut;
};

/**
 * Reads the error queue. `errno` is what the receive returned: it counts when the queue holds nothing, which happens when
 * the kernel had no memory left to queue the details.
 */
const takeErrors = (core: BatchCore, flow: BatchFlow, errno: number): number => {
  assertSound(errno);
  flow.errorsPending = false;
  if (!flow.connected) return 0;
  const failure = drainErrors(core.errors, flow.fd);
  flow.errorsPending = core.errors.unfinished;
  return failure === 0 && core.errors.icmpCount === 0 ? errno : failure;
};
