// One parsed SIP message: where its parts stand in the bytes that it came in. A single record is made at start and filled
// again for every message, so nothing is allocated; the spans are worth as much as the bytes under them, and no longer.
//
// All positions are absolute indices into the bytes given to parseMessage; a span is [start, end); -1 means absent.
//
// Left out on purpose: headers that neither a client nor a registrar decides by. They are skipped, not kept.

import { type ContactRows, createContactRows, resetContactRows } from './contact-rows.ts';
import { createHostPort, type HostPort } from './host-port.ts';
import { METHOD_NONE } from './method.ts';
import { type Address, createAddress } from './name-addr.ts';
import { createParameter, type Parameter } from './parameters.ts';
import { createRowTable, type RowTable } from './row-table.ts';

/** Where a tag stands; -1 for none. */
export interface Tag {
  start: number;
  end: number;
}

export interface SipMessage {
  isResponse: boolean;
  /** 100 to 699; 0 in a request. */
  status: number;
  /** The reason phrase, UTF-8, possibly empty. */
  phraseStart: number;
  phraseEnd: number;
  /** METHOD_* of the Request-Line; METHOD_NONE in a response. */
  method: number;
  methodStart: number;
  methodEnd: number;
  requestUriStart: number;
  requestUriEnd: number;

  /** Every Via value, topmost first, commas taken apart: what a server copies into its answer (RFC 3261 §8.2.6.2). */
  readonly via: RowTable;
  viaBranchStart: number;
  viaBranchEnd: number;
  /** host[:port] of the topmost Via. */
  viaSentByStart: number;
  viaSentByEnd: number;
  viaHostStart: number;
  viaHostEnd: number;
  /** -1 where sent-by has none. */
  viaPort: number;
  /** The whole `rport` or `rport=value` of the topmost Via: what a server replaces (RFC 3581 §4). */
  viaRportStart: number;
  viaRportEnd: number;
  /** The value of `received` of the topmost Via: where the request came from, as the server saw it (RFC 3261 §18.2.1). */
  viaReceivedStart: number;
  viaReceivedEnd: number;

  /** Below 2^31. */
  cseq: number;
  /** METHOD_* of the CSeq header. */
  cseqMethod: number;
  cseqMethodStart: number;
  cseqMethodEnd: number;
  callIdStart: number;
  callIdEnd: number;
  /** The whole value; the URI in it without angle brackets; the tag. */
  fromStart: number;
  fromEnd: number;
  fromUriStart: number;
  fromUriEnd: number;
  fromTagStart: number;
  fromTagEnd: number;
  toStart: number;
  toEnd: number;
  toUriStart: number;
  toUriEnd: number;
  toTagStart: number;
  toTagEnd: number;

  /** Contact header rows; one may hold several contacts (see contact.ts). */
  readonly contact: ContactRows;
  /** Seconds; a malformed value reads as 3600 (RFC 3261 §10.2). */
  expires: number;
  /** These two in a response only. */
  minExpires: number;
  retryAfter: number;
  /** There is a Retry-After, and it is none (RFC 3261 §20.33). */
  isRetryAfterMalformed: boolean;
  /** 0 to 255; anything else counts as absent (RFC 4475 §3.1.2.4). */
  maxForwards: number;
  contentLength: number;
  bodyStart: number;
  bodyEnd: number;
  /** Content-Disposition says that the body may be ignored (RFC 3261 §20.11). */
  isBodyOptional: boolean;

  /** One challenge or set of credentials a row: these are never joined by commas (RFC 3261 §7.3.1). */
  readonly wwwAuthenticate: RowTable;
  readonly proxyAuthenticate: RowTable;
  readonly authorization: RowTable;
  readonly proxyAuthorization: RowTable;
  /** RFC 3327 §4: of a request or its 2xx, topmost first; RFC 3608 §5: of a 2xx. */
  readonly path: RowTable;
  readonly serviceRoute: RowTable;
  /** The first P-Associated-URI row (RFC 7315 §4.1); others are not kept. */
  readonly associatedUri: RowTable;
  readonly require: RowTable;
  readonly proxyRequire: RowTable;
  /** The first value of Authentication-Info and of Proxy-Authentication-Info, in a response. */
  readonly authenticationInfo: RowTable;
  readonly proxyAuthenticationInfo: RowTable;
  /** The first line of each, name and all, for telling why a request failed. */
  warningStart: number;
  warningEnd: number;
  registrarErrorStart: number;
  registrarErrorEnd: number;

  /** The parser's own work space. */
  readonly address: Address;
  readonly hostPort: HostPort;
  readonly tag: Tag;
  readonly parameter: Parameter;
}

