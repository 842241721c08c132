// Redirects (RFC 3261 §8.1.3.4): where they may lead, where they have led so far, and how far each context has followed them. What
// happens with them is in redirects.ts.
//
//  column    array       unit  meaning                                                              valid in
//  uri       Uint8Array  -     the Request-URI of its requests, by number; 0: the plan's            every row
//  followed  Uint8Array  -     redirects followed in the present attempt                            in an attempt
//  visited   Uint8Array  -     Request-URIs that the attempt had before, `follow` places a row      the first `followed`
//  ofSlot    Uint8Array  -     the Request-URI of the transaction, whatever its context has now     not TX_FREE
//
// A worker keeps few Request-URIs and few places, and both for the whole run: redirects lead many phones to few servers, and a peer
// that thinks of another one each time must not fill the memory. A place beyond the run's targets needs sockets, which the
// engine asks for and somebody else opens:
//
//   nobody asked --redirect--> PLACE_WANTED --settlePlace--> PLACE_OPEN or PLACE_LOST
//   flows of place p           those of target number targetCount + p, as if it were one
//
// A run that follows no redirects has no such table.

import type { PlanTarget, RedirectRule, RunPlan } from '../scenario/index.ts';
import type { ContactCursor, SipUri, UriPair } from '../sip/index.ts';
import { createContactCursor, createSipUri, createUriPair, parseSipUri, URI_OK } from '../sip/index.ts';
import type { MemoryPlan } from '../std/index.ts';
import { assert, encodeUtf8 } from '../std/index.ts';
import type { DigestUri } from './digest-uri.ts';

/** Places that redirects may add to a worker's targets. */
export const MOST_PLACES_ADDED = 8;
/** Request-URIs of a worker, the plan's own among them. */
export const MOST_REQUEST_URIS = 64;
/** A Request-URI that is longer is not used. */
export const REQUEST_URI_BYTES_MOST = 256;

const NOT_LOCATED = -1;
/** In the place of a target's number: wherever the context's requests go anyway. */
export const STAYS = -1;

export const PLACE_WANTED = 1;
export const PLACE_OPEN = 2;
export const PLACE_LOST = 3;

export interface RedirectPlace {
  readonly address: number;
  readonly port: number;
  state: number;
}

/** A Request-URI that a redirect brought, and where requests with it go. */
export interface RedirectUri {
  readonly text: Uint8Array;
  /** The number of a target, or of a place behind them; or STAYS. */
  readonly target: number;
  readonly digest: DigestUri;
}

/** Where a host name is that `redirects.to` lists. */
export interface LocatedName {
  readonly host: string;
  /** An IPv4 address as an unsigned number in host order, and the port where the URI names none. */
  readonly address: number;
  readonly port: number;
}

/** What whoever opens sockets knows of names. */
export interface RedirectOptions {
  readonly names: readonly LocatedName[];
}

/** A host name that `redirects.to` lists. */
interface ListedName {
  readonly text: Uint8Array;
  /** Null: any port. */
  readonly only: number | null;
  /** -1: nobody has located it. */
  readonly address: number;
  readonly port: number;
}

/** A host that the scenario names itself. */
interface OwnHost {
  readonly host: Uint8Array;
  /** -1: it names none. */
  readonly port: number;
}

export interface RedirectTable {
  readonly follow: number;
  /** Null: the run's own addresses and hosts. */
  readonly rules: readonly RedirectRule[] | null;
  readonly names: readonly ListedName[];
  readonly ownHosts: readonly OwnHost[];
  /** RFC 3261 §8.1.2: with a Route the next hop stays, whatever the Request-URI. */
  readonly keepsHop: boolean;
  readonly targetCount: number;
  /** Numbered from 1; 0 is the plan's own. */
  readonly uris: RedirectUri[];
  readonly places: RedirectPlace[];
  /** The first so many have been opened, or were lost; the others wait. */
  settled: number;
  readonly uri: Uint8Array;
  readonly followed: Uint8Array;
  readonly visited: Uint8Array;
  readonly ofSlot: Uint8Array;
  readonly choice: RedirectChoice;
}

/** Work space: the best Contact of the answer at hand, and the one that is looked at. */
export interface RedirectChoice {
  readonly cursor: ContactCursor;
  readonly uri: SipUri;
  readonly pair: UriPair;
  /** The Request-URI that the Contact makes. */
  readonly text: Uint8Array;
  textEnd: number;
  /** What says where to send it: its host, or its maddr. */
  hostStart: number;
  hostEnd: number;
  address: number;
  port: number;
  /** Of the best so far. */
  readonly best: Uint8Array;
  bestEnd: number;
  bestQ: number;
  bestTarget: number;
  bestAddress: number;
  bestPort: number;
}

export interface RedirectSizes {
  readonly contexts: number;
  readonly slots: number;
}

