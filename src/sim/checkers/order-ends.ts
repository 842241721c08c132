// What was told of commands to whoever gave them: nothing begins without one; an attempt ends in exactly one outcome, and that, its end
// and its time on the wire are told once.
//
// A command that something cut off before its request was made has no attempt, and nothing is told of it.

import type { Report } from '../commander.ts';
import type { Outcome } from './ledger.ts';
import type { Attempt, ContextPage, WorkerBook, World } from './model.ts';
import type { Order } from './order-book.ts';
import { wrong } from './wrong.ts';

/** From outside these look the same. */
const AUTH: readonly Outcome[] = ['auth-failed', 'no-credentials', 'challenge-unusable'];
/** Of a request that was composed and never offered. */
const UNSEEN: readonly Outcome[] = ['timeout', 'unreachable', 'send-error', 'aborted'];

/** Whether its requests wait for commands. */
export const isCommanded = ({ facts }: World): boolean => facts.isCommanded === true;

export function noteOrderBegun({ orders }: ContextPage, attempt: Attempt): void {
  const last = orders.at(-1);
  if (last !== undefined && attempt.step !== null) last.attempt = attempt;
}

export function noteOrderEnded(
  world: World,
  attempt: Attempt,
  outcomes: readonly Outcome[],
  endUs: number | null,
): void {
  const order = attempt.page.orders.at(-1);
  if (order === undefined || order.attempt !== attempt) return;
  order.end = { outcomes, endUs };
  compare(world, attempt.page.worker, order);
}

export function takeReport(world: World, page: ContextPage, report: Report): void {
  const order = page.orders.at(-1);
  const fail = (facts: string): Error => wrong('command', page.worker, `${page.user}: ${facts}`);
  world.ledger.checks++;
  if (order === undefined) throw fail(`told of an end (${report.outcome}) that no command began`);
  if (order.report !== null) throw fail(`told of ${report.outcome} after ${order.report.outcome}, of one command`);
  order.report = report;
  if (order.attempt === null && !UNSEEN.includes(report.outcome)) throw fail(`${report.outcome}, of no request`);
  compare(world, page.worker, order);
}

function compare(world: World, worker: WorkerBook, { attempt, end, report }: Order<Attempt>): void {
  if (attempt === null || end === null || report === null) return;
  const { outcomes, endUs } = end;
  const name = AUTH.includes(report.outcome) ? 'auth' : report.outcome;
  const fail = (facts: string): Error => wrong('command', worker, `${attempt.page.user}: ${facts}`);
  world.ledger.checks += 3;
  if (!outcomes.includes(name)) throw fail(`told of ${report.outcome}, where it was ${outcomes.join(' or ')}`);
  if (outcomes.length > 1) return;
  if (endUs !== null && report.endUs !== endUs) throw fail(`told of an end at ${report.endUs}, which was at ${endUs}`);
  if (report.wireUs !== attempt.wireUs) throw fail(`told of ${report.wireUs} us on the wire, not ${attempt.wireUs}`);
}

/** At the end: each attempt that was seen has been told of. */
export function checkOrders(world: World): void {
  for (const { orders, user } of world.pagesByUser.values()) {
    for (const { attempt, end, report } of orders) {
      if (attempt === null) continue;
      world.ledger.checks++;
      if (end === null) throw wrong('command', null, `${user}: a command has begun an attempt without an end`);
      if (report === null) throw wrong('command', null, `${user}: nothing was told of ${end.outcomes.join(' or ')}`);
    }
  }
}
