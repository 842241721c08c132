// The requests by which a libeXosip2 device takes back a Contact that leads nowhere (replacement.ts), as steps of their own: the step
// that has bound it once more, with all its headers, but with the managed Contact alone, which is to go. Its Expires header stays what
// it was; the parameter counts (RFC 3261 §10.2.1.1).

import type { AttemptStep, PlanContact } from '../scenario/index.ts';
import { isManaged, MANAGED } from './own-contacts.ts';

/** One for each step that binds the managed Contact, in their order. */
export const deletionsOf = (steps: readonly AttemptStep[]): readonly AttemptStep[] =>
  steps.flatMap((step) => {
    const contact = replaceableOf(step);
    if (contact === null) return [];
    return [{ ...step, procedure: 'unregister' as const, contacts: [{ ...contact, expiresSeconds: 0 }] }];
  });

/** The Contact of a step that may have to be replaced; null: it binds none, or others on purpose. */
export function replaceableOf({ procedure, contacts }: AttemptStep): PlanContact | null {
  if (procedure !== 'register' && procedure !== 'refresh') return null;
  return contacts === undefined ? MANAGED : (contacts.find(isManaged) ?? null);
}
