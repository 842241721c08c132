// How often the kernel took no more messages of a socket, and how long they then waited for it. On Linux there are two
// reasons, and each has a remedy of its own: the socket's send buffer is full (EAGAIN), because the interface behind it is
// slower than we are, or that interface's own queue is full (ENOBUFS).
//
//   flush cut short        mark: now, and so many messages wait         messages behind the mark are not watched
//   later flushes          so many fewer are left of the mark
//   none is left           the last of them has waited since the mark   the next flush that is cut short sets the next mark
//
// So the longest wait is that of a message which was really there, with one clock reading in a flush that was cut short or
// follows one, and none in any other. Marks follow each other without a gap while the socket stays blocked: their sum is the
// time in which something waited.

import type { SendBlocked } from './datagram.ts';

export interface SendWait {
  noRoom: number;
  queueFull: number;
  waitedUsTotal: number;
  waitedUsMax: number;
  markedUs: number;
  /** Messages that waited at the mark and are still there; 0: no mark is set. */
  left: number;
}

export const createSendWait = (): SendWait => ({
  noRoom: 0,
  queueFull: 0,
  waitedUsTotal: 0,
  waitedUsMax: 0,
  markedUs: 0,
  left: 0,
});

/** A flush is over: `gone` messages are no longer in the queue, `waiting` are. */
export const noteFlush = (wait: SendWait, nowUs: number, gone: number, waiting: number): void => {
  if (wait.left > 0) {
    wait.left = Math.max(0, wait.left - gone);
    if (wait.left === 0) noteWaited(wait, nowUs - wait.markedUs);
  }
  if (wait.left === 0 && waiting > 0) {
    wait.left = waiting;
    wait.markedUs = nowUs;
  }
};

const noteWaited = (wait: SendWait, waitedUs: number): void => {
  wait.waitedUsTotal += waitedUs;
  if (waitedUs > wait.waitedUsMax) wait.waitedUsMax = waitedUs;
};

/** What waited was dropped, never sent. */
export const forgetMark = (wait: SendWait): void => {
  wait.left = 0;
};

/** Of all sockets, as of now: what still waits has waited until now. */
export const sumWaits = (waits: readonly SendWait[], nowUs: number): SendBlocked => {
  let [noRoom, queueFull, waitedUsTotal, waitedUsMax] = [0, 0, 0, 0];
  for (const wait of waits) {
    const openUs = wait.left > 0 ? nowUs - wait.markedUs : 0;
    noRoom += wait.noRoom;
    queueFull += wait.queueFull;
    waitedUsTotal += wait.waitedUsTotal + openUs;
    waitedUsMax = Math.max(waitedUsMax, wait.waitedUsMax, openUs);
  }
  return { noRoom, queueFull, waitedUsTotal, waitedUsMax };
};
