// The RFC's own bit-exact messages, where the folder with them is at hand (they are not part of this repository), given to the
// parser, to a registrar of the domain that they are meant for, and to a client. Every trait also stands here as a message of
// our own, in the other files of this folder, so nothing goes unproven without them.
//
// A result that the RFC wants otherwise begins its note with WRONG and gives the reason.

import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { header } from '../unit/registrar/harness.ts';
import { fittedTo } from './own-messages.ts';
import { boundTo, clientSays, parserSays, registrarSays } from './three-readers.ts';

const FOLDER = new URL('../../../shared/rfc/rfc4475-messages/', import.meta.url);
const isPresent = existsSync(FOLDER);

const read = (name: string): Uint8Array => new Uint8Array(readFileSync(new URL(`${name}.dat`, FOLDER)));

type Row = readonly [section: string, name: string, parser: string, registrar: string, client: string, note: string];

/** For the client, responses are made answers to its own request; requests come as they are. */
const MESSAGES: readonly Row[] = [
  ['3.1.1.1', 'wsinv', 'ok', '405 Method Not Allowed', 'asked', ''],
  ['3.1.1.2', 'intmeth', 'ok', '501 Not Implemented', 'asked', ''],
  ['3.1.1.3', 'esc01', 'ok', '405 Method Not Allowed', 'asked', ''],
  ['3.1.1.4', 'escnull', 'ok', '200 OK', 'asked', ''],
  ['3.1.1.5', 'esc02', 'ok', '501 Not Implemented', 'asked', ''],
  ['3.1.1.6', 'lwsdisp', 'ok', '200 OK', 'asked', ''],
  ['3.1.1.7', 'longreq', 'ok', '405 Method Not Allowed', 'asked', ''],
  ['3.1.1.8', 'dblreq', 'ok', '200 OK', 'asked', ''],
  ['3.1.1.9', 'semiuri', 'ok', '200 OK', 'asked', ''],
  ['3.1.1.10', 'transports', 'ok', '200 OK', 'asked', ''],
  ['3.1.1.11', 'mpart01', 'ok', '405 Method Not Allowed', 'asked', ''],
  ['3.1.1.12', 'unreason', 'ok', 'none', 'succeeded', ''],
  ['3.1.1.13', 'noreason', 'ok', 'none', 'provisional', ''],
  ['3.1.2.1', 'badinv01', 'via', '400 Malformed Via', 'malformed', ''],
  ['3.1.2.2', 'clerr', 'truncated', '400 Body Shorter Than Content-Length', 'malformed', ''],
  ['3.1.2.3', 'ncl', 'content-length', '400 Malformed Content-Length', 'malformed', ''],
  ['3.1.2.4', 'scalar02', 'cseq', '400 Malformed CSeq', 'malformed', ''],
  ['3.1.2.5', 'scalarlg', 'cseq', 'none', 'malformed', ''],
  ['3.1.2.6', 'quotbal', 'to', '400 Malformed To', 'malformed', ''],
  ['3.1.2.7', 'ltgtruri', 'start-line', '400 Malformed Request-Line', 'malformed', ''],
  ['3.1.2.8', 'lwsruri', 'start-line', '400 Malformed Request-Line', 'malformed', ''],
  ['3.1.2.9', 'lwsstart', 'start-line', '400 Malformed Request-Line', 'malformed', ''],
  ['3.1.2.10', 'trws', 'start-line', '400 Malformed Request-Line', 'malformed', ''],
  ['3.1.2.11', 'escruri', 'ok', '405 Method Not Allowed', 'asked', 'the method comes before the URI'],
  ['3.1.2.12', 'baddate', 'ok', '405 Method Not Allowed', 'asked', 'nobody reads Date'],
  ['3.1.2.13', 'regbadct', 'ok', '400 Malformed Contact', 'asked', 'contacts are read where they are needed'],
  ['3.1.2.14', 'badaspec', 'to', '400 Malformed To', 'malformed', ''],
  ['3.1.2.15', 'baddn', 'from', '400 Malformed From', 'malformed', ''],
  ['3.1.2.16', 'badvers', 'version', '505 Version Not Supported', 'malformed', ''],
  ['3.1.2.17', 'mismatch01', 'cseq-method', '400 CSeq Method Differs', 'malformed', ''],
  ['3.1.2.18', 'mismatch02', 'cseq-method', '501 Not Implemented', 'malformed', ''],
  ['3.1.2.19', 'bigcode', 'status', 'none', 'malformed', ''],
  ['3.2.1', 'badbranch', 'ok', '200 OK', 'asked', 'taken for a branch of RFC 2543'],
  ['3.3.1', 'insuf', 'missing-header', 'none', 'malformed', 'WRONG: no 400, which could not repeat what is missing'],
  ['3.3.2', 'unkscm', 'ok', '416 Unsupported URI Scheme', 'asked', ''],
  ['3.3.3', 'novelsc', 'ok', '416 Unsupported URI Scheme', 'asked', ''],
  ['3.3.4', 'unksm2', 'ok', '400 Malformed To', 'asked', ''],
  ['3.3.5', 'bext01', 'ok', '420 Bad Extension', 'asked', ''],
  ['3.3.6', 'invut', 'ok', '405 Method Not Allowed', 'asked', '415 is for those who serve INVITE'],
  ['3.3.7', 'regaut01', 'ok', '200 OK', 'asked', '401 with a password, see below'],
  ['3.3.8', 'multi01', 'duplicate-header', '400 Repeated Header', 'malformed', ''],
  ['3.3.9', 'mcl01', 'duplicate-header', '400 Repeated Header', 'malformed', ''],
  ['3.3.10', 'bcast', 'ok', 'none', 'stray', ''],
  ['3.3.11', 'zeromf', 'ok', '200 OK', 'asked', 'it is no proxy'],
  ['3.3.12', 'cparam01', 'ok', '200 OK', 'asked', ''],
  ['3.3.13', 'cparam02', 'ok', '200 OK', 'asked', ''],
  ['3.3.14', 'regescrt', 'ok', '200 OK', 'asked', ''],
  ['3.3.15', 'sdp01', 'ok', '405 Method Not Allowed', 'asked', '406 is for those who serve INVITE'],
  ['3.4.1', 'inv2543', 'ok', '405 Method Not Allowed', 'asked', 'without a branch, as RFC 2543 had it'],
];

