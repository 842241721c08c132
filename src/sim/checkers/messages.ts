// Datagrams as the checkers read them: by the slow parser and a few lines of their own, each text once. A retransmission, the
// copy that the registrar gets and the answer on its way are the same text, so the last few thousand are remembered.

import type { SlowMessage } from '../slow-parser.ts';
import { slowParse } from '../slow-parser.ts';

export interface Message {
  readonly text: string;
  /** Null: malformed. */
  readonly parsed: SlowMessage | null;
}

export type MessageReader = (text: string) => Message;

const MOST_REMEMBERED = 4_096;
const CHARACTERS_AT_ONCE = 4_096;
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
export function textOf(bytes: Uint8Array): string {
  let text = '';
  for (let at = 0; at < bytes.length; at += CHARACTERS_AT_ONCE) {
    // A typed array is as good as the list of numbers that apply asks for, and is taken ten times as fast as a spread.
    text += String.fromCharCode.apply(null, bytes.subarray(at, at + CHARACTERS_AT_ONCE) as unknown as number[]);
  }
  return text;
}

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
