// Several targets as they can be told from outside (RFC 3263 §4.3, RFC 2782). Each context has an order of them, which nothing outside
// foretells beyond the rising priorities: it is learned as the context goes along it (failovers.ts), and then holds.
//
//   a new context            -> a target of the lowest priority; over many of them by weight
//   503, Timer F without a
//   1xx, unreachable         -> the next one of its order, within the attempt, at once; until each has failed in it
//   anything else            -> where it was
//
// In worlds with several targets no socket is shut, so that it is always known what an attempt has ended with.

import type { MergedMetrics } from '../../metrics/index.ts';
import { TARGET_COUNTS, TARGET_FAILOVERS, TARGET_REQUESTS, TARGET_RESPONSES } from '../../metrics/index.ts';
import type { ContextPage, SocketBook, World } from './model.ts';
import type { RedirectBook } from './redirect-book.ts';
import type { TargetBook } from './target-book.ts';
import { ROOM_LEAST } from './target-book.ts';
import { mustEqual, mustLieWithin, wrong } from './wrong.ts';

/** By so many standard deviations, and so many contexts, the spread may be off. */
const MOST_SIGMAS = 6;
const MOST_ODD = 4;

/** A new request of the context comes from this socket: is that the one to the target whose turn it is? */
export function followTarget(
  world: World,
  book: TargetBook,
  page: ContextPage,
  { socket, text }: { readonly socket: SocketBook; readonly text: string },
): void {
  const { worker } = socket;
  const { order, rank } = page;
  world.ledger.checks += 2;
  if (socket.number % book.homes !== page.home.number) {
    throw wrong('request-form', worker, `an identity of another socket, ${page.home.sentBy}`, text);
  }
  const target = targetOf(book, socket);
  const known = order[rank];
  if (known === undefined) learn(world, book, page, { target, text });
  else if (known !== target) throw wrong('targets', worker, `to target ${target}, where it is ${known}'s turn`, text);
  moveTo(page, socket);
}

const targetOf = ({ homes }: TargetBook, { number }: SocketBook): number => Math.floor(number / homes);

/** The address and port that the socket leads to. */
export function peerOf({ targets, redirects }: World, socket: SocketBook): string {
  if (redirects !== null && socket.number >= redirects.homes) return placeOf(redirects, socket);
  return `10.0.1.${1 + (targets === null ? 0 : targetOf(targets, socket))}:5060`;
}

function placeOf({ places, homes }: RedirectBook, { number, worker }: SocketBook): string {
  const { address, port } = places[worker.index]![Math.floor(number / homes) - 1]!;
  return `${[24, 16, 8, 0].map((bits) => Math.floor(address / 2 ** bits) % 256).join('.')}:${port}`;
}

/** RFC 2782: of those that it has not been to, one of the lowest priority. */
function learn(
  world: World,
  { facts }: TargetBook,
  page: ContextPage,
  { target, text }: { readonly target: number; readonly text: string },
): void {
  const { order } = page;
  const left = facts.priority.map((_, each) => each).filter((each) => !order.includes(each));
  const lowest = Math.min(...left.map((each) => facts.priority[each]!));
  world.ledger.checks++;
  if (!left.includes(target)) throw wrong('targets', page.worker, `to target ${target} again`, text);
  if (facts.priority[target] !== lowest) {
    throw wrong('targets', page.worker, `to target ${target}, before others of priority ${lowest}`, text);
  }
  order.push(target);
  if (left.length === 2) order.push(...left.filter((each) => each !== target));
}

/** From now on the context speaks from there. */
export function moveTo(page: ContextPage, socket: SocketBook): void {
  const { socket: before } = page;
  if (before === socket) return;
  page.socket = socket;
  page.undisturbed = page.undisturbed === before.disturbances ? socket.disturbances : -1;
  for (const list of ['owing', 'owingNext', 'forgetting'] as const) {
    if (before[list].delete(page)) socket[list].add(page);
  }
}

/** Its first datagram left, and is in the run's numbers. */
export function countRequest({ targets, redirects }: World, socket: SocketBook): void {
  if (redirects !== null && socket.number >= redirects.homes) redirects.requests++;
  if (targets !== null) targets.requests[targetOf(targets, socket)]!++;
}

/** An answer to one of its transactions, which may have come too late to be one. */
export function countResponse({ targets, redirects }: World, socket: SocketBook, isSure: boolean): void {
  const isLed = redirects !== null && socket.number >= redirects.homes;
  const counts = isLed ? redirects.responses : targets?.responses[targetOf(targets, socket)];
  if (counts === undefined) return;
  if (isSure) counts.certain++;
  else counts.possible++;
}

/** A burst fills what stands before a socket; the rest comes in the next turn, at the same time. */
export const isFull = ({ targets, redirects }: World, { offered }: SocketBook): boolean =>
  (targets !== null || redirects !== null) && offered >= ROOM_LEAST;

export function checkTargets(world: World, merged: MergedMetrics): void {
  const { targets: book } = world;
  if (book === null) return;
  for (let target = 0; target < book.facts.count; target++) {
    const counted = (what: number): number => merged.targets[target * TARGET_COUNTS + what]!;
    const { certain, possible } = book.responses[target]!;
    const facts = `of target ${target}`;
    mustEqual(world, 'targets', `requests ${facts}`, [counted(TARGET_REQUESTS), book.requests[target]!]);
    mustEqual(world, 'targets', `failovers ${facts}`, [counted(TARGET_FAILOVERS), book.failovers[target]!]);
    mustLieWithin(world, 'targets', `responses ${facts}`, [counted(TARGET_RESPONSES), certain, certain + possible]);
  }
  checkSpread(world, book);
}

/** RFC 2782: of the contexts that have spoken, each target of the lowest priority was the first of a share that is its weight's. */
function checkSpread(world: World, { facts }: TargetBook): void {
  const firsts = [...world.pagesByUser.values()].flatMap(({ order }) => order.slice(0, 1));
  const group = facts.priority.flatMap((priority, target) => (priority === facts.priority[0] ? [target] : []));
  const sum = group.reduce((all, target) => all + facts.weight[target]!, 0);
  for (const target of group) {
    const weight = facts.weight[target]!;
    // A number from 0 to the sum, both included, is drawn, and 0 is one of theirs.
    const [least, most] =
      sum === 0 ? [1 / group.length, 1 / group.length] : [weight / (sum + 1), (weight + 1) / (sum + 1)];
    const slack = MOST_SIGMAS * Math.sqrt(firsts.length * most) + MOST_ODD;
    const found = firsts.filter((first) => first === target).length;
    const bounds = [least * firsts.length - slack, most * firsts.length + slack] as const;
    mustLieWithin(world, 'targets', `contexts that begin at target ${target}`, [found, ...bounds]);
  }
}
