// Where a client's redirects may lead (`redirectsTo`): names are located when a line is opened, and public places need `allowPublic` like
// a registrar. A run does the same before its load (src/coordinator/redirect-names.ts).

import type { LocatedName } from '../engine/index.ts';
import type { RunPlan } from '../scenario/index.ts';
import { UserError } from '../std/index.ts';
import { formatIpv4, isPublicNetwork, parseIpv4 } from '../transport/index.ts';
import { readPlace } from './addresses.ts';
import type { LocateOptions } from './locate.ts';
import { locate } from './locate.ts';

/** Throws a UserError for a network with public addresses that were not allowed. */
export const checkRedirects = ({ redirects }: RunPlan, allowPublic: boolean): void => {
  for (const rule of redirects?.to ?? []) {
    if (allowPublic || rule.kind !== 'range' || !isPublicNetwork(rule.address, rule.bits)) continue;
    throw new UserError('TARGET_PUBLIC', {
      message: `redirectsTo: ${formatIpv4(rule.address)}/${rule.bits} is or has public addresses`,
      hint: 'if they are yours, say so with allowPublic: true',
    });
  }
};

/** A name that has no address, or a public one, is passed over: redirects to it end their attempts. */
export const locateRedirects = async (
  { redirects }: RunPlan,
  options: LocateOptions,
): Promise<readonly LocatedName[]> => {
  const found: LocatedName[] = [];
  for (const rule of redirects?.to ?? []) {
    if (rule.kind !== 'name') continue;
    const first = await firstOf(rule.host, options);
    if (first !== null) found.push({ host: rule.host, address: parseIpv4(first.address), port: first.port });
  }
  return found;
};

const firstOf = async (host: string, options: LocateOptions): Promise<{ address: string; port: number } | null> => {
  try {
    const { targets } = await locate(readPlace('redirectsTo', host), options);
    return targets[0] ?? null;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return null;
  }
};
