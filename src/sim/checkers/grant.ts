// What a 2xx grants (RFC 3261 §10.2.1.1, §10.2.4): the interval of our own Contact among those that it lists.

import type { SlowMessage } from '../slow-parser.ts';
import { unescaped } from './messages.ts';

export interface Grant {
  /** -1: our Contact is not in it. */
  readonly seconds: number;
  /** Ours is there in another spelling, or the list cannot be read: it may count or not. */
  readonly isUnclear: boolean;
}

export function readGrant({ contacts, expires }: SlowMessage, contact: string, asked: number): Grant {
  if (contacts === null) return { seconds: -1, isUnclear: true };
  const told = expires >= 0 ? expires : asked;
  const line = lineOf(contact);
  const same = plain(contact);
  const byLine = line === null ? undefined : contacts.find(([uri]) => lineOf(uri) === line);
  const found = byLine ?? contacts.find(([uri]) => plain(uri) === same);
  if (found === undefined) return { seconds: -1, isUnclear: false };
  return { seconds: found[1] >= 0 ? found[1] : told, isUnclear: found[0] !== contact };
}

/** Of several Contacts of one request: the shortest of what they got, or the longest of what is left where all were to go. */
export function readGrants(message: SlowMessage, contacts: readonly string[], asked: number): Grant {
  const grants = contacts.map((contact) => readGrant(message, contact, asked));
  const all = grants.map(({ seconds }) => seconds);
  return {
    seconds: asked > 0 ? Math.min(...all) : Math.max(...all),
    isUnclear: grants.some(({ isUnclear }) => isUnclear),
  };
}

/** A Contact that has one is known by it alone (docs/METHOD.md), whatever damage has made of the rest. */
const lineOf = (uri: string): string | null => /;line=([^;?]*)/i.exec(uri)?.[1] ?? null;

/** Case, escapes, parameters and headers left aside: what might pass for the same (§19.1.4). */
function plain(uri: string): string {
  const whole = unescaped(uri);
  return whole.replace(/[;?].*$/s, '').toLowerCase();
}

/** The intervals that the registrar grants. */
export interface GrantBounds {
  readonly longestSeconds: number;
  readonly defaultSeconds: number;
}
