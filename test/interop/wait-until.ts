// Waiting for another program: asks until the answer is yes, and gives up at a deadline with a sentence that says what
// did not happen. It never assumes that some length of time is enough.

import { setTimeout as pause } from 'node:timers/promises';

const ASK_EVERY_MS = 25;

export const waitUntil = async (
  what: string,
  withinMs: number,
  isSo: () => boolean | Promise<boolean>,
): Promise<void> => {
  const deadline = performance.now() + withinMs;
  while (!(await isSo())) {
    if (performance.now() > deadline) throw new Error(`not within ${withinMs} ms: ${what}`);
    await pause(ASK_EVERY_MS);
  }
};
