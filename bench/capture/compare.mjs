// Holds the times that regstorm took for its transactions against a capture of the same run, one transaction at a time:
//
//   regstorm    sentAtUs ------- wire time -------> receivedAtUs       run time, whole microseconds
//   capture     request  --------------------------> response          the kernel's stamps, wall clock, nanoseconds
//
//   difference  wire time of regstorm minus wire time of the capture; needs no common clock
//   send        request minus sentAtUs, on the wall clock: how much too early regstorm holds its send to be
//   receive     response minus receivedAtUs: how much too early it holds the arrival to be; difference = send - receive

import { branchAt, generationAt, keyOf, slotAt } from './branch.mjs';
import { udpPayloadStart, visitPackets } from './pcap.mjs';

const US_PER_SECOND = 1_000_000;
const NS_PER_US = 1_000;
const NS_PER_SECOND = 1_000_000_000n;
/** What a request's first line begins with; a response's begins with SIP/2.0. */
const LETTER_R = 0x52;

/** The first request and the first response of each branch, microseconds after `baseSeconds`; and how many others. */
export const pairPackets = (packets) => {
  const found = { requests: new Map(), responses: new Map(), others: 0, baseSeconds: null };
  let hint = 0;
  visitPackets(packets, ({ seconds, nanoseconds, start: header, end }) => {
    const start = udpPayloadStart(packets, header);
    found.baseSeconds ??= seconds;
    const at = branchAt(packets, start, end, hint);
    if (at >= 0) hint = at - start;
    const side = packets[start] === LETTER_R ? found.requests : found.responses;
    const key = at < 0 ? null : keyOf(slotAt(packets, at), generationAt(packets, at));
    const atUs = (seconds - found.baseSeconds) * US_PER_SECOND + nanoseconds / NS_PER_US;
    if (key === null || side.has(key)) found.others += 1;
    else side.set(key, atUs);
  });
  return found;
};

/**
 * Per transaction that was sent from `fromUs` on, in order of their sends; `all` has the differences of the earlier ones too.
 * `transactions` are all that regstorm sent, `paired` those of them whose four times are there.
 */
export const compareTimes = (log, packets, { offsetNs, fromUs }) => {
  const found = pairPackets(packets);
  const zeroUs = Number(offsetNs - BigInt(found.baseSeconds ?? 0) * NS_PER_SECOND) / NS_PER_US;
  const columns = { difference: [], send: [], receive: [], all: [] };
  for (let row = 0; row < log.count; row += 1) {
    const key = keyOf(log.slot[row], log.generation[row]);
    const requestUs = found.requests.get(key);
    const responseUs = found.responses.get(key);
    const receivedAtUs = log.receivedAtUs[row];
    if (requestUs === undefined || responseUs === undefined || receivedAtUs < 0) continue;
    const send = requestUs - zeroUs - log.sentAtUs[row];
    const receive = responseUs - zeroUs - receivedAtUs;
    columns.all.push(send - receive);
    if (log.sentAtUs[row] < fromUs) continue;
    columns.send.push(send);
    columns.receive.push(receive);
    columns.difference.push(send - receive);
  }
  return { ...columns, transactions: log.count, paired: columns.all.length, others: found.others };
};

/** p50, p99 and the greatest of the absolute values, and the median with its sign. */
export const summariseErrors = (values) => {
  const absolute = Float64Array.from(values, Math.abs).sort();
  const signed = Float64Array.from(values).sort();
  const at = (sorted, share) => sorted[Math.min(sorted.length - 1, Math.ceil(share * sorted.length) - 1)] ?? Number.NaN;
  return { p50: at(absolute, 0.5), p99: at(absolute, 0.99), max: at(absolute, 1), median: at(signed, 0.5) };
};
