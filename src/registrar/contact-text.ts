// @hot
// How a binding is kept as text: the URI without its brackets, its header parameters without `expires` (the registrar says
// that itself), and the Call-ID of the request that wrote it. Everything else stays as it was received: parameters of the
// URI stay in the URI, header parameters stay outside (RFC 4475 §3.3.12, §3.3.13), escaped headers in the URI stay too
// (§3.3.14). The display name is not kept. With RFC 3327, the Path of the request follows.

import { type RowTable, rowEnd, rowStart } from '../sip/index.ts';
import { encodeAscii, equalsIgnoreCase } from '../std/index.ts';
import type { Registrar } from './state.ts';
import { TEXT_BYTES_MAX } from './text-store.ts';
import type { PlannedContact } from './update-plan.ts';

const EXPIRES: Uint8Array = encodeAscii('expires');

const COMMA = 0x2c;
const SEMICOLON = 0x3b;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const EQUALS = 0x3d;
const SPACE = 0x20;

export const TEXT_TOO_LONG = -1;

/**
 * Puts the text of a planned contact together in plan.text, notes how it is divided, and returns its length, or
 * TEXT_TOO_LONG.
 */
export const assembleText = (registrar: Registrar, contact: PlannedContact): number => {
  const { message, plan, request } = registrar;
  const { bytes } = request;
  const { uriStart, uriEnd, paramsStart, paramsEnd } = contact;
  const callIdLength = message.callIdEnd - message.callIdStart;
  if (uriEnd - uriStart + (paramsEnd - paramsStart) + callIdLength > TEXT_BYTES_MAX) return TEXT_TOO_LONG;
  contact.uriLength = copy(plan.text, 0, bytes, uriStart, uriEnd);
  contact.paramsLength = copyParams(plan.text, contact.uriLength, bytes, paramsStart, paramsEnd) - contact.uriLength;
  const callIdAt = contact.uriLength + contact.paramsLength;
  const callIdEnd = copy(plan.text, callIdAt, bytes, message.callIdStart, message.callIdEnd);
  const { extensions } = registrar;
  contact.pathLength = 0;
  if (extensions === null || !extensions.isPath) return callIdEnd;
  const pathEnd = copyPath(plan.text, callIdEnd, bytes, extensions.path);
  contact.pathLength = pathEnd === TEXT_TOO_LONG ? 0 : pathEnd - callIdEnd;
  return pathEnd;
};

/** RFC 3327 §5.3: the whole vector, in its order, rows joined by commas. */
const copyPath = (out: Uint8Array, start: number, bytes: Uint8Array, path: RowTable): number => {
  let at = start;
  for (let i = 0; i < path.count; i++) {
    if (at + 1 + rowEnd(path, i) - rowStart(path, i) > TEXT_BYTES_MAX) return TEXT_TOO_LONG;
    if (i > 0) out[at++] = COMMA;
    at = copy(out, at, bytes, rowStart(path, i), rowEnd(path, i));
  }
  return at;
};

const copy = (out: Uint8Array, at: number, bytes: Uint8Array, start: number, end: number): number => {
  for (let i = start; i < end; i++) out[at + i - start] = bytes[i]!;
  return at + end - start;
};

/** Copies `;a=1;expires=5;b` without the parameter called expires and without white space around the others. */
const copyParams = (out: Uint8Array, start: number, bytes: Uint8Array, from: number, end: number): number => {
  let at = start;
  let param = from;
  while (param < end) {
    const next = paramEnd(bytes, param + 1, end);
    if (!isExpires(bytes, param + 1, next)) at = copy(out, at, bytes, param, trimEnd(bytes, param, next));
    param = next;
  }
  return at;
};

/** The next semicolon outside quotes, or `end`. */
const paramEnd = (bytes: Uint8Array, start: number, end: number): number => {
  let isQuoted = false;
  let i = start;
  for (; i < end; i++) {
    const byte = bytes[i]!;
    if (byte === QUOTE) isQuoted = !isQuoted;
    else if (byte === BACKSLASH && isQuoted) i++;
    else if (byte === SEMICOLON && !isQuoted) return i;
  }
  return end;
};

const isExpires = (bytes: Uint8Array, start: number, end: number): boolean => {
  let nameStart = start;
  while (nameStart < end && bytes[nameStart]! <= SPACE) nameStart++;
  let nameEnd = nameStart;
  while (nameEnd < end && bytes[nameEnd]! > SPACE && bytes[nameEnd] !== EQUALS) nameEnd++;
  return equalsIgnoreCase(bytes, nameStart, nameEnd, EXPIRES, 0, EXPIRES.length);
};

const trimEnd = (bytes: Uint8Array, start: number, end: number): number => {
  let i = end;
  while (i > start && bytes[i - 1]! <= SPACE) i--;
  return i;
};
