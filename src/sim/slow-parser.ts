// The message grammar again, as regular expressions on strings: slow, obvious, and sharing nothing with src/sip, so that
// the simulation's checkers and the differential tests don't believe the parser that they watch. It says whether a message
// is well-formed and what its parts are, not what was wrong with it. Nothing on a hot path may use it.

const LWS = '[ \\t\\r\\n]';
const TOKEN = "[A-Za-z0-9\\-.!%*_+`'~]+";
const QUOTED = '"(?:\\\\[^]|[^"\\\\])*"';
const URI_BYTE = '[!#-;=?-~\\x80-\\xff]';
const URI = `[A-Za-z][A-Za-z0-9+.\\-]*:${URI_BYTE}+`;
const BARE_URI = '[A-Za-z][A-Za-z0-9+.\\-]*:[!#-+\\--:=@-~\\x80-\\xff]+';
const VALUE = `(?:${QUOTED}|[^;,"\\s]+)`.replace('\\s', ' \\t\\r\\n');
const PARAMETERS = `(?:;${LWS}*${TOKEN}${LWS}*(?:=${LWS}*${VALUE}${LWS}*)?)*`;
const DISPLAY = `(?:${QUOTED}${LWS}*|[A-Za-z0-9\\-.!%*_+\`'~ \\t\\r\\n\\x80-\\xff]*)`;
const ADDRESS = `(?:${DISPLAY}<(${URI})>|(${BARE_URI}))${LWS}*(${PARAMETERS})`;
const HOST = '(?:\\[[0-9A-Fa-f:.]+\\]|[A-Za-z0-9._\\-]+)';
const SENT_BY = `${HOST}(?:${LWS}*:${LWS}*(\\d+))?`;

const whole = (pattern: string): RegExp => new RegExp(`^${pattern}$`);
const HEADER = whole(`(${TOKEN})${LWS}*:([^]*)`);
const REQUEST_LINE = whole(`(${TOKEN}) (${URI_BYTE}+) SIP/2\\.0`.replace('SIP', '[Ss][Ii][Pp]'));
const STATUS_LINE = whole('[Ss][Ii][Pp]/2\\.0 ([1-6]\\d\\d)(?: ([^]*))?');
const ADDRESS_VALUE = whole(ADDRESS);
const VIA_VALUE = whole(
  `${TOKEN}${LWS}*/${LWS}*${TOKEN}${LWS}*/${LWS}*${TOKEN}${LWS}+(${SENT_BY})${LWS}*(${PARAMETERS})`,
);
const CSEQ_VALUE = whole(`(\\d+)${LWS}+(${TOKEN})`);
const LIST_ITEM = new RegExp(`(?:${QUOTED}|[^",])*`, 'y');
const CONTACT_ITEM = new RegExp(`${LWS}*(${ADDRESS})`, 'y');
const PARAMETER = new RegExp(`;${LWS}*(${TOKEN})${LWS}*(?:=${LWS}*(${VALUE})${LWS}*)?`, 'g');

const COMPACT: Readonly<Record<string, string>> = {
  v: 'via',
  f: 'from',
  t: 'to',
  i: 'call-id',
  m: 'contact',
  l: 'content-length',
};
const MAX_UINT32 = 4294967295;

export interface SlowMessage {
  readonly status: number;
  readonly phrase: string | null;
  readonly method: string | null;
  readonly requestUri: string | null;
  readonly via: readonly string[];
  readonly sentBy: string;
  readonly branch: string | null;
  readonly fromUri: string;
  readonly fromTag: string | null;
  readonly toUri: string;
  readonly toTag: string | null;
  readonly callId: string;
  readonly cseq: number;
  readonly cseqMethod: string;
  readonly expires: number;
  /** In a response; -1: absent, or no number at its front; whatever is too large reads as 2^32 - 1. */
  readonly minExpires: number;
  readonly maxForwards: number;
  /** URI and expires of each; null where one is malformed. */
  readonly contacts: readonly (readonly [uri: string, expires: number])[] | null;
  /** RFC 5626 §6: of each of them instance and reg-id, '' and 0 where it names none. */
  readonly contactFlows: readonly ContactFlow[];
  readonly challenges: readonly string[];
  readonly body: string;
}

export interface ContactFlow {
  /** In lower case, without quotes and brackets. */
  readonly instance: string;
  readonly regId: number;
}

