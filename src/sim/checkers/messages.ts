// Datagrams as the checkers read them: by the slow parser and a few lines of their own, each text once. A retransmission, the
// copy that the registrar gets and the answer on its way are the same text, so the last few thousand are remembered.

import { decodeLatin1 } from '../../std/index.ts';
import type { SlowMessage } from '../slow-parser.ts';
import { slowParse } from '../slow-parser.ts';

export interface Message {
  readonly text: string;
  /** Null: malformed. */
  readonly parsed: SlowMessage | null;
}

export type MessageReader = (text: string) => Message;

const MOST_REMEMBERED = 4_096;
const SHORT_LINES = 3;

export function createMessageReader(): MessageReader {
  let recent = new Map<string, Message>();
  let older = new Map<string, Message>();
  return (text) => {
    const known = recent.get(text) ?? older.get(text);
    if (known !== undefined) return known;
    if (recent.size >= MOST_REMEMBERED) {
      older = recent;
      recent = new Map();
    }
    const message = { text, parsed: slowParse(text) };
    recent.set(text, message);
    return message;
  };
}

/** One character for each byte. */
export const textOf = (bytes: Uint8Array): string => decodeLatin1(bytes, 0, bytes.length);

/** %HH as the character that it stands for. */
export const unescaped = (text: string): string =>
  text.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));

/**
 * The values of a header's rows, in order, folds and all; `name` in lower case, long form. Only of texts that the slow parser
 * has read.
 */
export function valuesOf(text: string, name: string): readonly string[] {
  const begin = /^(?:\r\n)*/.exec(text)![0].length;
  const lines = text.slice(begin, text.indexOf('\r\n\r\n', begin)).split(/\r\n(?![ \t])/);
  const values: string[] = [];
  for (const line of lines.slice(1)) {
    const colon = line.indexOf(':');
    if (trim(line.slice(0, colon)).toLowerCase() === name) values.push(trim(line.slice(colon + 1)));
  }
  return values;
}

/** Of what SIP calls white space; a text holds bytes, and some of them would be spaces in Unicode. */
const trim = (text: string): string => text.replace(/^[ \t\r\n]+|[ \t\r\n]+$/g, '');

/** Start line, branch, CSeq: enough to find it in a capture. */
export function shortOf(text: string): string {
  const lines = text.split('\r\n');
  const told = lines.filter((line, i) => i === 0 || /^(via|call-id|cseq|contact|authorization|x-)/i.test(line));
  return told.slice(0, SHORT_LINES + SHORT_LINES).join(' | ');
}

export function isSameBytes(one: Uint8Array, other: Uint8Array): boolean {
  return one === other || (one.length === other.length && one.every((byte, i) => byte === other[i]));
}
