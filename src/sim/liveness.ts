// Safety is that nothing wrong is said; liveness is that things go on. Once the network has healed, and what was still under
// way has arrived, every request gets its final answer: no transaction may end by Timer F for want of one, whatever happened
// before. It looks at messages with one regular expression each, and only after the healing.

import { decodeLatin1, NEVER_US } from '../std/index.ts';
import type { Observer } from './observer.ts';
import { Violation } from './violation.ts';

export interface LivenessOptions {
  /** From when on nothing may be lost any more; NEVER_US: nothing is watched. */
  readonly healedUs: number;
  readonly timerFUs: number;
}

export interface Liveness {
  readonly observer: Partial<Observer>;
  /**
   * Once nothing is under way any more: when each worker's run was over. Returns how many transactions were begun after the
   * healing, and answered.
   */
  finish(endedUs: readonly number[]): number;
}

interface Waiting {
  readonly worker: number;
  readonly offeredUs: number;
}

const BRANCH = /;branch=([^;\s]+)/;
const FINAL = /^SIP\/2\.0 [2-6]/;

export function createLiveness({ healedUs, timerFUs }: LivenessOptions): Liveness {
  const waiting = new Map<string, Waiting>();
  const seen = new Set<string>();
  let answered = 0;
  /** An end that was asked for, or an error, leaves requests without an answer, and rightly so. */
  const excuse = (worker: number): void => {
    for (const [branch, request] of waiting) if (request.worker === worker) waiting.delete(branch);
  };
  const observer: Partial<Observer> = {
    onOffered: (worker, nowUs, bytes) => {
      const branch = branchOf(bytes);
      if (seen.has(branch)) return;
      seen.add(branch);
      if (nowUs >= healedUs) waiting.set(branch, { worker, offeredUs: nowUs });
    },
    onReceived: (_worker, nowUs, { bytes }) => {
      if (nowUs < healedUs || !FINAL.test(decodeLatin1(bytes, 0, Math.min(bytes.length, 9)))) return;
      if (waiting.delete(branchOf(bytes))) answered++;
    },
    onTransportError: excuse,
    onAbort: excuse,
  };
  const finish = (endedUs: readonly number[]): number => {
    for (const [branch, { worker, offeredUs }] of waiting) {
      // The end of a run cuts short what is under way.
      if (endedUs[worker]! < offeredUs + timerFUs) continue;
      throw new Violation(
        `liveness: worker ${worker} sent ${branch} at ${offeredUs} us, after the healing, and never got a final answer`,
      );
    }
    return answered;
  };
  return healedUs === NEVER_US ? { observer: {}, finish: () => 0 } : { observer, finish };
}

const branchOf = (bytes: Uint8Array): string => BRANCH.exec(decodeLatin1(bytes, 0, bytes.length))?.[1] ?? '';
