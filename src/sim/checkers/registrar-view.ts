// The registrar as seen from the network: for each address-of-record what its last 200 listed, and which request made that.
// RFC 3261 §10.3(8): a 200 lists all bindings as they then are.
//
// An answer that was given before, to the same request, is a repetition (§17.2.2) and says nothing new.

import type { Arrival } from '../observer.ts';
import type { SlowMessage } from '../slow-parser.ts';
import { textOf, unescaped } from './messages.ts';
import type { World } from './model.ts';

export interface Listed {
  readonly atUs: number;
  readonly contacts: readonly (readonly [uri: string, expires: number])[];
}

/** A request that changed, or could change, the bindings. */
export interface Change {
  readonly branch: string;
  readonly atUs: number;
  readonly answer: string;
}

/** One address-of-record. */
export interface Record {
  /** Null: none yet, or it cannot be known. */
  listed: Listed | null;
  change: Change | null;
  /** Why the registrar may hold something else than what it last told. */
  doubt: string | null;
  /** A damaged request was obeyed, once. */
  isTampered: boolean;
}

interface Asked {
  readonly parsed: SlowMessage;
  readonly atUs: number;
  readonly isDamaged: boolean;
}

export interface RegistrarView {
  readonly records: Map<string, Record>;
  /** Requests that were taken and not answered yet; it answers each before it takes the next. */
  asked: Asked | null;
  readonly answered: Map<string, string>;
  losses: number;
}

export const createRegistrarView = (): RegistrarView => ({
  records: new Map(),
  asked: null,
  answered: new Map(),
  losses: 0,
});

export function takeRequest(world: World, view: RegistrarView, nowUs: number, arrival: Arrival): void {
  // What it took before and answered to nobody that we know of may have been obeyed.
  if (view.asked !== null) doubt(view, view.asked.parsed, 'unseen answer');
  const { parsed } = world.read(textOf(arrival.bytes));
  view.asked =
    parsed === null || parsed.method === null ? null : { parsed, atUs: nowUs, isDamaged: arrival.isCorrupted };
}

export function takeAnswer(world: World, view: RegistrarView, nowUs: number, bytes: Uint8Array): void {
  const text = textOf(bytes);
  const { parsed } = world.read(text);
  const { asked } = view;
  view.asked = null;
  if (parsed === null || parsed.cseqMethod !== 'REGISTER') return;
  const key = `${parsed.branch} ${parsed.sentBy} ${parsed.cseq}`;
  if (view.answered.get(key) === text) return;
  view.answered.set(key, text);
  if (parsed.status < 200 || parsed.status > 299) return;
  const record = recordOf(view, parsed.toUri);
  record.listed = parsed.contacts === null ? null : { atUs: nowUs, contacts: parsed.contacts };
  record.doubt = parsed.contacts === null ? 'unreadable answer' : null;
  if (asked === null) {
    record.doubt = 'unreadable request';
    return;
  }
  if (asked.isDamaged) record.isTampered = true;
  const isQuery = asked.parsed.contacts?.length === 0;
  if (!isQuery) record.change = { branch: parsed.branch ?? '', atUs: asked.atUs, answer: text };
}

/** Its answers to requests of before are forgotten; so may be its bindings. */
export function takeRestart(view: RegistrarView, keepsBindings: boolean): void {
  view.asked = null;
  view.answered.clear();
  if (keepsBindings) return;
  for (const record of view.records.values()) {
    record.listed = { atUs: 0, contacts: [] };
    record.doubt = null;
    if (record.change !== null) record.change = { ...record.change, branch: LOST };
  }
}

/** No request has this branch: the change that it stood for is lost. */
export const LOST = '';

function doubt(view: RegistrarView, parsed: SlowMessage, reason: string): void {
  recordOf(view, parsed.toUri).doubt = reason;
}

function recordOf(view: RegistrarView, uri: string): Record {
  const user = /^sips?:([^@;]*)@/i.exec(uri)?.[1] ?? '';
  const plain = unescaped(user);
  const known = view.records.get(plain);
  if (known !== undefined) return known;
  const record: Record = { listed: null, change: null, doubt: null, isTampered: false };
  view.records.set(plain, record);
  return record;
}
