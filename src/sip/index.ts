export {
  ALGORITHM_MD5,
  ALGORITHM_MD5_SESS,
  ALGORITHM_SHA_256,
  ALGORITHM_SHA_256_SESS,
  ALGORITHM_SHA_512_256,
  ALGORITHM_SHA_512_256_SESS,
  ALGORITHM_UNKNOWN,
  isQuotable,
} from './auth-params.ts';
export type { AuthenticationInfo } from './authentication-info.ts';
export { createAuthenticationInfo, parseAuthenticationInfo } from './authentication-info.ts';
export type { BranchReader } from './branch.ts';
export { createBranchReader, MOST_SLOTS, MOST_WORKERS, readBranch, readRow, writeBranch } from './branch.ts';
export type { Challenge } from './challenge.ts';
export {
  CHALLENGE_MALFORMED,
  CHALLENGE_OK,
  CHALLENGE_OTHER_SCHEME,
  createChallenge,
  parseChallenge,
} from './challenge.ts';
export type { CompiledText, RegisterFields, TemplatePiece } from './compiled-text.ts';
export type { ContactCursor } from './contact.ts';
export {
  CONTACT_END,
  CONTACT_FOUND,
  CONTACT_MALFORMED,
  createContactCursor,
  firstContact,
  nextContact,
} from './contact.ts';
export type { ContactInstance } from './contact-instance.ts';
export { createContactInstance, findInstance } from './contact-instance.ts';
export type { Credentials } from './credentials.ts';
export {
  CREDENTIALS_MALFORMED,
  CREDENTIALS_OK,
  CREDENTIALS_OTHER_SCHEME,
  createCredentials,
  parseCredentials,
} from './credentials.ts';
export { MALFORMED_EXPIRES_SECONDS, MAX_DELTA_SECONDS } from './delta-seconds.ts';
export type { ByteSpan, Digest } from './digest.ts';
export {
  createByteSpan,
  createDigest,
  DIGEST_HEX_BYTES,
  digestBodyHash,
  digestHa1,
  digestHa2,
  digestHa2Int,
  digestResponse,
  digestResponseAuth,
  digestResponseAuthInt,
  digestSessionHa1,
  digestUserhash,
  MOST_DIGEST_HEX_BYTES,
  setSpan,
} from './digest.ts';
export { digestHexBytes, hashAlgorithm } from './digest-hash.ts';
export type { HeaderLine } from './header-line.ts';
export { createHeaderLine, findHeaderLine } from './header-line.ts';
export { canonicalHeaderName, isReservedHeader, isToken } from './header-names.ts';
export { findHeaderRows } from './header-scan.ts';
export type { HostPort } from './host-port.ts';
export { createHostPort, parseHostPort } from './host-port.ts';
export { UUID_BYTES, writeUuid } from './instance.ts';
export type { Md5 } from './md5.ts';
export { createMd5, md5Final, md5Reset, md5Update, md5UpdateByte } from './md5.ts';
export type { SipMessage } from './message.ts';
export { createSipMessage } from './message.ts';
export {
  METHOD_ACK,
  METHOD_CANCEL,
  METHOD_INVITE,
  METHOD_NAMES,
  METHOD_NONE,
  METHOD_NOTIFY,
  METHOD_OPTIONS,
  METHOD_OTHER,
  METHOD_REGISTER,
} from './method.ts';
export type { Parameter } from './parameters.ts';
export { createParameter, isParameter, PARAMETER_MALFORMED, readParameter } from './parameters.ts';
export { MAX_HEADERS, parseMessage } from './parse.ts';
export {
  PARSE_CALL_ID,
  PARSE_CONTENT_LENGTH,
  PARSE_CSEQ,
  PARSE_CSEQ_METHOD,
  PARSE_DUPLICATE_HEADER,
  PARSE_EMPTY,
  PARSE_FROM,
  PARSE_HEADER_LINE,
  PARSE_INCOMPLETE,
  PARSE_LINE_END,
  PARSE_MISSING_HEADER,
  PARSE_OK,
  PARSE_START_LINE,
  PARSE_STATUS,
  PARSE_TO,
  PARSE_TOO_MANY_HEADERS,
  PARSE_TOO_MANY_ROWS,
  PARSE_TRUNCATED,
  PARSE_VERSION,
  PARSE_VIA,
  parseErrorName,
} from './parse-result.ts';
export type { RegisterTemplate } from './register-template.ts';
export { compileText, composeText, createRegisterTemplate } from './register-template.ts';
export type { ResponseShape, ShapeTable } from './response-shapes.ts';
export { createShapeTable, matchShape, NO_SHAPE } from './response-shapes.ts';
export type { RowTable } from './row-table.ts';
export { createRowTable, MAX_ROWS, rowEnd, rowStart } from './row-table.ts';
export { isNoted, isOnlyContact } from './shape-contact.ts';
export { learnShape } from './shape-learning.ts';
export type { StunMessage } from './stun.ts';
export {
  createStunMessage,
  mayBeStun,
  NO_MAPPED_ADDRESS,
  readStun,
  STUN_BINDING_ERROR,
  STUN_BINDING_REQUEST,
  STUN_BINDING_SUCCESS,
  STUN_HEADER_BYTES,
  STUN_MALFORMED,
  STUN_OK,
  STUN_RESPONSE_BYTES,
  writeBindingRequest,
  writeBindingResponse,
} from './stun.ts';
export type { TargetUri, TargetUriResult } from './target-uri.ts';
export { parseTargetUri } from './target-uri.ts';
export type { SipUri } from './uri.ts';
export { createSipUri, parseSipUri, URI_MALFORMED, URI_OK, URI_OTHER_SCHEME } from './uri.ts';
export type { UriPair } from './uri-compare.ts';
export { createUriPair, sameUri } from './uri-compare.ts';
export { hasLine } from './uri-line.ts';
