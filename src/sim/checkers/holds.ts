// Holds as they can be told from outside. A phone that holds its registration may refresh it any number of times before its next
// step; each time not before the least share of the interval that its last 200 granted, not after the hold's end, and not once the
// drain has begun. And it may not leave a hold while a refresh was surely due in it.
//
// What is drawn from a range is only known to lie in it. Where both ends fall together the refresh is known to the microsecond,
// and so are its latency and lag.

import { isLoading } from '../../engine/index.ts';
import type { AttemptStep, HoldStep } from '../../scenario/index.ts';
import { US_PER_SECOND } from '../../std/index.ts';
import { periodOf, refreshSeconds } from './devices.ts';
import type { Told } from './endings.ts';
import type { Outcome } from './ledger.ts';
import { noteFollowed } from './ledger.ts';
import type { Attempt, ContextPage, World } from './model.ts';
import type { Request } from './request-form.ts';
import type { Span } from './span.ts';
import type { Pause } from './walk.ts';
import { waitUs } from './walk.ts';
import { wrong } from './wrong.ts';

/** Where the scenario names no other cap of Retry-After. */
const MOST_PUT_OFF_US = 300 * US_PER_SECOND;

/** How a refresh has ended. */
interface HeldEnd {
  readonly attempt: Attempt;
  readonly outcomes: readonly Outcome[];
  readonly endUs: number | null;
  readonly told: Told;
}

/** A hold among the pauses before the next step. */
export interface Place {
  readonly at: number;
  readonly step: HoldStep;
  /** When it begins, or goes on after a refresh; and when it ends. Null: not known exactly. */
  readonly readyUs: number | null;
  readonly endUs: number | null;
}

const isHold = (pause: Pause): pause is HoldStep => pause.kind === 'hold';

/** Whether the phone may be in a hold before its next step, or before the end of its flow. */
export const mayHold = ({ pauses }: ContextPage): boolean => pauses.some(isHold);

/** The hold of which the request is a refresh; null: of none. */
export function findHold(page: ContextPage, step: AttemptStep | null): Place | null {
  if (page.stage !== 'walking') return null;
  const places = placesOf(page).filter((place) => place.step.refresh === step);
  // A loop of nothing but a hold stands here as several of the same; each is over when its time is.
  return places.find(({ endUs }) => endUs === null || page.worker.turnUs < endUs) ?? places.at(-1) ?? null;
}

/** A refresh has been offered that belongs to this hold: when it was due; null: not known exactly. */
export function checkRefresh(world: World, { page, text }: Request, place: Place): number | null {
  const { worker } = page;
  const { readyUs, endUs } = place;
  world.ledger.checks += 3;
  if (page.socket.isDraining) throw wrong('hold', worker, 'a refresh of a hold that the drain has ended', text);
  const due = refreshSpan(world, page, place);
  if (due === 'none') throw wrong('hold', worker, 'a refresh of a binding that there is not', text);
  if (due === 'unknown') return null;
  noteRest(world, page);
  if (worker.turnUs < due.lowUs) throw wrong('hold', worker, `a refresh that is due at ${due.lowUs} or later`, text);
  if (endUs !== null && due.lowUs >= endUs) {
    throw wrong('hold', worker, `a refresh due at ${due.lowUs} in a hold that ends at ${endUs}`, text);
  }
  return readyUs !== null && due.lowUs === due.highUs ? due.lowUs : null;
}

function noteRest({ ledger }: World, { rest }: ContextPage): void {
  if (rest === null || rest.fromUs === null) return;
  noteFollowed(ledger, 'refresh after a failed one');
  if (rest.toldLowUs > rest.fromUs) noteFollowed(ledger, 'refresh after Retry-After');
}

/** From now on the refresh is under way, and the hold goes on behind it. */
export function enterHold(page: ContextPage, { at, endUs }: Place): readonly Pause[] {
  const passed = page.pauses.slice(0, at);
  page.pauses = page.pauses.slice(at);
  page.heldUntilUs = endUs;
  page.isHolding = true;
  page.rest = null;
  return passed;
}

/** The phone goes on behind its holds. */
export function leaveHold(page: ContextPage): void {
  page.isHolding = false;
  page.rest = null;
}

/** A refresh has ended in one of these ways, and its hold goes on. RFC 3261 §20.33: the next one is not before Retry-After. */
export function goOnHolding({ attempt, outcomes, endUs, told }: HeldEnd): void {
  const { page, step } = attempt;
  page.rest = null;
  if (outcomes.every((outcome) => outcome === 'succeeded')) return;
  const fromUs = outcomes.length === 1 ? endUs : null;
  const { retry } = step ?? {};
  const capUs = retry === undefined || retry.policy === 'none' ? MOST_PUT_OFF_US : retry.retryAfterCapUs;
  const [lowUs, highUs] = toldSpan(told, capUs);
  page.rest = { fromUs, toldLowUs: (fromUs ?? 0) + lowUs, toldHighUs: (fromUs ?? 0) + highUs };
}

