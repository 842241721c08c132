// The registrar's rules from outside: a rule was applied to nobody whom its conditions do not name, and what the registrar then
// answered is what the rule says. Written from docs/registrar.md, with nothing of src/registrar.
//
// Left out on purpose: whether a rule with a share should have been applied. Chance decides that, and a share is any number.

import type { PlanAction, PlanRule, PlanRuleMatch } from '../../scenario/index.ts';
import type { Taken } from '../observer.ts';
import type { SlowMessage } from '../slow-parser.ts';
import type { Asked } from './asked.ts';
import { unescaped, valuesOf } from './messages.ts';
import type { World } from './model.ts';
import { wrong } from './wrong.ts';

/** How often each rule was applied, since the registrar began. */
export interface RuleBook {
  readonly applied: Map<PlanRule, number>;
}

export const createRuleBook = (): RuleBook => ({ applied: new Map() });

interface Request {
  readonly parsed: SlowMessage;
  readonly text: string;
}

/** It met a rule: one that is meant for it, and not too often. */
export function checkRuledRequest(world: World, book: RuleBook, nowUs: number, request: Request, taken: Taken): void {
  const { rule, startedUs, kind } = taken;
  if (rule === null) return;
  const { match, action } = rule;
  const applied = (book.applied.get(rule) ?? 0) + 1;
  book.applied.set(rule, applied);
  world.ledger.checks += 4;
  const fail = (facts: string): Error => wrong('rule', null, `${rule.name}: ${facts}`, request.text);
  const sinceUs = nowUs - startedUs;
  if (sinceUs < match.fromUs || (match.toUs !== null && sinceUs >= match.toUs)) throw fail(`applied at ${sinceUs}`);
  if (match.times !== null && applied > match.times) throw fail(`applied ${applied} times`);
  if (!isUserMeant(match, request.parsed)) throw fail(`applied to ${request.parsed.toUri}`);
  const isDropped = action.drop === 'request';
  if (isDropped !== (kind === 'none')) throw fail(isDropped ? 'the request was answered' : 'nothing was done');
  // A retransmission meets the rule that drops single datagrams by its user and time alone.
  if (isDropped && match.per === 'datagram') return;
  const hasCredentials = ['authorization', 'proxy-authorization'].some(
    (name) => valuesOf(request.text, name).length > 0,
  );
  if (match.credentials !== null && match.credentials !== hasCredentials) throw fail('credentials');
  if (match.procedure !== null && !procedures(request.parsed).includes(match.procedure)) throw fail('procedure');
}

function isUserMeant({ users }: PlanRuleMatch, { toUri }: SlowMessage): boolean {
  if (users === null) return true;
  const user = unescaped(/^sips?:([^@;]*)@/i.exec(toUri)?.[1] ?? '');
  if (users.kind === 'range') {
    const digits = /\d+$/.exec(user);
    return digits !== null && Number(digits[0]) >= users.first && Number(digits[0]) <= users.last;
  }
  const pattern = [...users.pattern].map((char) => ({ '*': '.*', '?': '.' })[char] ?? char.replace(/\W/, '\\$&'));
  return new RegExp(`^${pattern.join('')}$`, 's').test(user);
}

/** What it can be, as far as the message tells. */
function procedures({ method, contacts, expires }: SlowMessage): readonly string[] {
  if (method === 'OPTIONS') return ['options'];
  if (contacts?.length === 0) return ['query'];
  const [uri, own] = contacts?.[0] ?? ['', -1];
  if (uri === '*') return ['wildcard'];
  return (own >= 0 ? own : expires) === 0 ? ['unregister'] : ['register', 'refresh'];
}

/** An answer, final or no SIP at all, to a request that met a rule, at once or later. */
export function checkRuledAnswer(
  world: World,
  nowUs: number,
  asked: Asked,
  parsed: SlowMessage | null,
  text: string,
): void {
  const { action } = asked;
  if (action === null) return;
  world.ledger.checks += 2;
  const fault = faultOf(action, nowUs, asked, parsed);
  if (fault !== null) throw wrong('rule', null, fault, text);
}

function faultOf(action: PlanAction, nowUs: number, asked: Asked, parsed: SlowMessage | null): string | null {
  const { delay } = action;
  const sinceUs = nowUs - asked.atUs;
  if (action.trying === 'hang') return 'a final answer after 100 and nothing';
  if (action.garbage) return parsed === null ? null : 'a message in place of garbage';
  if (parsed === null) return 'garbage';
  if (delay?.kind === 'fixed' && sinceUs < delay.lengthUs) return `answered after ${sinceUs} us`;
  if (delay?.kind === 'uniform' && sinceUs < delay.leastUs) return `answered after ${sinceUs} us`;
  if (action.wrongBranch === (parsed.branch === asked.parsed.branch)) return `branch ${parsed.branch}`;
  if (action.wrongCseq === (parsed.cseq === asked.parsed.cseq)) return `CSeq ${parsed.cseq}`;
  if (action.answer !== null) return parsed.status === action.answer.status ? null : `status ${parsed.status}`;
  return parsed.status < 300 && asked.isChanging ? falsehoodFault(action, asked, parsed) : null;
}

/** What the 200 has to say, or conceal, of the Contacts of its request. */
function falsehoodFault({ falsehood }: PlanAction, asked: Asked, { contacts }: SlowMessage): string | null {
  const own = (asked.parsed.contacts ?? []).filter(([uri]) => uri !== '*');
  const told = new Map(contacts ?? []);
  for (const [uri, seconds] of own) {
    const isAsked = (seconds >= 0 ? seconds : asked.parsed.expires) !== 0;
    const found = told.get(uri);
    if (falsehood === 'ownContactMissing' && found !== undefined) return `${uri} is not missing`;
    if (falsehood === 'grantedZero' && isAsked && found !== 0) return `${uri} was granted ${found} s`;
    if (falsehood === 'notStored' && isAsked !== (found ?? 0) > 0) return `${uri} was confirmed for ${found} s`;
  }
  return null;
}
