// @hot
// Maps the kernel's receive stamps, which are wall clock, to the run's monotonic time. The offset between the two clocks
// only changes when somebody sets the wall clock (slewing moves both alike), so it is measured again in every turn that
// received something, and a change of more than a millisecond is a clock step: counted, and the turn's datagrams get the
// time of the turn, since which of them were stamped before the step is unknown. A latency can't become negative.
//
//   monotonic  m0      m1      m2      m3      the offset is taken from the tightest bracket (mN, mN+1); one wider
//   wall clock     w0      w1      w2          than the limit says nothing (the thread was preempted) and is not used

import { type KernelClocks, readClockUs, readNowUs } from './kernel-clocks.ts';
import { CLOCK_REALTIME } from './libc.ts';

export interface WallClock {
  readonly clocks: KernelClocks;
  /** Wall clock minus run time, microseconds. */
  offsetUs: number;
  /** False in a turn in which the clock was found to have jumped. */
  trusted: boolean;
  /** A turn counts at most one step, however many datagrams it has. */
  counted: boolean;
  steps: number;
}

const BRACKETS = 3;
const STEP_US = 1_000;
const OLDEST_US = 10_000_000;
/** Stamp and offset are both cut to whole microseconds, so a stamp may seem to lie that much ahead. */
const ROUNDING_US = 2;
const US_PER_SECOND = 1_000_000;
const NS_PER_US = 1_000;

export const createWallClock = (clocks: KernelClocks): WallClock => {
  const wall: WallClock = { clocks, offsetUs: Number.NaN, trusted: true, counted: false, steps: 0 };
  measureOffset(wall);
  return wall;
};

/** The run's time counts from elsewhere now: what was measured before is worth nothing, and no step. */
export const resetOffset = (wall: WallClock): void => {
  wall.offsetUs = Number.NaN;
  measureOffset(wall);
};

/** To be called once in a turn that received something, before its stamps are mapped. */
export const measureOffset = (wall: WallClock): void => {
  let tightestUs = Number.POSITIVE_INFINITY;
  let offsetUs = wall.offsetUs;
  let before = readNowUs(wall.clocks);
  for (let bracket = 0; bracket < BRACKETS; bracket++) {
    const realUs = readClockUs(wall.clocks, CLOCK_REALTIME);
    const after = readNowUs(wall.clocks);
    if (after - before < tightestUs) {
      tightestUs = after - before;
      offsetUs = realUs - Math.floor((before + after) / 2);
    }
    before = after;
  }
  wall.trusted = true;
  wall.counted = false;
  if (tightestUs > STEP_US && !Number.isNaN(wall.offsetUs)) return;
  if (Math.abs(offsetUs - wall.offsetUs) > STEP_US) {
    wall.trusted = false;
    countStep(wall);
  }
  wall.offsetUs = offsetUs;
};

/** The run time at which the kernel received a datagram; `nowUs` when the stamp can't be true. */
export const mapStampUs = (wall: WallClock, seconds: number, nanoseconds: number, nowUs: number): number => {
  if (!wall.trusted) return nowUs;
  const stampUs = seconds * US_PER_SECOND + Math.floor(nanoseconds / NS_PER_US) - wall.offsetUs;
  if (stampUs > nowUs) {
    if (stampUs > nowUs + ROUNDING_US) countStep(wall);
    return nowUs;
  }
  if (stampUs < nowUs - OLDEST_US) {
    countStep(wall);
    return nowUs;
  }
  return stampUs;
};

const countStep = (wall: WallClock): void => {
  if (wall.counted) return;
  wall.counted = true;
  wall.steps++;
};