type Headers = ReadonlyMap<string, readonly string[]>;

/** `text` holds one character for each byte. Null: malformed. */
export const slowParse = (text: string): SlowMessage | null => {
  const message = text.replace(/^(?:\r\n)+/, '');
  const end = message.indexOf('\r\n\r\n');
  if (end < 0) return null;
  const head = message.slice(0, end);
  if (/\r(?!\n)|(?<!\r)\n/.test(head)) return null;
  const [startLine = '', ...lines] = head.split('\r\n');
  const headers = readHeaders(lines);
  const start = readStartLine(startLine);
  if (headers === null || start === null) return null;
  return readMessage(start, headers, message.slice(end + 4));
};

const readStartLine = (line: string) => {
  const status = STATUS_LINE.exec(line);
  if (status !== null) return { status: Number(status[1]), phrase: status[2] ?? '', method: null, requestUri: null };
  const request = REQUEST_LINE.exec(line);
  if (request === null) return null;
  return { status: 0, phrase: null, method: request[1]!, requestUri: request[2]! };
};

const readHeaders = (lines: readonly string[]): Headers | null => {
  const unfolded: string[] = [];
  for (const line of lines) {
    if (!/^[ \t]/.test(line)) unfolded.push(line);
    else if (unfolded.length === 0) return null;
    else unfolded.push(`${unfolded.pop()}\r\n${line}`);
  }
  const headers = new Map<string, string[]>();
  for (const line of unfolded) {
    const match = HEADER.exec(line);
    if (match === null) return null;
    const lower = match[1]!.toLowerCase();
    const name = COMPACT[lower] ?? lower;
    headers.set(name, [...(headers.get(name) ?? []), trim(match[2]!)]);
  }
  // A registrar may list any number of contacts; other headers are limited.
  return unfolded.length - (headers.get('contact') ?? []).length > 256 ? null : headers;
};

const trim = (text: string): string => text.replace(/^[ \t\r\n]+|[ \t\r\n]+$/g, '');

const readMessage = (
  start: NonNullable<ReturnType<typeof readStartLine>>,
  headers: Headers,
  rest: string,
): SlowMessage | null => {
  const via = (headers.get('via') ?? []).flatMap((row) => splitList(row) ?? ['']);
  const top = VIA_VALUE.exec(via[0] ?? '');
  const from = readAddress(headers, 'from');
  const to = readAddress(headers, 'to');
  const callId = single(headers, 'call-id');
  const cseq = CSEQ_VALUE.exec(single(headers, 'cseq') ?? '');
  const body = readBody(headers, rest);
  if (top === null || from === null || to === null || cseq === null || body === null) return null;
  if (via.includes('') || via.length > 64 || Number(top[2] ?? 0) > 65535) return null;
  if (callId === null || !/^[^ \t\r\n]+$/.test(callId) || Number(cseq[1]) >= 2 ** 31) return null;
  if (start.method !== null && (start.method !== cseq[2] || hasRepeats(headers))) return null;
  const branches = parametersOf(top[3]!).filter(([name]) => name === 'branch');
  if (branches.length > 1 || branches[0]?.[1] === null) return null;
  return {
    ...start,
    via,
    sentBy: top[1]!,
    branch: branches[0]?.[1] ?? null,
    fromUri: from.uri,
    fromTag: from.tag,
    toUri: to.uri,
    toTag: to.tag,
    callId,
    cseq: Number(cseq[1]),
    cseqMethod: cseq[2]!,
    expires: expiresOf(headers.get('expires')?.[0] ?? null),
    minExpires: start.method === null ? minExpiresOf(headers.get('min-expires') ?? []) : -1,
    maxForwards: maxForwardsOf(headers.get('max-forwards') ?? []),
    ...readContacts(headers.get('contact') ?? []),
    challenges: headers.get('www-authenticate') ?? [],
    body,
  };
};

const single = (headers: Headers, name: string): string | null => {
  const values = headers.get(name) ?? [];
  return values.length === 1 ? values[0]! : null;
};

/** What only a request is refused for. A malformed Max-Forwards counts as absent, so two count if the first is right. */
const hasRepeats = (headers: Headers): boolean => {
  const hops = headers.get('max-forwards') ?? [];
  return (
    (headers.get('expires') ?? []).length > 1 ||
    hops.slice(0, -1).some((_, i) => maxForwardsOf(hops.slice(0, i + 1)) >= 0)
  );
};

