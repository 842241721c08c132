// The monotonic clock without the C library. Node's hrtime is CLOCK_MONOTONIC on Linux, so a reading taken here is an origin
// for both kinds of transport and for every thread of the process.

const US_PER_SECOND = 1_000_000;
const US_PER_MS = 1_000;
const NS_PER_US = 1_000;

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
  const distanceUs = monotonicNowUs() - performance.now() * US_PER_MS;
  let zeroUs = distanceUs - originUs;
  return {
    nowUs: () => Math.floor(performance.now() * US_PER_MS + zeroUs),
    setOrigin: (newOriginUs) => {
      zeroUs = distanceUs - newOriginUs;
    },
  };
};
