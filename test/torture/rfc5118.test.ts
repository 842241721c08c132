// RFC 5118's own messages, unpacked from the archive in its Appendix A where the text of the RFC is at hand (it is not part of
// this repository), given to the parser, to a registrar and to a client. The traits also stand in ipv6.test.ts as messages of
// our own, so nothing goes unproven without it.
//
// The archive is not bit-exact: lines end in LF, two messages have lost their empty line, and one tells a longer body than it
// has. The first two are mended on reading, the third is what it is.

import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { header } from '../unit/registrar/harness.ts';
import { clientSays, parserSays, registrarSays } from './three-readers.ts';

const FILE = new URL('../../../shared/rfc/rfc5118.txt', import.meta.url);
const isPresent = existsSync(FILE);
const ARCHIVE = /-- BEGIN MESSAGE ARCHIVE --\s+(H4s[A-Za-z0-9+/=\s]+)-- END MESSAGE ARCHIVE --/;

const BLOCK_BYTES = 512;
const MOST_ENTRIES = 50;

/** The files of a tar archive, as far as this one needs it: a header block with name and size, then the contents. */
const untar = (archive: Buffer): ReadonlyMap<string, Buffer> => {
  const text = (from: number, to: number): string => archive.toString('latin1', from, to).replace(/\0.*/s, '');
  const files = new Map<string, Buffer>();
  let at = 0;
  while (at + BLOCK_BYTES <= archive.length && archive[at] !== 0 && files.size < MOST_ENTRIES) {
    const size = Number.parseInt(text(at + 124, at + 136), 8);
    const start = at + BLOCK_BYTES;
    files.set(text(at, at + 100).replace('./', ''), archive.subarray(start, start + size));
    at = start + Math.ceil(size / BLOCK_BYTES) * BLOCK_BYTES;
  }
  return files;
};

const readArchive = (): ReadonlyMap<string, Buffer> => {
  const base64 = ARCHIVE.exec(readFileSync(FILE, 'latin1'))?.[1] ?? '';
  return untar(gunzipSync(Buffer.from(base64, 'base64')));
};

const messages: ReadonlyMap<string, Buffer> = isPresent ? readArchive() : new Map();

const read = (name: string): Uint8Array => {
  const text = (messages.get(name) ?? Buffer.alloc(0)).toString('latin1').replace(/\r?\n/g, '\r\n');
  return new Uint8Array(Buffer.from(text.includes('\r\n\r\n') ? text : `${text}\r\n`, 'latin1'));
};

type Row = readonly [section: string, name: string, parser: string, registrar: string, domain: string, note: string];

/** The REGISTERs have an address-of-record in another domain than their Request-URI, hence the 404. */
const MESSAGES: readonly Row[] = [
  ['4.1', 'ipv6-good', 'ok', '404 Not Found', '[2001:db8::10]', 'the To is in another domain'],
  ['4.2', 'ipv6-bad', 'ok', '400 Malformed Request-URI', '[2001:db8::10]', ''],
  ['4.3', 'port-ambiguous', 'ok', '404 Domain Not Served', '[2001:db8::10]', 'another address'],
  ['4.4', 'port-unambiguous', 'ok', '404 Not Found', '[2001:db8::10]', 'the To is in another domain'],
  ['4.5', 'via-received-param-with-delim', 'ok', '405 Method Not Allowed', '[2001:db8::10]', ''],
  ['4.5', 'via-received-param-no-delim', 'ok', '200 OK', '[2001:db8::10]', ''],
  [
    '4.6',
    'ipv6-in-sdp',
    'truncated',
    '400 Body Shorter Than Content-Length',
    '[2001:db8::10]',
    'meant to be valid, but it tells 268 octets of body and has 251',
  ],
  ['4.7', 'mult-ip-in-header', 'ok', '405 Method Not Allowed', 'host.example.net', ''],
  ['4.8', 'mult-ip-in-sdp', 'ok', '405 Method Not Allowed', '[2001:db8::10]', ''],
  ['4.9', 'ipv4-mapped-ipv6', 'ok', '405 Method Not Allowed', 'example.com', ''],
  ['4.10', 'ipv6-bug-abnf-3-colons', 'ok', '200 OK', '[2001:db8:::192.0.2.1]', ''],
  ['4.10', 'ipv6-correct-abnf-2-colons', 'ok', '200 OK', '[2001:db8::192.0.2.1]', ''],
];

describe.skipIf(!isPresent)('RFC 5118, its own messages (skipped: ../shared/rfc/rfc5118.txt is not there)', () => {
  it.each(MESSAGES)('§%s %s: parser %s, registrar %s for domain %s %s', (_section, name, parser, registrar, domain) => {
    const bytes = read(name);
    expect(parserSays(bytes), 'parser').toBe(parser);
    expect(registrarSays(bytes, { domain }).line, 'registrar').toBe(registrar);
    expect(clientSays(() => bytes).verdict, 'client').toBe(parser === 'ok' ? 'asked' : 'malformed');
  });

  it('§4.1, §4.4 where the domain of To is served, the address in the Request-URI is not', () => {
    for (const name of ['ipv6-good', 'port-unambiguous']) {
      expect(registrarSays(read(name), { domain: 'example.com' }).line, name).toBe('404 Domain Not Served');
    }
  });

  it('§4.7 all three Vias come back', () => {
    const { answer } = registrarSays(read('mult-ip-in-header'), { domain: 'host.example.net' });
    expect(header(answer, 'Via')).toHaveLength(3);
  });

  it('all messages of the archive are in the table', () => {
    const names = [...messages.keys()].filter((name) => name !== '');
    expect(names.sort()).toEqual(MESSAGES.map(([, name]) => name).sort());
  });
});