export const createSipMessage = (): SipMessage => ({
  isResponse: false,
  status: 0,
  phraseStart: -1,
  phraseEnd: -1,
  method: METHOD_NONE,
  methodStart: -1,
  methodEnd: -1,
  requestUriStart: -1,
  requestUriEnd: -1,
  via: createRowTable(),
  viaBranchStart: -1,
  viaBranchEnd: -1,
  viaSentByStart: -1,
  viaSentByEnd: -1,
  viaHostStart: -1,
  viaHostEnd: -1,
  viaPort: -1,
  viaRportStart: -1,
  viaRportEnd: -1,
  viaReceivedStart: -1,
  viaReceivedEnd: -1,
  cseq: -1,
  cseqMethod: METHOD_NONE,
  cseqMethodStart: -1,
  cseqMethodEnd: -1,
  callIdStart: -1,
  callIdEnd: -1,
  fromStart: -1,
  fromEnd: -1,
  fromUriStart: -1,
  fromUriEnd: -1,
  fromTagStart: -1,
  fromTagEnd: -1,
  toStart: -1,
  toEnd: -1,
  toUriStart: -1,
  toUriEnd: -1,
  toTagStart: -1,
  toTagEnd: -1,
  contact: createContactRows(),
  expires: -1,
  minExpires: -1,
  retryAfter: -1,
  isRetryAfterMalformed: false,
  maxForwards: -1,
  contentLength: -1,
  bodyStart: -1,
  bodyEnd: -1,
  isBodyOptional: false,
  wwwAuthenticate: createRowTable(),
  proxyAuthenticate: createRowTable(),
  authorization: createRowTable(),
  proxyAuthorization: createRowTable(),
  path: createRowTable(),
  serviceRoute: createRowTable(),
  associatedUri: createRowTable(),
  require: createRowTable(),
  proxyRequire: createRowTable(),
  authenticationInfo: createRowTable(),
  proxyAuthenticationInfo: createRowTable(),
  warningStart: -1,
  warningEnd: -1,
  registrarErrorStart: -1,
  registrarErrorEnd: -1,
  address: createAddress(),
  hostPort: createHostPort(),
  tag: { start: -1, end: -1 },
  parameter: createParameter(),
});

/** Back to what createSipMessage made. */
export const resetMessage = (message: SipMessage): void => {
  resetStartLine(message);
  resetVia(message);
  resetAddresses(message);
  resetRest(message);
};

const resetStartLine = (message: SipMessage): void => {
  message.isResponse = false;
  message.status = 0;
  message.phraseStart = -1;
  message.phraseEnd = -1;
  message.method = METHOD_NONE;
  message.methodStart = -1;
  message.methodEnd = -1;
  message.requestUriStart = -1;
  message.requestUriEnd = -1;
};

const resetVia = (message: SipMessage): void => {
  message.via.count = 0;
  message.viaBranchStart = -1;
  message.viaBranchEnd = -1;
  message.viaSentByStart = -1;
  message.viaSentByEnd = -1;
  message.viaHostStart = -1;
  message.viaHostEnd = -1;
  message.viaPort = -1;
  message.viaRportStart = -1;
  message.viaRportEnd = -1;
  message.viaReceivedStart = -1;
  message.viaReceivedEnd = -1;
};

const resetAddresses = (message: SipMessage): void => {
  message.cseq = -1;
  message.cseqMethod = METHOD_NONE;
  message.cseqMethodStart = -1;
  message.cseqMethodEnd = -1;
  message.callIdStart = -1;
  message.callIdEnd = -1;
  message.fromStart = -1;
  message.fromEnd = -1;
  message.fromUriStart = -1;
  message.fromUriEnd = -1;
  message.fromTagStart = -1;
  message.fromTagEnd = -1;
  message.toStart = -1;
  message.toEnd = -1;
  message.toUriStart = -1;
  message.toUriEnd = -1;
  message.toTagStart = -1;
  message.toTagEnd = -1;
};

const resetRest = (message: SipMessage): void => {
  resetContactRows(message.contact);
  message.expires = -1;
  message.minExpires = -1;
  message.retryAfter = -1;
  message.isRetryAfterMalformed = false;
  message.maxForwards = -1;
  message.contentLength = -1;
  message.bodyStart = -1;
  message.bodyEnd = -1;
  message.isBodyOptional = false;
  message.wwwAuthenticate.count = 0;
  message.proxyAuthenticate.count = 0;
  message.authorization.count = 0;
  message.proxyAuthorization.count = 0;
  message.path.count = 0;
  message.serviceRoute.count = 0;
  message.associatedUri.count = 0;
  message.require.count = 0;
  message.proxyRequire.count = 0;
  message.authenticationInfo.count = 0;
  message.proxyAuthenticationInfo.count = 0;
  message.warningStart = -1;
  message.warningEnd = -1;
  message.registrarErrorStart = -1;
  message.registrarErrorEnd = -1;
};
