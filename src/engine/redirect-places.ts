// @hot
// Where a redirect leads: whether the scenario allows it (`redirects.to`), and which of the worker's flows go there.
//
//   with a Route (`route`)                                     -> STAYS: the proxy finds the way (RFC 3261 §8.1.2)
//   a host that the scenario names, with its port or none      -> STAYS: that is where requests go anyway
//   the address and port of a target of the run                -> that target
//   anything else that is allowed                              -> a place behind the targets, new if need be
//
// DEVIATION (RFC 3263 §4): a name in a redirect is not looked up then and there. Names that `redirects.to` lists were located before the
// run, one address each, and a port in the URI takes the place of what its SRV records said; other names are not followed. A turn
// cannot wait for a name server, and a name that a peer chooses must not decide where load goes.

import { equalsIgnoreCase } from '../std/index.ts';
import { ADDRESS_MALFORMED, readIpv4 } from './ipv4.ts';
import type { RedirectTable } from './redirect-table.ts';
import { MOST_PLACES_ADDED, PLACE_LOST, PLACE_OPEN, STAYS, targetOfUri } from './redirect-table.ts';
import { hasServiceRoute } from './service-routes.ts';
import { speakerOf } from './speakers.ts';
import type { Engine } from './state.ts';
import { targetOfContext } from './targets.ts';

/** In the place of a target's number: a place that is to be made. */
export const NEW_PLACE = -2;
/** Why there is no way, the more telling the lower. */
export const UNUSABLE = -3;
export const NOT_ALLOWED = -4;
export const NO_ROOM = -5;

const DEFAULT_PORT = 5060;
const NOT_NAMED = -1;
const FULL_STOP = 0x2e;
const OCTET_BITS = 24;
/** 224 and up: multicast, reserved, broadcast. 0: this network. */
const MULTICAST_FIRST = 224;

/** What the URI in `choice.uri` leads to; address and port of a place are then in `choice`. */
export function findWay(engine: Engine, redirects: RedirectTable, context: number, bytes: Uint8Array): number {
  const { choice } = redirects;
  const { port } = choice.uri;
  const address = readIpv4(bytes, choice.hostStart, choice.hostEnd);
  choice.port = port < 0 ? DEFAULT_PORT : port;
  if (address === ADDRESS_MALFORMED) return findName(engine, redirects, context, bytes);
  choice.address = address;
  if (!isAllowed(engine, redirects)) return NOT_ALLOWED;
  return keepsHop(engine, context) ? STAYS : findPlace(engine, redirects);
}

/** RFC 3261 §8.1.2: a Route, also one that came as Service-Route, decides where the request goes, whatever its Request-URI. */
export function keepsHop({ redirects, speakers, serviceRoutes }: Engine, context: number): boolean {
  if (hasServiceRoute(serviceRoutes, context)) return true;
  return speakers === null ? redirects!.keepsHop : speakerOf(speakers, context).plan.phone?.route != null;
}

function findName(engine: Engine, redirects: RedirectTable, context: number, bytes: Uint8Array): number {
  const { choice, rules } = redirects;
  const { port } = choice.uri;
  const { hostStart } = choice;
  const hostEnd = withoutDot(bytes, choice.hostEnd);
  const own = ownPort(redirects, bytes, hostStart, hostEnd);
  const isOwn = own !== NOT_NAMED;
  if (rules === null ? !isOwn : !isListed(redirects, bytes, hostStart, hostEnd)) return NOT_ALLOWED;
  if (keepsHop(engine, context) || (isOwn && (port < 0 || choice.port === own))) return STAYS;
  if (isOwn) choice.address = engine.flows[targetOfContext(engine, context) * engine.lines]!.peerAddress;
  else if (!takeName(redirects, bytes, hostStart, hostEnd)) return UNUSABLE;
  return findPlace(engine, redirects);
}

/** A name may end with a full stop (RFC 3261 §25.1). */
function withoutDot(bytes: Uint8Array, end: number): number {
  return bytes[end - 1] === FULL_STOP ? end - 1 : end;
}

/** The port of a host that the scenario names, 5060 where it names none; NOT_NAMED for any other host. */
function ownPort({ ownHosts }: RedirectTable, bytes: Uint8Array, start: number, end: number): number {
  for (let i = 0; i < ownHosts.length; i++) {
    const { host, port } = ownHosts[i]!;
    if (equalsIgnoreCase(bytes, start, end, host, 0, host.length)) return port < 0 ? DEFAULT_PORT : port;
  }
  return NOT_NAMED;
}

/** Whether `redirects.to` has the name, with this port or any. */
function isListed({ names, choice }: RedirectTable, bytes: Uint8Array, start: number, end: number): boolean {
  for (let i = 0; i < names.length; i++) {
    const { text, only } = names[i]!;
    if (equalsIgnoreCase(bytes, start, end, text, 0, text.length) && (only === null || only === choice.port))
      return true;
  }
  return false;
}

/** The address of a name that was located, and its port where the URI names none. False: it was not found. */
function takeName({ names, choice }: RedirectTable, bytes: Uint8Array, start: number, end: number): boolean {
  for (let i = 0; i < names.length; i++) {
    const { text, address, port } = names[i]!;
    if (address < 0 || !equalsIgnoreCase(bytes, start, end, text, 0, text.length)) continue;
    choice.address = address;
    if (choice.uri.port < 0) choice.port = port;
    return true;
  }
  return false;
}

/** The address and port in `choice`. */
function isAllowed({ flows, lines }: Engine, { rules, choice, targetCount }: RedirectTable): boolean {
  if (rules === null) {
    for (let target = 0; target < targetCount; target++)
      if (flows[target * lines]!.peerAddress === choice.address) return true;
    return false;
  }
  for (let i = 0; i < rules.length; i++) {
    const rule = rules[i]!;
    if (rule.kind !== 'range' || (rule.port !== null && rule.port !== choice.port)) continue;
    if (choice.address >= rule.address && choice.address < rule.address + 2 ** (32 - rule.bits)) return true;
  }
  return false;
}

/** Where requests to the address and port in `choice` go. */
function findPlace({ flows, lines }: Engine, { places, choice, targetCount }: RedirectTable): number {
  const { address, port } = choice;
  const network = address >>> OCTET_BITS;
  if (port === 0 || network === 0 || network >= MULTICAST_FIRST) return UNUSABLE;
  for (let target = 0; target < targetCount; target++) {
    const { peerAddress, peerPort } = flows[target * lines]!;
    if (peerAddress === address && peerPort === port) return target;
  }
  for (let i = 0; i < places.length; i++) {
    const place = places[i]!;
    if (place.address === address && place.port === port) return place.state === PLACE_LOST ? NO_ROOM : targetCount + i;
  }
  return places.length < MOST_PLACES_ADDED ? NEW_PLACE : NO_ROOM;
}

/** The state of the place that the target's number stands for; a target's own sockets were opened before the run. */
export function stateOfPlace({ places, targetCount }: RedirectTable, target: number): number {
  return target < targetCount ? PLACE_OPEN : places[target - targetCount]!.state;
}

/** Whether the sockets are there through which the context's next request leaves. */
export function isWayOpen(redirects: RedirectTable, context: number): boolean {
  const target = targetOfUri(redirects, redirects.uri[context]!);
  return target < 0 || stateOfPlace(redirects, target) === PLACE_OPEN;
}

/** No socket can be opened there: who waits for it waits in vain. */
export function isWayLost(redirects: RedirectTable, context: number): boolean {
  const target = targetOfUri(redirects, redirects.uri[context]!);
  return target >= 0 && stateOfPlace(redirects, target) === PLACE_LOST;
}