/** What of an engine's options they depend on. */
interface Redirecting {
  readonly plan: RunPlan;
  readonly redirects?: RedirectOptions;
  readonly targets?: { readonly count: number };
}

/** Null where nothing is followed, or nobody opens sockets for it. */
export function createRedirectTable(
  memory: MemoryPlan,
  { plan, redirects: options, targets }: Redirecting,
  { contexts, slots }: RedirectSizes,
): RedirectTable | null {
  const { redirects } = plan;
  if (redirects === undefined || options === undefined) return null;
  const { follow, to } = redirects;
  assert(follow >= 1, 'redirects that are followed are at least one');
  return {
    follow,
    rules: to,
    names: (to ?? []).flatMap((rule) => (rule.kind === 'name' ? [listedName(rule, options)] : [])),
    ownHosts: [ownHostIn(plan.requestUri), ...hostOfTarget(plan.target)],
    keepsHop: plan.phone?.route != null,
    targetCount: targets?.count ?? 1,
    uris: [],
    places: [],
    settled: 0,
    uri: memory.u8('redirects', contexts),
    followed: memory.u8('redirects', contexts),
    visited: memory.u8('redirects', contexts * follow),
    ofSlot: memory.u8('redirects', slots),
    choice: createChoice(),
  };
}

function listedName({ host, port }: { host: string; port: number | null }, { names }: RedirectOptions): ListedName {
  const located = names.find((name) => name.host === host);
  return { text: encodeUtf8(host), only: port, address: located?.address ?? NOT_LOCATED, port: located?.port ?? 0 };
}

function createChoice(): RedirectChoice {
  return {
    cursor: createContactCursor(),
    uri: createSipUri(),
    pair: createUriPair(),
    text: new Uint8Array(REQUEST_URI_BYTES_MOST),
    textEnd: 0,
    hostStart: 0,
    hostEnd: 0,
    address: 0,
    port: 0,
    best: new Uint8Array(REQUEST_URI_BYTES_MOST),
    bestEnd: 0,
    bestQ: -1,
    bestTarget: STAYS,
    bestAddress: 0,
    bestPort: 0,
  };
}

function ownHostIn(requestUri: string): OwnHost {
  const bytes = encodeUtf8(requestUri);
  const uri = createSipUri();
  assert(parseSipUri(bytes, 0, bytes.length, uri) === URI_OK, 'a plan has a SIP URI for a registrar');
  return { host: bytes.slice(uri.hostStart, uri.hostEnd), port: uri.port };
}

const hostOfTarget = (target: PlanTarget): readonly OwnHost[] =>
  target.kind === 'embedded' ? [] : [{ host: encodeUtf8(target.host), port: target.port }];

/** The target, or the place behind them, that requests with this Request-URI go to; STAYS: the context's own target. */
export function targetOfUri({ uris }: RedirectTable, number: number): number {
  return number === 0 ? STAYS : uris[number - 1]!.target;
}

/** An attempt is over: the next one goes to the registrar that the scenario names. */
export function forgetRedirects({ uri, followed }: RedirectTable, context: number): void {
  uri[context] = 0;
  followed[context] = 0;
}

/** A new row's request has the context's present Request-URI. */
export function keepUri({ uri, ofSlot }: RedirectTable, slot: number, context: number): void {
  ofSlot[slot] = uri[context]!;
}

/** Makes a place, which somebody is to open; returns its number behind the targets. */
export function addPlace({ places, targetCount }: RedirectTable, address: number, port: number): number {
  places.push({ address, port, state: PLACE_WANTED });
  return targetCount + places.length - 1;
}

/** A place that waits to be opened: its first flow, and whom its sockets are to be connected to. */
export interface WantedPlace {
  /** By which it is settled. */
  readonly place: number;
  readonly firstFlow: number;
  readonly address: number;
  readonly port: number;
}

/** What of an engine they are. */
interface Placed {
  readonly redirects: RedirectTable | null;
  readonly lines: number;
}

/** The oldest place that waits to be opened; null for none, which costs a look at a number. */
export function wantedPlace({ redirects, lines }: Placed): WantedPlace | null {
  if (redirects === null || redirects.settled === redirects.places.length) return null;
  const place = redirects.settled;
  const { address, port } = redirects.places[place]!;
  return { place, firstFlow: (redirects.targetCount + place) * lines, address, port };
}

/** The place's flows are attached, and its contexts go on; or there is no way there, and attempts that wait for it fail. */
export function settlePlace({ redirects }: Placed, place: number, isOpen: boolean): void {
  assert(redirects !== null, 'a place is one of redirects');
  assert(place === redirects.settled, 'places are opened in the order in which they were wanted');
  redirects.places[place]!.state = isOpen ? PLACE_OPEN : PLACE_LOST;
  redirects.settled += 1;
}
