// The other end of the measured engine: it answers a request with a status line and the request's own header lines, as
// bench/yardsticks/nullreg.c does, and allocates nothing. Only what a client reads of an answer is in it.

const CARRIAGE_RETURN = 0x0d;
const ANSWER_BYTES_MOST = 2048;
const NONCE_DIGITS = 32;

const bytesOf = (text) => new Uint8Array(Buffer.from(text, 'latin1'));

const OK = bytesOf('SIP/2.0 200 OK');
const CHALLENGE = bytesOf(
  'SIP/2.0 401 Unauthorized\r\nWWW-Authenticate: Digest realm="test.example", ' +
    'nonce="00000000000000000000000000000000", qop="auth", algorithm=MD5',
);
/** To the same registrar under another URI. */
const MOVED = bytesOf('SIP/2.0 302 Moved Temporarily\r\nContact: <sip:test.example:5060>');
const UNMOVED = bytesOf('REGISTER sip:test.example SIP');
const NONCE_AT = Buffer.from(CHALLENGE).indexOf('nonce="') + 'nonce="'.length;
const AUTHORIZATION = bytesOf('\r\nAuthorization:');

/** Answers lie one after the other in `bytes`, from ends[i - 1] to ends[i]. */
export const createPeer = ({ challenges, redirects = false, answersMost }) => ({
  challenges,
  redirects,
  bytes: new Uint8Array(answersMost * ANSWER_BYTES_MOST),
  ends: new Int32Array(answersMost + 1),
  count: 0,
  nonces: 0,
});

export const takeAnswers = (peer) => {
  const { count } = peer;
  peer.count = 0;
  return count;
};

/** Composes the answer to request[start, end). */
export const answer = (peer, request, start, end) => {
  const { bytes } = peer;
  let at = peer.ends[peer.count];
  const isChallenged = peer.challenges && !contains(request, start, end, AUTHORIZATION);
  const isMoved = peer.redirects && begins(request, start, UNMOVED);
  const head = isMoved ? MOVED : isChallenged ? CHALLENGE : OK;
  for (let i = 0; i < head.length; i++) bytes[at + i] = head[i];
  if (head === CHALLENGE) writeNonce(bytes, at + NONCE_AT, ++peer.nonces);
  at += head.length;
  let from = start;
  while (request[from] !== CARRIAGE_RETURN) from++;
  for (; from < end; from++) bytes[at++] = request[from];
  peer.ends[++peer.count] = at;
};

const begins = (bytes, start, wanted) => {
  for (let i = 0; i < wanted.length; i++) if (bytes[start + i] !== wanted[i]) return false;
  return true;
};

const contains = (bytes, start, end, wanted) => {
  for (let at = start; at + wanted.length <= end; at++) {
    if (bytes[at] !== CARRIAGE_RETURN) continue;
    let same = 1;
    while (same < wanted.length && bytes[at + same] === wanted[same]) same++;
    if (same === wanted.length) return true;
  }
  return false;
};

const writeNonce = (bytes, at, number) => {
  for (let digit = NONCE_DIGITS - 1; digit >= 0; digit--) {
    bytes[at + digit] = 0x30 + (number % 10);
    number = Math.floor(number / 10);
  }
};
