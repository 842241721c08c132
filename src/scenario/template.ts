// Text templates: literal text with {index}, {index:N}, {user} and {contact} in it, taken apart once so that composing a
// message is a walk over parts. Also which text may stand in a user part and in a header field of the operator's own.

import { canonicalHeaderName, isReservedHeader, isToken } from '../sip/index.ts';
import { fault, type Parsed, parsed, quoted } from './parsed.ts';
import type { TemplatePart, TextTemplate } from './plan.ts';
import { suggestion } from './suggest.ts';

const MAX_WIDTH = 20;
const MAX_TEMPLATE_LENGTH = 1000;

/** `column` stands for any other name, which template-columns.ts judges once it is known which columns there are. */
type Placeholder = 'index' | 'user' | 'contact' | 'column';

const COLUMN_NAME = /^[A-Za-z_][A-Za-z0-9_.-]*$/;

const partOf = (inside: string, allowed: readonly Placeholder[]): Parsed<TemplatePart> => {
  const [name = '', width, ...more] = inside.split(':');
  const isKnown = name !== 'column' && (allowed as readonly string[]).includes(name);
  if (!isKnown && allowed.includes('column') && COLUMN_NAME.test(inside)) return parsed({ kind: 'column', name });
  if (!isKnown) {
    const known = allowed.filter((word) => word !== 'column');
    return fault(`unknown {${inside}}${suggestion(name, known)}`);
  }
  if (name === 'user' || name === 'contact') {
    return width === undefined ? parsed({ kind: name }) : fault(`{${name}} takes no width`);
  }
  if (width === undefined) return parsed({ kind: 'index', width: 0 });
  const digits = /^\d{1,2}$/.test(width) && more.length === 0 ? Number(width) : 0;
  if (digits < 1 || digits > MAX_WIDTH) {
    return fault(`{${inside}}: the width is a number of digits from 1 to ${MAX_WIDTH}, for example {index:8}`);
  }
  return parsed({ kind: 'index', width: digits });
};

export const parseTemplate = (text: string, allowed: readonly Placeholder[]): Parsed<TextTemplate> => {
  if (text.length > MAX_TEMPLATE_LENGTH) return fault(`the text is longer than ${MAX_TEMPLATE_LENGTH} characters`);
  const parts: TemplatePart[] = [];
  let at = 0;
  while (at < text.length) {
    const open = text.indexOf('{', at);
    const literal = text.slice(at, open < 0 ? text.length : open);
    const stray = literal.indexOf('}');
    if (stray >= 0) return fault(`"}" without "{" in ${quoted(text)}`, at + stray);
    if (literal !== '') parts.push({ kind: 'text', text: literal });
    if (open < 0) break;
    const close = text.indexOf('}', open);
    if (close < 0) return fault(`"{" without "}" in ${quoted(text)}`, open);
    const part = partOf(text.slice(open + 1, close), allowed);
    if (!part.ok) return fault(part.message, open);
    parts.push(part.value);
    at = close + 1;
  }
  return parsed(parts);
};

/** Whether it differs from context to context: by its number, or by its row of a file. */
export const hasIndex = (template: TextTemplate): boolean =>
  template.some((part) => part.kind === 'index' || part.kind === 'column');

/** RFC 3261 §25.1: user = 1*( unreserved / escaped / user-unreserved ). */
const USER_TEXT = /^(?:[A-Za-z0-9\-_.!~*'()&=+$,;?/]|%[0-9A-Fa-f]{2})*$/;

/** The user part of the address-of-record, and the digest username. */
export const parseUserTemplate = (text: string): Parsed<TextTemplate> => {
  if (text === '') return fault('the user is empty; write for example "u{index}"');
  const template = parseTemplate(text, ['index']);
  if (!template.ok) return template;
  for (const part of template.value) {
    if (part.kind === 'text' && !USER_TEXT.test(part.text)) {
      return fault(`${quoted(part.text)} has characters that a SIP user part cannot hold; escape them as %HH`);
    }
  }
  return template;
};

const MAX_HEADER_NAME_LENGTH = 64;

/** Any header but those that each request carries anyway, in whatever spelling or compact form. */
export const parseHeaderName = (text: string): Parsed<string> => {
  if (!isToken(text)) {
    return fault(`${quoted(text)} is not a header name; it is a token of letters, digits and -.!%*_+\`'~`);
  }
  if (text.length > MAX_HEADER_NAME_LENGTH) return fault(`${quoted(text)} is too long for a header name`);
  if (isReservedHeader(text) || canonicalHeaderName(text) === 'User-Agent') {
    return fault(`${quoted(text)} is written by regstorm itself and cannot be set`);
  }
  return parsed(text);
};

/** Everything but control characters, so that a value can neither end its line nor the message. Tab is allowed. */
export const hasControl = (text: string): boolean => {
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if ((code < 0x20 && code !== 0x09) || code === 0x7f) return true;
  }
  return false;
};

export const parseHeaderTemplate = (text: string): Parsed<TextTemplate> =>
  parseLine(text, ['index', 'user', 'contact']);

/** A header value of its own, which may hold any text: columns of a subscribers' file too. */
export const parseHeaderValue = (text: string): Parsed<TextTemplate> =>
  parseLine(text, ['index', 'user', 'contact', 'column']);

const parseLine = (text: string, allowed: readonly Placeholder[]): Parsed<TextTemplate> =>
  hasControl(text)
    ? fault(`${quoted(text)} has a line break or control character; a header value is one line`)
    : parseTemplate(text, allowed);

/** A digest user name stands between quotes, where a quote or backslash would need an escape that not every peer takes off. */
export const parseAuthUser = (text: string): Parsed<TextTemplate> => {
  if (text === '') return fault('authUser is empty; leave the key out to use the user');
  if (hasControl(text) || /["\\]/.test(text)) {
    return fault(`${quoted(text)} has a quote, backslash or control character, which a digest user name cannot hold`);
  }
  return parseTemplate(text, ['index']);
};

const INDEX = /\{index(?::(\d{1,2}))?\}/g;

/** A password with {index} or {index:8} in it. Any other brace is part of the password, which may hold anything. */
export const passwordTemplate = (text: string): TextTemplate => {
  const parts: TemplatePart[] = [];
  let at = 0;
  for (const match of text.matchAll(INDEX)) {
    const width = match[1] === undefined ? 0 : Number(match[1]);
    if (match[1] !== undefined && (width < 1 || width > MAX_WIDTH)) continue;
    if (match.index > at) parts.push({ kind: 'text', text: text.slice(at, match.index) });
    parts.push({ kind: 'index', width });
    at = match.index + match[0].length;
  }
  if (at < text.length) parts.push({ kind: 'text', text: text.slice(at) });
  return parts;
};

/** A password is only ever hashed; no more than a line break or NUL is refused, which would be a slip. */
export const parsePassword = (text: string): Parsed<string> => {
  if (text === '') return fault('the password is empty; leave the key out for a registrar that does not challenge');
  return hasControl(text) ? fault('the password has a line break or control character') : parsed(text);
};
