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
  readonly workerCount: number;
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
  readonly socket: number;
  readonly offeredUs: number;
}

const BRANCH = /;branch=([^;\s]+)/;
/** `R`: answers to others' requests begin with another letter. */
const REGISTER_BEGIN = 0x52;
const FINAL = /^SIP\/2\.0 [2-6]/;

export function createLiveness({ healedUs, timerFUs, workerCount }: LivenessOptions): Liveness {
  const waiting = new Map<string, Waiting>();
  const seen = new Set<string>();
  let answered = 0;
  /** An end that was asked for, or an error, leaves requests without an answer, and rightly so. */
  const excuse = (isMeant: (socket: number) => boolean): void => {
    for (const [branch, { socket }] of waiting) if (isMeant(socket)) waiting.delete(branch);
  };
  const observer: Partial<Observer> = {
    onOffered: (socket, nowUs, bytes) => {
      const branch = branchOf(bytes);
      if (seen.has(branch) || bytes[0] !== REGISTER_BEGIN) return;
      seen.add(branch);
      if (nowUs >= healedUs) waiting.set(branch, { socket, offeredUs: nowUs });
    },
    onReceived: (_socket, nowUs, { bytes }) => {
      if (nowUs < healedUs || !FINAL.test(decodeLatin1(bytes, 0, Math.min(bytes.length, 9)))) return;
      if (waiting.delete(branchOf(bytes))) answered++;
    },
    onTransportError: (socket) => excuse((each) => each === socket),
    onAbort: (worker) => excuse((each) => each % workerCount === worker),
  };
  const finish = (endedUs: readonly number[]): number => {
    for (const [branch, { socket, offeredUs }] of waiting) {
      const worker = socket % workerCount;
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
