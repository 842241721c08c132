// Redirects as they can be told from outside (RFC 3261 §8.1.3.4): what must become of each 3xx, from the answer's own text and the scenario.
//
//   300, 301, 302, 305   the best Contact to an allowed place where the attempt has not been; at most `follow` times in one attempt
//   followed             the next request leaves at once, from the socket to that place, with the Request-URI that the Contact makes; the rest is
//                        as in every request of a context: the next CSeq, a new branch, the same Call-ID and From tag
//   anything else        the attempt ends with the status, and why is counted
//   the attempt's end    the next one begins at the target again
//
// Only in worlds where no socket is shut and no answer damaged (draw-redirects.ts), so that it is known what each answer has led to.

import type { MergedMetrics } from '../../metrics/index.ts';
import {
  COUNTER_REDIRECTED_REQUESTS,
  COUNTER_REDIRECTED_RESPONSES,
  COUNTER_REDIRECTS_FOLLOWED,
  COUNTER_REDIRECTS_LIMIT,
  COUNTER_REDIRECTS_LOOP,
  COUNTER_REDIRECTS_NO_ROOM,
  COUNTER_REDIRECTS_NOT_ALLOWED,
  COUNTER_REDIRECTS_UNUSABLE,
} from '../../metrics/index.ts';
import type { PlaceFacts } from '../observer.ts';
import { owe } from './follow.ts';
import { noteFollowed } from './ledger.ts';
import type { Attempt, ContextPage, Transaction, WorkerBook, World } from './model.ts';
import type { Fate, RedirectBook, Visit } from './redirect-book.ts';
import type { RedirectUri } from './redirect-contacts.ts';
import { contactsOf, isSameUri } from './redirect-contacts.ts';
import { findPlace, isListed } from './redirect-ways.ts';
import { moveTo } from './targets.ts';
import { mustEqual, mustLieWithin, wrong } from './wrong.ts';

const FOLLOWABLE = [300, 301, 302, 305];
const USE_PROXY = 305;
/** Request-URIs of a worker beside the plan's own. */
const MOST_URIS = 63;
/** The more telling reason first. */
const REASONS: readonly Fate[] = ['loop', 'noRoom', 'notAllowed', 'unusable'];
const COUNTERS: readonly (readonly [Fate, number, string])[] = [
  ['followed', COUNTER_REDIRECTS_FOLLOWED, 'redirect followed'],
  ['limit', COUNTER_REDIRECTS_LIMIT, 'redirect beyond the limit'],
  ['loop', COUNTER_REDIRECTS_LOOP, 'redirect loop'],
  ['notAllowed', COUNTER_REDIRECTS_NOT_ALLOWED, 'redirect refused'],
  ['unusable', COUNTER_REDIRECTS_UNUSABLE, 'redirect unusable'],
  ['noRoom', COUNTER_REDIRECTS_NO_ROOM, 'redirect without room'],
];

interface Redirected {
  readonly status: number;
  readonly text: string;
  readonly atUs: number;
  /** It is in the run's numbers. */
  readonly isCounted: boolean;
}

/** The final answer to this transaction would end its attempt. True: it is a redirect that is to be followed. */
export function goesElsewhere(world: World, { page, attempt }: Transaction, redirected: Redirected): boolean {
  const { redirects: book } = world;
  if (book === null || !FOLLOWABLE.includes(redirected.status)) return false;
  world.ledger.checks++;
  const chosen = choose(world, book, attempt, redirected);
  const fate = typeof chosen === 'string' ? chosen : 'followed';
  if (redirected.isCounted) book.fates[fate]++;
  noteFollowed(world.ledger, COUNTERS.find(([name]) => name === fate)![2]);
  if (typeof chosen === 'string') return false;
  attempt.led = {
    uri: chosen.uri,
    count: (attempt.led?.count ?? 0) + 1,
    visited: [...visitedBy(world, attempt), chosen],
  };
  moveTo(page, world.sockets[page.home.number + chosen.place * book.homes]!);
  page.challenge = { leadsOn: 'yes' };
  page.owes = 'elsewhere';
  page.stage = 'challenged';
  page.readyUs = redirected.atUs;
  owe(page);
  return true;
}

