// @hot
// What a registrar may do beyond RFC 3261, where its operator asks for it: Path (RFC 3327), outbound (RFC 5626), GRUU (RFC
// 5627), Service-Route (RFC 3608) and P-Associated-URI (RFC 7315 §4.1). A registrar without any of them has no such record, and
// asks for it once a request.
//
// What the request under way says to them is noted here: which of them its user agent supports, and its Path.

import { findHeaderRows, rowEnd, rowStart } from '../sip/index.ts';
import { encodeAscii } from '../std/index.ts';
import { type Extensions, GRUU_TAG, OUTBOUND_TAG, PATH_TAG } from './extension-record.ts';
import { firstTag, hasTag, isTag, nextTag } from './option-tags.ts';
import type { Registrar } from './state.ts';

const PATH_HEADER: Uint8Array = encodeAscii('path');
const SUPPORTED_HEADER: Uint8Array = encodeAscii('supported');
const SUPPORTED_LETTER = 0x6b;
const NO_LETTER = 0;

const PATH_LINE_BYTES = 8;

/** Once a request, ahead of everything else. */
export const readExtensions = (registrar: Registrar, extensions: Extensions, start: number): void => {
  const { message, request } = registrar;
  const { cursor, path, supported } = extensions;
  const { bytes } = request;
  const end = message.bodyStart < 0 ? start : message.bodyStart;
  findHeaderRows(bytes, start, end, SUPPORTED_HEADER, SUPPORTED_LETTER, supported);
  path.count = 0;
  if (extensions.isPath || extensions.isOutbound) findHeaderRows(bytes, start, end, PATH_HEADER, NO_LETTER, path);
  extensions.supportsPath = extensions.isPath && hasTag(bytes, supported, cursor, PATH_TAG);
  extensions.supportsOutbound = extensions.isOutbound && hasTag(bytes, supported, cursor, OUTBOUND_TAG);
  extensions.supportsGruu = extensions.isGruu && hasTag(bytes, supported, cursor, GRUU_TAG);
  extensions.usesOutbound = false;
};

/** What they add to a 200, contacts aside, at most. */
export const extensionBytes = (registrar: Registrar, extensions: Extensions): number => {
  const { message } = registrar;
  const { associatedUris, path, serviceRoutes } = extensions;
  let bytes = serviceRoutes.length + PATH_LINE_BYTES * 4;
  for (let i = 0; i < path.count; i++) bytes += rowEnd(path, i) - rowStart(path, i) + PATH_LINE_BYTES;
  for (let i = 0; i < associatedUris.length; i++) {
    const pieces = associatedUris[i]!;
    bytes += (pieces.length - 1) * (message.toEnd - message.toStart);
    for (let piece = 0; piece < pieces.length; piece++) bytes += pieces[piece]!.length;
  }
  return bytes;
};

/** RFC 3261 §8.2.2.3: whether something is required that is not there. */
export const isForeignTagRequired = (registrar: Registrar, extensions: Extensions): boolean => {
  const { message, request } = registrar;
  const { cursor } = extensions;
  const { bytes } = request;
  for (let found = firstTag(bytes, message.require, cursor); found; found = nextTag(bytes, message.require, cursor)) {
    if (!isKnownTag(bytes, extensions)) return true;
  }
  return false;
};

/** The tag at the cursor. */
export const isKnownTag = (bytes: Uint8Array, { cursor, tags }: Extensions): boolean => {
  for (let i = 0; i < tags.length; i++) if (isTag(bytes, cursor, tags[i]!)) return true;
  return false;
};

/** RFC 3327 §5.3: the user agent does not say that it knows Path, and a proxy on the way has added one. */
export const isPathRefused = ({ isPathStrict, path, supportsPath }: Extensions): boolean =>
  isPathStrict && path.count > 0 && !supportsPath;
