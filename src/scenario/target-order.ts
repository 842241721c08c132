// @hot
// Which of several targets a context turns to first, and to which next: RFC 2782's selection among SRV records, drawn for each
// context from the seed and its number, so that it does not depend on how many workers share the run.
//
//   priority 10:  A weight 60, B weight 40        context 7 -> B A C
//   priority 20:  C weight 0                      context 8 -> A B C
//
// The lowest priority comes first. Within one, RFC 2782: weights are added up in order, those of 0 first, a number is drawn
// from 0 to their sum, both included, and the first record whose running sum reaches it is taken; then the same with the rest.
// Where only weights of 0 are left, each is as likely as the others: the RFC leaves their order open.
//
// Left out on purpose: where the records come from (locate.ts).

import { uniformOf } from '../std/index.ts';

/** More are left out, the least preferred: each costs every worker a socket. */
export const MOST_TARGETS = 32;

/** What decides the order. Sorted by priority, then in an order that does not follow the name server's. */
export interface TargetWeights {
  count: number;
  /** Rising. */
  readonly priority: ArrayLike<number>;
  readonly weight: ArrayLike<number>;
}

const ORDER_SALT = 0x3263;

/** Writes the numbers of all targets into `order`, the context's first choice first. */
export const orderTargets = (targets: TargetWeights, seed: number, context: number, order: Uint8Array): void => {
  const { count, priority } = targets;
  for (let at = 0; at < count; at++) order[at] = at;
  let from = 0;
  while (from < count) {
    let to = from + 1;
    while (to < count && priority[to] === priority[from]) to++;
    orderGroup(targets, seed, context, order, from, to);
    from = to;
  }
};

/** The targets of one priority, which stand in order[from, to). */
const orderGroup = (
  { weight }: TargetWeights,
  seed: number,
  context: number,
  order: Uint8Array,
  from: number,
  to: number,
): void => {
  for (let at = from; at < to - 1; at++) {
    let sum = 0;
    for (let rest = at; rest < to; rest++) sum += weight[order[rest]!]!;
    const drawn = uniformOf(seed, ORDER_SALT, context, at);
    const taken = sum === 0 ? at + Math.floor(drawn * (to - at)) : takenAt(weight, order, at, to, drawn * (sum + 1));
    // Those passed over move up and keep their order, so that what is drawn next does not depend on what was drawn before.
    const chosen = order[taken]!;
    for (let rest = taken; rest > at; rest--) order[rest] = order[rest - 1]!;
    order[at] = chosen;
  }
};

/** Where the record stands whose running sum first reaches the number drawn, those of weight 0 being added first. */
const takenAt = (
  weight: ArrayLike<number>,
  order: Uint8Array,
  from: number,
  to: number,
  drawnBelow: number,
): number => {
  const drawn = Math.floor(drawnBelow);
  if (drawn === 0) for (let at = from; at < to; at++) if (weight[order[at]!] === 0) return at;
  let sum = 0;
  for (let at = from; at < to; at++) {
    sum += weight[order[at]!]!;
    if (sum >= drawn && weight[order[at]!]! > 0) return at;
  }
  return to - 1;
};
