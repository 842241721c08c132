// SIPp as a registrar that behaves in one fixed way: it answers every REGISTER as one of the scenarios beside it says.

import { fileURLToPath } from 'node:url';
import { type Child, startChild } from './child.ts';
import { findFreePort, isBound } from './free-port.ts';
import { peerPath } from './peers.ts';
import { waitUntil } from './wait-until.ts';

const READY_WITHIN_MS = 5_000;
/** SIPp ends by itself after this, should a test forget it. */
const LIFETIME_SECONDS = 120;

export type SippBehaviour = '200' | '404' | '503' | 'silence' | '100-then-silence';

export interface SippServer {
  readonly port: number;
  readonly stop: () => Promise<void>;
}

const scenarioPath = (behaviour: SippBehaviour): string =>
  fileURLToPath(new URL(`sipp/answer-${behaviour}.xml`, import.meta.url));

export const startSippServer = async (behaviour: SippBehaviour): Promise<SippServer> => {
  const port = await findFreePort();
  const place = ['-i', '127.0.0.1', '-p', String(port)];
  const bounds = ['-nostdin', '-timeout', `${LIFETIME_SECONDS}s`, '-l', '100000'];
  const child: Child = startChild(peerPath('sipp'), ['-sf', scenarioPath(behaviour), ...place, ...bounds]);
  try {
    await waitUntil('SIPp listens', READY_WITHIN_MS, () => {
      if (!child.isRunning()) throw new Error(`SIPp ended:\n${child.stdout()}${child.stderr()}`);
      return isBound(port);
    });
  } catch (error) {
    await child.kill();
    throw error;
  }
  // SIPp takes SIGTERM as "finish the open calls", which a silent one never does.
  return { port, stop: child.kill };
};
