// @hot
// The Request-URI where each user registers at its own domain (subscribers.ts): what `uri` in its credentials says, and an H(A2) of
// its own (RFC 7616 §3.4.3). Where all requests go to one URI, both are made once (authenticator.ts), and nobody comes here.

import type { BranchReader, CompiledText, Digest, RegisterFields } from '../sip/index.ts';
import { composeText, digestBodyHash, digestHa2, digestHa2Int, setSpan } from '../sip/index.ts';

export interface OwnUri {
  readonly text: CompiledText;
  /** Work space: the URI of the request under way, and hashes in hex digits. */
  readonly bytes: Uint8Array;
  readonly bodyHash: Uint8Array;
  readonly ha2: Uint8Array;
}

/** What of an engine the text follows from. */
interface Speaking {
  readonly fields: RegisterFields;
  readonly branch: BranchReader;
}

/** Makes the URI of the request in the engine's fields the digest's. */
export function useOwnUri({ fields, branch }: Speaking, digest: Digest, own: OwnUri): void {
  setSpan(digest.uri, own.bytes, 0, composeText(own.text, fields, branch, own.bytes, 0));
}

/** The same, and writes it at `at`; returns its end. */
export function writeOwnUri(speaking: Speaking, digest: Digest, own: OwnUri, out: Uint8Array, at: number): number {
  useOwnUri(speaking, digest, own);
  return composeText(own.text, speaking.fields, speaking.branch, out, at);
}

/** Makes H(A2) of the digest's URI; with `isWithBody` for auth-int, the body being empty. */
export function useOwnHa2(digest: Digest, { ha2, bodyHash, bytes }: OwnUri, isWithBody: boolean): void {
  let digits = 0;
  if (isWithBody) {
    setSpan(digest.body, bytes, 0, 0);
    setSpan(digest.bodyHash, bodyHash, 0, digestBodyHash(digest, bodyHash, 0));
    digits = digestHa2Int(digest, ha2, 0);
  } else digits = digestHa2(digest, ha2, 0);
  setSpan(digest.ha2, ha2, 0, digits);
}
