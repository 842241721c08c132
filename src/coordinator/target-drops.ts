// What the registrar's own sockets dropped while the load lasted, when it runs on this host: then a lost request is not the
// generator's doing, and not the network's either. The kernel tells it for every socket (transport/kernel-drops.ts).

import { dropsBetween, parseIpv4, readReceivers } from '../transport/index.ts';
import type { ResolvedTarget } from '../worker/messages.ts';

/**
 * Looks at once; the function that it returns looks again and gives the difference. Null when it can't be told: the target is
 * another host, another system than Linux, a container with sockets of its own, or a registrar that went away.
 */
export const watchTargetDrops = (target: ResolvedTarget, isLocal: boolean): (() => number | null) => {
  if (!isLocal) return () => null;
  const address = parseIpv4(target.address);
  const before = readReceivers(address, target.port);
  return () => {
    const after = readReceivers(address, target.port);
    return after.size === 0 ? null : dropsBetween(before, after);
  };
};
