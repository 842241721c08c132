// Watches a simulated world and throws at the first thing that must not be. Every rule of RFC 3261's client side that can be
// seen from outside is checked as it happens; at the end the engines' own numbers and beliefs are held against what was seen.
//
//   onReceived -> answers.ts      onOffered -> requests.ts, timers.ts, credentials.ts      onTurn -> turns.ts, rows.ts
//   onRequest, onAnswer, onRestart -> registrar-view.ts               finish -> numbers.ts, times.ts, beliefs.ts, agreement.ts
//
// It reads messages with the slow parser, and nothing of src/sip; and from the engines only the plain reads of engine/books.ts.

import { mergeBlocks } from '../../metrics/index.ts';
import { assert } from '../../std/index.ts';
import type { Arrival, Observer } from '../observer.ts';
import { checkAgreement } from './agreement.ts';
import { takeReceived } from './answers.ts';
import type { AsideBook } from './asides.ts';
import { checkAsides, countAnswerSent, createAsideBook, takeAnswerOffered, takeAsked } from './asides.ts';
import { checkBeliefs } from './beliefs.ts';
import type { GrantBounds } from './grant.ts';
import type { KeepaliveBook } from './keepalives.ts';
import { checkKeepalives, createKeepaliveBook, notePingSent, takePingOffered, takePong } from './keepalives.ts';
import { noteFirstSend } from './latency.ts';
import { textOf } from './messages.ts';
import type { ContextPage, End, Facts, SocketBook, WorkerBook, World } from './model.ts';
import { createModel } from './model.ts';
import { checkNat } from './nat.ts';
import { checkNumbers } from './numbers.ts';
import { checkOrders, takeReport } from './order-ends.ts';
import { takeCommand, takeForget } from './orders.ts';
import { checkRedirects, takePlace } from './redirects.ts';
import { createRegistrarView, takeAnswer, takeRequest, takeRestart } from './registrar-view.ts';
import { takeOffered } from './requests.ts';
import { checkRowsAtEnd } from './rows.ts';
import type { Tally } from './tally.ts';
import { tallyOf } from './tally.ts';
import { checkTargets, countRequest } from './targets.ts';
import { checkTimes } from './times.ts';
import { endAttempt } from './transactions.ts';
import { endTurn, enterTurn, passAdvance, takeAbort, takeError, takeOut, takeRefused, takeStop } from './turns.ts';

const REGISTER = /^REGISTER /;
const ANSWER = /^SIP\/2\.0 /;
const ANY_INTERVAL: GrantBounds = { longestSeconds: Number.POSITIVE_INFINITY, defaultSeconds: 3_600 };

export interface Checkers {
  readonly observer: Observer;
  /** Once the world has ended; every rule that needs the whole. */
  finish(end: End): Tally;
}

/** The identities of the plan have users of their own, by which contexts are told apart. */
export function createCheckers(facts: Facts): Checkers {
  const world = createModel(facts);
  assert(
    world.pagesByUser.size === facts.plan.identities.count,
    'each identity of a watched plan has a user of its own',
  );
  const view = createRegistrarView(facts.grants ?? ANY_INTERVAL);
  const asides = createAsideBook();
  const keepalives = createKeepaliveBook();
  const observer: Observer = {
    ...workerEvents(world, asides, keepalives),
    onRequest: (nowUs, _socket, arrival, taken) => takeRequest(world, view, nowUs, arrival, taken),
    onAnswer: (nowUs, _socket, bytes) => takeAnswer(world, view, nowUs, bytes),
    onRestart: (_nowUs, keepsBindings) => takeRestart(view, keepsBindings),
  };
  const finish = (end: End): Tally => {
    for (const worker of world.workers) checkRowsAtEnd(world, worker);
    const blocks = world.workers.map(({ metrics }) => metrics);
    const merged = mergeBlocks(blocks);
    checkNumbers(world, merged);
    checkNat(world, merged);
    checkTargets(world, merged);
    checkRedirects(world, merged);
    checkAsides(world, asides, blocks);
    checkKeepalives(world, keepalives, blocks);
    checkTimes(world, merged);
    checkBeliefs(world);
    checkOrders(world);
    checkAgreement(world, view, end);
    return tallyOf(world.ledger);
  };
  return { observer, finish };
}

