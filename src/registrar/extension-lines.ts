// @hot
// The lines that extensions add to an answer: Path as the request had it (RFC 3327 §5.3), Require: outbound (RFC 5626 §6),
// Service-Route, P-Associated-URI, and in a 420 what of Require is unsupported; and the GRUUs of a contact (RFC 5627 §5.3):
//
//   ;pub-gruu="sip:alice@example.com;gr=urn:uuid:f81d…";temp-gruu="sip:tgruu.3f9a…@example.com;gr"
//
// A public GRUU follows from user and instance; a temporary one is another one in every answer, as it should be (§3.1.2).

import { findInstance, rowEnd, rowStart } from '../sip/index.ts';
import { encodeAscii, writeHex } from '../std/index.ts';
import { type Extensions, PATH_TAG } from './extension-record.ts';
import { isKnownTag } from './extensions.ts';
import { hashBegin, hashBytes, hashEnd, hashWord, PURPOSE_TEMPORARY_GRUU } from './keyed-hash.ts';
import { firstTag, nextTag } from './option-tags.ts';
import { put, putLineEnd, putText } from './put-bytes.ts';
import type { Registrar } from './state.ts';
import { classifyUri } from './uri-reader.ts';

const PATH: Uint8Array = encodeAscii('Path: ');
const REQUIRE_OUTBOUND: Uint8Array = encodeAscii('Require: outbound\r\n');
const UNSUPPORTED: Uint8Array = encodeAscii('Unsupported: ');
const PUB_GRUU: Uint8Array = encodeAscii(';pub-gruu="sip:');
const TEMP_GRUU: Uint8Array = encodeAscii(';temp-gruu="sip:tgruu.');
const GR_VALUE: Uint8Array = encodeAscii(';gr=');
const GR_END: Uint8Array = encodeAscii(';gr"');
/** RFC 3261 §25.1: what may stand in a URI parameter as it is, letters and digits aside. */
const PARAM_BYTES: Uint8Array = encodeAscii("[]/:&+$-_.!~*'()");

const AT = 0x40;
const QUOTE = 0x22;
const PERCENT = 0x25;
const GRUU_FIXED_BYTES = 96;
const ESCAPED_BYTES = 3;

export const writeExtensions = (registrar: Registrar, extensions: Extensions, start: number): number => {
  const { request, slab } = registrar;
  const { associatedUris, path, serviceRoutes } = extensions;
  let at = start;
  for (let i = 0; i < path.count && extensions.supportsPath; i++) {
    at = put(slab, putText(slab, at, PATH), request.bytes, rowStart(path, i), rowEnd(path, i));
    at = putLineEnd(slab, at);
  }
  if (extensions.usesOutbound) at = putText(slab, at, REQUIRE_OUTBOUND);
  at = putText(slab, at, serviceRoutes);
  for (let i = 0; i < associatedUris.length; i++) {
    const pieces = associatedUris[i]!;
    for (let piece = 0; piece < pieces.length; piece++) {
      if (piece > 0) at = putUser(registrar, at);
      at = putText(slab, at, pieces[piece]!);
    }
  }
  return at;
};

/** The user part of To as it is written there. */
const putUser = (registrar: Registrar, start: number): number => {
  const { message, request, slab, uris } = registrar;
  classifyUri(uris, request.bytes, message.toUriStart, message.toUriEnd);
  const { userStart, userEnd } = uris.uri;
  return userStart < 0 ? start : put(slab, start, request.bytes, userStart, userEnd);
};

/** RFC 3261 §8.2.2.3: each tag that is not supported. */
export const writeForeignTags = (registrar: Registrar, extensions: Extensions, start: number): number => {
  const { message, request, slab } = registrar;
  const { cursor } = extensions;
  let at = start;
  for (let found = firstTag(request.bytes, message.require, cursor); found; ) {
    if (!isKnownTag(request.bytes, extensions)) {
      at = put(slab, putText(slab, at, UNSUPPORTED), request.bytes, cursor.start, cursor.end);
      at = putLineEnd(slab, at);
    }
    found = nextTag(request.bytes, message.require, cursor);
  }
  return at;
};

/** RFC 3327 §5.3: told to a user agent that does not know what a proxy has asked for. */
export const writePathUnsupported = (registrar: Registrar, start: number): number => {
  const { slab } = registrar;
  return putLineEnd(slab, putText(slab, putText(slab, start, UNSUPPORTED), PATH_TAG));
};

/** What the GRUUs of a contact take, at most; its parameters hold the instance. */
export const gruuBytes = (registrar: Registrar, paramsLength: number): number => {
  const { extensions, message, uris } = registrar;
  if (extensions === null || !extensions.supportsGruu) return 0;
  const user = message.toEnd - message.toStart;
  return GRUU_FIXED_BYTES + user + 2 * uris.domain.length + ESCAPED_BYTES * paramsLength;
};

/** Parameters for a contact whose own ones are texts[start, end); none for one without an instance. */
export const writeGruus = (registrar: Registrar, at: number, texts: Uint8Array, start: number, end: number): number => {
  const { instance, slab, uris } = registrar;
  if (!findInstance(texts, start, end, instance)) return at;
  let to = putUser(registrar, putText(slab, at, PUB_GRUU));
  slab[to] = AT;
  to = putText(slab, putText(slab, to + 1, uris.domain), GR_VALUE);
  to = putEscaped(slab, to, texts, instance.start, instance.end);
  slab[to] = QUOTE;
  to = putTemporary(registrar, putText(slab, to + 1, TEMP_GRUU), texts);
  slab[to] = AT;
  return putText(slab, putText(slab, to + 1, uris.domain), GR_END);
};

const putTemporary = (registrar: Registrar, at: number, texts: Uint8Array): number => {
  const { hash, instance, request, slab } = registrar;
  hashBegin(hash, PURPOSE_TEMPORARY_GRUU);
  hashWord(hash, request.keyHigh);
  hashWord(hash, request.keyLow);
  hashBytes(hash, texts, instance.start, instance.end);
  hashEnd(hash);
  return writeHex(slab, writeHex(slab, at, hash.high, 8), hash.low, 8);
};

const putEscaped = (out: Uint8Array, start: number, from: Uint8Array, begin: number, end: number): number => {
  let at = start;
  for (let i = begin; i < end; i++) {
    const byte = from[i]!;
    if (isPlain(byte)) {
      out[at++] = byte;
      continue;
    }
    out[at] = PERCENT;
    at = writeHex(out, at + 1, byte, 2);
  }
  return at;
};

const isPlain = (byte: number): boolean => {
  const letter = byte | 0x20;
  return (letter >= 0x61 && letter <= 0x7a) || (byte >= 0x30 && byte <= 0x39) || PARAM_BYTES.includes(byte);
};
