// The half of a digest that is the same for every request with one Request-URI: H(A2) is made of method and digest-uri (RFC 7616
// §3.4.3), and REGISTER's method does not change. Made once for each Request-URI of a worker.

import type { Digest } from '../sip/index.ts';
import {
  ALGORITHM_MD5,
  ALGORITHM_SHA_256,
  ALGORITHM_SHA_512_256,
  digestBodyHash,
  digestHa2,
  digestHa2Int,
  digestHexBytes,
  setSpan,
} from '../sip/index.ts';
import { encodeAscii } from '../std/index.ts';

/** H(A2) of one hash. */
interface Ha2 {
  readonly auth: Uint8Array;
  /** For auth-int, with the hash of an empty body. */
  readonly authInt: Uint8Array;
}

export interface DigestUri {
  readonly requestUri: Uint8Array;
  /** By half the number of the algorithm, which is the same with -sess and without. */
  readonly ha2: readonly Ha2[];
}

/** `digest` is work space. */
export function createDigestUri(digest: Digest, requestUri: Uint8Array): DigestUri {
  const ha2 = [ALGORITHM_MD5, ALGORITHM_SHA_256, ALGORITHM_SHA_512_256].map((algorithm) =>
    createHa2(digest, algorithm, requestUri),
  );
  return { requestUri, ha2 };
}

function createHa2(digest: Digest, algorithm: number, requestUri: Uint8Array): Ha2 {
  const method = encodeAscii('REGISTER');
  const bytes = digestHexBytes(algorithm);
  const [bodyHash, auth, authInt] = [new Uint8Array(bytes), new Uint8Array(bytes), new Uint8Array(bytes)];
  digest.algorithm = algorithm;
  setSpan(digest.method, method, 0, method.length);
  setSpan(digest.uri, requestUri, 0, requestUri.length);
  setSpan(digest.body, requestUri, 0, 0);
  digestBodyHash(digest, bodyHash, 0);
  setSpan(digest.bodyHash, bodyHash, 0, bytes);
  digestHa2(digest, auth, 0);
  digestHa2Int(digest, authInt, 0);
  return { auth, authInt };
}
