// The hot code settles: no function is compiled, thrown away for a reason and compiled again, over and over for the same one.
// Such a loop costs more than what it is compiled for, and nothing else tells of it. The programs are those that count the heap.

import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { batchUnavailableReason } from '../../src/transport/index.ts';
import { HEAP_FLAGS, WISHES, WITHIN_MS } from '../alloc/count-heap.ts';
import { readDeopts } from '../alloc/read-deopts.ts';

/** In a whole run of a hundred thousand attempts and more, warm-up included. Two were measured; a loop makes many more. */
const SAME_REASON_MOST = 5;
const TRACE_BYTES_MOST = 64 << 20;

const run = promisify(execFile);

const traceOf = async (program: string, wish: object): Promise<string> => {
  const file = fileURLToPath(new URL(`../alloc/${program}`, import.meta.url));
  const { stdout } = await run(process.execPath, ['--trace-deopt', ...HEAP_FLAGS, file, JSON.stringify(wish)], {
    timeout: WITHIN_MS,
    maxBuffer: TRACE_BYTES_MOST,
  });
  return stdout;
};

const expectToSettle = async (program: string, wish: object): Promise<void> => {
  const deopts = readDeopts(await traceOf(program, wish));
  // Every start of the runtime has some: without any the trace would not have been read.
  expect(deopts.length).toBeGreaterThan(0);
  expect(deopts.filter(({ count }) => count > SAME_REASON_MOST)).toEqual([]);
};

describe('no function is deoptimised again and again for the same reason', () => {
  it.each(WISHES)('in the engine, %s', (_, wish) => expectToSettle('engine-in-memory.mjs', wish), WITHIN_MS);

  it.skipIf(batchUnavailableReason() !== null).each(WISHES)(
    "in a worker's whole turn, %s",
    (_, wish) => expectToSettle('worker-turn.mjs', wish),
    WITHIN_MS,
  );
});

it('a trace is read by function and reason', () => {
  const bailout = (name: string, reason: string): string =>
    `[bailout (kind: deopt-eager, reason: ${reason}): begin. deoptimizing 0x18f43f256331 <JSFunction ${name} (sfi = 0x3ca3793640a9)>, ` +
    `0x3b8a27110c29 <Code TURBOFAN>, opt id 6, bytecode offset 12, deopt exit 1, FP to SP delta 32, caller SP 0x7fff5308a150, pc 0x7f57dafe5fb9]\n`;
  const other = '{"rounds":[]}\n[bailout end. took 0.05 ms]\n';
  const trace = [bailout('turn', 'wrong map'), other, bailout('turn', 'wrong map'), bailout('turn', 'not a Smi')].join(
    '',
  );
  expect(readDeopts(trace)).toEqual([
    { what: 'turn: wrong map', count: 2 },
    { what: 'turn: not a Smi', count: 1 },
  ]);
});
