// @hot
// The table of failure texts: which status, reason phrase and Warning (or P-Registrar-Error) header ended attempts, and
// how often. A person reads these first when a run goes wrong. The table is small and of fixed size: a registrar that
// puts something unique into every answer fills it once, and further texts are counted as "other".
//
// Texts longer than their field are cut; two that differ only behind the cut are one entry. The bytes come from the wire
// and are kept as they are; who prints them makes them harmless.

import type { MetricsBlock } from './block.ts';
import * as at from './layout.ts';

const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/** Counts an attempt that ended with this answer. A span with its end at or before its start is an empty text. */
export function countFailureText(
  block: MetricsBlock,
  status: number,
  bytes: Uint8Array,
  phraseStart: number,
  phraseEnd: number,
  headerStart: number,
  headerEnd: number,
): void {
  const phraseLength = keptLength(phraseStart, phraseEnd, at.FAILURE_PHRASE_BYTES_MAX);
  const headerLength = keptLength(headerStart, headerEnd, at.FAILURE_HEADER_BYTES_MAX);
  let hash = hashBytes(FNV_OFFSET ^ status, bytes, phraseStart, phraseLength);
  hash = hashBytes(hash ^ phraseLength, bytes, headerStart, headerLength);
  const used = block.counters[at.COUNTER_FAILURE_TEXTS_USED]!;
  const fields = block.textFields;
  for (let entry = 0; entry < used; entry++) {
    const field = entry * at.TEXT_FIELDS;
    if (fields[field + at.TEXT_HASH] !== hash) continue;
    if (fields[field + at.TEXT_STATUS] !== status) continue;
    if (fields[field + at.TEXT_PHRASE_LENGTH] !== phraseLength) continue;
    if (fields[field + at.TEXT_HEADER_LENGTH] !== headerLength) continue;
    const kept = entry * at.FAILURE_TEXT_BYTES;
    if (!equalBytes(block.textBytes, kept, bytes, phraseStart, phraseLength)) continue;
    if (!equalBytes(block.textBytes, kept + at.FAILURE_PHRASE_BYTES_MAX, bytes, headerStart, headerLength)) continue;
    block.textCounts[entry] = block.textCounts[entry]! + 1;
    return;
  }
  if (used >= at.FAILURE_TEXTS_MAX) {
    block.counters[at.COUNTER_FAILURE_TEXTS_OTHER] = block.counters[at.COUNTER_FAILURE_TEXTS_OTHER]! + 1;
    return;
  }
  const kept = used * at.FAILURE_TEXT_BYTES;
  copyBytes(block.textBytes, kept, bytes, phraseStart, phraseLength);
  copyBytes(block.textBytes, kept + at.FAILURE_PHRASE_BYTES_MAX, bytes, headerStart, headerLength);
  const field = used * at.TEXT_FIELDS;
  fields[field + at.TEXT_STATUS] = status;
  fields[field + at.TEXT_PHRASE_LENGTH] = phraseLength;
  fields[field + at.TEXT_HEADER_LENGTH] = headerLength;
  fields[field + at.TEXT_HASH] = hash;
  block.textCounts[used] = 1;
  block.counters[at.COUNTER_FAILURE_TEXTS_USED] = used + 1;
}

function keptLength(start: number, end: number, most: number): number {
  const length = end - start;
  if (length <= 0) return 0;
  return Math.min(length, most);
}

/** FNV-1a, 32 bits, signed as it is stored. */
function hashBytes(seed: number, bytes: Uint8Array, start: number, length: number): number {
  let hash = seed | 0;
  for (let i = 0; i < length; i++) hash = Math.imul(hash ^ bytes[start + i]!, FNV_PRIME);
  return hash;
}

function equalBytes(kept: Uint8Array, keptStart: number, bytes: Uint8Array, start: number, length: number): boolean {
  for (let i = 0; i < length; i++) {
    if (kept[keptStart + i] !== bytes[start + i]) return false;
  }
  return true;
}

function copyBytes(kept: Uint8Array, keptStart: number, bytes: Uint8Array, start: number, length: number): void {
  for (let i = 0; i < length; i++) kept[keptStart + i] = bytes[start + i]!;
}
