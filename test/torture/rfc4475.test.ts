// The RFC's own bit-exact messages, where the folder with them is at hand (they are not part of this repository), each
// with the class of result that the parser owes. The table is RFC 4475's, seen from a client and a registrar: what the
// parser lets through and the registrar must answer for itself is told in the note.

import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createSipMessage, parseErrorName, parseMessage } from '../../src/sip/index.ts';

const FOLDER = new URL('../../../shared/rfc/rfc4475-messages/', import.meta.url);
const isPresent = existsSync(FOLDER);

const parseFile = (name: string): string => {
  const bytes = new Uint8Array(readFileSync(new URL(`${name}.dat`, FOLDER)));
  return parseErrorName(parseMessage(bytes, 0, bytes.length, createSipMessage()));
};

/** Section, name, expected result, and why it is not an error where one might expect one. */
const MESSAGES: readonly (readonly [section: string, name: string, expected: string, note: string])[] = [
  ['3.1.1.1', 'wsinv', 'ok', ''],
  ['3.1.1.2', 'intmeth', 'ok', ''],
  ['3.1.1.3', 'esc01', 'ok', ''],
  ['3.1.1.4', 'escnull', 'ok', ''],
  ['3.1.1.5', 'esc02', 'ok', ''],
  ['3.1.1.6', 'lwsdisp', 'ok', ''],
  ['3.1.1.7', 'longreq', 'ok', ''],
  ['3.1.1.8', 'dblreq', 'ok', ''],
  ['3.1.1.9', 'semiuri', 'ok', ''],
  ['3.1.1.10', 'transports', 'ok', ''],
  ['3.1.1.11', 'mpart01', 'ok', ''],
  ['3.1.1.12', 'unreason', 'ok', ''],
  ['3.1.1.13', 'noreason', 'ok', ''],
  ['3.1.2.1', 'badinv01', 'via', ''],
  ['3.1.2.2', 'clerr', 'truncated', ''],
  ['3.1.2.3', 'ncl', 'content-length', ''],
  ['3.1.2.4', 'scalar02', 'cseq', ''],
  ['3.1.2.5', 'scalarlg', 'cseq', ''],
  ['3.1.2.6', 'quotbal', 'to', ''],
  ['3.1.2.7', 'ltgtruri', 'start-line', ''],
  ['3.1.2.8', 'lwsruri', 'start-line', ''],
  ['3.1.2.9', 'lwsstart', 'start-line', ''],
  ['3.1.2.10', 'trws', 'start-line', ''],
  ['3.1.2.11', 'escruri', 'ok', 'the registrar refuses headers in a Request-URI'],
  ['3.1.2.12', 'baddate', 'ok', 'Date is not read'],
  ['3.1.2.13', 'regbadct', 'ok', 'the contact iteration refuses it'],
  ['3.1.2.14', 'badaspec', 'to', ''],
  ['3.1.2.15', 'baddn', 'from', ''],
  ['3.1.2.16', 'badvers', 'version', ''],
  ['3.1.2.17', 'mismatch01', 'cseq-method', ''],
  ['3.1.2.18', 'mismatch02', 'cseq-method', ''],
  ['3.1.2.19', 'bigcode', 'status', ''],
  ['3.2.1', 'badbranch', 'ok', 'an empty branch after the cookie is for the transaction layer'],
  ['3.3.1', 'insuf', 'missing-header', ''],
  ['3.3.2', 'unkscm', 'ok', ''],
  ['3.3.3', 'novelsc', 'ok', ''],
  ['3.3.4', 'unksm2', 'ok', 'the registrar refuses the scheme in To'],
  ['3.3.5', 'bext01', 'ok', ''],
  ['3.3.6', 'invut', 'ok', ''],
  ['3.3.7', 'regaut01', 'ok', ''],
  ['3.3.8', 'multi01', 'duplicate-header', ''],
  ['3.3.9', 'mcl01', 'duplicate-header', ''],
  ['3.3.10', 'bcast', 'ok', 'the client discards a response with two Vias'],
  ['3.3.11', 'zeromf', 'ok', ''],
  ['3.3.12', 'cparam01', 'ok', ''],
  ['3.3.13', 'cparam02', 'ok', ''],
  ['3.3.14', 'regescrt', 'ok', ''],
  ['3.3.15', 'sdp01', 'ok', ''],
  ['3.4.1', 'inv2543', 'ok', ''],
];

describe.skipIf(!isPresent)('RFC 4475 message (skipped where ../shared/rfc/rfc4475-messages is not there)', () => {
  it.each(MESSAGES)('§%s %s parses as %s %s', (_section, name, expected) => {
    expect(parseFile(name)).toBe(expected);
  });
});
