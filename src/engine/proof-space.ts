// Work space for the proof that a server knows the secret (rspauth.ts).

import type { ByteSpan } from '../sip/index.ts';
import { MOST_DIGEST_HEX_BYTES } from '../sip/index.ts';

export interface ProofSpace {
  readonly expected: Uint8Array;
  readonly ha2: Uint8Array;
  readonly bodyHash: Uint8Array;
  /** What the digest's method was. */
  readonly method: ByteSpan;
}

const NO_METHOD = new Uint8Array(0);

export function createProofSpace(): ProofSpace {
  return {
    expected: new Uint8Array(MOST_DIGEST_HEX_BYTES),
    ha2: new Uint8Array(MOST_DIGEST_HEX_BYTES),
    bodyHash: new Uint8Array(MOST_DIGEST_HEX_BYTES),
    method: { bytes: NO_METHOD, start: 0, end: 0 },
  };
}
