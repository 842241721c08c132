// Where the load goes: the plan's next hop as an IPv4 address, and whether that is a place where load may go.
//
// A public address needs --allow-public, because a mistyped host name must not send a flood to a stranger. The embedded
// registrar has no address before it runs (see embedded.ts).

import type { RunPlan } from '../scenario/index.ts';
import { UserError } from '../std/index.ts';
import { isLocalAddress, isPublicAddress, resolveHost } from '../transport/index.ts';
import type { ResolvedTarget } from '../worker/messages.ts';

export interface LocatedTarget extends ResolvedTarget {
  /** As the operator named it. */
  readonly text: string;
  /** One of this machine's own addresses. */
  readonly local: boolean;
}

/** Throws TARGET_UNRESOLVED or TARGET_PUBLIC. Null for the embedded registrar. */
export const locateTarget = async (plan: RunPlan, allowPublic: boolean): Promise<LocatedTarget | null> => {
  if (plan.target.kind === 'embedded') return null;
  const { host, port, text } = plan.target;
  const { address } = await resolveHost(host);
  if (isPublicAddress(address) && !allowPublic) {
    const name = host === address ? address : `${host} (${address})`;
    throw new UserError('TARGET_PUBLIC', {
      message: `${name} is a public address, and load goes only to registrars of your own`,
      hint: 'if it is yours, say so with --allow-public',
    });
  }
  return { address, port, text, local: await isLocalAddress(address) };
};
