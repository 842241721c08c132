// Starts the relay on its host and ends it.

import { fileURLToPath } from 'node:url';
import { startChild } from '../interop/child.ts';
import { waitUntil } from '../interop/wait-until.ts';
import type { RelayOptions, RelayReport } from './relay-options.ts';

const PROGRAM = fileURLToPath(new URL('relay-program.mjs', import.meta.url));
const READY_WITHIN_MS = 10_000;

export interface Relay {
  /** Ends it and gives its books. What still waits in it is lost, and counted as such. */
  readonly stop: () => Promise<RelayReport>;
}

export const startRelay = async (inside: readonly string[], options: RelayOptions): Promise<Relay> => {
  const child = startChild(process.execPath, [PROGRAM, JSON.stringify(options)], { inside });
  await waitUntil('the relay is ready', READY_WITHIN_MS, () => {
    if (!child.isRunning()) throw new Error(`the relay ended:\n${child.stderr()}`);
    return child.stdout().startsWith('ready\n');
  });
  const stop = async (): Promise<RelayReport> => {
    await child.stop();
    const line = child.stdout().split('\n')[1];
    if (line === undefined || line === '') throw new Error(`the relay left no report:\n${child.stderr()}`);
    return JSON.parse(line) as RelayReport;
  };
  return { stop };
};
