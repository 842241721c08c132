// @hot
// From and To (RFC 3261 §20.20, §20.39): one address and its parameters, of which only the tag matters.

import { encodeAscii } from '../std/index.ts';
import type { SipMessage } from './message.ts';
import { ADDRESS_MALFORMED, readAddress } from './name-addr.ts';
import { isParameter, PARAMETER_MALFORMED, readParameter } from './parameters.ts';
import { PARSE_DUPLICATE_HEADER, PARSE_FROM, PARSE_OK, PARSE_TO } from './parse-result.ts';

const SEMICOLON = 0x3b;

const TAG: Uint8Array = encodeAscii('tag');

export const parseFrom = (bytes: Uint8Array, start: number, end: number, message: SipMessage): number => {
  if (message.fromStart >= 0) return PARSE_DUPLICATE_HEADER;
  message.fromStart = start;
  message.fromEnd = end;
  const parameters = readAddress(bytes, start, end, message.address);
  if (parameters === ADDRESS_MALFORMED) return PARSE_FROM;
  if (!readTag(bytes, parameters, end, message)) return PARSE_FROM;
  message.fromUriStart = message.address.uriStart;
  message.fromUriEnd = message.address.uriEnd;
  message.fromTagStart = message.tag.start;
  message.fromTagEnd = message.tag.end;
  return PARSE_OK;
};

export const parseTo = (bytes: Uint8Array, start: number, end: number, message: SipMessage): number => {
  if (message.toStart >= 0) return PARSE_DUPLICATE_HEADER;
  message.toStart = start;
  message.toEnd = end;
  const parameters = readAddress(bytes, start, end, message.address);
  if (parameters === ADDRESS_MALFORMED) return PARSE_TO;
  if (!readTag(bytes, parameters, end, message)) return PARSE_TO;
  message.toUriStart = message.address.uriStart;
  message.toUriEnd = message.address.uriEnd;
  message.toTagStart = message.tag.start;
  message.toTagEnd = message.tag.end;
  return PARSE_OK;
};

/** Reads all parameters and leaves the tag in message.tag. False: malformed, or two tags (RFC 3261 §7.3.1). */
const readTag = (bytes: Uint8Array, start: number, end: number, message: SipMessage): boolean => {
  const tag = message.tag;
  const parameter = message.parameter;
  tag.start = -1;
  tag.end = -1;
  let at = start;
  while (at < end) {
    if (bytes[at] !== SEMICOLON) return false;
    at = readParameter(bytes, at, end, parameter);
    if (at === PARAMETER_MALFORMED) return false;
    if (isParameter(bytes, parameter, TAG)) {
      if (tag.start >= 0 || parameter.valueStart < 0) return false;
      tag.start = parameter.valueStart;
      tag.end = parameter.valueEnd;
    }
  }
  return true;
};
