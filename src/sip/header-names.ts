// Names of headers as an operator may write them: whether one is a token, how it is usually spelled, and which ones a
// scenario may not set because each request already carries them with values that the engine keeps true. Cold: strings.

/** RFC 3261 §25.1 token. */
const TOKEN = /^[A-Za-z0-9\-.!%*_+`'~]+$/;

export const isToken = (text: string): boolean => TOKEN.test(text);

/** Compact forms (RFC 3261 §7.3.3 and the registry of RFC 3968), lower case. */
const COMPACT_FORMS: ReadonlyMap<string, string> = new Map([
  ['a', 'Accept-Contact'],
  ['b', 'Referred-By'],
  ['c', 'Content-Type'],
  ['d', 'Request-Disposition'],
  ['e', 'Content-Encoding'],
  ['f', 'From'],
  ['i', 'Call-ID'],
  ['j', 'Reject-Contact'],
  ['k', 'Supported'],
  ['l', 'Content-Length'],
  ['m', 'Contact'],
  ['o', 'Event'],
  ['r', 'Refer-To'],
  ['s', 'Subject'],
  ['t', 'To'],
  ['u', 'Allow-Events'],
  ['v', 'Via'],
  ['x', 'Session-Expires'],
  ['y', 'Identity'],
]);

/** Names that capitalising each word between dashes would spell wrong. */
const IRREGULAR_NAMES: ReadonlyMap<string, string> = new Map([
  ['call-id', 'Call-ID'],
  ['cseq', 'CSeq'],
  ['mime-version', 'MIME-Version'],
  ['p-dcs-trace-party-id', 'P-DCS-Trace-Party-ID'],
  ['sip-etag', 'SIP-ETag'],
  ['sip-if-match', 'SIP-If-Match'],
  ['www-authenticate', 'WWW-Authenticate'],
  ['p-associated-uri', 'P-Associated-URI'],
  ['p-called-party-id', 'P-Called-Party-ID'],
  ['p-visited-network-id', 'P-Visited-Network-ID'],
]);

/** The full name in its usual spelling: `m` and `CONTACT` are both `Contact`. */
export const canonicalHeaderName = (name: string): string => {
  const lower = name.toLowerCase();
  const known = COMPACT_FORMS.get(lower) ?? IRREGULAR_NAMES.get(lower);
  if (known !== undefined) return known;
  return lower
    .split('-')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('-');
};

/**
 * What a scenario may not set: the six that every request carries, those that say what the request does, credentials,
 * and what frames a body. Whether a body may be ignored (Content-Disposition, RFC 3261 §20.11) is the scenario's to say.
 */
const RESERVED_NAMES: ReadonlySet<string> = new Set([
  'Authorization',
  'CSeq',
  'Call-ID',
  'Contact',
  'Content-Encoding',
  'Content-Length',
  'Content-Type',
  'Expires',
  'From',
  'Max-Forwards',
  'Proxy-Authorization',
  'Record-Route',
  'Route',
  'To',
  'Via',
]);

/** Whether regstorm sets the header itself, in whatever spelling or form the name is written. */
export const isReservedHeader = (name: string): boolean => RESERVED_NAMES.has(canonicalHeaderName(name));
