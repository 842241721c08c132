// What the network does in these tests: both directions alike 50 ms long, with loss, 2 % duplicated, 2 % held back by 80 ms.
//
// Loss alone would hardly ever make a transaction time out: its request goes out eleven times. So each direction also has an
// outage that comes back at every time at which RFC 3261 §17.1.2.2 sends again. Whoever sent first within it is met by it
// each time; all others lose one datagram. Upwards those requests never reach the registrar; downwards it answers them, and
// nobody hears.

import { type LinkOptions, PERFECT_LINK } from '../../src/sim/index.ts';

export const DELAY_US = 50_000;
const HELD_US = 80_000;
const T1_US = 500_000;
const T2_US = 4_000_000;
const TIMER_F_US = 64 * T1_US;
const OUTAGE_US = 60_000;
/** A retransmission may leave a turn late, each time again; so later windows are longer. */
const DRIFT_US = 30_000;
/** After the first datagram; the two directions are apart, and both early enough for a short run. */
const OUTAGE_UP_US = 500_000;
const OUTAGE_DOWN_US = 1_200_000;

/** When a request that is first sent at 0 is sent, as long as nothing answers. */
const sendTimesUs = (): readonly number[] => {
  const times: number[] = [];
  let intervalUs = T1_US;
  for (let atUs = 0; atUs < TIMER_F_US; ) {
    times.push(atUs);
    atUs += intervalUs;
    intervalUs = Math.min(2 * intervalUs, T2_US);
  }
  return times;
};

/** The last one lasts until Timer F: an answer that arrives in the same moment as it fires may count on either side. */
const recurring = (beginUs: number): LinkOptions['partitions'] =>
  sendTimesUs().map((afterUs, i, times) => {
    const driftUs = i === 0 ? 0 : DRIFT_US;
    const endUs = i === times.length - 1 ? TIMER_F_US : afterUs + driftUs;
    return { fromUs: beginUs + afterUs, toUs: beginUs + endUs + OUTAGE_US };
  });

const direction = (lossShare: number, outageUs: number): LinkOptions => ({
  ...PERFECT_LINK,
  delayUs: DELAY_US,
  lossShare,
  duplicateShare: 0.02,
  reorderShare: 0.02,
  heldUs: HELD_US,
  partitions: recurring(outageUs),
});

export const weather = (lossShare: number): { readonly up: LinkOptions; readonly down: LinkOptions } => ({
  up: direction(lossShare, OUTAGE_UP_US),
  down: direction(lossShare, OUTAGE_DOWN_US + DELAY_US),
});
