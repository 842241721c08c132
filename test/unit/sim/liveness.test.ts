import { describe, expect, it } from 'vitest';
import { createLiveness } from '../../../src/sim/liveness.ts';
import { encodeAscii } from '../../../src/std/index.ts';

const HEALED_US = 1_000;
const TIMER_F_US = 500;
const LATE_US = 10_000;

const asked = (branch: string): Uint8Array =>
  encodeAscii(`REGISTER sip:a SIP/2.0\r\nVia: SIP/2.0/UDP a;branch=${branch}`);
const answered = (status: number, branch: string) => ({
  atUs: 0,
  bytes: encodeAscii(`SIP/2.0 ${status} X\r\nVia: SIP/2.0/UDP a;branch=${branch}\r\n`),
  isCorrupted: false,
});
const watch = () => createLiveness({ healedUs: HEALED_US, timerFUs: TIMER_F_US, workerCount: 1 });

describe('After the healing every request gets its final answer', () => {
  it('and those that do are counted', () => {
    const { observer, finish } = watch();
    observer.onOffered?.(0, 1_000, asked('b1'));
    observer.onReceived?.(0, 1_200, answered(503, 'b1'));
    expect(finish([LATE_US])).toBe(1);
  });

  it('a provisional one is none, and neither is another transaction’s', () => {
    for (const answer of [answered(100, 'b1'), answered(200, 'b2')]) {
      const { observer, finish } = watch();
      observer.onOffered?.(0, 1_000, asked('b1'));
      observer.onReceived?.(0, 1_200, answer);
      expect(() => finish([LATE_US])).toThrow(/^liveness: worker 0 sent b1 at 1000 us/);
    }
  });

  it('but not what was begun before, even when it is sent again after it', () => {
    const { observer, finish } = watch();
    observer.onOffered?.(0, 999, asked('b1'));
    observer.onOffered?.(0, 1_499, asked('b1'));
    expect(finish([LATE_US])).toBe(0);
  });

  it('unless an error, an abort or the end of the run came before Timer F', () => {
    for (const end of ['onTransportError', 'onAbort'] as const) {
      const { observer, finish } = watch();
      observer.onOffered?.(0, 1_000, asked('b1'));
      observer[end]?.(0, 1_100);
      expect(finish([LATE_US])).toBe(0);
    }
    const { observer, finish } = watch();
    observer.onOffered?.(0, 1_000, asked('b1'));
    expect(finish([1_499])).toBe(0);
    expect(() => finish([1_500])).toThrow(/^liveness/);
  });
});
