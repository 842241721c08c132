// Texts of a registrar file: lines that the registrar writes into its answers as they stand, and the names of their headers.

import { canonicalHeaderName, isToken } from '../sip/index.ts';
import { fault, type Parsed, parsed, quoted } from './parsed.ts';
import type { TemplatePart, TextTemplate } from './plan.ts';

const MAX_TEXT_LENGTH = 1000;
const MAX_NAME_LENGTH = 64;

/** What each answer has anyway (RFC 3261 §8.2.6), and what frames a body that none of them has. */
const OWN_NAMES: ReadonlySet<string> = new Set([
  'Via',
  'From',
  'To',
  'Call-ID',
  'CSeq',
  'Content-Length',
  'Content-Type',
  'Content-Encoding',
  'Server',
]);

/** One line without control characters, tab aside, so that it can end neither its line nor the message. */
export const parsePlainText = (text: string): Parsed<string> => {
  if (text === '') return fault('the text is empty');
  if (text.length > MAX_TEXT_LENGTH) return fault(`the text is longer than ${MAX_TEXT_LENGTH} characters`);
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if ((code < 0x20 && code !== 0x09) || code === 0x7f) {
      return fault(`${quoted(text)} has a line break or control character; it is one line`, at);
    }
  }
  return parsed(text);
};

/** Any header but those that the registrar writes itself. Contact and WWW-Authenticate may be set: that is what rules are for. */
export const parseAnswerHeaderName = (text: string): Parsed<string> => {
  if (!isToken(text) || text.length > MAX_NAME_LENGTH) return fault(`${quoted(text)} is not a header name`);
  if (OWN_NAMES.has(canonicalHeaderName(text))) {
    return fault(`${quoted(text)} is written by the registrar itself and cannot be set`);
  }
  return parsed(text);
};

/** Text with `{user}` for the user part of the address-of-record. */
export const parseUserText = (text: string): Parsed<TextTemplate> => {
  const plain = parsePlainText(text);
  if (!plain.ok) return plain;
  const parts: TemplatePart[] = [];
  for (const [index, literal] of text.split('{user}').entries()) {
    const brace = literal.search(/[{}]/);
    if (brace >= 0) return fault(`${quoted(text)}: only {user} can stand between braces here`);
    if (index > 0) parts.push({ kind: 'user' });
    if (literal !== '') parts.push({ kind: 'text', text: literal });
  }
  return parsed(parts);
};
