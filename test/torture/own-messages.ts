// Messages of our own, each an ordinary one with one thing about it changed, so that a table of traits shows the trait and
// nothing else. Lines end in CRLF in the message; `\xHH` stands for a byte that an editor would not keep.
//
// Left out on purpose: whole messages from the RFCs. They are not ours to copy, and hide what they are about.

import { sipBytes } from '../support/sip-text.ts';
import { readRequest } from '../unit/engine/messages.ts';

export interface Change {
  /** The first line. */
  readonly line?: string;
  /** How the lines begin that are left out. */
  readonly without?: readonly string[];
  /** Lines in place of those that begin like this. */
  readonly instead?: Readonly<Record<string, string>>;
  /** More header lines. */
  readonly extra?: string;
  /** Its length is told, unless Content-Length is changed. */
  readonly body?: string;
}

/** A request from wren@torture.example; a REGISTER asks for one binding. */
export const request = (method: string, change: Change = {}): Uint8Array =>
  build(
    [
      `${method} sip:torture.example SIP/2.0`,
      'Via: SIP/2.0/UDP 192.0.2.77:5077;branch=z9hG4bK-torture-1',
      'Max-Forwards: 70',
      'From: <sip:wren@torture.example>;tag=w1',
      'To: <sip:wren@torture.example>',
      'Call-ID: torture-1',
      `CSeq: 41 ${method}`,
      ...(method === 'REGISTER' ? ['Contact: <sip:wren@192.0.2.77:5077>'] : []),
    ],
    change,
  );

/** An answer to the client's request, with its Contact where that is granted. `{branch}` is the request's. */
export const response = (request: string, status: string, change: Change = {}): Uint8Array => {
  const { value, contact, branch } = readRequest(request);
  return build(
    [
      `SIP/2.0 ${status}`,
      `Via: ${value('Via')}`,
      `From: ${value('From')}`,
      `To: ${value('To')};tag=t1`,
      `Call-ID: ${value('Call-ID')}`,
      `CSeq: ${value('CSeq')}`,
      ...(status.startsWith('200') ? [`Contact: <${contact}>;expires=1800`] : []),
    ],
    change,
    branch,
  );
};

const build = (lines: readonly string[], change: Change, branch = ''): Uint8Array => {
  const { line, without = [], instead = {}, extra, body = '' } = change;
  const changed = [...lines, `Content-Length: ${sipBytes(body).length}`]
    .filter((each) => !without.some((start) => each.startsWith(start)))
    .map((each) => Object.entries(instead).find(([start]) => each.startsWith(start))?.[1] ?? each);
  if (line !== undefined) changed[0] = line;
  const all = [...changed, ...(extra === undefined ? [] : [extra]), '', body];
  return sipBytes(all.join('\n').replaceAll('{branch}', branch));
};

/**
 * Somebody else's response as an answer to the client's request: the first Via, From, To, Call-ID, Contact and CSeq are the
 * request's. A CSeq that is the response's trait, being too large, stays; a request stays what it is.
 */
export const fittedTo = (request: string, bytes: Uint8Array): Uint8Array => {
  const { value, contact } = readRequest(request);
  let text = Buffer.from(bytes).toString('latin1');
  if (!text.startsWith('SIP/')) return bytes;
  for (const name of ['Via', 'From', 'To', 'Call-ID']) {
    text = text.replace(new RegExp(`^${name}: .*$`, 'm'), `${name}: ${value(name)}`);
  }
  text = text
    .replace(/^CSeq: \d{1,9} .*$/m, `CSeq: ${value('CSeq')}`)
    .replace(/^Contact: .*$/m, `Contact: <${contact}>`);
  return new Uint8Array(Buffer.from(text, 'latin1'));
};
