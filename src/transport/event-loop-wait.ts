// Waits on the event loop: until a time, or until something happens. Node's timers count whole milliseconds, so the last
// part of a wait, below two of them, goes round the loop with setImmediate until the time has come; in that part the thread
// does not sleep.
//
// Something that happens does not end the wait at once but at the end of the loop's present round, so that datagrams which
// arrived together are handed out together.

import { assert } from '../std/index.ts';

const US_PER_MS = 1_000;
/** A timer may come up to a millisecond late. */
const TIMER_MARGIN_MS = 1;
/** As with the batch transport: so that whoever waits can look about. */
const MOST_WAIT_US = 100_000;
/** Longer ones wrap round in Node; a longer sleep takes several. */
const MOST_TIMER_MS = 1_000_000;

export interface EventLoopWait {
  /** Resolves when the time has come. */
  sleepUntil(untilUs: number): Promise<void>;
  /** Resolves when the time has come, in the loop's next round after wake(), or after a tenth of a second. One at a time. */
  waitUntil(untilUs: number): Promise<void>;
  /** Ends the wait under way, if there is one. */
  wake(): void;
}

export const createEventLoopWait = (nowUs: () => number): EventLoopWait => {
  let woken: (() => void) | null = null;

  const sleepUntil = (untilUs: number): Promise<void> => {
    assert(Number.isFinite(untilUs), 'a sleep ends some time');
    return new Promise((resolve) => {
      schedule(nowUs, untilUs, resolve);
    });
  };

  const waitUntil = (untilUs: number): Promise<void> => {
    assert(woken === null, 'there is one wait at a time');
    return new Promise((resolve) => {
      const finish = (): void => {
        woken = null;
        resolve();
      };
      const cancel = schedule(nowUs, Math.min(untilUs, nowUs() + MOST_WAIT_US), finish);
      woken = () => {
        woken = null;
        cancel();
        setImmediate(resolve);
      };
    });
  };

  return { sleepUntil, waitUntil, wake: () => woken?.() };
};

/** Calls `done` when the time has come, never before this function has returned. Returns what stops it. */
const schedule = (nowUs: () => number, untilUs: number, done: () => void): (() => void) => {
  let timer: NodeJS.Timeout | undefined;
  let immediate: NodeJS.Immediate | undefined;
  const step = (): void => {
    if (nowUs() >= untilUs) done();
    else arm();
  };
  const arm = (): void => {
    const leftMs = Math.floor((untilUs - nowUs()) / US_PER_MS) - TIMER_MARGIN_MS;
    if (leftMs >= 1) timer = setTimeout(step, Math.min(leftMs, MOST_TIMER_MS));
    else immediate = setImmediate(step);
  };
  arm();
  return () => {
    clearTimeout(timer);
    clearImmediate(immediate);
  };
};
