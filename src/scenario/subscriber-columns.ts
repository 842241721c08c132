// The columns of a file of subscribers, and what may stand in each. Some names have a meaning of their own; any other one counts
// where a header asks for it, and what nobody asks for is not kept.

import { decodeLatin1, decodeUtf8 } from '../std/index.ts';
import { parseDomain } from './address.ts';
import { quoted } from './parsed.ts';
import { editDistance } from './suggest.ts';

/** The columns that say who a subscriber is, in the words of `identities`. */
export const IDENTITY_COLUMNS = ['user', 'domain', 'authUser', 'password', 'ha1', 'realm'] as const;
export type IdentityColumn = (typeof IDENTITY_COLUMNS)[number];
/** Never in a message, a report or a hash. */
export const SECRET_COLUMNS: readonly string[] = ['password', 'ha1'];
/** What a message has room for, as with the text of a template. */
const CELL_BYTES_MOST = 1000;
const COLUMNS_MOST = 64;
const HA1_DIGITS: readonly number[] = [32, 64];
const PERCENT = 0x25;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const DELETE = 0x7f;
const TAB = 0x09;

/** What is wrong with a cell, in words that never quote a secret; null: nothing. */
export type CellCheck = (bytes: Uint8Array, start: number, end: number) => string | null;

export interface SubscriberColumn {
  readonly name: string;
  /** Null: nobody asks for it. */
  readonly check: CellCheck | null;
  /** Digits of a hash, which are small letters (RFC 7616 §1.2) wherever they are hashed on. */
  readonly isHex: boolean;
}

/** The file's columns in their order, or what is wrong with one of them. */
export type HeaderFault = { readonly column: number; readonly message: string };

/** `asked` are the names that headers of the scenario ask for. */
export const readColumns = (names: readonly string[], asked: readonly string[]): SubscriberColumn[] | HeaderFault => {
  if (names.length > COLUMNS_MOST) return { column: COLUMNS_MOST, message: `more than ${COLUMNS_MOST} columns` };
  const columns: SubscriberColumn[] = [];
  for (const [column, name] of names.entries()) {
    const message = nameFault(name, names, column, asked);
    if (message !== null) return { column, message };
    columns.push({ name, check: checkFor(name, asked), isHex: name === 'ha1' });
  }
  const has = (name: IdentityColumn): boolean => names.includes(name);
  if (!has('user')) return { column: 0, message: 'no column is named user; the first line names the columns' };
  if (has('password') && has('ha1')) {
    return { column: names.indexOf('ha1'), message: 'password and ha1 exclude each other; keep one of the columns' };
  }
  return columns;
};

const nameFault = (name: string, names: readonly string[], column: number, asked: readonly string[]): string | null => {
  if (name === '') return 'the column has no name; the first line names the columns';
  if (names.indexOf(name) < column) return `there are two columns ${quoted(name)}`;
  if (/[;\t|]/.test(name) && names.length === 1) return 'columns are separated by commas';
  if (isIdentityColumn(name) || asked.includes(name)) return null;
  // A column that was meant must not be passed over; one that merely resembles may be anything.
  const meant = IDENTITY_COLUMNS.find((known) => editDistance(name.toLowerCase(), known.toLowerCase()) <= 1);
  return meant === undefined ? null : `unknown column ${quoted(name)}; did you mean "${meant}"?`;
};

export const isIdentityColumn = (name: string): name is IdentityColumn =>
  (IDENTITY_COLUMNS as readonly string[]).includes(name);

const checkFor = (name: string, asked: readonly string[]): CellCheck | null => {
  switch (name) {
    case 'user':
      return checkUser;
    case 'domain':
      return createDomainCheck();
    case 'authUser':
      return (bytes, start, end) => checkFilled('authUser', bytes, start, end) ?? checkQuotable(bytes, start, end);
    case 'password':
      return (bytes, start, end) => checkFilled('password', bytes, start, end);
    case 'ha1':
      return createHa1Check();
    case 'realm':
      return (bytes, start, end) => checkFilled('realm', bytes, start, end);
    default:
      return asked.includes(name) ? (bytes, start, end) => checkText(name, bytes, start, end) : null;
  }
};

