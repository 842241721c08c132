// What the registrar's own sockets dropped while the load lasted, when it runs on this host: then a lost request is not the
// generator's doing, and not the network's either. The kernel tells it for every socket (transport/kernel-drops.ts).

import { dropsBetween, parseIpv4, readReceivers } from '../transport/index.ts';
import type { ResolvedTarget } from '../worker/messages.ts';

/**
 * Looks at once; the function that it returns looks again and gives the difference. Null when it can't be told: the targets are
 * other hosts, another system than Linux, a container with sockets of its own, or a registrar that went away.
 */
export const watchTargetDrops = (targets: readonly ResolvedTarget[], isLocal: boolean): (() => number | null) => {
  if (!isLocal) return () => null;
  const look = () => targets.map(({ address, port }) => readReceivers(parseIpv4(address), port));
  const before = look();
  return () => {
    const after = look();
    if (after.every((receivers) => receivers.size === 0)) return null;
    return after.reduce((sum, receivers, at) => sum + dropsBetween(before[at] ?? new Map(), receivers), 0);
  };
};
