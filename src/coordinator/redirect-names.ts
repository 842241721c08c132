// Where redirects may lead (`redirects.to`), before any load: names are located, once for the whole run, and public places need
// --allow-public like the target itself, since an answer must not send a flood to a stranger either.

import type { PlanRedirects, RunPlan } from '../scenario/index.ts';
import { targetAt } from '../scenario/index.ts';
import { assert, UserError } from '../std/index.ts';
import {
  createNameResolver,
  formatIpv4,
  hostlessKind,
  isPublicAddress,
  isPublicNetwork,
  parseIpv4,
} from '../transport/index.ts';
import type { LocateOptions } from './target.ts';
import { locate } from './target.ts';

export interface RedirectName {
  readonly host: string;
  /** An IPv4 address as an unsigned number in host order, and the port where a URI names none. */
  readonly address: number;
  readonly port: number;
}

/** Throws TARGET_PUBLIC for a public place that was not allowed, TARGET_HOSTLESS for one where nobody is. A name without an address is passed over: `onLost` tells why. */
export const locateRedirects = async (
  { redirects, phone, target }: RunPlan,
  options: LocateOptions,
  onLost: (message: string) => void,
): Promise<readonly RedirectName[]> => {
  if (redirects === undefined) return [];
  checkRanges(redirects, options.allowPublic);
  // With a Route the next hop stays, and nobody needs to know where the names are.
  const hosts = phone?.route != null ? [] : hostsIn(redirects);
  const server = options.dns ?? (target.kind === 'uri' ? (target.dns ?? null) : null);
  const found: RedirectName[] = [];
  for (const host of hosts) {
    const uri = targetAt(`sip:${host}`, { host, port: null, namesTransport: false });
    assert(uri.kind === 'uri', 'a SIP URI is a target by its URI');
    const located = await locate(uri, createNameResolver({ server }));
    if (located.kind !== 'found') {
      onLost(`redirects.to: ${host} is passed over, redirects to it are not followed: ${located.message}`);
      continue;
    }
    const [first] = located.targets;
    assert(first !== undefined, 'what was found has an address');
    const hostless = hostlessKind(first.address);
    if (hostless !== null) throw hostlessPlace(`${host} (${first.address})`, hostless);
    if (!options.allowPublic && isPublicAddress(first.address)) throw publicPlace(`${host} (${first.address})`);
    found.push({ host, address: parseIpv4(first.address), port: first.port });
  }
  return found;
};

const hostsIn = ({ to }: PlanRedirects): readonly string[] => [
  ...new Set((to ?? []).flatMap((rule) => (rule.kind === 'name' ? [rule.host] : []))),
];

const checkRanges = ({ to }: PlanRedirects, allowPublic: boolean): void => {
  for (const rule of to ?? []) {
    if (rule.kind !== 'range') continue;
    const range = `${formatIpv4(rule.address)}/${rule.bits}`;
    // A network of at least four bits that begins with groups is of groups alone.
    const hostless = rule.bits < 4 ? null : hostlessKind(formatIpv4(rule.address));
    if (hostless !== null) throw hostlessPlace(range, hostless);
    if (!allowPublic && isPublicNetwork(rule.address, rule.bits)) throw publicPlace(range);
  }
};

const hostlessPlace = (place: string, is: string): UserError =>
  new UserError('TARGET_HOSTLESS', {
    message: `redirects.to: ${place} is ${is}, and redirects there are never followed`,
    hint: 'name the addresses that registrars have',
  });

const publicPlace = (place: string): UserError =>
  new UserError('TARGET_PUBLIC', {
    message: `redirects.to: ${place} is or has public addresses, and load goes only to registrars of your own`,
    hint: 'if they are yours, say so with --allow-public',
  });