function toldSpan(told: Told, capUs: number): readonly [number, number] {
  if (told === null) return [0, 0];
  if (told === 'unclear') return [0, capUs];
  const toldUs = Math.min(told * US_PER_SECOND, capUs);
  return [toldUs, toldUs];
}

/** When the step behind the pauses is due; null: not known exactly. Throws where a hold among them has let a refresh pass. */
export function dueAfterPauses(world: World, { page, text }: Request): number | null {
  for (const place of placesOf(page)) {
    const due = refreshSpan(world, page, place);
    world.ledger.checks++;
    if (typeof due === 'string' || place.endUs === null || due.highUs >= place.endUs) continue;
    throw wrong('hold', page.worker, `no refresh ${due.lowUs} to ${due.highUs}, in a hold until ${place.endUs}`, text);
  }
  return passedUs(page, page.pauses.length);
}

/** Whether its flow cannot have come to its end yet, there being a hold before it. */
export function isHeldStill(page: ContextPage): boolean {
  const endUs = passedUs(page, page.pauses.length);
  return isLoading(page.worker.engine) && endUs !== null && page.worker.turnUs < endUs;
}

const placesOf = (page: ContextPage): Place[] =>
  page.pauses.flatMap((pause, at) =>
    isHold(pause) ? [{ at, step: pause, readyUs: passedUs(page, at), endUs: passedUs(page, at + 1) }] : [],
  );

/** When the phone is past the first `count` pauses, if nothing is refreshed in between; null: not known exactly. */
function passedUs(page: ContextPage, count: number): number | null {
  let nowUs = page.readyUs;
  for (const [at, pause] of page.pauses.slice(0, count).entries()) {
    if (nowUs === null) return null;
    if (pause.kind === 'discard') continue;
    if (pause.kind === 'wait') {
      const lengthUs = waitUs(pause.wait, page.grantedSeconds);
      nowUs = lengthUs === null ? null : nowUs + lengthUs;
      continue;
    }
    const isUnderWay = at === 0 && page.isHolding;
    if (isUnderWay && page.heldUntilUs === null) return null;
    nowUs = Math.max(nowUs, isUnderWay ? (page.heldUntilUs ?? 0) : nowUs + pause.forUs);
  }
  return nowUs;
}

/** RFC 3261 §10.2.4: the 200 decides how long, and a share of that is waited for. */
function refreshSpan({ facts }: World, page: ContextPage, { at, step, readyUs }: Place): Span | 'none' | 'unknown' {
  const { accepted, belief, pauses } = page;
  if (belief.certainty !== 'known' || pauses.slice(0, at).some(({ kind }) => kind === 'discard')) return 'unknown';
  if (belief.untilUs === null || accepted === null) return 'none';
  const grantedUs = belief.grantedSeconds * US_PER_SECOND;
  const isExosip = facts.plan.profile === 'exosip2';
  if (isExosip && accepted.sentUs === null) return 'unknown';
  const rest = at === 0 && page.isHolding ? page.rest : null;
  // A device of a fleet has tried again what has failed, or its hold is over.
  if (rest !== null && (rest.fromUs === null || isExosip)) return 'unknown';
  // A refresh that failed is rested from as from one that granted the same again.
  const grantedAtUs = rest?.fromUs ?? accepted.atUs;
  const atShare = (share: number): number =>
    isExosip
      ? accepted.sentUs! + refreshSeconds(periodOf(accepted.askedSeconds, belief.grantedSeconds)) * US_PER_SECOND
      : grantedAtUs + boundedUs(step, grantedUs, Math.round(grantedUs * share));
  const fromUs = readyUs ?? 0;
  const lowUs = Math.max(fromUs, atShare(step.leastShare), rest?.toldLowUs ?? 0);
  const highUs = Math.max(fromUs, atShare(step.mostShare), rest?.toldHighUs ?? 0);
  return { lowUs, highUs: readyUs === null ? Number.POSITIVE_INFINITY : highUs };
}

function boundedUs({ marginUs, capUs }: HoldStep, grantedUs: number, wishedUs: number): number {
  const latest = [wishedUs];
  if (capUs !== null) latest.push(capUs);
  // Of an interval that is brief for its margin, half is left.
  if (marginUs > 0) latest.push(marginUs > grantedUs / 2 ? Math.round(grantedUs / 2) : grantedUs - marginUs);
  return Math.min(...latest);
}
