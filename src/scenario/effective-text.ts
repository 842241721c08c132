// What `inspect` shows, as YAML with a comment behind each value that says where it comes from.

import { Document, isScalar } from 'yaml';
import type { EffectiveScenario } from './effective-scenario.ts';

const WIDTH = 0;

/** `parts` are further sections behind the scenario. */
export const effectiveYaml = (scenario: EffectiveScenario, parts: Readonly<Record<string, unknown>>): string => {
  const document = new Document({ scenario: scenario.value, ...parts }, { aliasDuplicateObjects: false });
  for (const [path, origin] of scenario.origins) {
    const node = document.getIn(['scenario', ...path.split('.').map(keyOf)], true);
    if (isScalar(node)) node.comment = ` ${origin}`;
  }
  return document.toString({ lineWidth: WIDTH });
};

/** Lists go by number. */
const keyOf = (part: string): string | number => (/^\d+$/.test(part) ? Number(part) : part);
