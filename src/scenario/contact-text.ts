// Texts that stand in a Contact, a Route, a To or a body, as an operator writes them. Whatever would end the line, the
// brackets or the quotes that regstorm puts around a text is refused here, so that a request is always one message.

import { createSipUri, isToken, parseSipUri, URI_OK } from '../sip/index.ts';
import { encodeUtf8, US_PER_SECOND } from '../std/index.ts';
import { fault, type Parsed, parsed, quoted } from './parsed.ts';
import type { PlanHeader, TemplatePart, TextTemplate } from './plan-request.ts';
import { parseDuration } from './quantities.ts';
import { hasControl, parseHeaderTemplate, parseHeaderValue, parseTemplate } from './template.ts';
import { splitUriHeaders } from './uri-headers.ts';

/** RFC 3261 §25.1: qvalue. */
const QVALUE = /^(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/;

export const parseQ = (text: string): Parsed<string> =>
  QVALUE.test(text) ? parsed(text) : fault(`${quoted(text)} is no q; write 0 to 1 with at most three decimals, as 0.5`);

/** What may stand between `<` and `>`. */
const URI_TEXT = /^[!#-;=?-[\]^-~]*$/;
const SCHEME = /^[A-Za-z][A-Za-z0-9+.-]*:/;

/** Any scheme is a contact (RFC 3261 §10.2.1); `{contact}` alone is the managed one. */
export const parseContactUri = (text: string): Parsed<TextTemplate> => {
  const template = parseTemplate(text, ['index', 'user', 'contact']);
  if (!template.ok) return template;
  const { value } = template;
  if (value.some((part) => part.kind === 'contact')) {
    return value.length === 1 ? template : fault('{contact} is a whole URI; it stands alone, or not at all');
  }
  if (!SCHEME.test(text))
    return fault(`${quoted(text)} is no URI; write for example sip:{user}@192.0.2.7 or {contact}`);
  const foreign = value.some((part) => part.kind === 'text' && !URI_TEXT.test(part.text));
  return foreign ? fault(`${quoted(text)} has characters that a URI cannot hold; escape them as %HH`) : template;
};

const OWN_PARAMETERS: Readonly<Record<string, string>> = {
  q: 'q',
  expires: 'expires',
  '+sip.instance': 'instance',
  'reg-id': 'regId',
};

export const parseParameterName = (text: string): Parsed<string> => {
  if (!isToken(text)) return fault(`${quoted(text)} is not the name of a parameter`);
  const key = OWN_PARAMETERS[text.toLowerCase()];
  return key === undefined ? parsed(text) : fault(`${text} has a key of its own: ${key}`);
};

const QUOTED = /^"(?:[^"\\]|\\.)*"$/;
const PARAMETER_TEXT = /^[A-Za-z0-9\-.!%*_+`'~[\]:]*$/;

/** RFC 3261 §25.1: gen-value = token / host / quoted-string; empty for a parameter without a value. */
export const parseParameterValue = (text: string): Parsed<TextTemplate> => {
  const template = parseHeaderTemplate(text);
  if (!template.ok) return template;
  const isPlain = template.value.every((part) => part.kind !== 'text' || PARAMETER_TEXT.test(part.text));
  if (isPlain && template.value.every(({ kind }) => kind === 'text' || kind === 'index')) return template;
  return QUOTED.test(text) ? template : fault(`${quoted(text)} needs double quotes of its own, as in '"a b"'`);
};

export type WrittenRoute =
  | { readonly kind: 'none' | 'target' | 'service-route' }
  | { readonly kind: 'text'; readonly text: string };

const ROUTE = /^<sips?:[!#-;=?-[\]^-~]+>$/i;

/** `true`, `false`, `service-route`, or one or several `<sip:HOST;lr>` with commas between. */
export const parseRoute = (text: string): Parsed<WrittenRoute> => {
  if (text === 'false') return parsed({ kind: 'none' });
  if (text === 'true') return parsed({ kind: 'target' });
  if (text === 'service-route') return parsed({ kind: 'service-route' });
  const routes = text.split(',').map((route) => route.trim());
  if (!routes.every((route) => ROUTE.test(route))) {
    return fault(`${quoted(text)} is no route; write true, false, service-route or "<sip:HOST;lr>"`);
  }
  const strict = routes.find((route) => !/;lr(?:[;=?]|>$)/i.test(route));
  return strict === undefined
    ? parsed({ kind: 'text', text: routes.join(', ') })
    : fault(`${strict} has no ;lr: strict routing (RFC 2543) is not supported`);
};

export interface WrittenTo {
  readonly uri: TextTemplate;
  readonly headers: readonly PlanHeader[];
}

/** A To URI; what stands behind its `?` becomes header fields (RFC 3261 §19.1.5), never part of the To. */
export const parseToUri = (text: string): Parsed<WrittenTo> => {
  const split = splitUriHeaders(text);
  if (!split.ok) return split;
  const { own } = split.value;
  const uri = parseTemplate(own, ['index', 'user']);
  if (!uri.ok) return uri;
  const sample = encodeUtf8(uri.value.map((part) => (part.kind === 'text' ? part.text : '1')).join(''));
  const isSip = /^sip:/i.test(own) && parseSipUri(sample, 0, sample.length, createSipUri()) === URI_OK;
  if (!isSip) return fault(`${quoted(own)} is no To; write for example sip:{user}@test.example`);
  const headers: PlanHeader[] = [];
  for (const { name, value } of split.value.headers) {
    const template = parseHeaderTemplate(value);
    if (!template.ok) return template;
    headers.push({ name, value: template.value });
  }
  return parsed({ uri: uri.value, headers });
};

/** Stands in double quotes, which the request writes. */
export const parseDisplayName = (text: string): Parsed<TextTemplate> => {
  if (text === '') return fault('the display name is empty; leave the key out');
  if (hasControl(text)) return fault(`${quoted(text)} has a line break or control character`);
  return parseTemplate(text, ['index', 'user']);
};

export const parseUserAgent = (text: string): Parsed<TextTemplate> =>
  text.trim() === '' ? fault('User-Agent is empty; leave the key out for that of regstorm') : parseHeaderValue(text);

const MEDIA_TYPE = /^[\w!#$&.+^-]+\/[\w!#$&.+^-]+(?:\s*;\s*[\w!#$&.+^-]+=(?:[\w!#$&.+^-]+|"[^"\\]*"))*$/;

export const parseMediaType = (text: string): Parsed<string> =>
  MEDIA_TYPE.test(text)
    ? parsed(text)
    : fault(`${quoted(text)} is no content type; write for example application/pidf+xml`);

/** Many messages of this size wait in one outbox; a REGISTER's body is a few hundred bytes where there is one at all. */
const MAX_BODY_BYTES = 16_384;
const PLACEHOLDER = /\{(index(?::(\d{1,2}))?|user|contact)\}/g;
const MAX_PLACEHOLDER_WIDTH = 20;

/** Only the placeholders that exist are taken as such: a body may be full of braces. */
export const parseBodyText = (text: string): Parsed<TextTemplate> => {
  if (text === '') return fault('the body is empty; leave the key out');
  if (encodeUtf8(text).length > MAX_BODY_BYTES) return fault(`the body is longer than ${MAX_BODY_BYTES} bytes`);
  const parts: TemplatePart[] = [];
  let at = 0;
  for (const match of text.matchAll(PLACEHOLDER)) {
    if (match.index > at) parts.push({ kind: 'text', text: text.slice(at, match.index) });
    parts.push(placeholder(match[1]!, Math.min(MAX_PLACEHOLDER_WIDTH, Number(match[2] ?? 0))));
    at = match.index + match[0].length;
  }
  if (at < text.length) parts.push({ kind: 'text', text: text.slice(at) });
  return parts.length <= MAX_BODY_PARTS
    ? parsed(parts)
    : fault(`the body has more than ${MAX_BODY_PARTS / 2} placeholders`);
};

/** Each placeholder costs a few bytes of code for every message. */
const MAX_BODY_PARTS = 64;

const placeholder = (name: string, width: number): TemplatePart =>
  name === 'user' || name === 'contact' ? { kind: name } : { kind: 'index', width };

/** `asked`, or a time of at least a second. */
export const parseGranted = (text: string): Parsed<number | 'asked'> => {
  if (text === 'asked') return parsed('asked');
  const length = parseDuration(text);
  if (!length.ok) return fault(`${quoted(text)} is neither asked nor a time; write asked or for example 600s`);
  const seconds = length.value / US_PER_SECOND;
  return Number.isInteger(seconds) && seconds > 0
    ? parsed(seconds)
    : fault(`${quoted(text)}: granted is whole seconds`);
};
