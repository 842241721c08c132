// Whatever a registrar puts into its answers: every request that it gets is made of the lines that regstorm composes, in
// their order, each once. The parser is as plain as can be, so that it cannot be talked into anything: it knows no folds.

import { expect } from 'vitest';
import type { SipRequest } from './hostile-message.ts';

/** In this order; those with a question mark need not be there. */
const EXPECTED =
  /^Via Max-Forwards From To Call-ID CSeq( Contact)?( Authorization)?( Proxy-Authorization)?( Expires)? User-Agent Content-Length$/;
/** `name: value`, the value of printable characters and what may stand in a quoted string besides: tab, and bytes from 0x80. */
const LINE = /^([A-Za-z-]+): ([\t\x20-\x7e\x80-\xff]*)$/;
/** Quoted values have no open quote: whatever is in them, the parameters are ours. */
const CREDENTIALS = /^Digest (?:[a-z]+=(?:"(?:\\.|[^"\\])*"|[A-Za-z0-9]+)(?:, |$))+$/;
const CREDENTIAL_NAMES = 'username realm nonce uri response algorithm cnonce qop nc opaque'.split(' ');

export const expectOurLinesOnly = (requests: readonly SipRequest[]): void => {
  for (const { text } of requests) expectOurLines(text);
};

const expectOurLines = (text: string): void => {
  const [startLine, ...lines] = text.split('\r\n');
  if (!/^REGISTER sip:[a-z0-9.]+ SIP\/2\.0$/.test(startLine ?? '')) expect.fail(`no start line of ours: ${text}`);
  // The empty line, and the empty body behind it.
  if (lines.pop() !== '' || lines.pop() !== '') expect.fail(`something behind the headers: ${text}`);
  const names = lines.map((line) => nameOf(line, text));
  if (!EXPECTED.test(names.join(' '))) expect.fail(`not the lines of ours: ${text}`);
};

const nameOf = (line: string, text: string): string => {
  const [, name, value] = LINE.exec(line) ?? [];
  if (name === undefined || value === undefined)
    return expect.fail(`not a header line: ${JSON.stringify(line)} in ${text}`);
  if (name.endsWith('Authorization')) expectOurCredentials(value);
  return name;
};

const expectOurCredentials = (value: string): void => {
  if (!CREDENTIALS.test(value)) expect.fail(`credentials with an open quote: ${value}`);
  const names = [...value.matchAll(/([a-z]+)=(?:"(?:\\.|[^"\\])*"|[A-Za-z0-9]+)(?:, |$)/g)].map(([, name]) => name!);
  expect(new Set(names).size, value).toBe(names.length);
  for (const name of names) expect(CREDENTIAL_NAMES, value).toContain(name);
};

/**
 * How many different requests there are, retransmissions left out. RFC 3261 §17.1.2.2: a retransmission is the same request,
 * byte for byte, so a Call-ID and CSeq with two texts would be two requests under one name.
 */
export const countRequests = (requests: readonly SipRequest[]): number => {
  const texts = new Map<string, string>();
  for (const { callId, cseq, text } of requests) {
    const key = `${callId} ${cseq}`;
    const before = texts.get(key) ?? text;
    if (before !== text) expect.fail(`two requests are called ${key}:\n${before}\n${text}`);
    texts.set(key, before);
  }
  return texts.size;
};
