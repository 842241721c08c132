// @hot
// The Request-URI of a context's requests: the plan's, or the one that a redirect has led its attempt to.

import type { DigestUri } from './digest-uri.ts';
import type { RedirectTable } from './redirect-table.ts';
import { authenticatorOf } from './speakers.ts';
import type { Engine } from './state.ts';

/** The number of the context's Request-URI; 0: the plan's. */
export function uriOf({ redirects }: { readonly redirects: RedirectTable | null }, context: number): number {
  return redirects === null ? 0 : redirects.uri[context]!;
}

/** What a digest is made of that is the same for all requests with the context's Request-URI. */
export function digestUriOf(engine: Engine, context: number): DigestUri {
  const number = uriOf(engine, context);
  return number === 0 ? authenticatorOf(engine, context) : engine.redirects!.uris[number - 1]!.digest;
}
