// What others want to know of a plan's credentials, without going through them.

import type { HashName, PlanIdentities, TemplatePart, TextTemplate } from './plan.ts';

/** Whether a challenge can be answered at all. */
export const hasCredentials = ({ password, credentials }: Pick<PlanIdentities, 'password' | 'credentials'>): boolean =>
  password !== null || credentials.length > 0;

/** What the hashes in a file of users were made with; null where there are none. */
export const columnHash = ({ credentials }: Pick<PlanIdentities, 'credentials'>): HashName | null => {
  const secret = credentials[0]?.secret;
  return secret?.kind === 'ha1-column' ? secret.algorithm : null;
};

/** Every secret of a plan as it was written, for keeping it out of what is stored. */
export const secretsOf = ({ password, credentials }: PlanIdentities): readonly string[] => [
  ...(password === null ? [] : [password]),
  ...credentials.flatMap(({ secret }) => {
    if (secret.kind === 'ha1') return [secret.digits];
    return secret.kind === 'password' && !isColumn(secret.text) ? [secret.text.map(partText).join('')] : [];
  }),
];

/** What a file says stands in no text that is stored, and is never made one. */
const isColumn = (template: TextTemplate): boolean => template.some(({ kind }) => kind === 'column');

const partText = (part: TemplatePart): string => {
  if (part.kind === 'text') return part.text;
  return part.kind === 'index' && part.width > 0 ? `{index:${part.width}}` : `{${part.kind}}`;
};
