// @hot
// The one thing in Content-Disposition that decides anything here (RFC 3261 §20.11):
//
//   Content-Disposition: render;handling=optional
//
// A body that says so may be ignored by whoever doesn't understand it; any other has to be refused (§8.2.3). What the
// grammar doesn't allow says nothing, and a body of which nothing is said is required.

import { encodeAscii, equalsIgnoreCase } from '../std/index.ts';
import { skipLws, skipToken } from './characters.ts';
import type { SipMessage } from './message.ts';
import { isParameter, PARAMETER_MALFORMED, readParameter } from './parameters.ts';
import { PARSE_OK } from './parse-result.ts';

const SEMICOLON = 0x3b;

const HANDLING: Uint8Array = encodeAscii('handling');
const OPTIONAL: Uint8Array = encodeAscii('optional');

/** Never an error: a request is not refused for how it describes a body. */
export const parseContentDisposition = (bytes: Uint8Array, start: number, end: number, message: SipMessage): number => {
  const { parameter } = message;
  const typeEnd = skipToken(bytes, start, end);
  if (typeEnd === start) return PARSE_OK;
  let at = skipLws(bytes, typeEnd, end);
  while (at < end && bytes[at] === SEMICOLON) {
    at = readParameter(bytes, at, end, parameter);
    if (at === PARAMETER_MALFORMED) return PARSE_OK;
    if (!isParameter(bytes, parameter, HANDLING)) continue;
    const { valueStart, valueEnd } = parameter;
    message.isBodyOptional = equalsIgnoreCase(bytes, valueStart, valueEnd, OPTIONAL, 0, OPTIONAL.length);
  }
  return PARSE_OK;
};
