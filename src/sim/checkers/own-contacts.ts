// Which Contacts a request is to carry, by what the plan says of its step: all that the phone is then known by (RFC 3261
// §10.2.1, §10.2.4).

import type { AttemptStep, RunPlan, TextTemplate } from '../../scenario/index.ts';
import type { ContextPage, World } from './model.ts';

/** URIs in the order of the request. A query has none. */
export function ownUris(world: World, page: ContextPage, step: AttemptStep | null): readonly string[] {
  const { cleanup } = world.facts.plan;
  const procedure = step === null ? cleanup : step.procedure;
  if (procedure === 'query' || procedure === 'wildcard') return [];
  if (step === null) return everBound(world, page);
  return step.contacts === undefined
    ? [page.contact]
    : step.contacts.map(({ uri }) => filled(world.facts.plan, uri, page));
}

/** What the clean-up has to remove: whatever a step of the flow binds, each once. */
function everBound(world: World, page: ContextPage): readonly string[] {
  const steps = [...world.steps.values()].filter(
    ({ procedure }) => procedure === 'register' || procedure === 'refresh',
  );
  const uris = steps.flatMap((step) => ownUris(world, page, step));
  return uris.length === 0 ? [page.contact] : [...new Set(uris)];
}

/** A text of the scenario as it is for this context. */
export function filled({ identities }: RunPlan, template: TextTemplate, page: ContextPage): string {
  const words = template.map((part) => {
    if (part.kind === 'text') return part.text;
    if (part.kind === 'user') return page.user;
    if (part.kind === 'contact') return page.contact;
    // No scenario that is drawn has users from a file.
    if (part.kind === 'column') return '';
    return String(identities.first + page.identity).padStart(part.width, '0');
  });
  return words.join('');
}
