// Bytes of heap per attempt in the steady state, counted: in a process of its own, warm, with a young generation so large that
// nothing is collected while it is counted. The least of several rounds counts, since the compiler works beside the program
// and its code lies in the same heap; what is allocated for each attempt is in every round.

import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

interface Round {
  readonly attempts: number;
  readonly heapBytes: number;
  readonly outsideBytes: number;
}

interface Wish {
  readonly credentials: 'plain' | 'kept' | 'fresh';
  readonly flow: 'once' | 'waits' | 'holds';
  readonly lateSeconds?: number;
  readonly redirects?: boolean;
}

/** The target of docs/METHOD.md. */
export const MOST_BYTES = 16;
export const WITHIN_MS = 120_000;
export const HEAP_FLAGS = ['--expose-gc', '--max-semi-space-size=256', '--min-semi-space-size=256'];
/** The compiler works in between and not beside: on a busy machine code would else be counted that waits for it. */
const COMPILER = ['--no-concurrent-recompilation'];

const run = promisify(execFile);

export const count = async (program: string, wish?: Wish): Promise<readonly Round[]> => {
  const file = fileURLToPath(new URL(program, import.meta.url));
  const { stdout } = await run(process.execPath, [...HEAP_FLAGS, ...COMPILER, file, JSON.stringify(wish ?? {})], {
    timeout: WITHIN_MS,
  });
  const { rounds } = JSON.parse(stdout) as { rounds: readonly Round[] };
  // Less than nothing: something was collected, and the round tells nothing.
  return rounds.filter(({ heapBytes }) => heapBytes >= 0);
};

export const leastPerAttempt = (rounds: readonly Round[]): number =>
  Math.min(...rounds.map(({ heapBytes, outsideBytes, attempts }) => (heapBytes + outsideBytes) / attempts));

export const WISHES: readonly (readonly [string, Wish])[] = [
  ['without credentials', { credentials: 'plain', flow: 'once' }],
  ['with a nonce that is kept', { credentials: 'kept', flow: 'once' }],
  ['with a challenge in each attempt', { credentials: 'fresh', flow: 'once' }],
  ['with waits and refreshes', { credentials: 'kept', flow: 'waits' }],
  ['while holding', { credentials: 'kept', flow: 'holds' }],
];