type WorkerEvents = Omit<Observer, 'onRequest' | 'onAnswer' | 'onRestart'>;

function workerEvents(world: World, asides: AsideBook, keepalives: KeepaliveBook): WorkerEvents {
  const before = (index: number, nowUs: number): WorkerBook => {
    const worker = world.workers[index]!;
    enterTurn(world, worker, nowUs);
    return worker;
  };
  const after = (index: number, nowUs: number): WorkerBook => {
    const worker = before(index, nowUs);
    passAdvance(world, worker);
    return worker;
  };
  const socketBefore = (number: number, nowUs: number): SocketBook => {
    const socket = world.sockets[number]!;
    enterTurn(world, socket.worker, nowUs);
    return socket;
  };
  const socketAfter = (number: number, nowUs: number): SocketBook => {
    const socket = socketBefore(number, nowUs);
    passAdvance(world, socket.worker);
    return socket;
  };
  return {
    onReceived: (number, nowUs, arrival: Arrival) => {
      const socket = socketBefore(number, nowUs);
      const { worker } = socket;
      worker.clockUs = Math.max(worker.clockUs, arrival.atUs);
      const message = world.read(textOf(arrival.bytes));
      if (takeAsked(asides, socket, message) || takePong(world, keepalives, socket, arrival, message)) return;
      takeReceived(world, socket, arrival);
    },
    onOffered: (number, nowUs, bytes) => {
      const socket = socketAfter(number, nowUs);
      socket.offered++;
      const text = textOf(bytes);
      if (REGISTER.test(text)) {
        takeOffered(world, socket, bytes);
        return;
      }
      if (ANSWER.test(text)) takeAnswerOffered(world, asides, socket, world.read(text));
      else takePingOffered(world, keepalives, socket, world.read(text));
      socket.queue.push({ bytes, transaction: null, isFirst: true, isCleanup: false });
    },
    onSent: (number, nowUs, bytes) => {
      const socket = socketAfter(number, nowUs);
      if (!countSent(world, socket, bytes)) countAsideSent(asides, keepalives, socket, bytes);
    },
    onRefused: (number, nowUs, bytes, isPeerGone) => takeRefused(world, socketAfter(number, nowUs), bytes, isPeerGone),
    onTransportError: (number, nowUs) => takeError(world, socketBefore(number, nowUs)),
    onStop: (index, nowUs, drainUs) => takeStop(world, before(index, nowUs), drainUs),
    onAbort: (index, nowUs) => takeAbort(world, before(index, nowUs)),
    onCommand: (index, nowUs, identity, step) =>
      takeCommand(world, pageOf(world, before(index, nowUs), identity), step),
    onForget: (index, nowUs, identity) => takeForget(world, pageOf(world, before(index, nowUs), identity)),
    onReport: (index, nowUs, report) => takeReport(world, pageOf(world, before(index, nowUs), report.identity), report),
    onPlace: (index, nowUs, place) => {
      for (const page of takePlace(world, before(index, nowUs), place))
        endAttempt(world, page, ['send-error'], page.worker.turnUs);
    },
    onTurn: (index, nowUs, blocked) => endTurn(world, after(index, nowUs), blocked),
  };
}

const pageOf = (world: World, { pages }: WorkerBook, identity: number): ContextPage =>
  pages[Math.floor(identity / world.workers.length)]!;

/** False: it is no request of a registration. */
function countSent(world: World, socket: SocketBook, bytes: Uint8Array): boolean {
  const { isFirst, isCleanup, transaction } = takeOut(socket, bytes);
  if (transaction === null) return false;
  noteFirstSend(world, transaction, socket.worker.turnUs);
  if (isCleanup) return true;
  if (isFirst) {
    world.ledger.requests++;
    countRequest(world, socket);
  } else world.ledger.retransmissions++;
  return true;
}

function countAsideSent(asides: AsideBook, keepalives: KeepaliveBook, socket: SocketBook, bytes: Uint8Array): void {
  if (ANSWER.test(textOf(bytes))) countAnswerSent(asides, bytes);
  else notePingSent(keepalives, socket, bytes);
}
