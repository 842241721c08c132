// By what a context knows its own bindings again in a 200 (RFC 3261 §10.2.4): for each step the URIs of the Contacts that it
// sends, or the `line` that the managed one carries. A Contact that names instance and reg-id is ours only with those (RFC 5626 §6:
// another instance may be bound under the same URI). Made once for each socket, whose address is in them.
//
// Most steps send the managed Contact and nothing else. For those there is no list, and the flow's own Contact is looked for.

import type { AttemptStep, PlanContact, RunPlan, TextTemplate } from '../scenario/index.ts';
import type { CompiledText, TemplatePiece } from '../sip/index.ts';
import { compileText } from '../sip/index.ts';
import type { ContactFacts } from './contact-lines.ts';
import { instancePieces, lineValuePieces } from './contact-lines.ts';
import { contactUriPieces, managedPieces } from './request-text.ts';

export interface OwnFacts extends ContactFacts {
  /** The run's, of which instances are made. */
  readonly seed: number;
}

export interface OwnContact {
  readonly uri: CompiledText;
  /** The value of `line`, by which alone it is known; null: by its URI. */
  readonly line: CompiledText | null;
  /** Its URN; null: the Contact names none. */
  readonly instance: CompiledText | null;
  /** 0: none. */
  readonly regId: number;
  readonly askedSeconds: number;
}

/** Null: the managed Contact by its URI, asked for as the Expires header says. */
export type OwnContacts = readonly OwnContact[] | null;

type Known = (piece: TemplatePiece) => TemplatePiece;

/** `known` puts in what is known already of each piece. */
export function createOwnContacts(
  plan: RunPlan,
  step: AttemptStep,
  facts: OwnFacts,
  known: Known = (piece) => piece,
): OwnContacts {
  const hasLine = plan.phone?.line === true;
  if (step.procedure === 'query' || step.procedure === 'wildcard') return null;
  const asked = step.expiresSeconds ?? 0;
  const compile = (pieces: readonly TemplatePiece[]): CompiledText => compileText(pieces.map(known));
  const line = hasLine ? compile(lineValuePieces(facts.runId)) : null;
  if (step.contacts === undefined) {
    if (!hasLine) return null;
    const uri = compile(managedPieces(plan, facts));
    return [{ uri, line, instance: null, regId: 0, askedSeconds: asked }];
  }
  return step.contacts.map((contact) => ({
    uri: compile(contactUriPieces(plan, contact, facts)),
    line: isManaged(contact) ? line : null,
    instance: contact.instance ? compile(instancePieces(facts.seed)) : null,
    regId: contact.regId ?? 0,
    askedSeconds: contact.expiresSeconds ?? asked,
  }));
}

export const isManaged = (contact: PlanContact): boolean => contact.uri[0]?.kind === 'contact';

/** The longest URI of any step, which is composed to be compared. */
export function longestOwnContact(plan: RunPlan, steps: readonly AttemptStep[], facts: OwnFacts): number {
  const managed = compileText(managedPieces(plan, facts)).longestBytes;
  const listed = steps.flatMap((step) => createOwnContacts(plan, step, facts) ?? []);
  return listed.reduce((most, { uri }) => Math.max(most, uri.longestBytes), managed);
}

/**
 * The Contacts that a clean-up removes: all that the steps of the flow may have bound, each once, without preference or
 * interval. Undefined: only the managed one.
 */
export function boundContacts(steps: readonly AttemptStep[]): readonly PlanContact[] | undefined {
  const binding = steps.filter(({ procedure }) => procedure === 'register' || procedure === 'refresh');
  if (binding.every(({ contacts }) => contacts === undefined)) return undefined;
  const bound = new Map<string, PlanContact>();
  for (const { contacts } of binding) {
    for (const contact of contacts ?? [MANAGED]) {
      bound.set(JSON.stringify(contact.uri), { ...contact, q: null, expiresSeconds: null });
    }
  }
  return [...bound.values()];
}

/**
 * What is bound after any register or refresh of the flow: the Contacts that all of them send, by which a query is judged; by instance and
 * reg-id too where all of them send the same.
 */
export function commonContacts(plan: RunPlan, steps: readonly AttemptStep[], facts: OwnFacts): OwnContacts {
  const lists = steps
    .filter(({ procedure }) => procedure === 'register' || procedure === 'refresh')
    .map(({ contacts }) => contacts ?? [MANAGED]);
  const first = lists[0] ?? [MANAGED];
  const common = first.flatMap((contact) => {
    const same = lists.map((list) => list.find(({ uri }) => isSame(uri, contact.uri)));
    if (same.includes(undefined)) return [];
    const isOne = same.every((other) => other?.instance === contact.instance && other.regId === contact.regId);
    return [isOne ? contact : { ...contact, instance: false, regId: null }];
  });
  const step: AttemptStep = { kind: 'attempt', procedure: 'refresh', expiresSeconds: null, headers: [] };
  const isManagedAlone = common.length === 1 && isManaged(common[0]!);
  if (isManagedAlone) return createOwnContacts(plan, step, facts);
  return createOwnContacts(plan, { ...step, contacts: common.length === 0 ? first : common }, facts);
}

const isSame = (one: TextTemplate, other: TextTemplate): boolean => JSON.stringify(one) === JSON.stringify(other);

export const MANAGED: PlanContact = {
  uri: [{ kind: 'contact' }],
  q: null,
  expiresSeconds: null,
  instance: false,
  regId: null,
  parameters: [],
};
