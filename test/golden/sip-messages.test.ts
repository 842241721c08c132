// Messages and the exact places of their parts, as sip-messages.md beside this file tells them. After a wanted change run
// it once with UPDATE_GOLDEN=1 and read the difference.

import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  CONTACT_FOUND,
  createContactCursor,
  createSipMessage,
  firstContact,
  nextContact,
  parseErrorName,
  parseMessage,
  type RowTable,
  rowEnd,
  rowStart,
  type SipMessage,
} from '../../src/sip/index.ts';
import { decodeUtf8 } from '../../src/std/index.ts';
import { sipBytes } from '../support/sip-text.ts';

const FILE = new URL('./sip-messages.md', import.meta.url);
const ENTRY = /^## (.+)\n\n(?:.+\n)*?\n?```sip\n([\s\S]*?)^```\n\n```spans\n([\s\S]*?)^```\n/gm;

/** `name start..end "text"`, or nothing where the part is absent. */
const span = (bytes: Uint8Array, name: string, start: number, end: number): string[] =>
  start < 0 ? [] : [`${name} ${start}..${end} ${JSON.stringify(decodeUtf8(bytes, start, end))}`];

const rows = (bytes: Uint8Array, name: string, table: RowTable): string[] =>
  Array.from({ length: table.count }, (_, row) => span(bytes, name, rowStart(table, row), rowEnd(table, row))).flat();

const number = (name: string, value: number): string[] => (value < 0 ? [] : [`${name} ${value}`]);

const startLine = (bytes: Uint8Array, message: SipMessage): string[] =>
  message.isResponse
    ? [`status ${message.status}`, ...span(bytes, 'phrase', message.phraseStart, message.phraseEnd)]
    : [
        ...span(bytes, 'method', message.methodStart, message.methodEnd),
        ...span(bytes, 'request-uri', message.requestUriStart, message.requestUriEnd),
      ];

const contacts = (bytes: Uint8Array, message: SipMessage): string[] => {
  const cursor = createContactCursor();
  const lines: string[] = [];
  let found = firstContact(message, bytes, cursor);
  while (found === CONTACT_FOUND) {
    lines.push(
      ...span(bytes, cursor.isStar ? 'contact *' : 'contact', cursor.wholeStart, cursor.wholeEnd),
      ...(cursor.isStar ? [] : span(bytes, 'contact uri', cursor.uriStart, cursor.uriEnd)),
      ...number('contact expires', cursor.expires),
      ...span(bytes, 'contact q', cursor.qStart, cursor.qEnd),
    );
    found = nextContact(message, bytes, cursor);
  }
  return found < 0 ? [...lines, 'contact malformed'] : lines;
};

const describeMessage = (bytes: Uint8Array): string => {
  const m = createSipMessage();
  const result = parseMessage(bytes, 0, bytes.length, m);
  return [
    `result ${parseErrorName(result)}`,
    ...startLine(bytes, m),
    ...rows(bytes, 'via', m.via),
    ...span(bytes, 'via sent-by', m.viaSentByStart, m.viaSentByEnd),
    ...span(bytes, 'via branch', m.viaBranchStart, m.viaBranchEnd),
    ...span(bytes, 'via rport', m.viaRportStart, m.viaRportEnd),
    ...span(bytes, 'from', m.fromStart, m.fromEnd),
    ...span(bytes, 'from uri', m.fromUriStart, m.fromUriEnd),
    ...span(bytes, 'from tag', m.fromTagStart, m.fromTagEnd),
    ...span(bytes, 'to', m.toStart, m.toEnd),
    ...span(bytes, 'to uri', m.toUriStart, m.toUriEnd),
    ...span(bytes, 'to tag', m.toTagStart, m.toTagEnd),
    ...span(bytes, 'call-id', m.callIdStart, m.callIdEnd),
    ...number('cseq', m.cseq),
    ...span(bytes, 'cseq method', m.cseqMethodStart, m.cseqMethodEnd),
    ...contacts(bytes, m),
    ...number('expires', m.expires),
    ...number('min-expires', m.minExpires),
    ...number('retry-after', m.retryAfter),
    ...number('max-forwards', m.maxForwards),
    ...rows(bytes, 'www-authenticate', m.wwwAuthenticate),
    ...rows(bytes, 'proxy-authenticate', m.proxyAuthenticate),
    ...rows(bytes, 'authorization', m.authorization),
    ...rows(bytes, 'proxy-authorization', m.proxyAuthorization),
    ...rows(bytes, 'require', m.require),
    ...rows(bytes, 'proxy-require', m.proxyRequire),
    ...span(bytes, 'warning', m.warningStart, m.warningEnd),
    ...span(bytes, 'p-registrar-error', m.registrarErrorStart, m.registrarErrorEnd),
    ...number('content-length', m.contentLength),
    ...span(bytes, 'body', m.bodyStart, m.bodyEnd),
  ]
    .join('\n')
    .concat('\n');
};

const original = readFileSync(FILE, 'utf8');

if (process.env.UPDATE_GOLDEN !== undefined) {
  const updated = original.replaceAll(ENTRY, (entry, _title, text: string, spans: string) =>
    entry.replace(`\`\`\`spans\n${spans}\`\`\``, () => `\`\`\`spans\n${describeMessage(sipBytes(text))}\`\`\``),
  );
  writeFileSync(FILE, updated);
}

const entries = [...readFileSync(FILE, 'utf8').matchAll(ENTRY)].map(([, title = '', text = '', spans = '']) => ({
  title,
  text,
  spans,
}));

describe('golden message', () => {
  it('every section of the file is a message', () => {
    expect(entries.length).toBe(original.split(/^## /m).length - 1);
    expect(entries.length).toBeGreaterThan(10);
  });

  it.each(entries)('$title', ({ text, spans }) => {
    expect(describeMessage(sipBytes(text))).toBe(spans);
  });
});
