// What stands behind the `?` of a SIP URI: header fields of the request that is formed from it (RFC 3261 §19.1.1). To and From have no such
// part (§19.1.1, Table 1), so it is taken off the address and becomes headers of the REGISTER, as libeXosip2 does. Where libeXosip2 passes
// over what a URI must not decide, here it is refused with a sentence:
//
//   From, Call-ID, CSeq, Via, Route, Contact, Content-* …    regstorm writes them itself
//   Accept, Allow, Supported, Date, Require …                 §19.1.5: capabilities and facts that a URI knows nothing of
//   body                                                      §19.1.1: the message's body, which has a content type and a place of its own

import { canonicalHeaderName } from '../sip/index.ts';
import { fault, type Parsed, parsed, quoted } from './parsed.ts';
import { hasControl, parseHeaderName } from './template.ts';

export interface UriHeader {
  readonly name: string;
  /** Escapes taken off. */
  readonly value: string;
}

export interface SplitUri {
  /** The URI without its header part. */
  readonly own: string;
  readonly headers: readonly UriHeader[];
}

const MOST_HEADERS = 32;

/** RFC 3261 §19.1.5, besides what parseHeaderName refuses anyway. */
const REFUSED_NAMES: ReadonlySet<string> = new Set([
  'Accept',
  'Accept-Encoding',
  'Accept-Language',
  'Allow',
  'Content-Language',
  'Date',
  'MIME-Version',
  'Organization',
  'Proxy-Require',
  'Require',
  'Supported',
  'Timestamp',
]);

/** An address-of-record without its header part, and the headers. A `?` in the user part is the user's. */
export const splitUriHeaders = (text: string): Parsed<SplitUri> => {
  const mark = text.indexOf('?', Math.max(0, text.indexOf('@')));
  if (mark < 0) return parsed({ own: text, headers: [] });
  const headers: UriHeader[] = [];
  for (const pair of text.slice(mark + 1).split('&')) {
    const header = readUriHeader(pair);
    if (!header.ok) return header;
    const name = canonicalHeaderName(header.value.name);
    if (headers.some((other) => canonicalHeaderName(other.name) === name)) {
      return fault(`${header.value.name} stands twice behind "?"`);
    }
    headers.push(header.value);
  }
  return headers.length <= MOST_HEADERS
    ? parsed({ own: text.slice(0, mark), headers })
    : fault(`more than ${MOST_HEADERS} headers behind "?"`);
};

const readUriHeader = (pair: string): Parsed<UriHeader> => {
  const equals = pair.indexOf('=');
  if (equals < 1) return fault(`${quoted(pair)} behind "?" is no header; write Name=value`);
  const written = unescaped(pair.slice(0, equals));
  const value = unescaped(pair.slice(equals + 1));
  if (written === null || value === null) return fault(`${quoted(pair)} has a "%" that is no escape; write it as %25`);
  if (written.toLowerCase() === 'body') {
    return fault('"body" behind "?" would be the message\'s body (RFC 3261 §19.1.1), which has no content type there');
  }
  const name = parseHeaderName(written);
  if (!name.ok) return name;
  if (REFUSED_NAMES.has(canonicalHeaderName(written))) {
    return fault(`${written} does not come from a URI (RFC 3261 §19.1.5); set it as a header of the request`);
  }
  if (hasControl(value)) return fault(`${quoted(value)} has a line break or control character`);
  return parsed({ name: name.value, value });
};

/** RFC 3261 §19.1.2: %HH are bytes of UTF-8. Null where they are none. */
const unescaped = (text: string): string | null => {
  try {
    return decodeURIComponent(text);
  } catch {
    return null;
  }
};
