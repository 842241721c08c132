// @hot
// What a byte may be part of (RFC 3261 §25.1). One table look-up a byte. White space inside a header value is LWS:
// a folded line end counts as a space, so CR and LF belong to it. The parser has refused bare CR and LF before any value
// is looked at.

import { CLASS_LWS, CLASS_SCHEME, CLASS_TOKEN, CLASS_URI, characterTable } from './character-table.ts';

export const CR = 0x0d;
export const LF = 0x0a;
export const SPACE = 0x20;
export const TAB = 0x09;
export const QUOTE = 0x22;
export const BACKSLASH = 0x5c;
export const COMMA = 0x2c;
export const SEMICOLON = 0x3b;
export const COLON = 0x3a;
export const EQUALS = 0x3d;
export const SLASH = 0x2f;
export const LESS = 0x3c;
export const GREATER = 0x3e;
export const QUESTION = 0x3f;
export const AT = 0x40;
export const STAR = 0x2a;
export const PERCENT = 0x25;
export const AMPERSAND = 0x26;
export const LEFT_BRACKET = 0x5b;
export const RIGHT_BRACKET = 0x5d;

const CLASSES: Uint8Array = characterTable();

export const isTokenByte = (byte: number): boolean => (CLASSES[byte]! & CLASS_TOKEN) !== 0;
export const isLws = (byte: number): boolean => (CLASSES[byte]! & CLASS_LWS) !== 0;
export const isSchemeByte = (byte: number): boolean => (CLASSES[byte]! & CLASS_SCHEME) !== 0;
export const isUriByte = (byte: number): boolean => (CLASSES[byte]! & CLASS_URI) !== 0;
export const isDigit = (byte: number): boolean => byte >= 0x30 && byte <= 0x39;
export const isLetter = (byte: number): boolean => (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7a;

/** The first index from `at` on that is not white space, or `end`. */
export const skipLws = (bytes: Uint8Array, at: number, end: number): number => {
  let p = at;
  while (p < end && isLws(bytes[p]!)) p++;
  return p;
};

/** The end of a span without its trailing white space, never before `start`. */
export const trimLwsEnd = (bytes: Uint8Array, start: number, end: number): number => {
  let p = end;
  while (p > start && isLws(bytes[p - 1]!)) p--;
  return p;
};

/** The first index from `at` on that is no token character, or `end`. */
export const skipToken = (bytes: Uint8Array, at: number, end: number): number => {
  let p = at;
  while (p < end && isTokenByte(bytes[p]!)) p++;
  return p;
};

/** `at` is the opening quote; returns the index after the closing one, or -1 when there is none (RFC 3261 §25.1). */
export const skipQuoted = (bytes: Uint8Array, at: number, end: number): number => {
  let p = at + 1;
  while (p < end) {
    const byte = bytes[p]!;
    if (byte === QUOTE) return p + 1;
    p += byte === BACKSLASH ? 2 : 1;
  }
  return -1;
};
