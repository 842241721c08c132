// Every message of RFC 4475 handed to a registrar, from the RFC's own bit-exact archive where that lies beside the
// repository. The traits of the REGISTER messages are also tested with messages of our own (update-bindings.test.ts,
// answer-request.test.ts, authenticate.test.ts), so nothing goes unproven without the archive.

import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { countersOf, createRegistrar } from '../../../src/registrar/index.ts';
import { exchange, header, OPTIONS, statusOf } from './harness.ts';

const ARCHIVE = fileURLToPath(new URL('../../../../shared/rfc/rfc4475-messages/', import.meta.url));

/** Name, section, the domain that is served, and the status: 0 for no answer. */
const EXPECTED: readonly (readonly [string, string, string, number])[] = [
  ['wsinv', '3.1.1.1', 'chair-dnrc.example.com', 405],
  ['intmeth', '3.1.1.2', 'example.com', 501],
  ['esc01', '3.1.1.3', 'example.net', 405],
  ['escnull', '3.1.1.4', 'example.com', 200],
  ['esc02', '3.1.1.5', 'registrar.example.com', 501],
  ['lwsdisp', '3.1.1.6', 'example.com', 200],
  ['longreq', '3.1.1.7', 'example.com', 405],
  ['dblreq', '3.1.1.8', 'example.com', 200],
  ['semiuri', '3.1.1.9', 'example.com', 200],
  ['transports', '3.1.1.10', 'example.com', 200],
  ['mpart01', '3.1.1.11', 'example.org', 405],
  ['unreason', '3.1.1.12', 'example.com', 0],
  ['noreason', '3.1.1.13', 'example.com', 0],
  ['badinv01', '3.1.2.1', 'example.com', 400],
  ['clerr', '3.1.2.2', 'example.com', 400],
  ['ncl', '3.1.2.3', 'example.com', 400],
  ['scalar02', '3.1.2.4', 'example.com', 400],
  ['scalarlg', '3.1.2.5', 'example.com', 0],
  ['quotbal', '3.1.2.6', 'example.com', 400],
  ['ltgtruri', '3.1.2.7', 'example.com', 400],
  ['lwsruri', '3.1.2.8', 'example.com', 400],
  ['lwsstart', '3.1.2.9', 'example.com', 400],
  ['trws', '3.1.2.10', 'example.com', 400],
  ['escruri', '3.1.2.11', 'example.com', 405],
  ['baddate', '3.1.2.12', 'example.com', 405],
  ['regbadct', '3.1.2.13', 'example.com', 400],
  ['badaspec', '3.1.2.14', 'example.org', 400],
  ['baddn', '3.1.2.15', 'example.org', 400],
  ['badvers', '3.1.2.16', 'example.org', 505],
  ['mismatch01', '3.1.2.17', 'example.com', 400],
  ['mismatch02', '3.1.2.18', 'example.com', 400],
  ['bigcode', '3.1.2.19', 'example.com', 0],
  ['badbranch', '3.2.1', 'example.com', 200],
  ['insuf', '3.3.1', 'example.com', 0],
  ['unkscm', '3.3.2', 'example.com', 416],
  ['novelsc', '3.3.3', 'example.com', 416],
  ['unksm2', '3.3.4', 'example.com', 400],
  ['bext01', '3.3.5', 'example.com', 420],
  ['invut', '3.3.6', 'example.com', 405],
  ['regaut01', '3.3.7', 'example.com', 200],
  ['multi01', '3.3.8', 'example.com', 400],
  ['mcl01', '3.3.9', 'example.com', 400],
  ['bcast', '3.3.10', 'example.com', 0],
  ['zeromf', '3.3.11', 'example.com', 200],
  ['cparam01', '3.3.12', 'example.com', 200],
  ['cparam02', '3.3.13', 'example.com', 200],
  ['regescrt', '3.3.14', 'example.com', 200],
  ['sdp01', '3.3.15', 'example.com', 405],
  ['inv2543', '3.4.1', 'example.com', 405],
];

const CONTACTS: Readonly<Record<string, readonly string[]>> = {
  escnull: ['<sip:%00@host5.example.com>;expires=1800', '<sip:%00%00@host5.example.com>;expires=1800'],
  dblreq: ['<sip:j.user@host.example.com>;expires=1800'],
  cparam01: ['<sip:+19725552222@gw1.example.net>;unknownparam;expires=1800'],
  cparam02: ['<sip:+19725552222@gw1.example.net;unknownparam>;expires=1800'],
  regescrt: ['<sip:user@example.com?Route=%3Csip:sip.example.com%3E>;expires=1800'],
};

const answerTo = (name: string, domain: string, password: string | null) => {
  const registrar = createRegistrar({ ...OPTIONS, domain, password });
  const answer = exchange(registrar, readFileSync(`${ARCHIVE}${name}.dat`));
  const { requests, answered, dropped } = countersOf(registrar);
  expect(requests).toBe(answered + dropped);
  return answer;
};

describe.skipIf(!existsSync(ARCHIVE))('RFC 4475 at a registrar (skipped without the archive of its messages)', () => {
  for (const [name, section, domain, status] of EXPECTED) {
    it(`${section} ${name} gets ${status === 0 ? 'no answer' : status}`, () => {
      const answer = answerTo(name, domain, null);
      expect(statusOf(answer)).toBe(status);
      expect(header(answer, 'Contact')).toEqual(CONTACTS[name] ?? []);
    });
  }

  it('3.3.7 regaut01: an unknown scheme of authentication is answered with a known one', () => {
    const answer = answerTo('regaut01', 'example.com', 'secret');
    expect(statusOf(answer)).toBe(401);
    expect(header(answer, 'WWW-Authenticate')[0]).toMatch(/^Digest /);
  });

  it('3.1.1.7 longreq: all 34 Vias come back', () => {
    expect(header(answerTo('longreq', 'example.com', null), 'Via')).toHaveLength(34);
  });
});
