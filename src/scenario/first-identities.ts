// The first users of a plan as they will speak: who they are, where they register, and with what name they answer a challenge.
// Secrets are not told, only that there is one.

import { hasCredentials } from './credential-facts.ts';
import type { PlanIdentities, RunPlan, TextTemplate } from './plan.ts';
import { textOfCell } from './subscriber-values.ts';

export interface ShownIdentity {
  readonly index: number;
  readonly addressOfRecord: string;
  readonly requestUri: string;
  /** By realm; `any` for every realm that no other one names. */
  readonly credentials: readonly { readonly realm: string; readonly authUser: string; readonly secret: string }[];
}

export const firstIdentities = (plan: RunPlan, most: number): readonly ShownIdentity[] =>
  Array.from({ length: Math.min(most, plan.identities.count) }, (_, number) => identityOf(plan, number));

const identityOf = (plan: RunPlan, number: number): ShownIdentity => {
  const { identities } = plan;
  const index = identities.first + number;
  const own = identities.subscribers;
  const user = fill(identities, identities.user, index);
  const domain = own?.hasDomains === true ? cellOf(identities, 'domain', index) : identities.domain;
  return {
    index,
    addressOfRecord: `sip:${user}@${domain}`,
    requestUri: own?.ownRegistrars === true ? `sip:${domain}` : plan.requestUri,
    credentials: hasCredentials(identities) ? credentialsOf(identities, index, user) : [],
  };
};

const credentialsOf = (identities: PlanIdentities, index: number, user: string): ShownIdentity['credentials'] => {
  const { password, credentials, subscribers } = identities;
  if (password !== null) return [{ realm: 'any', authUser: user, secret: 'password, REDACTED' }];
  return credentials.map(({ realm, authUser, secret }) => ({
    realm: realm ?? (subscribers?.hasRealms === true ? cellOf(identities, 'realm', index) : 'any'),
    authUser: authUser === null ? user : fill(identities, authUser, index),
    secret: secret.kind === 'password' ? 'password, REDACTED' : `ha1 of ${secret.algorithm}, REDACTED`,
  }));
};

/** A user or a name for credentials: neither has other gaps. */
const fill = (identities: PlanIdentities, template: TextTemplate, index: number): string =>
  template
    .map((part) => {
      if (part.kind === 'text') return part.text;
      if (part.kind === 'index') return String(index).padStart(part.width, '0');
      return part.kind === 'column' ? cellOf(identities, part.name, index) : '';
    })
    .join('');

const cellOf = ({ subscribers }: PlanIdentities, name: string, row: number): string =>
  subscribers === undefined ? '' : textOfCell(subscribers, name, row);
