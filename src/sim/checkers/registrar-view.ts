// The registrar as seen from the network: for each address-of-record what its last 200 listed, and which request made that.
// RFC 3261 §10.3(8): a 200 lists all bindings as they are when the request was judged, however late the 200 leaves.
//
// Requests are numbered as they are judged. One that may change bindings is open until its answer is seen; while one is open that is
// younger than the last list, nobody outside knows what the registrar holds. An answer that was given before, to the same request,
// is a repetition (§17.2.2) and says nothing new.
//
// What a rule makes of a request is told (observer.ts), and leaves these expectations:
//
//   drop, hang, answer        nothing was done: the request is never open
//   dropAnswer, garbage       obeyed: open until a later list, or the answer to a retransmission, tells what became of it
//   wrongBranch, wrongCseq    the 200 still lists what is held; only its client does not hear of it
//   delay                     the list holds for when the request was judged, not for when it left
//   notStored, grantedZero    the 200 is no list: what was held before is still held, and nothing else
//   ownContactMissing         held is what the 200 lists, and what the request asked for, up to the longest interval granted

import type { Arrival, Taken } from '../observer.ts';
import type { SlowMessage } from '../slow-parser.ts';
import type { Asked } from './asked.ts';
import type { GrantBounds } from './grant.ts';
import { textOf, unescaped } from './messages.ts';
import type { World } from './model.ts';
import { checkProof } from './proofs.ts';
import { checkRuledAnswer, checkRuledRequest, createRuleBook, type RuleBook } from './ruled.ts';

type Contact = readonly [uri: string, expires: number];

export interface Listed {
  /** Of the request whose answer it is. */
  readonly number: number;
  readonly atUs: number;
  readonly contacts: readonly Contact[];
}

/** A request that changed, or could change, the bindings. */
export interface Change {
  readonly branch: string;
  readonly atUs: number;
  readonly answer: string;
  /** The answer kept silent about what it stored. */
  readonly isConcealed: boolean;
}

/** One address-of-record. */
export interface Record {
  /** Null: none yet, or it cannot be known. */
  listed: Listed | null;
  change: Change | null;
  /** Numbers of requests that may have changed it, and whose answer has not been seen. */
  readonly open: Set<number>;
  /** Why the last answer told nothing. */
  fault: string | null;
  /** A damaged request was obeyed, once. */
  isTampered: boolean;
  /** Branches of requests that were confirmed and not obeyed. */
  readonly untrue: Set<string>;
}

export interface RegistrarView {
  readonly records: Map<string, Record>;
  readonly bounds: GrantBounds;
  readonly rules: RuleBook;
  /** The request at hand: an answer without a request of its own is for it. */
  asked: Asked | null;
  readonly judged: Map<string, Asked>;
  readonly answered: Map<string, string>;
  /** The key of the request at hand if it was refused unseen: what answers it says nothing of what became of its original. */
  refused: string | null;
  /** When a request came that was judged and cannot be read here; negative: the request at hand is another one. */
  unreadUs: number;
  /** Of such requests. */
  readonly unreadBranches: Set<string>;
  numbered: number;
}

export const createRegistrarView = (bounds: GrantBounds): RegistrarView => ({
  records: new Map(),
  bounds,
  rules: createRuleBook(),
  asked: null,
  judged: new Map(),
  answered: new Map(),
  refused: null,
  unreadUs: -1,
  unreadBranches: new Set(),
  numbered: 0,
});

export function takeRequest(world: World, view: RegistrarView, nowUs: number, arrival: Arrival, taken?: Taken): void {
  const { parsed, text } = world.read(textOf(arrival.bytes));
  view.asked = null;
  view.refused = null;
  view.unreadUs = -1;
  if (parsed === null || parsed.method === null) {
    if (taken?.kind === 'new') takeUnread(view, nowUs, text);
    return;
  }
  if (taken !== undefined) checkRuledRequest(world, view.rules, nowUs, { parsed, text }, taken);
  const kind = taken?.kind ?? 'new';
  if (kind === 'none') return;
  const key = keyOf(parsed);
  if (kind === 'refused') {
    view.refused = key;
    return;
  }
  if (kind === 'again') {
    view.asked = view.judged.get(key) ?? null;
    return;
  }
  const action = taken?.rule?.action ?? null;
  const isObeyed = action === null || (action.answer === null && action.trying !== 'hang');
  const isChanging = parsed.method === 'REGISTER' && parsed.contacts?.length !== 0;
  const { isCorrupted: isDamaged } = arrival;
  const asked: Asked = { number: ++view.numbered, parsed, atUs: nowUs, isDamaged, action, isChanging };
  view.asked = asked;
  view.judged.set(key, asked);
  if (isChanging && isObeyed) recordOf(view, parsed.toUri).open.add(asked.number);
}

/** What cannot be read here was judged all the same, perhaps in the place of what it is a damaged copy of. */
function takeUnread(view: RegistrarView, nowUs: number, text: string): void {
  view.unreadUs = nowUs;
  const branch = branchIn(text);
  if (branch !== undefined) view.unreadBranches.add(branch);
}

