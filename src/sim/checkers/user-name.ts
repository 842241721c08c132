// The user part of an address-of-record, as a scenario makes it of a number.

import type { RunPlan } from '../../scenario/index.ts';

export function userOf(template: RunPlan['identities']['user'], index: number): string {
  return template
    .map((part) => {
      if (part.kind === 'text') return part.text;
      return part.kind === 'index' ? String(index).padStart(part.width, '0') : '';
    })
    .join('');
}
