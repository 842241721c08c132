// The target table: where the sockets of each slot are to lead, in shared memory, so that one look-up on the main thread reaches
// every worker. The coordinator writes a whole edition and then its number into CTL_TARGETS; a worker that sees another
// number reads. Two editions have room, by turns: look-ups are a second apart at least, and a worker reads within a tenth of one.
//
//   Float64  [edition & 1][slot][address, port, priority, weight]      port 0: the slot leads nowhere any more

import { assert } from '../std/index.ts';
import type { WeightedTarget } from './messages.ts';

/** An IPv4 address as an unsigned number in host order. */
export interface SlotTarget extends Omit<WeightedTarget, 'address'> {
  readonly address: number;
}

const FIELDS = 4;
const EDITIONS = 2;

export const createTargetTable = (slots: number): SharedArrayBuffer =>
  new SharedArrayBuffer(EDITIONS * slots * FIELDS * Float64Array.BYTES_PER_ELEMENT);

const rowsOf = (table: SharedArrayBuffer, edition: number): Float64Array => {
  const length = table.byteLength / Float64Array.BYTES_PER_ELEMENT / EDITIONS;
  assert(Number.isInteger(length / FIELDS), 'a target table has whole rows');
  return new Float64Array(table, (edition & 1) * length * Float64Array.BYTES_PER_ELEMENT, length);
};

export const writeTargets = (
  table: SharedArrayBuffer,
  edition: number,
  slots: readonly (SlotTarget | null)[],
): void => {
  const rows = rowsOf(table, edition);
  assert(slots.length * FIELDS === rows.length, 'an edition names every slot');
  for (const [slot, target] of slots.entries()) {
    const row = target === null ? [0, 0, 0, 0] : [target.address, target.port, target.priority, target.weight];
    rows.set(row, slot * FIELDS);
  }
};

export const readTargets = (table: SharedArrayBuffer, edition: number): readonly (SlotTarget | null)[] => {
  const rows = rowsOf(table, edition);
  return Array.from({ length: rows.length / FIELDS }, (_, slot) => {
    const [address = 0, port = 0, priority = 0, weight = 0] = rows.subarray(slot * FIELDS, (slot + 1) * FIELDS);
    return port === 0 ? null : { address, port, priority, weight };
  });
};
