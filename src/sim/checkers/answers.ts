// A datagram has been delivered: whose is it (RFC 3261 §17.1.3, §18.1.2), and what does it mean for the attempt (§8.1.3, §10.2,
// §22)? What follows from it is only noted here; the next request has to agree with it.

import { countsApart } from '../../engine/index.ts';
import { US_PER_SECOND } from '../../std/index.ts';
import type { Arrival } from '../observer.ts';
import type { SlowMessage } from '../slow-parser.ts';
import type { Belief } from './belief-book.ts';
import type { Challenge, Reading } from './challenge-text.ts';
import { findChallenges, readNextNonce } from './challenge-text.ts';
import { isAnswerable } from './credentials.ts';
import { forgetBackoffs, periodOf } from './devices.ts';
import { mayTell, toldBy } from './endings.ts';
import { turnsToNext } from './failovers.ts';
import { forgetResends, isFleet, leadsFleetOn, noteRestarts, owedByFleet, takeResend } from './fleet.ts';
import { owe } from './follow.ts';
import { type Own, ownIn, readGrants } from './grant.ts';
import { asksForLonger, tellLeast } from './intervals.ts';
import { countIn } from './ledger.ts';
import { textOf, valuesOf } from './messages.ts';
import type { ContextPage, SocketBook, Transaction, World } from './model.ts';
import { learnSeen, mustReplace, registerNew } from './nat.ts';
import { ownUris } from './own-contacts.ts';
import { takeProofs } from './proofs.ts';
import { goesElsewhere } from './redirects.ts';
import { countResponse } from './targets.ts';
import { timeoutsOf } from './timers.ts';
import { complete, endAttempt } from './transactions.ts';
import { noteListed } from './verify.ts';

/** For each server; further challenges in one attempt are the last word. */
const MOST_CHALLENGES = 3;
const NO_BINDING: Belief = { grantedSeconds: 0, untilUs: null, certainty: 'known' };

interface Delivered {
  readonly parsed: SlowMessage;
  readonly text: string;
  readonly atUs: number;
  readonly isDamaged: boolean;
}

export function takeReceived(world: World, socket: SocketBook, arrival: Arrival): void {
  const text = textOf(arrival.bytes);
  const { parsed } = world.read(text);
  const { ledger } = world;
  const isCounted = !countsApart(socket.worker.engine);
  ledger.checks++;
  if (parsed === null) {
    if (isCounted) ledger.malformed++;
    return;
  }
  const transaction = match(world, socket, parsed);
  if (transaction === null) {
    if (isCounted) ledger.stray++;
    return;
  }
  learnSeen(socket, text);
  const isUnsure = transaction.isMaybeGone || transaction.isMaybeOver;
  if (isCounted) countIn(ledger.responses, parsed.status, !isUnsure);
  if (isCounted) countResponse(world, socket, !isUnsure);
  if (isCounted && isUnsure) ledger.unsureResponses++;
  if (transaction.state !== 'pending') return;
  if (parsed.status < 200) hear(transaction);
  else answer(world, transaction, { parsed, text, atUs: arrival.atUs, isDamaged: arrival.isCorrupted });
}

/** RFC 3261 §8.1.3.3: one Via; §18.1.2: our sent-by, and our socket; §17.1.3: branch and CSeq of a transaction that is remembered. */
function match(world: World, socket: SocketBook, parsed: SlowMessage): Transaction | null {
  if (parsed.status === 0 || parsed.via.length !== 1 || parsed.sentBy !== socket.sentBy) return null;
  const transaction = world.transactions.get(parsed.branch ?? '');
  if (transaction === undefined || transaction.socket !== socket || transaction.state === 'gone') return null;
  return parsed.cseqMethod === 'REGISTER' && parsed.cseq === transaction.cseq ? transaction : null;
}

/** A 1xx of a pending transaction: from Trying to Proceeding. */
function hear(transaction: Transaction): void {
  if (transaction.isMaybeOver) transaction.isMaybeHeard = true;
  else transaction.heardUs ??= transaction.worker.turnUs;
}

