// The Request-URIs that redirects have brought to a worker: kept once each, since many contexts are sent to few places.

import { equalBytes } from '../std/index.ts';
import { createDigestUri } from './digest-uri.ts';
import { NO_ROOM } from './redirect-places.ts';
import type { RedirectTable } from './redirect-table.ts';
import { MOST_REQUEST_URIS } from './redirect-table.ts';
import type { Engine } from './state.ts';

/** The number of the Request-URI in `choice.best` towards this target, made when it is new; NO_ROOM when there are too many. */
export function internUri(engine: Engine, { uris, choice }: RedirectTable, target: number): number {
  for (let i = 0; i < uris.length; i++) {
    const { text, target: known } = uris[i]!;
    if (known === target && equalBytes(text, 0, text.length, choice.best, 0, choice.bestEnd)) return i + 1;
  }
  if (uris.length >= MOST_REQUEST_URIS - 1) return NO_ROOM;
  const text = choice.best.slice(0, choice.bestEnd);
  uris.push({ text, target, digest: createDigestUri(engine.authenticator.digest, text) });
  return uris.length;
}
