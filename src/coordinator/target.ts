// Where the load goes: the plan's next hop as IPv4 addresses and ports, and whether those are places where load may go. One
// look-up for the whole run, here on the main thread; RFC 3263's procedure is in src/scenario/locate.ts, and this asks its
// questions one after the other.
//
// A public address needs --allow-public, because a mistyped host name must not send a flood to a stranger; a multicast address is none
// of a registrar's. The embedded registrar has no address before it runs (see embedded.ts).

import type { Located, LocatedAddress, PlanTarget, RunPlan, UriTarget } from '../scenario/index.ts';
import { continueLocating, isQuestion, noNameIn, startLocating } from '../scenario/index.ts';
import { assert, UserError } from '../std/index.ts';
import type { NameResolver } from '../transport/index.ts';
import { createNameResolver, isLocalAddress, refusedAddress } from '../transport/index.ts';

export interface LocateOptions {
  readonly allowPublic: boolean;
  /** The name server to ask, `address:port`, instead of the plan's or the system's. */
  readonly dns: string | null;
}

export interface LocatedTarget {
  /** As the operator named it. */
  readonly text: string;
  /** At least one, the most preferred first. */
  readonly targets: readonly LocatedAddress[];
  /** Null: good for the whole run. */
  readonly ttlSeconds: number | null;
  /** What was looked up, and what came of it; nothing for an address. */
  readonly steps: readonly string[];
  /** One of them is this machine's own. */
  readonly local: boolean;
}

/** A bound, not a measure: at most one NAPTR, 8 SRV and 64 A records are asked for. */
const QUESTIONS_MOST = 100;

/** Throws TARGET_UNRESOLVED, TARGET_TRANSPORT, TARGET_HOSTLESS, TARGET_PUBLIC, DNS_FAILED or USAGE. Null for the embedded registrar. */
export const locateTarget = async (plan: RunPlan, options: LocateOptions): Promise<LocatedTarget | null> => {
  const { target } = plan;
  checkNameServer(target, options.dns);
  if (target.kind === 'embedded') return null;
  const { targets, ttlSeconds, steps } = await lookUp(target, options.dns);
  for (const { address } of targets) {
    const refused = refusedAddress(target.host, address, { ...options, switch: '--allow-public' });
    if (refused !== null) throw refused;
  }
  const own = await Promise.all(targets.map(({ address }) => isLocalAddress(address)));
  return { text: target.text, targets, ttlSeconds, steps, local: own.includes(true) };
};

/** Naming a server for what needs none would change nothing. */
export const checkNameServer = (target: PlanTarget, dns: string | null): void => {
  const why = dns === null ? null : noNameIn(target);
  if (why !== null) throw new UserError('USAGE', { message: `--dns cannot apply: ${why}` });
};

const lookUp = async (target: UriTarget, dns: string | null): Promise<Extract<Located, { kind: 'found' }>> => {
  const resolver = createNameResolver({ server: dns ?? target.dns ?? null });
  const located = await locate(target, resolver);
  if (located.kind === 'found') return located;
  throw new UserError(located.code, { message: located.message, hint: located.hint });
};

/** Asks until the procedure has come to its end. */
export const locate = async (target: UriTarget, resolver: NameResolver): Promise<Located> => {
  let state = startLocating(target, resolver.knowsHost(target.host));
  for (let asked = 0; asked <= QUESTIONS_MOST; asked++) {
    if (!isQuestion(state.next)) return state.next;
    state = continueLocating(state, await resolver.ask(state.next));
  }
  assert(!isQuestion(state.next), 'a look-up has fewer questions than that');
  return state.next;
};

/** `127.0.0.1:5060, 127.0.0.1:5061` */
export const addressText = (targets: readonly Pick<LocatedAddress, 'address' | 'port'>[]): string =>
  targets.map(({ address, port }) => `${address}:${port}`).join(', ');

/** What was found and why, in one sentence; null where nothing had to be looked up. */
export const lookUpText = ({ text, targets, ttlSeconds, steps }: LocatedTarget): string | null => {
  if (steps.length === 0) return null;
  const lasts = ttlSeconds === null ? '' : `, for ${ttlSeconds} s`;
  return `${text} is ${addressText(targets)}${lasts} (${steps.join('; ')})`;
};
