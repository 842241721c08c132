// The keys of -sess sessions (RFC 7616 §3.4.2), one for each address-of-record: made with the nonce of the challenge and the cnonce sent
// with it first, and good for the nonces that follow in Authentication-Info. Only a registrar that gives such nonces needs them; the
// others make the key anew for each request, which comes to the same as long as a nonce lasts.
//
// A client that makes its key anew for each nonce is taken too: RFC 2617 and its readers disagreed about it.
//
//  column   array        unit   meaning                                       valid in
//  keys     Uint8Array   bytes  hex digits of the key, KEY_BYTES a row        known
//  known    Uint8Array   -      1 + its algorithm, or 0                       every row

import { MOST_DIGEST_HEX_BYTES } from '../sip/index.ts';
import type { ResolvedOptions } from './options.ts';

export const KEY_BYTES = MOST_DIGEST_HEX_BYTES;

export interface SessionKeys {
  readonly keys: Uint8Array;
  readonly known: Uint8Array;
}

/** Null: no session outlives a nonce. */
export const createSessionKeys = ({ algorithms, capacity, nextNonce }: ResolvedOptions): SessionKeys | null => {
  if (!nextNonce || !algorithms.some((name) => name.endsWith('-sess'))) return null;
  return { keys: new Uint8Array((capacity + 1) * KEY_BYTES), known: new Uint8Array(capacity + 1) };
};
