// @hot
// Users from a file that names a realm for each (subscribers.ts): a secret answers no other. Where all have one realm, or none, the
// credential itself says so (authenticator.ts), and nobody comes here.

import type { RunPlan } from '../scenario/index.ts';
import { contextOfRow } from '../scenario/shares.ts';
import type { ValueTable } from '../std/index.ts';
import { cellEnd, cellStart, equalBytes } from '../std/index.ts';

const BACKSLASH = 0x5c;

export interface OwnRealm {
  readonly values: ValueTable;
  readonly column: number;
}

/** What of an engine's options says which row is a context's. */
export interface RowPlace {
  readonly plan: RunPlan;
  readonly workerIndex: number;
  readonly workerCount: number;
}

/** Whether the context's own realm is the one of a challenge, which is as it stood between its quotes. */
export function isOwnRealm(own: OwnRealm, context: number, quotedRealm: Uint8Array, place: RowPlace): boolean {
  const row = place.plan.identities.first + contextOfRow(context, place.workerIndex, place.workerCount);
  const { values, column } = own;
  const start = cellStart(values, row, column);
  const end = cellEnd(values, row, column);
  if (equalBytes(values.bytes, start, end, quotedRealm, 0, quotedRealm.length)) return true;
  return quotedRealm.includes(BACKSLASH) && isEscaped(values.bytes, start, end, quotedRealm);
}

/** RFC 3261 §25.1: a backslash in a quoted string stands for the character behind it. */
function isEscaped(bytes: Uint8Array, start: number, end: number, quoted: Uint8Array): boolean {
  let at = start;
  for (let i = 0; i < quoted.length; i++, at++) {
    if (quoted[i] === BACKSLASH && i + 1 < quoted.length) i++;
    if (at >= end || bytes[at] !== quoted[i]) return false;
  }
  return at === end;
}
