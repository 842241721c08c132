// What a 2xx grants (RFC 3261 §10.2.1.1, §10.2.4): the interval of our own Contact among those that it lists. Under one URI several
// instances may be bound (RFC 5626 §6), and ours is the one that the request named.

import type { ContactFlow, SlowMessage } from '../slow-parser.ts';
import { unescaped } from './messages.ts';

/** A Contact of a request of ours. */
export interface Own extends ContactFlow {
  readonly uri: string;
}

/** As it stands in the request; `uri` alone where that has no such Contact. */
export function ownIn(request: SlowMessage | null, uri: string): Own {
  const at = (request?.contacts ?? []).findIndex(([contact]) => contact === uri);
  return { uri, ...(request?.contactFlows[at] ?? { instance: '', regId: 0 }) };
}

/** Whether the one may be the other; what a registrar leaves out says nothing. */
export const mayBeSameFlow = (own: ContactFlow, listed: ContactFlow): boolean =>
  own.instance === '' ||
  listed.instance === '' ||
  (own.instance === listed.instance && (own.regId === 0 || listed.regId === 0 || own.regId === listed.regId));

export interface Grant {
  /** -1: our Contact is not in it. */
  readonly seconds: number;
  /** Ours is there in another spelling, or the list cannot be read: it may count or not. */
  readonly isUnclear: boolean;
}

export function readGrant({ contacts: all, contactFlows, expires }: SlowMessage, own: Own, asked: number): Grant {
  if (all === null) return { seconds: -1, isUnclear: true };
  const { uri: contact } = own;
  const contacts = all.filter((_, at) => mayBeSameFlow(own, contactFlows[at]!));
  const told = expires >= 0 ? expires : asked;
  const line = lineOf(contact);
  const same = plain(contact);
  const byLine = line === null ? undefined : contacts.find(([uri]) => lineOf(uri) === line);
  const found = byLine ?? contacts.find(([uri]) => plain(uri) === same);
  if (found === undefined) return { seconds: -1, isUnclear: false };
  return { seconds: found[1] >= 0 ? found[1] : told, isUnclear: found[0] !== contact };
}

/** Of several Contacts of one request: the shortest of what they got, or the longest of what is left where all were to go. */
export function readGrants(message: SlowMessage, contacts: readonly Own[], asked: number): Grant {
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