/** The first final answer of a pending transaction. */
function answer(world: World, transaction: Transaction, delivered: Delivered): void {
  const { page, isMaybeOver, attempt } = transaction;
  const { status } = delivered.parsed;
  const isGood = status < 300;
  // Where Timer F may have fired before, the answer came too late, or it did not.
  page.otherwise = isMaybeOver ? timeoutsOf(transaction) : [];
  complete(world, transaction);
  if (transaction.sentUs !== null) transaction.attempt.wireUs += Math.max(0, delivered.atUs - transaction.sentUs);
  transaction.isMaybeGone = isMaybeOver;
  if (turnsToNext(world, transaction, [`status-${status}`], delivered.atUs)) return;
  if (isGood) {
    forgetResends(page);
    forgetBackoffs(page);
  }
  const proved = isGood ? takeProofs(world, transaction, delivered, delivered.isDamaged) : [];
  if (isGood) for (const isProxy of [false, true]) takeNextNonce(world, transaction, delivered, isProxy);
  if (attempt.replacing === 1 && status !== 401 && status !== 407) endDeletion(world, transaction, delivered);
  else if (status === 401 || status === 407 || leadsFleetOn(world, status)) challenge(world, transaction, delivered);
  else if (isGood) succeed(world, transaction, delivered, proved);
  else if (asksForLonger(transaction, delivered.parsed)) oweLonger(world, transaction, delivered);
  else if (!goesElsewhere(world, transaction, { ...delivered, status, isCounted: !countsApart(page.worker.engine) })) {
    const told = mayTell(status) ? toldBy(valuesOf(delivered.text, 'retry-after'), delivered.isDamaged) : null;
    endAttempt(world, page, [`status-${status}`, ...page.otherwise], isMaybeOver ? null : delivered.atUs, told);
  }
}

/** RFC 7616 §3.5, RFC 7615 §4: it takes the place of the one that was accepted, where only one server of its kind can be meant. */
function takeNextNonce(world: World, { page, carried }: Transaction, delivered: Delivered, isProxy: boolean): void {
  const nonce = readNextNonce(delivered.text, isProxy);
  const servers = [...carried.keys()].filter((server) => server.startsWith(isProxy ? 'proxy ' : 'registrar '));
  const kept = page.kept.get(servers[0] ?? '');
  if (nonce === null || servers.length !== 1 || kept === undefined || !world.facts.plan.auth.reuseNonce) return;
  const sessionKey = kept.algorithm.endsWith('-sess') ? carried.get(kept.server)!.key : null;
  const next = { ...kept, nonce, isStale: false, sessionKey };
  if (delivered.isDamaged || page.otherwise.length > 0) page.spare.set(kept.server, next);
  else page.kept.set(kept.server, next);
}

/** `proved`: what it may end with for all that its proof says. */
function succeed(world: World, transaction: Transaction, delivered: Delivered, proved: readonly string[]): void {
  const { page, attempt } = transaction;
  const { procedure } = attempt;
  const outcomes: string[] = [...page.otherwise];
  const isUnsure = outcomes.length > 0;
  if (procedure === 'register' || procedure === 'refresh') {
    const asked = Math.max(0, transaction.askedSeconds);
    const grant = readGrants(delivered.parsed, ownContacts(world, transaction), asked);
    const isMissing = asked > 0 && grant.seconds <= 0;
    if (grant.isUnclear || !isMissing) outcomes.push(...proved);
    if (isMissing || (grant.isUnclear && asked > 0)) outcomes.push('binding-missing');
    if (!isMissing) page.grantedSeconds = Math.max(0, grant.seconds);
    if (isUnsure || grant.isUnclear) page.device.period = null;
    else if (!isMissing) page.device.period = periodOf(asked, grant.seconds);
    const untilUs = grant.seconds > 0 ? delivered.atUs + grant.seconds * US_PER_SECOND : null;
    const certainty = !isUnsure && !grant.isUnclear ? 'known' : 'unknown';
    believe(world, transaction, delivered, { grantedSeconds: page.grantedSeconds, untilUs, certainty });
    const isBound = untilUs !== null && outcomes.length === 1 && outcomes[0] === 'succeeded';
    if (isBound && mustReplace(world, transaction)) {
      oweReplacement(page, delivered.atUs);
      return;
    }
  } else {
    outcomes.push(...proved);
    if (attempt.step === null && procedure === 'query') noteListed(world, page, delivered.parsed, delivered.atUs);
    if (procedure !== 'query') {
      believe(world, transaction, delivered, { ...NO_BINDING, certainty: isUnsure ? 'unknown' : 'known' });
    }
  }
  endAttempt(world, page, outcomes, outcomes.length === 1 ? delivered.atUs : null);
}

/** Whatever becomes of the old Contact, the new one is registered. */
function endDeletion(world: World, transaction: Transaction, delivered: Delivered): void {
  if (delivered.parsed.status < 300) believe(world, transaction, delivered, NO_BINDING);
  registerNew(transaction);
  oweReplacement(transaction.page, delivered.atUs);
}

function oweReplacement(page: ContextPage, atUs: number): void {
  page.challenge = { leadsOn: 'yes' };
  page.owes = 'replacement';
  page.stage = 'challenged';
  page.readyUs = atUs;
  owe(page);
}

const expiresOf = (request: string): number => Number(/\r\nExpires: (\d+)\r\n/.exec(request)?.[1] ?? 0);

