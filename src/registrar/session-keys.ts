// @hot
// Which key a -sess session is checked with (RFC 7616 §3.4.2): one made of this request, or the one that the address-of-record's session
// began with (session-table.ts).

import { digestHexBytes, setSpan } from '../sip/index.ts';
import { ANSWER_OK } from './answers.ts';
import { KEY_BYTES } from './session-table.ts';
import type { Registrar } from './state.ts';

/** Puts the key that the address-of-record's session began with in place of H(A1). False: there is none of this algorithm. */
export const useSessionKey = ({ authenticator, request, sessions }: Registrar): boolean => {
  const { digest } = authenticator;
  if (sessions === null || request.address === 0) return false;
  if (sessions.known[request.address] !== digest.algorithm + 1 || (digest.algorithm & 1) === 0) return false;
  const at = request.address * KEY_BYTES;
  setSpan(digest.ha1, sessions.keys, at, at + digestHexBytes(digest.algorithm));
  return true;
};

/** Keeps the key of a request that was right, and returns `answer`. */
export const keepSessionKey = ({ authenticator, request, sessions }: Registrar, answer: number): number => {
  const { digest } = authenticator;
  if (sessions === null || answer !== ANSWER_OK || (digest.algorithm & 1) === 0) return answer;
  const { bytes, start, end } = digest.ha1;
  const at = request.address * KEY_BYTES;
  for (let i = start; i < end; i++) sessions.keys[at + i - start] = bytes[i]!;
  sessions.known[request.address] = digest.algorithm + 1;
  return answer;
};
