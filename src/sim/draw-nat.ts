// What the phones of a drawn scenario do about NATs, and whose NAT forgets them. In a simulated network there is no NAT; a phone that is
// rebound is seen elsewhere all the same.
//
// In such worlds nothing may blur what the phones have learned, since the checkers follow it exactly: no damage, no forgeries, and
// sockets that take what they are given. Losses, delays, restarts, refusals and odd answers stay.

import type { RunPlan } from '../scenario/index.ts';
import type { Random } from '../std/index.ts';

const NAT_SHARE = 0.25;
const REBIND_SHARE = 0.8;
const BLURRING = /^(?:corruption |forged |partial batches|few reads|refused datagrams|blockades|stalls)/;

/** The key `nat`, or nothing. */
export function drawNat(random: Random, loadSeconds: number): object {
  if (!random.chance(NAT_SHARE)) return {};
  const mode = random.pick(['off', 'direct', 'exosip', 'exosip']);
  if (!random.chance(REBIND_SHARE)) return { nat: mode };
  const from = Math.floor(loadSeconds * random.next());
  const to = from + Math.floor((loadSeconds / 2) * random.next());
  const after = random.chance(0.3) ? `${from}s` : `${from}s-${to}s`;
  return { nat: { mode, rebind: { share: random.pick(['5%', '50%', '100%']), after } } };
}

/** A world in which phones learn where they are seen. */
export const isNatted = ({ nat, local }: RunPlan): boolean => nat !== 'off' || local.rebind != null;

/** Whether a fault of this name may be in it. */
export const isClear = (fault: string): boolean => !BLURRING.test(fault);