/** Those that its step sends, each with what its request names beside the URI. */
function ownContacts(world: World, { page, attempt, text }: Transaction): readonly Own[] {
  const { parsed } = world.read(text);
  return ownUris(world, page, attempt.step).map((uri) => ownIn(parsed, uri));
}

function believe(world: World, transaction: Transaction, { text, atUs }: Delivered, belief: Belief): void {
  const { page, branch, sentUs } = transaction;
  const own = ownContacts(world, transaction);
  page.belief = belief;
  page.accepted = {
    branch,
    text,
    atUs,
    sentUs,
    askedSeconds: expiresOf(transaction.text),
    contacts: own.length === 0 ? [ownIn(null, page.contact)] : own,
  };
  page.isInDoubt = false;
  page.mayBeBoundUnheard = false;
  page.isForgotten = false;
  page.socket.forgetting.delete(page);
}

/**
 * Whoever has been given another nonce of the same server in between has forgotten this one, and its count. One that the request does not
 * carry may have been: a nonce that is used no more makes room for one of another realm.
 */
function isKept({ page, carried }: Transaction, { server, nonce }: Challenge): boolean {
  return page.kept.get(server)?.nonce === nonce && carried.has(server);
}

function challenge(world: World, transaction: Transaction, delivered: Delivered): void {
  const { page } = transaction;
  const { status } = delivered.parsed;
  const found = findChallenges(delivered.text, status, {
    isFleet: isFleet(world),
    isAnswerable: (realm) => isAnswerable(world.facts.plan, realm),
  });
  const reading: Reading = { leadsOn: readingOf(world, transaction, found, delivered) };
  const { otherwise } = page;
  noteRestarts(page, isFleet(world) ? found : found.filter((given) => !isKept(transaction, given)));
  if (reading.leadsOn === 'no') {
    if (isFleet(world)) page.latest = found;
    else if (otherwise.length === 0) dropNonces(page);
    const own = leadsFleetOn(world, status) ? `status-${status}` : 'auth';
    endAttempt(world, page, [own, ...otherwise], otherwise.length === 0 ? delivered.atUs : null);
    return;
  }
  page.owes = isFleet(world) ? owedByFleet(world, found, status, delivered.isDamaged) : 'credentials';
  const isFirst = transaction.attempt.challenges === 0 && page.owes !== 'again';
  const isSure = reading.leadsOn === 'yes' && otherwise.length === 0 && page.owes === 'credentials';
  const counts = isFirst && transaction.attempt.step !== null ? world.ledger.challenged : null;
  if (counts !== null) countIn(counts, transaction.attempt.procedure, isSure);
  page.challenge = reading;
  page.latest = found;
  page.stage = 'challenged';
  page.readyUs = delivered.atUs;
  owe(page);
}

function readingOf(
  world: World,
  transaction: Transaction,
  found: readonly Challenge[],
  { isDamaged, parsed }: Delivered,
): Reading['leadsOn'] {
  if (isFleet(world)) return takeResend(transaction.page);
  if (isDamaged) return 'unclear';
  return leadsOn(transaction, found, parsed.status) ? 'yes' : 'no';
}

/** RFC 3261 §10.2.8: the same request again, for as long as the registrar wants at least. */
function oweLonger(world: World, { page, attempt }: Transaction, { parsed, atUs }: Delivered): void {
  tellLeast(page, parsed.minExpires);
  countIn(world.ledger.raised, attempt.procedure, page.otherwise.length === 0);
  page.challenge = { leadsOn: 'yes' };
  page.owes = 'longer';
  page.owedSeconds = parsed.minExpires;
  page.stage = 'challenged';
  page.readyUs = atUs;
  owe(page);
}

/** Refused: none is used again. */
function dropNonces(page: ContextPage): void {
  page.kept.clear();
  page.spare.clear();
  page.latest = [];
}

/** RFC 3261 §22.1 to §22.3: credentials that were refused are not sent again, unless their nonce alone was too old. */
function leadsOn({ attempt, carried }: Transaction, found: readonly Challenge[], status: number): boolean {
  if (found.length === 0) return false;
  const isRefused = found.some(({ server, nonce, isStale }) => {
    const before = carried.get(server);
    return before !== undefined && !isStale && (before.isFresh || before.nonce === nonce);
  });
  // A registrar that asks in another realm than it did makes those of its realms from before useless.
  const isOver = (server: string): boolean => status === 401 && server.startsWith('registrar ');
  const still = [...carried].filter(([server, { isFresh }]) => isFresh || !isOver(server)).map(([server]) => server);
  const servers = new Set([...still, ...found.map(({ server }) => server)]);
  return (
    !isRefused &&
    attempt.challenges <
      MOST_CHALLENGES * servers.size * (1 + (attempt.replacing ?? 0) + (attempt.turns ?? 0) + (attempt.led?.count ?? 0))
  );
}
