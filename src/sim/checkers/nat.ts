// NATs as they are seen from outside: which socket a context may speak from, what its Contact must say, and which requests of its own
// replace one that leads nowhere (`nat: exosip`).
//
//   off      the Contact is that of the socket it has always had
//   direct   as soon as an answer has told where the socket is seen, the next request says that
//   exosip   2xx to a register or refresh whose Contact is elsewhere -> the same with `;expires=0` -> the same with the new one
//
// Only in worlds in which nothing is damaged, forged or held up (draw-nat.ts), so that what was learned is known exactly.

import type { MergedMetrics } from '../../metrics/index.ts';
import type { AttemptStep } from '../../scenario/index.ts';
import { US_PER_SECOND } from '../../std/index.ts';
import type { ContextPage, SocketBook, Transaction, World } from './model.ts';
import { followTarget } from './targets.ts';
import { mustEqual, mustLieWithin, wrong } from './wrong.ts';

/** libeXosip2's guard. */
const GUARD_SECONDS = 60;

/** The socket that stands in for this one; undefined: none does. */
function spareOf(world: World, { number }: SocketBook): SocketBook | undefined {
  const { local } = world.facts.plan;
  return local.rebind == null ? undefined : world.sockets[number + local.socketsPerWorker * world.workers.length];
}

/** Whether the context may speak from there, now or later. */
export const maySpeakFrom = (world: World, page: ContextPage, socket: SocketBook): boolean =>
  page.socket === socket ||
  page.home === socket ||
  spareOf(world, page.home) === socket ||
  (world.targets !== null && socket.number % world.targets.homes === page.home.number) ||
  (world.redirects !== null && socket.number % world.redirects.homes === page.home.number);

/** A new request comes from this socket: the context's own, or from now on the spare one of it. */
export function followSocket(world: World, page: ContextPage, socket: SocketBook, text: string): void {
  if (world.targets !== null) {
    followTarget(world, world.targets, page, { socket, text });
    return;
  }
  const { worker, socket: before } = page;
  const { rebind } = world.facts.plan.local;
  world.ledger.checks++;
  if (before === socket) {
    const isOverdue = rebind?.share === 1 && before === page.home && worker.lastTurnUs > rebind.toUs;
    if (isOverdue && !isInAttempt(page)) throw wrong('nat', worker, 'a NAT has forgotten this phone by now', text);
    return;
  }
  if (before !== page.home || spareOf(world, before) !== socket)
    throw wrong('request-form', worker, `an identity of another socket, ${before.sentBy}`, text);
  if (rebind == null || worker.turnUs < rebind.fromUs) throw wrong('nat', worker, 'rebound too early', text);
  if (isInAttempt(page)) throw wrong('nat', worker, 'rebound in the middle of an attempt', text);
  page.socket = socket;
  page.undisturbed = page.undisturbed === before.disturbances ? socket.disturbances : -1;
  before.owing.delete(page);
  if (before.forgetting.delete(page)) socket.forgetting.add(page);
  world.ledger.rebound++;
}

/** Something is owed for sure within the attempt. */
const isInAttempt = ({ stage, challenge, otherwise }: ContextPage): boolean =>
  stage === 'challenged' && challenge?.leadsOn === 'yes' && otherwise.length === 0;

/** An answer to one of the socket's transactions tells where that is seen (RFC 3581 §4). */
export function learnSeen(socket: SocketBook, text: string): void {
  const via = /\r\n(?:Via|v)[ \t]*:[^\r\n]*/i.exec(text)?.[0] ?? '';
  const port = /;rport=(\d+)/.exec(via)?.[1];
  const address = /;received=([\d.]+)/.exec(via)?.[1];
  if (port !== undefined && address !== undefined) socket.seen = `${address}:${port}`;
}

const contactAt = (page: ContextPage, host: string): string => page.contact.replace(/@[^;]*/, `@${host}`);

/** What the Contact of a new request must say. Who asks what is bound goes on to look for what it has bound. */
export function settleContact(world: World, page: ContextPage, isQuery: boolean): void {
  const { socket } = page;
  const isRepaired = world.facts.plan.nat === 'direct' && !isQuery;
  if (isRepaired && socket.seen !== null) changeContact(page, contactAt(page, socket.seen));
}

function changeContact(page: ContextPage, contact: string): void {
  if (contact === page.contact) return;
  page.contact = contact;
  // What was confirmed before was confirmed for another one.
  page.isInDoubt = true;
}

/** The request that is to come deletes the Contact of before. */
export const isDeleting = (page: ContextPage, step: AttemptStep | null): boolean =>
  page.stage === 'challenged' && page.attempt?.replacing === 1 && page.attempt.step === step;

/** The Contacts of a deletion: the managed one alone. */
export const deletionOf = (page: ContextPage): string => `${page.contact} 0`;

/** A 2xx has bound what the step sends. True: it leads nowhere, and the attempt goes on. */
export function mustReplace(world: World, { page, attempt }: Transaction): boolean {
  const { step } = attempt;
  const { seen } = page.socket;
  if (world.facts.plan.nat !== 'exosip' || step === null || seen === null || !bindsManaged(step)) return false;
  if (contactAt(page, seen) === page.contact) return false;
  const now = Math.floor(page.worker.clockUs / US_PER_SECOND);
  if (page.replacedSeconds !== null && now - page.replacedSeconds < GUARD_SECONDS) return false;
  page.replacedSeconds = now;
  attempt.replacing = 1;
  world.ledger.deletions++;
  return true;
}

const bindsManaged = ({ contacts }: AttemptStep): boolean =>
  contacts === undefined || contacts.some(({ uri }) => uri[0]?.kind === 'contact');

/** The deletion has its final answer. */
export function registerNew({ page, attempt }: Transaction): void {
  attempt.replacing = 2;
  changeContact(page, contactAt(page, page.socket.seen ?? ''));
}

export function checkNat(world: World, { nat, rebound }: MergedMetrics): void {
  const { ledger } = world;
  mustEqual(world, 'nat', 'deletions', [nat.deletions, ledger.deletions]);
  mustLieWithin(world, 'nat', 'new Contacts', [nat.replacements, 0, nat.deletions]);
  // Who was rebound and had nothing more to say was not seen.
  const most = world.facts.plan.local.rebind == null ? 0 : world.facts.plan.identities.count;
  mustLieWithin(world, 'nat', 'contexts rebound', [rebound, ledger.rebound, most]);
}
