// The monotonic clock without the C library. Node's hrtime is CLOCK_MONOTONIC on Linux, so a reading taken here is an origin
// for both kinds of transport and for every thread of the process.

const US_PER_SECOND = 1_000_000;
const US_PER_MS = 1_000;
const NS_PER_US = 1_000;
const BRACKETS = 20;

/** Whole microseconds of CLOCK_MONOTONIC. */
export const monotonicNowUs = (): number => {
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * US_PER_SECOND + Math.floor(nanoseconds / NS_PER_US);
};

export interface MonotonicClock {
  readonly nowUs: () => number;
  readonly setOrigin: (originUs: number) => void;
}

/**
 * A clock that counts from `originUs` and allocates nothing a reading: performance.now() runs with hrtime at a distance
 * that is fixed for the thread, and is measured here.
 */
export const createMonotonicClock = (originUs: number): MonotonicClock => {
  const distanceUs = measureDistanceUs();
  let zeroUs = distanceUs - originUs;
  return {
    nowUs: () => Math.floor(performance.now() * US_PER_MS + zeroUs),
    setOrigin: (newOriginUs) => {
      zeroUs = distanceUs - newOriginUs;
    },
  };
};

/** From the tightest of several brackets: the first readings may have to compile and load what they call. */
const measureDistanceUs = (): number => {
  let tightestUs = Number.POSITIVE_INFINITY;
  let distanceUs = 0;
  for (let bracket = 0; bracket < BRACKETS; bracket++) {
    const before = performance.now() * US_PER_MS;
    const betweenUs = monotonicNowUs();
    const after = performance.now() * US_PER_MS;
    if (after - before < tightestUs) {
      tightestUs = after - before;
      distanceUs = betweenUs - (before + after) / 2;
    }
  }
  return distanceUs;
};
