// How a violation is told: the rule first, then when and where, the facts, and the message concerned in short.

import { Violation } from '../violation.ts';
import { shortOf } from './messages.ts';
import type { WorkerBook, World } from './model.ts';

/** `rule` is its name, e.g. `timer-e`. */
export function wrong(rule: string, worker: WorkerBook | null, facts: string, text: string | null = null): Violation {
  const where = worker === null ? 'at the end' : `at ${worker.turnUs} us, worker ${worker.index}`;
  return new Violation(`${rule}: ${where}: ${facts}${text === null ? '' : `\n  ${shortOf(text)}`}`);
}

/** At the end two numbers must be the same. */
export function mustEqual(
  world: World,
  rule: string,
  what: string,
  [found, expected]: readonly [number, number],
): void {
  world.ledger.checks++;
  if (found !== expected) throw wrong(rule, null, `${what}: ${found}, not ${expected}`);
}

/** The number must lie between two; what is ambiguous counts for the upper one only. */
export function mustLieWithin(
  world: World,
  rule: string,
  what: string,
  [found, least, most]: readonly [number, number, number],
): void {
  world.ledger.checks++;
  if (found >= least && found <= most) return;
  throw wrong(rule, null, `${what}: ${found}, not ${least === most ? least : `${least} to ${most}`}`);
}