/** Where it leads, or why it leads nowhere. */
function choose(world: World, book: RedirectBook, attempt: Attempt, { status, text }: Redirected): Visit | Fate {
  if ((attempt.led?.count ?? 0) >= book.rules.follow) return 'limit';
  const { index } = attempt.page.worker;
  const ways = contactsOf(text).map(({ q, uri }) => ({ q, way: wayOf(world, book, attempt, { uri, status }) }));
  const open = ways.flatMap(({ q, way }) => (typeof way === 'string' ? [] : [{ q, ...way }]));
  const bestQ = Math.max(...open.map(({ q }) => q));
  const best = open.find(({ q }) => q === bestQ);
  if (best === undefined) return REASONS.find((reason) => ways.some(({ way }) => way === reason)) ?? 'unusable';
  return settle(book, index, best);
}

interface Way {
  readonly address: number;
  readonly port: number;
  /** Behind the last known place: a new one. */
  readonly place: number;
  readonly uri: string;
}

interface Offer {
  readonly uri: RedirectUri | null;
  readonly status: number;
}

function wayOf(world: World, book: RedirectBook, attempt: Attempt, { uri, status }: Offer): Way | Fate {
  if (uri === null) return 'unusable';
  if (!isListed(world, book, uri)) return 'notAllowed';
  const { index } = attempt.page.worker;
  const found = findPlace(world, book, index, uri);
  if (typeof found === 'string') return found;
  const isProxy = status === USE_PROXY;
  // RFC 3261 §21.3.4: a proxy that requests go to anyway leads nowhere else.
  if (isProxy && found.isHome) return 'loop';
  const requestUri = isProxy ? requestUriOf(world, attempt) : uri.requestUri;
  const isVisited = visitedBy(world, attempt).some(
    (visit) => visit.place === found.place && isSameUri(visit.uri, requestUri),
  );
  return isVisited ? 'loop' : { ...found, uri: requestUri };
}

/** It is to be followed, if there is room: a new place and a new Request-URI are then known. */
function settle(book: RedirectBook, index: number, { address, port, place, uri }: Way): Visit | Fate {
  const uris = book.uris[index] as Set<string>;
  const places = book.places[index]!;
  const key = `${place} ${uri}`;
  if (!uris.has(key) && uris.size >= MOST_URIS) return 'noRoom';
  uris.add(key);
  if (place > places.length) places.push({ address, port, state: 'wanted' });
  return { place, uri };
}

const visitedBy = ({ facts }: World, { led }: Attempt): readonly Visit[] =>
  led?.visited ?? [{ place: 0, uri: facts.plan.requestUri }];

/** What requests of the attempt say; null: none is under way. */
export const requestUriOf = ({ facts }: World, attempt: Attempt | null): string =>
  attempt?.led?.uri ?? facts.plan.requestUri;

/** A socket is wanted to a place. Returns who waits for one that cannot be had. */
export function takePlace(
  world: World,
  worker: WorkerBook,
  { place, address, port, isOpen }: PlaceFacts,
): readonly ContextPage[] {
  const { redirects: book } = world;
  const known = book?.places[worker.index]?.[place];
  world.ledger.checks++;
  if (known?.address !== address || known.port !== port || known.state !== 'wanted') {
    throw wrong(
      'redirects',
      worker,
      `a socket to ${address.toString(16)}:${port}, where no redirect that counts has led`,
    );
  }
  known.state = isOpen ? 'open' : 'lost';
  if (isOpen) return [];
  noteFollowed(world.ledger, 'redirect without a route');
  const isLed = ({ stage, attempt }: ContextPage): boolean =>
    stage === 'challenged' && attempt?.led?.visited.at(-1)?.place === place + 1;
  return worker.pages.filter(isLed);
}

export function checkRedirects(world: World, { counters }: MergedMetrics): void {
  const { redirects: book } = world;
  if (book === null) return;
  for (const [fate, counter] of COUNTERS) mustEqual(world, 'redirects', fate, [counters[counter]!, book.fates[fate]]);
  const { certain, possible } = book.responses;
  mustEqual(world, 'redirects', 'requests elsewhere', [counters[COUNTER_REDIRECTED_REQUESTS]!, book.requests]);
  const responses = counters[COUNTER_REDIRECTED_RESPONSES]!;
  mustLieWithin(world, 'redirects', 'responses from elsewhere', [responses, certain, certain + possible]);
}
