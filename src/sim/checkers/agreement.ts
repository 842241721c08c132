// The registrar with itself: what it holds at the end is what its last 200 told, less what has expired. And with its clients:
// where the last change that it made is the last one that the client heard of, both know the same binding, until the same time
// but for the way of the answer.

import { beliefOf, mayBeBound } from '../../engine/index.ts';
import type { BindingView } from '../../registrar/index.ts';
import { US_PER_SECOND } from '../../std/index.ts';
import { contactFlowOf } from '../slow-parser.ts';
import type { Own } from './grant.ts';
import { mayBeSameFlow } from './grant.ts';
import type { ContextPage, End, World } from './model.ts';
import { rowOf } from './model.ts';
import type { Listed, Record, RegistrarView } from './registrar-view.ts';
import { doubtOf, LOST } from './registrar-view.ts';
import { wrong } from './wrong.ts';

export function checkAgreement(world: World, view: RegistrarView, end: End): void {
  for (const [user, record] of view.records) {
    // The registrar is asked by text; a user of other bytes than ASCII comes from damage.
    if (!/^[!-~]+$/.test(user) || record.listed === null || doubtOf(record) !== null) continue;
    checkListed(world, user, record.listed, end);
  }
  for (const page of world.pagesByUser.values()) {
    const record = view.records.get(page.user);
    const reason = unsettledBy(page, record, end);
    if (reason === null) checkSettled(world, page, record!, end);
    if (reason === 'own contact concealed') checkConcealed(world, page, end);
    if (reason !== null) world.ledger.unsettled.set(reason, (world.ledger.unsettled.get(reason) ?? 0) + 1);
  }
}

const heldBy = (end: End, user: string): readonly BindingView[] =>
  end.bindingsOf(user).filter(({ expiresAtUs }) => expiresAtUs > end.nowUs);

/**
 * Seconds are told in whole numbers, so whoever was there a second ago or expires within one may be here or not. One URI may stand for
 * several bindings, each of another instance (RFC 5626 §6).
 */
function checkListed(world: World, user: string, { atUs, contacts }: Listed, end: End): void {
  const held = [...heldBy(end, user)];
  world.ledger.checks++;
  for (const [uri, seconds] of contacts) {
    const toldUs = atUs + seconds * US_PER_SECOND;
    const at = held.findIndex(
      ({ contact, expiresAtUs }) => contact === uri && Math.abs(expiresAtUs - toldUs) <= US_PER_SECOND,
    );
    if (at >= 0) held.splice(at, 1);
    else if (toldUs - US_PER_SECOND > end.nowUs) {
      const others = held.filter(({ contact }) => contact === uri).map(({ expiresAtUs }) => expiresAtUs);
      throw wrong('agreement', null, `the registrar told ${user} of ${uri} until ${toldUs}; held ${others.join()}`);
    }
  }
  const [extra] = held;
  if (extra !== undefined) {
    const facts = `${extra.contact} of ${user} until ${extra.expiresAtUs}, and did not tell`;
    throw wrong('agreement', null, `the registrar holds ${facts}`);
  }
}

const isOf = (own: Own, { contact, params }: BindingView): boolean =>
  contact === own.uri && mayBeSameFlow(own, contactFlowOf(params));

/** Why client and registrar need not agree; null: they must. */
function unsettledBy(page: ContextPage, record: Record | undefined, end: End): string | null {
  const { accepted, belief } = page;
  // It was told of a binding that nobody stored: it believes what it was told (belief), and the registrar holds what it told others.
  if (accepted !== null && record?.untrue.has(accepted.branch)) return 'confirmed and not done';
  if (record === undefined || record.change === null) return accepted === null ? 'untouched' : 'not the registrar';
  if (accepted === null) return end.isQuiet ? 'never heard' : 'under way';
  if (record.isTampered) return 'damaged request';
  const doubt = doubtOf(record);
  if (doubt !== null) return doubt;
  if (record.change.branch === LOST) return 'bindings lost';
  if (record.change.branch !== accepted.branch) return end.isQuiet ? 'last answer not heard' : 'under way';
  if (record.change.answer !== accepted.text) return 'damaged answer';
  if (record.change.isConcealed) return 'own contact concealed';
  if (page.isForgotten) return 'discarded';
  return belief.certainty === 'known' ? null : 'unclear';
}

function checkSettled(world: World, page: ContextPage, record: Record, end: End): void {
  const { accepted, worker, user } = page;
  const row = rowOf(page, world.workers.length);
  const believed = beliefOf(worker.engine, row);
  const wayUs = accepted!.atUs - record.change!.atUs;
  const expectedUs = believed === null ? null : believed.untilUs - wayUs;
  const held = heldBy(end, user);
  const ends = accepted!.contacts.map((own) => held.find((binding) => isOf(own, binding))?.expiresAtUs ?? null);
  const isLeaving = accepted!.askedSeconds === 0;
  const heldUs = isLeaving ? lastOf(ends) : firstOf(ends);
  world.ledger.checks++;
  world.ledger.settled++;
  const isOver = expectedUs === null || expectedUs <= end.nowUs;
  // What should have gone, and is there, was bound a while ago, and told in whole seconds.
  const slackUs = isLeaving ? US_PER_SECOND : 0;
  if (isOver ? heldUs !== null : heldUs === null || Math.abs(heldUs - expectedUs) > slackUs) {
    const facts = `${user}: client believes until ${expectedUs}, the registrar holds until ${heldUs}`;
    throw wrong('agreement', null, facts, accepted!.text);
  }
  if (heldUs !== null && !mayBeBound(worker.engine, row)) {
    throw wrong('agreement', null, `${user} is bound, and its client would not clean up`, accepted!.text);
  }
}

/** Of several Contacts the client believes what holds for all of them; where all were to go, that it has what is left. */
const firstOf = (ends: readonly (number | null)[]): number | null =>
  ends.reduce((first, end) => (first === null || end === null ? null : Math.min(first, end)));

const lastOf = (ends: readonly (number | null)[]): number | null =>
  ends.reduce((last, end) => (last === null || end === null ? (last ?? end) : Math.max(last, end)));

/** Stored, and left out of the 200: the client believes in nothing, and knows all the same that it may have something to clean up. */
function checkConcealed(world: World, page: ContextPage, end: End): void {
  const { accepted, worker, user, isForgotten } = page;
  const isHeld = heldBy(end, user).some((binding) => accepted!.contacts.some((own) => isOf(own, binding)));
  world.ledger.checks++;
  if (isHeld && !isForgotten && !mayBeBound(worker.engine, rowOf(page, world.workers.length))) {
    throw wrong('agreement', null, `${user} is bound unawares, and its client would not clean up`, accepted!.text);
  }
}
