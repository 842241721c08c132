// @hot
// Misbehaviour by rule: which rule, if any, a request meets. The first one that applies decides. What follows from it is
// carried out by receive.ts and compose.ts.
//
//   datagram -> time? -> procedure, credentials? -> users? -> shares? -> not applied too often? -> this rule
//
// Choices are pure: a share is drawn from the seed, the rule and the transaction (or the user), so that a retransmission has
// the fate of its transaction, and the same requests meet the same fate again. Only `per: datagram` and `times` look at how
// often something happened before.
//
// Times count from the first datagram, which for a load test is its start.

import { CONTACT_FOUND, firstContact, METHOD_OPTIONS } from '../sip/index.ts';
import { uniformOf } from '../std/index.ts';
import {
  PROCEDURE_OPTIONS,
  PROCEDURE_QUERY,
  PROCEDURE_REFRESH,
  PROCEDURE_REGISTER,
  PROCEDURE_UNREGISTER,
  PROCEDURE_WILDCARD,
  RULE_ANY,
  type Rule,
  type Rules,
} from './rule.ts';
import type { Registrar } from './state.ts';
import { findBinding } from './update-bindings.ts';
import { isUserIn } from './user-match.ts';

const SALT_SHARE = 1;
const SALT_USER = 2;
const SALT_DATAGRAM = 3;

/** For the well-formed request under way, whose user and transaction are known; null when none applies. */
export const chooseRule = (registrar: Registrar, rules: Rules): Rule | null => {
  if (rules.areOver) return null;
  const { request } = registrar;
  const sinceUs = request.nowUs - registrar.startedUs;
  const procedure = procedureOf(registrar);
  const { authorization, proxyAuthorization } = registrar.message;
  const credentials = authorization.count + proxyAuthorization.count > 0 ? 1 : 0;
  rules.drawn = (rules.drawn + 1) | 0;
  for (let i = 0; i < rules.list.length; i++) {
    const rule = rules.list[i]!;
    if (rule.applied >= rule.times || sinceUs < rule.fromUs || sinceUs >= rule.toUs) continue;
    if (rule.procedure !== RULE_ANY && rule.procedure !== procedure) continue;
    if (rule.credentials !== RULE_ANY && rule.credentials !== credentials) continue;
    if (!isUserMeant(registrar, rules, rule) || !isDrawn(registrar, rules, rule)) continue;
    rule.applied++;
    return rule;
  }
  return null;
};

/**
 * For a retransmission of what was answered before: only a rule that drops single datagrams has a say, and it counts as
 * applied.
 */
export const isDatagramDropped = (registrar: Registrar, rules: Rules): boolean => {
  if (rules.areOver) return false;
  const { request } = registrar;
  const sinceUs = request.nowUs - registrar.startedUs;
  rules.drawn = (rules.drawn + 1) | 0;
  for (let i = 0; i < rules.list.length; i++) {
    const rule = rules.list[i]!;
    if (!rule.isPerDatagram || !rule.action.isDropped || rule.applied >= rule.times) continue;
    if (sinceUs < rule.fromUs || sinceUs >= rule.toUs) continue;
    if (!isUserMeant(registrar, rules, rule) || !isDrawn(registrar, rules, rule)) continue;
    rule.applied++;
    return true;
  }
  return false;
};

const isUserMeant = (registrar: Registrar, rules: Rules, rule: Rule): boolean => {
  const { request } = registrar;
  if (!isUserIn(rule, request.user, request.userLength)) return false;
  if (rule.userShare >= 1) return true;
  return uniformOf(rules.seed, rule.salt + SALT_USER, request.userHash, 0) < rule.userShare;
};

const isDrawn = (registrar: Registrar, rules: Rules, rule: Rule): boolean => {
  if (rule.share >= 1) return true;
  const { keyHigh, keyLow } = registrar.request;
  if (rule.isPerDatagram) {
    return uniformOf(rules.seed, rule.salt + SALT_DATAGRAM, keyLow, rules.drawn) < rule.share;
  }
  return uniformOf(rules.seed, rule.salt + SALT_SHARE, keyHigh, keyLow) < rule.share;
};

/** What the request wants, as it stands before anything is done about it. */
const procedureOf = (registrar: Registrar): number => {
  const { contact, message, plan, request } = registrar;
  if (message.method === METHOD_OPTIONS) return PROCEDURE_OPTIONS;
  if (message.contact.count === 0) return PROCEDURE_QUERY;
  if (firstContact(message, request.bytes, contact) !== CONTACT_FOUND) return RULE_ANY;
  if (contact.isStar) return PROCEDURE_WILDCARD;
  if ((contact.expires >= 0 ? contact.expires : message.expires) === 0) return PROCEDURE_UNREGISTER;
  const planned = plan.contacts[0]!;
  planned.uriStart = contact.uriStart;
  planned.uriEnd = contact.uriEnd;
  planned.paramsStart = contact.paramsStart;
  planned.paramsEnd = contact.paramsEnd;
  return findBinding(registrar, planned) === 0 ? PROCEDURE_REGISTER : PROCEDURE_REFRESH;
};
