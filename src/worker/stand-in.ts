// A stand-in for a registrar, for the rehearsal alone: it says what one would, out of the lines of the request, and
// understands nothing. The real one (src/registrar) would have to be loaded, and compiled while it answers, which cost more
// than all that the rehearsal is for.
//
// It can rely on what no registrar can: that the request is ours, whole and in our spelling.

import { decodeLatin1, encodeAscii } from '../std/index.ts';

export interface StandIn {
  /** The answer to a request: 200, or 401 where there is a password and the request has no credentials. */
  answer(bytes: Uint8Array, start: number, end: number): Uint8Array;
}

/** RFC 3261 §8.2.6.2: what a response copies from its request. To comes with a tag of its own. */
const COPIED = /^(?:Via|From|Call-ID|CSeq): /;
const LINE_END = '\r\n';

export const createStandIn = (realm: string, withPassword: boolean): StandIn => {
  let nonces = 0;
  const challenge = (): string => {
    nonces += 1;
    const nonce = nonces.toString(16).padStart(32, '0');
    return `WWW-Authenticate: Digest realm="${realm}", nonce="${nonce}", algorithm=MD5, qop="auth"`;
  };
  return {
    answer: (bytes, start, end) => {
      const lines = decodeLatin1(bytes, start, end).split(LINE_END);
      const isRefused = withPassword && !lines.some((line) => line.startsWith('Authorization: '));
      const head = isRefused ? 'SIP/2.0 401 Unauthorized' : 'SIP/2.0 200 OK';
      const own = isRefused ? [challenge()] : bindingLines(lines);
      const answer = [head, ...copiedLines(lines), ...own, 'Server: stand-in', 'Content-Length: 0', '', ''];
      return encodeAscii(answer.join(LINE_END));
    },
  };
};

const copiedLines = (lines: readonly string[]): string[] => {
  const copied = lines.filter((line) => COPIED.test(line));
  const to = lines.find((line) => line.startsWith('To: '));
  return to === undefined ? copied : [...copied, `${to};tag=stand-in`];
};

/** RFC 3261 §10.3 step 8: the binding with what it was granted, which is what was asked for; none once it is removed. */
const bindingLines = (lines: readonly string[]): string[] => {
  const contact = lines.find((line) => line.startsWith('Contact: '));
  const expires = lines.find((line) => line.startsWith('Expires: '))?.slice('Expires: '.length);
  return contact === undefined || expires === undefined || expires === '0' ? [] : [`${contact};expires=${expires}`];
};