const checkFilled = (name: string, bytes: Uint8Array, start: number, end: number): string | null =>
  start === end ? `the ${name} is empty; fill it in, or leave the column out` : checkText(name, bytes, start, end);

/** One line of text in UTF-8. */
const checkText = (name: string, bytes: Uint8Array, start: number, end: number): string | null => {
  if (end - start > CELL_BYTES_MOST) return `the ${name} is longer than ${CELL_BYTES_MOST} bytes`;
  let isAscii = true;
  for (let at = start; at < end; at++) {
    const byte = bytes[at]!;
    if ((byte < 0x20 && byte !== TAB) || byte === DELETE) return `the ${name} has a line break or control character`;
    if (byte > DELETE) isAscii = false;
  }
  return isAscii || isUtf8(bytes, start, end) ? null : `the ${name} is not UTF-8`;
};

const isUtf8 = (bytes: Uint8Array, start: number, end: number): boolean => {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes.slice(start, end));
    return true;
  } catch {
    return false;
  }
};

const checkQuotable = (bytes: Uint8Array, start: number, end: number): string | null => {
  for (let at = start; at < end; at++) {
    if (bytes[at] === QUOTE || bytes[at] === BACKSLASH) {
      return 'the authUser has a quote or backslash, which a digest user name cannot hold';
    }
  }
  return null;
};

const USER_BYTES: Uint8Array = Uint8Array.from({ length: 256 }, (_, code) =>
  /[A-Za-z0-9\-_.!~*'()&=+$,;?/]/.test(String.fromCharCode(code)) ? 1 : 0,
);

const isHexDigit = (byte: number | undefined): boolean =>
  byte !== undefined && ((byte >= 0x30 && byte <= 0x39) || ((byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x66));

/** RFC 3261 §25.1: user = 1*( unreserved / escaped / user-unreserved ). */
const checkUser: CellCheck = (bytes, start, end) => {
  if (start === end) return 'the user is empty';
  if (end - start > CELL_BYTES_MOST) return `the user is longer than ${CELL_BYTES_MOST} bytes`;
  for (let at = start; at < end; at++) {
    const byte = bytes[at]!;
    if (USER_BYTES[byte] === 1) continue;
    if (byte === PERCENT && at + 2 < end && isHexDigit(bytes[at + 1]) && isHexDigit(bytes[at + 2])) continue;
    const text = decodeUtf8(bytes.slice(start, end), 0, end - start);
    const why = text.includes('@') ? 'the domain is a column of its own' : 'escape them as %HH';
    return `${quoted(text)} has characters that a SIP user part cannot hold; ${why}`;
  }
  return null;
};

/** Many rows have few domains. */
const createDomainCheck = (): CellCheck => {
  const known = new Set<string>();
  return (bytes, start, end) => {
    const text = decodeLatin1(bytes, start, end);
    if (known.has(text)) return null;
    if (text === '') return 'the domain is empty';
    const domain = parseDomain(text);
    if (!domain.ok) return domain.message;
    known.add(text);
    return null;
  };
};

const createHa1Check = (): CellCheck => {
  let digits = 0;
  return (bytes, start, end) => {
    const length = end - start;
    for (let at = start; at < end; at++) if (!isHexDigit(bytes[at])) return NOT_HA1;
    if (!HA1_DIGITS.includes(length)) return NOT_HA1;
    if (digits === 0) digits = length;
    return length === digits
      ? null
      : `ha1 has ${length} digits, in the lines before it ${digits}: all have one algorithm`;
  };
};

const NOT_HA1 = 'ha1 is H(user:realm:password) in hex: 32 digits of MD5, or 64 of SHA-256 or SHA-512-256';
