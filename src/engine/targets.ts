// @hot
// Several targets: where a context goes, and where to when its target fails it (RFC 3263 §4.3). A run with one target has no
// table of them, and goes the way it always went.
//
// Each context has an order of its own (RFC 2782, src/scenario/target-order.ts), which follows from the seed and its number. It
// stays with a target until that fails it: 503, silence until Timer F, or an ICMP error. Then its next transaction goes to the
// next one of its order, within the same attempt, until each has had its turn.
//
// DEVIATION (RFC 3263 §4.3): not the same request with another branch, but the next CSeq: the target that failed may have stored
// the binding, and a registrar that shares it takes no update with the same number (RFC 3261 §10.3, step 7).
//
// There is one flow for each line and target; the lines are what contexts belong to for life, with their queues
// (transport-flows.ts):
//
//   flow t * lines + l      is line l towards target t, from the same local address and port as all others of line l; behind the
//                           targets stand the places that redirects have led to (redirect-table.ts)
//
// Where contexts are rebound (rebinds.ts) each of these flows has a spare one, with a number that is higher by how many they are; then no
// redirect is followed.

import type { MetricsBlock } from '../metrics/index.ts';
import {
  addCounter,
  COUNTER_REDIRECTED_REQUESTS,
  COUNTER_REDIRECTED_RESPONSES,
  countTarget,
  OUTCOME_TIMEOUT,
  OUTCOME_UNREACHABLE,
  TARGET_FAILOVERS,
  TARGET_REQUESTS,
} from '../metrics/index.ts';
import { contextOfRow, flowOfRow } from '../scenario/shares.ts';
import { orderTargets } from '../scenario/target-order.ts';
import { CONTEXT_REPEATING } from './contexts.ts';
import { pushReady } from './ready-queue.ts';
import type { RebindTable } from './rebind-table.ts';
import { REBIND_DONE } from './rebind-table.ts';
import { STAYS, targetOfUri } from './redirect-table.ts';
import type { Engine } from './state.ts';
import type { TargetTable } from './target-table.ts';
import type { TransportFlow } from './transport-flows.ts';
import { flowOf } from './transport-flows.ts';

/** The flow through which the context's next request leaves. */
export function routeOf(engine: Engine, context: number): TransportFlow {
  const { flows, lines, redirects } = engine;
  if (redirects !== null) {
    const away = targetOfUri(redirects, redirects.uri[context]!);
    if (away !== STAYS) return flows[away * lines + flowOfRow(context, lines)]!;
  }
  return ownRouteOf(engine, context);
}

/** The flow to the context's target, wherever a redirect has led its present attempt. */
export function ownRouteOf(engine: Engine, context: number): TransportFlow {
  const { targets, rebinds, flows, lines } = engine;
  const line = flowOfRow(context, lines);
  const flow = targets === null ? line : targets.ofContext[context]! * lines + line;
  return flows[rebinds === null ? flow : flow + spareOffset(rebinds, context)]!;
}

/** The context's socket, whatever it speaks to: what a NAT sees of it is the same for all targets. */
export function socketOf({ rebinds, flows, lines }: Engine, context: number): TransportFlow {
  const line = flowOfRow(context, lines);
  return flows[rebinds === null ? line : line + spareOffset(rebinds, context)]!;
}

/** The same by the number of a flow. */
export function socketOfFlow({ rebinds, flows, lines }: Engine, flow: number): TransportFlow {
  const line = flow % lines;
  return flows[rebinds === null || flow < rebinds.firstFlow ? line : line + rebinds.firstFlow]!;
}

function spareOffset({ state, firstFlow }: RebindTable, context: number): number {
  return state[context] === REBIND_DONE ? firstFlow : 0;
}

/** The number of the flow that the transaction's request leaves through, for as long as the row is in use. */
export function flowIdOfSlot(engine: Engine, slot: number): number {
  const { targets, rebinds, transactions, lines, redirects } = engine;
  const line = flowOfRow(transactions.context[slot]!, lines);
  if (redirects !== null) {
    const away = targetOfUri(redirects, redirects.ofSlot[slot]!);
    if (away !== STAYS) return away * lines + line;
  }
  const flow = targets === null ? line : targets.ofSlot[slot]! * lines + line;
  return rebinds === null || rebinds.ofSlot[slot] === 0 ? flow : flow + rebinds.firstFlow;
}

