// @hot
// The methods that anything here treats apart. Method names are case-sensitive and never unescaped (RFC 3261 §7.1; RFC 4475
// §3.1.1.5).

import { encodeAscii, equalBytes } from '../std/index.ts';

/** Not read yet, or malformed. */
export const METHOD_NONE = -1;
/** A method that is none of the others. */
export const METHOD_OTHER = 0;
export const METHOD_REGISTER = 1;
export const METHOD_OPTIONS = 2;
/** Never answered (RFC 3261 §17.1.1.3). */
export const METHOD_ACK = 3;
export const METHOD_INVITE = 4;
export const METHOD_CANCEL = 5;

const REGISTER: Uint8Array = encodeAscii('REGISTER');
const OPTIONS: Uint8Array = encodeAscii('OPTIONS');
const ACK: Uint8Array = encodeAscii('ACK');
const INVITE: Uint8Array = encodeAscii('INVITE');
const CANCEL: Uint8Array = encodeAscii('CANCEL');

/** The METHOD_* of a name. */
export const methodNumber = (bytes: Uint8Array, start: number, end: number): number => {
  if (equalBytes(bytes, start, end, REGISTER, 0, REGISTER.length)) return METHOD_REGISTER;
  if (equalBytes(bytes, start, end, OPTIONS, 0, OPTIONS.length)) return METHOD_OPTIONS;
  if (equalBytes(bytes, start, end, ACK, 0, ACK.length)) return METHOD_ACK;
  if (equalBytes(bytes, start, end, INVITE, 0, INVITE.length)) return METHOD_INVITE;
  return equalBytes(bytes, start, end, CANCEL, 0, CANCEL.length) ? METHOD_CANCEL : METHOD_OTHER;
};
