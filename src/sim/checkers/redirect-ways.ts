// Whether the scenario lets a redirect lead to where a Contact says (`redirects.to`), and which place that is.

import type { World } from './model.ts';
import type { Fate, RedirectBook } from './redirect-book.ts';
import type { RedirectUri } from './redirect-contacts.ts';

export interface FoundPlace {
  readonly address: number;
  readonly port: number;
  /** 0: the target; one behind the last known place: a new one. */
  readonly place: number;
  /** It names the target, and not by its address. */
  readonly isHome: boolean;
}

const DEFAULT_PORT = 5060;
const MOST_PLACES = 8;
/** 10.0.1.1, and its port. */
const TARGET = { address: 0x0a000101, port: 5060 };

/** By its text; null: no IPv4 address. */
function addressOf(host: string): number | null {
  const octets = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/.exec(host)?.slice(1).map(Number);
  if (octets === undefined || octets.some((octet) => octet > 255)) return null;
  return octets.reduce((all, octet) => all * 256 + octet, 0);
}

const nameIn = ({ host }: RedirectUri): string => host.replace(/\.$/, '');

const isOwnName = ({ facts }: World, uri: RedirectUri): boolean =>
  nameIn(uri) === facts.plan.requestUri.replace(/^sip:/, '').toLowerCase();

/** Without a list: the target's address, whatever the port, and the registrar's own name. */
export function isListed(world: World, { rules }: RedirectBook, uri: RedirectUri): boolean {
  const address = addressOf(uri.host);
  if (rules.to === null) return address === null ? isOwnName(world, uri) : address === TARGET.address;
  const port = uri.port ?? DEFAULT_PORT;
  return rules.to.some((rule) => {
    if (rule.port !== null && rule.port !== port) return false;
    if (rule.kind === 'name') return address === null && rule.host === nameIn(uri);
    const size = 2 ** (32 - rule.bits);
    return address !== null && Math.floor(address / size) === Math.floor(rule.address / size);
  });
}

export function findPlace(world: World, book: RedirectBook, index: number, uri: RedirectUri): FoundPlace | Fate {
  const address = addressOf(uri.host);
  if (address !== null) return placeOf(book, index, address, uri.port ?? DEFAULT_PORT);
  if (isOwnName(world, uri)) {
    const port = uri.port ?? DEFAULT_PORT;
    return port === DEFAULT_PORT ? { ...TARGET, place: 0, isHome: true } : placeOf(book, index, TARGET.address, port);
  }
  const located = book.facts.names.find(({ host }) => host === nameIn(uri));
  return located === undefined ? 'unusable' : placeOf(book, index, located.address, uri.port ?? located.port);
}

function placeOf({ places }: RedirectBook, index: number, address: number, port: number): FoundPlace | Fate {
  if (address === TARGET.address && port === TARGET.port) return { address, port, place: 0, isHome: false };
  const own = places[index]!;
  const known = own.findIndex((place) => place.address === address && place.port === port);
  if (known < 0) return own.length < MOST_PLACES ? { address, port, place: own.length + 1, isHome: false } : 'noRoom';
  return own[known]!.state === 'lost' ? 'noRoom' : { address, port, place: known + 1, isHome: false };
}