/** The target that a flow leads to; from the number of targets on, a place that redirects have led to. */
export function targetOfFlow({ lines, rebinds }: Engine, flow: number): number {
  return Math.floor((rebinds === null ? flow : flow % rebinds.firstFlow) / lines);
}

/** The target that the context's requests go to where no redirect leads them elsewhere. */
export function targetOfContext({ targets }: Engine, context: number): number {
  return targets === null ? 0 : targets.ofContext[context]!;
}

/** Counts a request or an answer of a flow, where they are not all one target's. */
export function countPlace(engine: Engine, metrics: MetricsBlock, flow: number, what: number): void {
  const { redirects, targets } = engine;
  const target = targetOfFlow(engine, flow);
  if (redirects !== null && target >= redirects.targetCount) {
    addCounter(metrics, what === TARGET_REQUESTS ? COUNTER_REDIRECTED_REQUESTS : COUNTER_REDIRECTED_RESPONSES, 1);
  } else if (targets !== null) countTarget(metrics, target, what);
}

/** Whether a redirect has led the context away from its target. */
function isAway({ redirects }: Engine, context: number): boolean {
  return redirects !== null && targetOfUri(redirects, redirects.uri[context]!) !== STAYS;
}

/** Nothing has failed yet in the context's present attempt. */
export function isFirstTry(targets: TargetTable, context: number): boolean {
  return targets.failed[context] === 0;
}

/** How many places the present attempt has turned to, and requests for another Contact: each may be challenged as often as one would. */
export function triesOf({ targets, redirects, replacements }: Engine, context: number): number {
  const followed = redirects === null ? 0 : redirects.followed[context]!;
  const more = replacements === null ? followed : followed + replacements.stage[context]!;
  return targets === null ? more + 1 : more + targets.failed[context]! + 1;
}

/** A new row is the context's present target's. */
export function keepTarget(targets: TargetTable, slot: number, context: number): void {
  targets.ofSlot[slot] = targets.ofContext[context]!;
}

/** A new row is the context's present socket's. */
export function keepSocket(rebinds: RebindTable, slot: number, context: number): void {
  rebinds.ofSlot[slot] = rebinds.state[context] === REBIND_DONE ? 1 : 0;
}

/** At the beginning of an attempt: nothing has failed in it yet, and a context that has not chosen since it could does so. */
export function settleTarget(engine: Engine, targets: TargetTable, context: number): void {
  targets.failed[context] = 0;
  if (targets.choice[context] === targets.choiceNow) return;
  targets.choice[context] = targets.choiceNow;
  takeRank(engine, targets, context, 0);
}

/** RFC 3263 §4.3: silence or a transport failure; a 503 is the third reason. A provisional answer is no silence. */
export function isTargetFailure(outcome: number): boolean {
  return outcome === OUTCOME_TIMEOUT || outcome === OUTCOME_UNREACHABLE;
}

/**
 * The context's target has failed it: it turns to its next one. True when the present attempt goes on there; false when
 * every target has failed in it, and it ends. Where a redirect led is no target, and when that fails the attempt has failed.
 */
export function failOver(engine: Engine, targets: TargetTable, context: number): boolean {
  if (isAway(engine, context)) return false;
  const { count } = targets.weights;
  countTarget(engine.metrics, targets.ofContext[context]!, TARGET_FAILOVERS);
  const failed = targets.failed[context]! + 1;
  targets.failed[context] = failed;
  // Of a list that is new meanwhile it takes the first.
  const rank = targets.choice[context] === targets.choiceNow ? targets.rank[context]! + 1 : 0;
  targets.choice[context] = targets.choiceNow;
  takeRank(engine, targets, context, rank < count ? rank : 0);
  if (failed >= count) return false;
  engine.contexts.state[context] = CONTEXT_REPEATING;
  pushReady(flowOf(engine, context).ready, context);
  return true;
}

function takeRank(engine: Engine, targets: TargetTable, context: number, rank: number): void {
  const { workerIndex, workerCount } = engine.options;
  orderTargets(targets.weights, targets.seed, contextOfRow(context, workerIndex, workerCount), targets.order);
  targets.rank[context] = rank;
  targets.ofContext[context] = targets.slotOf[targets.order[rank]!]!;
}
