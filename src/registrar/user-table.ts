// The users that a registrar knows by name, each with a password of its own: those of the file that a scenario names, in its shared
// memory (src/std/value-table.ts). Found by the user part of the address-of-record, escapes decoded, through an index in open
// addressing; built once.
//
//  index   Uint32Array   1 + the row whose user's hash leads there, 0 where there is none

import type { SubscriberUsers } from '../scenario/index.ts';
import { ALGORITHM_MD5, ALGORITHM_SHA_256, ALGORITHM_SHA_512_256 } from '../sip/index.ts';
import type { ValueTable } from '../std/index.ts';
import { attachValues, cellEnd, cellStart, mixBits } from '../std/index.ts';
import { HEX_MALFORMED, readHex2 } from './hex.ts';

export interface UserTable {
  readonly table: ValueTable;
  readonly user: number;
  readonly authUser: number;
  /** The column of passwords; or, where they are known only by it, of H(A1), and the hash that it was made with. */
  readonly password: number;
  readonly ha1: number;
  readonly ha1Algorithm: number;
  readonly index: Uint32Array;
  readonly mask: number;
  /** Work space: a user part, escapes decoded. */
  readonly name: Uint8Array;
}

export const NO_USER = -1;
export const NO_COLUMN = -1;

const HASHES = { MD5: ALGORITHM_MD5, 'SHA-256': ALGORITHM_SHA_256, 'SHA-512-256': ALGORITHM_SHA_512_256 } as const;

const PERCENT = 0x25;
/** What a cell may have (src/scenario/subscriber-columns.ts). */
const NAME_BYTES_MOST = 1000;

export const createUserTable = (known: SubscriberUsers): UserTable => {
  const { values, first, count, user, authUser, password, ha1 } = known;
  const mask = 2 ** Math.ceil(Math.log2(2 * count + 1)) - 1;
  const index = new Uint32Array(mask + 1);
  const users: UserTable = {
    ...{ table: attachValues(values), user, authUser, password, index, mask },
    ha1: ha1?.column ?? NO_COLUMN,
    ha1Algorithm: ha1 === undefined ? NO_COLUMN : HASHES[ha1.algorithm],
    name: new Uint8Array(NAME_BYTES_MOST),
  };
  for (let row = first; row < first + count; row++) {
    let place = hashOf(users.name, readName(users, row)) & mask;
    while (index[place] !== 0) place = (place + 1) & mask;
    index[place] = row + 1;
  }
  return users;
};

/** The row of a user, or NO_USER. */
export const findUser = (users: UserTable, user: Uint8Array, length: number): number => {
  const { index, mask, name } = users;
  let place = hashOf(user, length) & mask;
  for (; index[place] !== 0; place = (place + 1) & mask) {
    const row = index[place]! - 1;
    if (readName(users, row) === length && isSame(name, user, length)) return row;
  }
  return NO_USER;
};

/** Writes a row's user to `name`, escapes decoded (RFC 3261 §10.3(5)), and returns its length. */
const readName = ({ table, user, name }: UserTable, row: number): number => {
  const { bytes } = table;
  const end = cellEnd(table, row, user);
  let length = 0;
  for (let at = cellStart(table, row, user); at < end && length < name.length; at++) {
    let byte = bytes[at]!;
    if (byte === PERCENT && at + 2 < end) {
      const decoded = readHex2(bytes, at + 1);
      if (decoded !== HEX_MALFORMED) {
        byte = decoded;
        at += 2;
      }
    }
    name[length++] = byte;
  }
  return length;
};

const hashOf = (bytes: Uint8Array, length: number): number => {
  let hash = length;
  for (let at = 0; at < length; at++) hash = mixBits(hash, bytes[at]!);
  return hash >>> 0;
};

const isSame = (a: Uint8Array, b: Uint8Array, length: number): boolean => {
  for (let at = 0; at < length; at++) if (a[at] !== b[at]) return false;
  return true;
};
