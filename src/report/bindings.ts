// What 2xx answers listed and told, as lines of the summary: only what occurred. The texts are the peer's.

import { type BindingResult, formatCount, formatCounted } from '../metrics/index.ts';
import { WIDTH, wrappedList } from './layout.ts';
import { cutTo, harmless } from './safe-text.ts';

const ODD = [
  ['grantedLess', 'granted less than asked'],
  ['missing', 'own missing'],
  ['zero', 'granted 0'],
  ['more', 'more than asked for'],
  ['fewer', 'fewer than asked for'],
  ['routesLeft', 'Service-Routes not kept'],
] as const;

const TOLD_NAMES = {
  path: 'Path',
  serviceRoute: 'Service-Route',
  pubGruu: 'pub-gruu',
  tempGruu: 'temp-gruu',
  associatedUri: 'P-Associated-URI',
} as const;

export function bindingLines(bindings: BindingResult): string[] {
  const odd = ODD.flatMap(([key, text]) => (bindings[key] > 0 ? [`${formatCount(bindings[key])} ${text}`] : []));
  const lines = odd.length === 0 ? [] : wrappedList('  bindings      ', odd);
  for (const [key, name] of Object.entries(TOLD_NAMES)) {
    const told = bindings.told[key as keyof typeof TOLD_NAMES];
    if (told === undefined) continue;
    const text = `${name} in ${formatCounted(told.answers, 'answer')}, as ${harmless(told.example)}`;
    lines.push(cutTo(`  told          ${text}`, WIDTH));
  }
  return lines;
}
