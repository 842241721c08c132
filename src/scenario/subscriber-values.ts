// What is asked of the rows of a file of subscribers that a run uses, without a string for each.

import type { SharedValues } from '../std/index.ts';
import { attachValues, cellEnd, cellStart, decodeUtf8, equalBytes, mixBits } from '../std/index.ts';
import type { HashName, PlanIdentities } from './plan.ts';
import { SECRET_COLUMNS } from './subscriber-columns.ts';
import type { SubscriberRows } from './subscriber-rows.ts';

/** Columns of a table of users, and its rows that count. */
export interface SubscriberUsers extends RowRange {
  readonly values: SharedValues;
  readonly user: number;
  /** The name in credentials. */
  readonly authUser: number;
  /** Negative where they have hashes instead. */
  readonly password: number;
  /** H(A1) of each, in lower-case hex digits, and what it was made with; without it they have passwords. */
  readonly ha1?: { readonly column: number; readonly algorithm: HashName };
  /** Of the challenge that their secrets answer; without it any. */
  readonly realm?: string;
}

/** The rows of the run: `count` of them, from `first` on. */
export interface RowRange {
  readonly first: number;
  readonly count: number;
}

const columnIn = ({ columns }: Pick<SubscriberRows, 'columns'>, name: string): number =>
  columns.findIndex((column) => column.name === name);

export const textOfCell = (rows: Pick<SubscriberRows, 'columns' | 'values'>, name: string, row: number): string => {
  const table = attachValues(rows.values);
  const column = columnIn(rows, name);
  const cell = table.bytes.slice(cellStart(table, row, column), cellEnd(table, row, column));
  return decodeUtf8(cell, 0, cell.length);
};

/** Whether all rows say the same in a column. */
export const isSameInAll = (rows: SubscriberRows, name: string, { first, count }: RowRange): boolean => {
  const table = attachValues(rows.values);
  const { bytes } = table;
  const column = columnIn(rows, name);
  const [start, end] = [cellStart(table, first, column), cellEnd(table, first, column)];
  for (let row = first + 1; row < first + count; row++) {
    if (!equalBytes(bytes, start, end, bytes, cellStart(table, row, column), cellEnd(table, row, column))) return false;
  }
  return true;
};

/** 16 hex digits over what the rows say, secrets left out: two files with the same users in the same order are one load. */
export const hashRows = (rows: SubscriberRows, { first, count }: RowRange): string => {
  const table = attachValues(rows.values);
  let low = 1;
  let high = 2;
  for (const [column, { name }] of rows.columns.entries()) {
    if (SECRET_COLUMNS.includes(name)) continue;
    for (let row = first; row < first + count; row++) {
      const end = cellEnd(table, row, column);
      let word = end - cellStart(table, row, column);
      for (let at = cellStart(table, row, column); at < end; at++)
        word = Math.imul(word ^ table.bytes[at]!, 0x01000193);
      low = mixBits(low, word);
      high = mixBits(high, word ^ low);
    }
  }
  return hexOf(high) + hexOf(low);
};

/** What a registrar needs to know the users of a plan, each with a password of its own; null: they have none from a file. */
export const usersOf = ({ credentials, first, count, subscribers }: PlanIdentities): SubscriberUsers | null => {
  if (subscribers === undefined) return null;
  const column = (name: string): number => columnIn(subscribers, name);
  const [password, ha1, user, named] = [column('password'), column('ha1'), column('user'), column('authUser')];
  if (password < 0 && ha1 < 0) return null;
  const [own] = credentials;
  const hash = own?.secret.kind === 'ha1-column' ? { ha1: { column: ha1, algorithm: own.secret.algorithm } } : {};
  const realm = own?.realm == null ? {} : { realm: own.realm };
  const authUser = named < 0 ? user : named;
  return { values: subscribers.values, first, count, user, authUser, password, ...hash, ...realm };
};

const hexOf = (word: number): string => (word >>> 0).toString(16).padStart(8, '0');
