// tcpdump as a child that listens: nanosecond stamps, and as root, since it may write where no other user may.

import { type Child, startChild } from '../interop/child.ts';
import { peerPath } from '../interop/peers.ts';
import { waitUntil } from '../interop/wait-until.ts';

const READY_WITHIN_MS = 10_000;

/** `how` are the arguments of this capture, its filter last; `inside` is what stands before the command. */
export const startTcpdump = async (how: readonly string[], inside: readonly string[] = []): Promise<Child> => {
  const args = ['-n', '--time-stamp-precision=nano', '-Z', 'root', ...how];
  const child = startChild(peerPath('tcpdump'), args, { inside });
  try {
    await waitUntil('tcpdump listens', READY_WITHIN_MS, () => {
      if (!child.isRunning()) throw new Error(`tcpdump ended:\n${child.stderr()}`);
      return child.stderr().includes('listening on');
    });
  } catch (error) {
    await child.stop();
    throw error;
  }
  return child;
};
