// A challenge read again by a pattern and a list: slow, obvious, and sharing nothing with src/sip but the numbers of the
// algorithms. It says what a client needs to answer (RFC 7616 §3.3); what was wrong with a bad one it does not say.

const LWS = '[ \\t\\r\\n]';
const TOKEN = "[A-Za-z0-9\\-.!%*_+`'~]+";
const QUOTED = '"(?:\\\\[^]|[^"\\\\])*"';
const SCHEME = new RegExp(`^(${TOKEN})(?=${LWS}|$)`);
const ELEMENT = new RegExp(`(?:${LWS}|,)*(${TOKEN})${LWS}*=${LWS}*(${QUOTED}|[^," \\t\\r\\n]+)${LWS}*(?=,|$)`, 'y');
const ONLY_SEPARATORS = /^[ \t\r\n,]*$/;

/** In the order of their ALGORITHM_* numbers. */
const ALGORITHMS = ['md5', 'md5-sess', 'sha-256', 'sha-256-sess', 'sha-512-256', 'sha-512-256-sess'];
/** What a client uses, so that two of one make the challenge ambiguous (RFC 7616 §3: none may appear more than once). */
const KNOWN = ['realm', 'nonce', 'opaque', 'stale', 'algorithm', 'qop'];

export interface SlowChallenge {
  readonly realm: string;
  readonly nonce: string;
  readonly opaque: string | null;
  readonly stale: boolean;
  readonly algorithm: number;
  readonly hasAlgorithm: boolean;
  readonly hasQop: boolean;
  readonly qopAuth: boolean;
  readonly qopAuthInt: boolean;
}

/** `text` holds one character for each byte. */
export const slowChallenge = (text: string): SlowChallenge | 'other scheme' | 'malformed' => {
  const scheme = SCHEME.exec(text)?.[1];
  if (scheme === undefined) return 'malformed';
  if (scheme.toLowerCase() !== 'digest') return 'other scheme';
  const elements = readElements(text, scheme.length);
  if (elements === null) return 'malformed';
  const valuesOf = (name: string): string[] => elements.filter(([key]) => key === name).map(([, value]) => value);
  if (KNOWN.some((name) => valuesOf(name).length > 1)) return 'malformed';
  const [realm, nonce, opaque, stale, algorithm, qop] = KNOWN.map((name) => valuesOf(name)[0]);
  if (realm === undefined || nonce === undefined) return 'malformed';
  const qops = (qop ?? '').toLowerCase().split(/[ \t\r\n,]/);
  return {
    realm,
    nonce,
    opaque: opaque ?? null,
    stale: stale?.toLowerCase() === 'true',
    algorithm: ALGORITHMS.indexOf((algorithm ?? 'md5').toLowerCase()),
    hasAlgorithm: algorithm !== undefined,
    hasQop: qop !== undefined,
    qopAuth: qops.includes('auth'),
    qopAuthInt: qops.includes('auth-int'),
  };
};

/** Names in lower case, values without their quotes and with their backslashes. Null: something else stands there. */
const readElements = (text: string, from: number): [name: string, value: string][] | null => {
  const elements: [string, string][] = [];
  ELEMENT.lastIndex = from;
  let at = from;
  for (let match = ELEMENT.exec(text); match !== null; match = ELEMENT.exec(text)) {
    const value = match[2]!;
    elements.push([match[1]!.toLowerCase(), value.startsWith('"') ? value.slice(1, -1) : value]);
    at = ELEMENT.lastIndex;
  }
  return ONLY_SEPARATORS.test(text.slice(at)) ? elements : null;
};