/** Who is meant, where that is not example.com. */
const DOMAINS: Readonly<Record<string, string>> = {
  wsinv: 'chair-dnrc.example.com',
  esc01: 'example.net',
  esc02: 'registrar.example.com',
  mpart01: 'example.org',
  badaspec: 'example.org',
  baddn: 'example.org',
  badvers: 'example.org',
};

/** The REGISTERs: whose bindings they write, and which. */
const BINDINGS: Readonly<Record<string, readonly [user: string, ...contacts: string[]]>> = {
  escnull: ['null-\0-null', '<sip:%00@host5.example.com>', '<sip:%00%00@host5.example.com>'],
  dblreq: ['j.user', '<sip:j.user@host.example.com>'],
  scalar02: ['user'],
  regbadct: ['user'],
  regaut01: ['j.user'],
  cparam01: ['watson', '<sip:+19725552222@gw1.example.net>;unknownparam'],
  cparam02: ['watson', '<sip:+19725552222@gw1.example.net;unknownparam>'],
  regescrt: ['user', '<sip:user@example.com?Route=%3Csip:sip.example.com%3E>'],
};

const optionsOf = (name: string): { domain: string } => ({ domain: DOMAINS[name] ?? 'example.com' });

describe.skipIf(!isPresent)('RFC 4475, its own messages (skipped: ../shared/rfc/rfc4475-messages is not there)', () => {
  it.each(MESSAGES)('§%s %s: parser %s, registrar %s, client %s %s', (_section, name, parser, registrar, client) => {
    const bytes = read(name);
    expect(parserSays(bytes), 'parser').toBe(parser);
    const said = registrarSays(bytes, optionsOf(name));
    expect(said.line, 'registrar').toBe(registrar);
    const [user, ...contacts] = BINDINGS[name] ?? ['user'];
    expect(boundTo(said.registrar, user), 'bindings').toEqual(contacts);
    expect(clientSays((request) => fittedTo(request, bytes)).verdict, 'client').toBe(client);
  });

  it('3.3.7 regaut01: a registrar that asks for a password offers Digest', () => {
    const { line } = registrarSays(read('regaut01'), { domain: 'example.com', password: 'secret' });
    expect(line).toBe('401 Unauthorized');
  });

  it('3.1.1.7 longreq: all 34 Vias come back', () => {
    expect(header(registrarSays(read('longreq'), optionsOf('longreq')).answer, 'Via')).toHaveLength(34);
  });

  it('3.3.5 bext01: the extensions are listed, those for proxies left to proxies', () => {
    const { answer } = registrarSays(read('bext01'), optionsOf('bext01'));
    expect(header(answer, 'Unsupported')).toEqual(['nothingSupportsThis, nothingSupportsThisEither']);
  });
});
