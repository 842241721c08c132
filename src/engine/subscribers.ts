// Texts of users who come from a file (src/scenario/read-subscribers.ts): a column is a piece of a text like any other, which the
// row of the context fills. All that differs is that a user may have a domain of its own, and register there.

import type { PlanIdentities, RunPlan } from '../scenario/index.ts';
import type { TemplatePiece } from '../sip/index.ts';
import { assert, attachValues } from '../std/index.ts';
import { text } from './pieces.ts';

/** What the row of the context says in a column. */
export function columnPiece({ subscribers }: PlanIdentities, name: string): TemplatePiece {
  assert(subscribers !== undefined, 'a text with a column has a file for it');
  const column = subscribers.columns.findIndex((one) => one.name === name);
  assert(column >= 0, 'a column that a text names is kept');
  const { longestBytes } = subscribers.columns[column]!;
  return { kind: 'value', values: attachValues(subscribers.values), column, longestBytes };
}

/** The domain of the address-of-record. */
export const domainPiece = (identities: PlanIdentities): TemplatePiece =>
  identities.subscribers?.hasDomains === true ? columnPiece(identities, 'domain') : text(identities.domain);

/** RFC 3261 §10.2: the Request-URI names the domain of the location service, which is the user's where nobody says otherwise. */
export const requestUriPieces = ({ identities, requestUri }: RunPlan): readonly TemplatePiece[] =>
  hasOwnRegistrars(identities) ? [text('sip:'), columnPiece(identities, 'domain')] : [text(requestUri)];

export const hasOwnRegistrars = ({ subscribers }: PlanIdentities): boolean => subscribers?.ownRegistrars === true;
