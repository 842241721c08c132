// What others want to know of a plan's credentials, without going through them.

import type { PlanIdentities, TemplatePart } from './plan.ts';

/** Whether a challenge can be answered at all. */
export const hasCredentials = ({ password, credentials }: PlanIdentities): boolean =>
  password !== null || credentials.length > 0;

/** Every secret of a plan as it was written, for keeping it out of what is stored. */
export const secretsOf = ({ password, credentials }: PlanIdentities): readonly string[] => [
  ...(password === null ? [] : [password]),
  ...credentials.flatMap(({ secret }) =>
    secret.kind === 'ha1' ? [secret.digits] : [secret.text.map(partText).join('')],
  ),
];

const partText = (part: TemplatePart): string => {
  if (part.kind === 'text') return part.text;
  return part.kind === 'index' && part.width > 0 ? `{index:${part.width}}` : `{${part.kind}}`;
};
