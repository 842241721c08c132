// A registrar with thousands of bindings for one address-of-record: as much as one UDP datagram holds, in rows or in one row.
// Ours is found wherever it stands.

import { describe, expect, it } from 'vitest';
import { EXIT } from '../../src/std/index.ts';
import { composeAnswer, type SipRequest } from './hostile-message.ts';
import type { Script } from './hostile-peer.ts';
import { BOTH_SOCKETS, runAgainst, TEST_MS } from './hostile-run.ts';

/** What one UDP datagram over IPv4 holds. */
const DATAGRAM_BYTES = 65_507;
const COUNT = 24;
const EXPIRES = 77;

/** Contacts that differ from ours in what a comparison comes to last: `;ttl=1` is part of the URI. */
const other = (own: string, number: number): string =>
  number % 2 === 0 ? `<sip:other${number}@127.0.0.9:5060>;expires=60` : own.replace('>', `;ttl=${number % 256}>`);

/** A 200 as long as a datagram: others around ours, in every third as rows, as one row, or both. */
const listing = (request: SipRequest, number: number): string => {
  const own = request.contact!;
  const room = DATAGRAM_BYTES - composeAnswer(request, { status: 200, contact: null }).length - 200;
  const others: string[] = [];
  for (let bytes = 0; bytes < room; bytes += others.at(-1)!.length + '\r\nContact: '.length) {
    others.push(other(own, others.length));
  }
  // The first, the last, or anywhere between.
  const place = Math.floor((others.length * number) / (COUNT - 1));
  const all = others.toSpliced(place, 0, `${own};expires=${EXPIRES}`);
  const cut = [all.length, 0, all.length >> 1][number % 3]!;
  const rows = all.slice(0, cut).map((contact) => `Contact: ${contact}`);
  const headers = cut < all.length ? [...rows, 'Supported: path', `m: ${all.slice(cut).join(',')}`] : rows;
  return composeAnswer(request, { status: 200, contact: null, headers });
};

describe('thousands of bindings in one answer', () => {
  it.each(BOTH_SOCKETS)(
    '10.3 over %s: our own is found wherever it stands, with its interval',
    async (sockets) => {
      let longest = 0;
      let number = 0;
      const script: Script = (request, reply) => {
        const text = listing(request, number++ % COUNT);
        longest = Math.max(longest, text.length);
        reply(text);
      };
      const { summary, exitCode } = await runAgainst(script, { count: COUNT, quickTimers: false, sockets });
      expect(longest).toBeGreaterThan(DATAGRAM_BYTES - 500);
      expect(longest).toBeLessThanOrEqual(DATAGRAM_BYTES);
      expect(summary.totals.register?.outcomes).toEqual({ succeeded: COUNT });
      expect(summary.transactions).toMatchObject({ requestsSent: COUNT, stray: 0, malformed: 0, truncated: 0 });
      expect(summary.contexts.registeredAtEnd).toBe(COUNT);
      expect(exitCode).toBe(EXIT.PASS);
    },
    TEST_MS,
  );

  it(
    '10.3 among thousands of others ours is missing: binding-missing',
    async () => {
      const script: Script = (request, reply) => {
        const others = Array.from({ length: 1_000 }, (_, at) => `Contact: ${other(request.contact!, at)}`);
        reply(composeAnswer(request, { status: 200, contact: null, headers: others }));
      };
      const { summary } = await runAgainst(script, { count: 5 });
      expect(summary.totals.register?.outcomes).toEqual({ 'binding-missing': 5 });
    },
    TEST_MS,
  );
});
