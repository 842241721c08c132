// How many datagrams the calls to the kernel moved: element n counts the calls that moved n, and element 0 those that moved
// none (nothing had arrived, no room, an error). A table of counters is exact where a histogram of buckets is not, and costs
// one addition a call. The numbers are floating-point because they are exact up to 2^53: at one datagram a call, 32 bits
// would wrap within half a day.

/** Most datagrams a call: the kernel takes no more messages in one (UIO_MAXIOV). */
export const MOST_PER_CALL = 1_024;

export const createCallCounts = (): Float64Array => new Float64Array(MOST_PER_CALL + 1);

/** All calls, those that moved nothing included. */
export const callsIn = (counts: Float64Array): number => {
  let calls = 0;
  for (let datagrams = 0; datagrams < counts.length; datagrams++) calls += counts[datagrams]!;
  return calls;
};
