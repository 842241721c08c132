// SIP messages as test texts, and parsed messages as texts again.

import { type ContactRows, firstContactRow, nextContactRow } from '../../src/sip/contact-rows.ts';
import type { RowTable, SipMessage } from '../../src/sip/index.ts';
import { createSipMessage, parseErrorName, parseMessage, rowEnd, rowStart } from '../../src/sip/index.ts';
import { decodeLatin1, encodeUtf8 } from '../../src/std/index.ts';

/** Lines with CRLF after each, and `\xHH` for a byte that an editor would not keep. */
export const sipBytes = (text: string): Uint8Array => {
  const crlf = encodeUtf8(text.replaceAll('\r\n', '\n').replaceAll('\n', '\r\n'));
  const bytes = decodeLatin1(crlf, 0, crlf.length).replaceAll(/\\x([0-9a-f]{2})/gi, (_, hex: string) =>
    String.fromCharCode(Number.parseInt(hex, 16)),
  );
  return Uint8Array.from(bytes, (character) => character.charCodeAt(0));
};

export interface Parsed {
  readonly bytes: Uint8Array;
  readonly message: SipMessage;
  /** The name of the PARSE_* that parseMessage answered. */
  readonly result: string;
  /** The text of a span; null where it is absent. */
  readonly text: (start: number, end: number) => string | null;
}

/** Parses a text at an odd offset, with bytes around it that would change the result if they were looked at. */
export const parseText = (text: string): Parsed => {
  const inner = sipBytes(text);
  const bytes = new Uint8Array(inner.length + 20).fill(0x22);
  bytes.set(inner, 7);
  const message = createSipMessage();
  const result = parseErrorName(parseMessage(bytes, 7, 7 + inner.length, message));
  return { bytes, message, result, text: (start, end) => spanText(bytes, start, end) };
};

export const spanText = (bytes: Uint8Array, start: number, end: number): string | null =>
  start < 0 ? null : decodeLatin1(bytes, start, end);

export const rowTexts = (bytes: Uint8Array, table: RowTable): string[] =>
  Array.from({ length: table.count }, (_, row) => decodeLatin1(bytes, rowStart(table, row), rowEnd(table, row)));

export const contactRowTexts = (bytes: Uint8Array, rows: ContactRows): string[] => {
  const texts: string[] = [];
  const row = { start: -1, end: -1 };
  for (let found = firstContactRow(rows, row); found; found = nextContactRow(bytes, rows, row)) {
    texts.push(decodeLatin1(bytes, row.start, row.end));
  }
  return texts;
};

/** A 200 to a REGISTER, with some header lines taken out, replaced or put in front of the blank line. */
export const response = (
  change: { without?: string; instead?: Record<string, string>; extra?: string } = {},
): string => {
  const lines = [
    'SIP/2.0 200 OK',
    'Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK1;rport=5060',
    'From: <sip:alice@test.example>;tag=f1',
    'To: <sip:alice@test.example>;tag=t1',
    'Call-ID: c1@192.0.2.1',
    'CSeq: 7 REGISTER',
    'Content-Length: 0',
  ];
  return withChanges(lines, change);
};

export const request = (
  change: { without?: string; instead?: Record<string, string>; extra?: string } = {},
): string => {
  const lines = [
    'REGISTER sip:test.example SIP/2.0',
    'Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK1;rport',
    'Max-Forwards: 70',
    'From: <sip:alice@test.example>;tag=f1',
    'To: <sip:alice@test.example>',
    'Call-ID: c1@192.0.2.1',
    'CSeq: 7 REGISTER',
    'Content-Length: 0',
  ];
  return withChanges(lines, change);
};

/** `without` and the keys of `instead` are how a line begins. */
const withChanges = (
  lines: readonly string[],
  change: { without?: string; instead?: Record<string, string>; extra?: string },
): string => {
  const { without, instead = {}, extra } = change;
  const kept = lines.filter((line) => without === undefined || !line.startsWith(without));
  const replaced = kept.map((line) => Object.entries(instead).find(([key]) => line.startsWith(key))?.[1] ?? line);
  return [...replaced, ...(extra === undefined ? [] : [extra]), '', ''].join('\n');
};