export function takeAnswer(world: World, view: RegistrarView, nowUs: number, bytes: Uint8Array): void {
  const text = textOf(bytes);
  const { parsed } = world.read(text);
  // A provisional answer says nothing of what becomes of the request.
  if (parsed !== null && parsed.status >= 100 && parsed.status < 200) return;
  if (parsed !== null && keyOf(parsed) === view.refused) return;
  const isToUnread = nowUs === view.unreadUs;
  if (isToUnread && parsed !== null && parsed.status >= 300) return;
  const asked = isToUnread ? null : askedFor(view, parsed);
  if (asked !== null) {
    if (!isToCopy(view, text)) checkRuledAnswer(world, nowUs, asked, parsed, text);
    checkProof(world, asked, { parsed, text });
  }
  // What is no SIP tells nobody whether the request was obeyed.
  if (parsed === null || parsed.cseqMethod !== 'REGISTER') return;
  const key = keyOf(asked?.parsed ?? parsed);
  const record = recordOf(view, parsed.toUri);
  const isRepeated = view.answered.get(key) === text;
  view.answered.set(key, text);
  const isGood = parsed.status >= 200 && parsed.status <= 299;
  if (isRepeated || !isGood) {
    if (asked !== null) record.open.delete(asked.number);
    // From memory, or because a request that was forgotten was obeyed once more, after another one that changed the bindings?
    const isLate = record.change !== null && record.change.branch !== parsed.branch;
    if (isRepeated && isGood && isLate) record.fault = 'repeated answer';
    return;
  }
  if (asked === null) {
    note(record, { number: ++view.numbered, atUs: nowUs, contacts: parsed.contacts ?? [] });
    record.fault = 'unreadable request';
    return;
  }
  if (asked.action?.answer !== null && asked.action !== null) return;
  record.open.delete(asked.number);
  takeList(view, record, asked, parsed.contacts, text);
}

/** It may be the refusal of a damaged copy, which met no rule; and repeats what was damaged, so that it cannot be read either. */
const isToCopy = ({ unreadBranches }: RegistrarView, answer: string): boolean =>
  /^SIP\/2\.0 [3-6]/.test(answer) && unreadBranches.has(branchIn(answer) ?? '');

const branchIn = (text: string): string | undefined => /;\s*branch=([^;,\s]+)/i.exec(text)?.[1];

const askedFor = ({ judged, asked }: RegistrarView, answer: SlowMessage | null): Asked | null =>
  (answer === null ? null : judged.get(keyOf(answer))) ?? asked;

/** A 200 to a request that was obeyed, or seemingly so. */
function takeList(
  view: RegistrarView,
  record: Record,
  asked: Asked,
  contacts: readonly Contact[] | null,
  text: string,
): void {
  const { action, isChanging, isDamaged, number, atUs, parsed } = asked;
  const falsehood = isChanging ? (action?.falsehood ?? null) : null;
  if (isDamaged) record.isTampered = true;
  if (falsehood === 'notStored' || falsehood === 'grantedZero') {
    record.untrue.add(parsed.branch ?? '');
    return;
  }
  if (record.listed !== null && record.listed.number > number) return;
  const isConcealed = falsehood === 'ownContactMissing';
  record.fault = contacts === null ? 'unreadable answer' : null;
  const all = isConcealed ? [...(contacts ?? []), ...storedOf(view.bounds, parsed)] : (contacts ?? []);
  note(record, { number, atUs, contacts: all });
  if (isChanging) record.change = { branch: parsed.branch ?? '', atUs, answer: text, isConcealed };
}

function note(record: Record, listed: Listed): void {
  record.listed = listed;
  for (const number of record.open) if (number < listed.number) record.open.delete(number);
}

/** RFC 3261 §10.3(7): the Contact's own interval, else that of Expires, else the registrar's; shortened to its longest. */
function storedOf({ longestSeconds, defaultSeconds }: GrantBounds, { contacts, expires }: SlowMessage): Contact[] {
  const header = expires >= 0 ? expires : defaultSeconds;
  return (contacts ?? [])
    .filter(([uri]) => uri !== '*')
    .map(([uri, own]): Contact => [uri, Math.min(own >= 0 ? own : header, longestSeconds)])
    .filter(([, seconds]) => seconds > 0);
}

/** Why the registrar may hold something else than what it last told; null: it does not. */
export function doubtOf({ fault, listed, open }: Record): string | null {
  if (fault !== null) return fault;
  return [...open].some((number) => number > (listed?.number ?? 0)) ? 'unseen answer' : null;
}

/** Its answers to requests of before are forgotten; so may be its bindings. */
export function takeRestart(view: RegistrarView, keepsBindings: boolean): void {
  view.asked = null;
  view.refused = null;
  view.judged.clear();
  view.answered.clear();
  if (keepsBindings) return;
  view.rules.applied.clear();
  for (const record of view.records.values()) {
    note(record, { number: ++view.numbered, atUs: 0, contacts: [] });
    record.fault = null;
    if (record.change !== null) record.change = { ...record.change, branch: LOST };
  }
}

/** No request has this branch: the change that it stood for is lost. */
export const LOST = '';

/** What names a transaction, with the Call-ID, which no rule spoils. */
const keyOf = ({ branch, sentBy, cseq, callId }: SlowMessage): string => `${branch} ${sentBy} ${cseq} ${callId}`;

function recordOf(view: RegistrarView, uri: string): Record {
  const user = /^sips?:([^@;]*)@/i.exec(uri)?.[1] ?? '';
  const plain = unescaped(user);
  const known = view.records.get(plain);
  if (known !== undefined) return known;
  const record: Record = {
    listed: null,
    change: null,
    open: new Set(),
    fault: null,
    isTampered: false,
    untrue: new Set(),
  };
  view.records.set(plain, record);
  return record;
}
