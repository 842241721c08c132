// One run against a peer at line rate, and what must hold for it besides what holds for every run: each datagram that the
// peer sent was counted by regstorm as an answer, a stray or malformed, or by the kernel as dropped.

import { expect } from 'vitest';
import type { RunResult } from '../../src/metrics/run-result.ts';
import { endOf, expectToEndOnTime, type HostileEnd, type RunParts, startRun } from '../integration/hostile-run.ts';
import { type LineRateScript, type PeerCounts, startLineRatePeer } from './line-rate-peer.ts';

export interface FloodedRun extends HostileEnd {
  readonly counts: PeerCounts;
}

const responsesIn = ({ responses }: RunResult['transactions']): number =>
  Object.values(responses).reduce((sum, count) => sum + count, 0);

/** What regstorm heard, and what the kernel dropped in front of it. */
export const arrivedAt = ({ transactions, generator }: RunResult): number =>
  responsesIn(transactions) +
  transactions.stray +
  transactions.malformed +
  transactions.truncated +
  generator.receiveQueueOverruns;

export const runFlooded = async (title: string, script: LineRateScript, parts: RunParts): Promise<FloodedRun> => {
  const peer = await startLineRatePeer(script);
  const end = await endOf(startRun(peer.port, parts));
  const counts = await peer.stop();
  const { summary } = end;
  tell(title, counts, summary);
  expectToEndOnTime(summary, parts);
  expect(counts.heard + counts.overruns, 'our datagrams').toBe(summary.transactions.datagramsSent);
  return { ...end, counts };
};

const tell = (title: string, counts: PeerCounts, summary: RunResult): void => {
  const { sent, floodSent, floodSeconds, heard } = counts;
  const { transactions, generator, durationSeconds } = summary;
  const flood =
    floodSent > 0
      ? ` (flood ${floodSent} in ${floodSeconds.toFixed(2)} s, ${Math.round(floodSent / floodSeconds)}/s)`
      : '';
  console.info(
    `${title}: peer sent ${sent}${flood}, heard ${heard}; ` +
      `regstorm heard ${responsesIn(transactions)} answers, ${transactions.stray} stray, ${transactions.malformed} malformed, ` +
      `kernel dropped ${generator.receiveQueueOverruns}; ${transactions.requestsSent} requests, ` +
      `${(generator.maxRssBytes / 1e6).toFixed(0)} MB, ${durationSeconds.toFixed(1)} s`,
  );
};

/** Exactly, where the peer has said all it had to say before the run's last answer. */
export const expectAllCounted = ({ summary, counts }: FloodedRun): void => {
  expect(arrivedAt(summary), 'the peer’s datagrams').toBe(counts.sent);
};
