// Where bodies are put for their digest (body-digest.ts).

import { MOST_DIGEST_HEX_BYTES } from '../sip/index.ts';

/** As long as a datagram may be. */
const SPACE_BYTES = 65_536;

export interface BodyDigest {
  readonly space: Uint8Array;
  readonly hash: Uint8Array;
  readonly ha2: Uint8Array;
}

export const createBodyDigest = (): BodyDigest => ({
  space: new Uint8Array(SPACE_BYTES),
  hash: new Uint8Array(MOST_DIGEST_HEX_BYTES),
  ha2: new Uint8Array(MOST_DIGEST_HEX_BYTES),
});
