// Who the phones of a drawn scenario are, and what they answer challenges with: nothing, one password, or credentials by realm, some
// of which may be missing or wrong.

import type { Random } from '../std/index.ts';

export const DOMAIN = 'sim.example';
export const PASSWORD = 'correct horse';
/** Of the proxy, where it asks too. */
export const PROXY_REALM = 'edge.sim.example';

export interface DrawnIdentities {
  readonly keys: object;
  readonly hasSecret: boolean;
  /** Whatever the registrar asks, it gets the right answer. */
  readonly isRight: boolean;
}

export function drawIdentities(random: Random, count: number, isExosip: boolean): DrawnIdentities {
  const first = random.pick([0, 1, 1000]);
  const user = random.pick(['u{index}', 'u{index:8}', 'phone-{index:4}']);
  const hasSecret = random.chance(0.7);
  const password = hasSecret && !random.chance(0.95) ? 'wrong' : PASSWORD;
  const own = random.split('credentials');
  const isListed = hasSecret && !isExosip && own.chance(0.3);
  const listed = isListed ? drawCredentials(own, user) : { credentials: [], isRight: true };
  const secret = isListed ? { credentials: listed.credentials } : hasSecret ? { password } : {};
  return {
    keys: { count, first, user, domain: DOMAIN, ...secret },
    hasSecret,
    isRight: isListed ? listed.isRight : password === PASSWORD,
  };
}

interface DrawnCredentials {
  readonly credentials: readonly object[];
  readonly isRight: boolean;
}

function drawCredentials(random: Random, user: string): DrawnCredentials {
  const right = { password: PASSWORD };
  const kind = random.next();
  if (kind < 0.35)
    return {
      credentials: [
        { realm: DOMAIN, ...right },
        { realm: PROXY_REALM, ...right },
      ],
      isRight: true,
    };
  // Those for another realm are never sent, and the one without a realm stands in for all that have none.
  if (kind < 0.6) return { credentials: [{ realm: 'elsewhere', password: 'x' }, right], isRight: true };
  if (kind < 0.75) return { credentials: [{ realm: DOMAIN, authUser: user, ...right }, right], isRight: true };
  if (kind < 0.85) return { credentials: [{ realm: DOMAIN, ...right }], isRight: false };
  if (kind < 0.95) return { credentials: [{ realm: PROXY_REALM, password: 'wrong' }, right], isRight: false };
  return { credentials: [{ authUser: 'nobody{index}', ...right }], isRight: false };
}
