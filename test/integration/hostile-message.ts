// What a scripted peer reads and writes: REGISTER requests taken apart and answers put together with plain string
// operations, on purpose without any code of regstorm's, so that a bug there can't hide here. It trusts the requests, which
// regstorm composed; what the answers look like is the tests' business.

export interface SipRequest {
  readonly text: string;
  readonly via: string;
  readonly from: string;
  readonly to: string;
  readonly callId: string;
  readonly cseq: number;
  /** The URI in angle brackets and its brackets, `*`, or null in a query. */
  readonly contact: string | null;
  readonly expires: string;
  readonly authorization: string | null;
}

export interface AnswerParts {
  readonly status: number;
  readonly phrase?: string;
  readonly via?: string;
  readonly callId?: string;
  readonly cseq?: string;
  /** Null: the answer lists no binding. Default: the request's, with the expiry asked for. */
  readonly contact?: string | null;
  readonly headers?: readonly string[];
  readonly body?: string;
}

const headerOf = (text: string, name: string): string | null => {
  const at = text.indexOf(`\r\n${name}: `);
  if (at < 0) return null;
  const valueAt = at + name.length + 4;
  return text.slice(valueAt, text.indexOf('\r\n', valueAt));
};

export const readRequest = (bytes: Uint8Array): SipRequest => {
  const text = Buffer.from(bytes).toString('latin1');
  const contact = headerOf(text, 'Contact');
  return {
    text,
    via: headerOf(text, 'Via') ?? '',
    from: headerOf(text, 'From') ?? '',
    to: headerOf(text, 'To') ?? '',
    callId: headerOf(text, 'Call-ID') ?? '',
    cseq: Number.parseInt(headerOf(text, 'CSeq') ?? '', 10),
    contact: contact === null ? null : contact.split(';expires=', 1)[0]!,
    expires: headerOf(text, 'Expires') ?? '',
    authorization: headerOf(text, 'Authorization'),
  };
};

/** The header fields that make it an answer to the request (RFC 3261 §8.2.6.2), and what the parts add or change. */
export const composeAnswer = (request: SipRequest, parts: AnswerParts): string => {
  const { status, phrase = 'Whatever', headers = [], body = '' } = parts;
  const contact = parts.contact === undefined && status === 200 ? grantedContact(request) : (parts.contact ?? null);
  return [
    `SIP/2.0 ${status} ${phrase}`,
    `Via: ${parts.via ?? request.via}`,
    `From: ${request.from}`,
    `To: ${request.to};tag=peer`,
    `Call-ID: ${parts.callId ?? request.callId}`,
    `CSeq: ${parts.cseq ?? `${request.cseq} REGISTER`}`,
    ...(contact === null ? [] : [`Contact: ${contact}`]),
    ...headers,
    `Content-Length: ${Buffer.byteLength(body)}`,
    '',
    body,
  ].join('\r\n');
};

/** RFC 3261 §10.3: a binding asked for with 0 s is removed and not listed. */
const grantedContact = ({ contact, expires }: SipRequest): string | null =>
  contact === null || contact === '*' || expires === '0' ? null : `${contact};expires=${expires}`;

export const ok = (request: SipRequest): string => composeAnswer(request, { status: 200, phrase: 'OK' });