const splitList = (row: string): string[] | null => {
  const items: string[] = [];
  LIST_ITEM.lastIndex = 0;
  for (;;) {
    const match = LIST_ITEM.exec(row)!;
    items.push(trim(match[0]));
    const end = match.index + match[0].length;
    if (end === row.length) return items;
    if (row[end] !== ',') return null;
    LIST_ITEM.lastIndex = end + 1;
  }
};

const parametersOf = (text: string): [string, string | null][] =>
  [...text.matchAll(PARAMETER)].map((match) => [match[1]!.toLowerCase(), match[2] ?? null]);

const readAddress = (headers: Headers, name: string): { uri: string; tag: string | null } | null => {
  const match = ADDRESS_VALUE.exec(single(headers, name) ?? '');
  if (match === null) return null;
  const tags = parametersOf(match[3]!).filter(([parameter]) => parameter === 'tag');
  if (tags.length > 1 || tags[0]?.[1] === null) return null;
  return { uri: match[1] ?? match[2]!, tag: tags[0]?.[1] ?? null };
};

const UNREADABLE: Pick<SlowMessage, 'contacts' | 'contactFlows'> = { contacts: null, contactFlows: [] };

const readContacts = (rows: readonly string[]): Pick<SlowMessage, 'contacts' | 'contactFlows'> => {
  const contacts: [string, number][] = [];
  const contactFlows: ContactFlow[] = [];
  for (const row of rows) {
    if (row === '*') {
      contacts.push(['*', -1]);
      contactFlows.push({ instance: '', regId: 0 });
      continue;
    }
    let at = 0;
    do {
      CONTACT_ITEM.lastIndex = at;
      const match = CONTACT_ITEM.exec(row);
      if (match === null) return UNREADABLE;
      const parameters = parametersOf(match[4]!);
      const values = parameters.filter(([name]) => name === 'expires');
      const expires = values.length === 0 ? -1 : expiresOf(values.at(-1)![1] ?? '');
      contacts.push([match[2] ?? match[3]!, expires]);
      contactFlows.push(flowOf(parameters));
      at = CONTACT_ITEM.lastIndex;
      if (at < row.length && row[at] !== ',') return UNREADABLE;
      at++;
    } while (at <= row.length);
  }
  return { contacts, contactFlows };
};

/** Of the parameters of a Contact, in its own message or as a registrar holds them. */
export const contactFlowOf = (parameters: string): ContactFlow => flowOf(parametersOf(parameters));

const REG_ID_MOST = 2 ** 31 - 1;

const flowOf = (parameters: readonly [string, string | null][]): ContactFlow => {
  const value = (wanted: string): string => parameters.filter(([name]) => name === wanted).at(-1)?.[1] ?? '';
  const regId = Number(/^\d+$/.exec(value('reg-id'))?.[0] ?? 0);
  return {
    instance: value('+sip.instance')
      .replace(/^"(.*)"$/s, '$1')
      .replace(/^<(.*)>$/s, '$1')
      .toLowerCase(),
    regId: regId <= REG_ID_MOST ? regId : 0,
  };
};

const expiresOf = (value: string | null): number => {
  if (value === null) return -1;
  return /^\d+$/.test(value) ? Math.min(Number(value), MAX_UINT32) : 3600;
};

/** Of several the first one that is a number counts. */
const minExpiresOf = (values: readonly string[]): number => {
  const digits = values.map((value) => /^\d+/.exec(value)?.[0]).find((found) => found !== undefined);
  return digits === undefined ? -1 : Math.min(Number(digits), MAX_UINT32);
};

const maxForwardsOf = (values: readonly string[]): number => {
  const right = values.find((value) => /^\d+$/.test(value) && Number(value) <= 255);
  return right === undefined ? -1 : Number(right);
};

const readBody = (headers: Headers, rest: string): string | null => {
  const lengths = headers.get('content-length') ?? [];
  if (lengths.length === 0) return rest;
  if (lengths.length > 1 || !/^\d+$/.test(lengths[0]!)) return null;
  const length = Number(lengths[0]);
  return length > rest.length ? null : rest.slice(0, length);
};
