// Final answers that are no success, and successes that are none: each under its own cause, its words in `reasons`. What
// those words contain is harmless where a person reads them, and bounded.

import { describe, expect, it } from 'vitest';
import { EXIT } from '../../src/std/index.ts';
import { startChild } from '../interop/child.ts';
import { MAIN } from '../interop/run-regstorm.ts';
import { type AnswerParts, composeAnswer, ok, type SipRequest } from './hostile-message.ts';
import { type Script, startScriptedPeer } from './hostile-peer.ts';
import { runAgainst, TEST_MS } from './hostile-run.ts';

/** The context's number, from its user u00000007. */
const indexOf = (request: SipRequest): number => Number(/<sip:u(\d{8})@/.exec(request.to)?.[1]);

/** Context n gets row n. */
const byContext =
  (rows: readonly AnswerParts[]): Script =>
  (request, reply) =>
    reply(composeAnswer(request, rows[indexOf(request)]!));

const FINAL: readonly AnswerParts[] = [
  { status: 302, phrase: 'Moved Temporarily', contact: '<sip:elsewhere.example>' },
  { status: 380, phrase: 'Alternative Service' },
  { status: 403, phrase: 'Forbidden', headers: ['P-Registrar-Error: 4032'] },
  { status: 404, phrase: '' },
  { status: 423, phrase: 'Interval Too Brief', headers: ['Min-Expires: 7200'] },
  { status: 500, phrase: 'Server Internal Error' },
  { status: 503, phrase: 'Full', headers: ['Retry-After: 30', 'Warning: 399 reg.example "location store is full"'] },
  { status: 600, phrase: 'Busy Everywhere' },
  { status: 699, phrase: 'Last' },
];

const NO_BINDING: readonly ((request: SipRequest) => AnswerParts)[] = [
  () => ({ status: 200, contact: null }),
  () => ({ status: 200, contact: '<sip:someone@127.0.0.9:5060>;expires=60' }),
  () => ({ status: 200, contact: '' }),
  () => ({ status: 200, contact: '*' }),
  () => ({ status: 200, contact: '<sip:never ends' }),
  ({ contact }) => ({ status: 200, contact: `${contact};expires=0` }),
  ({ contact }) => ({ status: 200, contact: contact?.replace('sip:u', 'sip:U') ?? null }),
  ({ contact }) => ({ status: 299, contact: `"${contact}" <sip:x@127.0.0.9>` }),
];

describe('final answers', () => {
  it(
    '8.1.3.1 other than 2xx: each under its own status, with its phrase and Warning or P-Registrar-Error',
    async () => {
      const { summary, exitCode, stdout } = await runAgainst(byContext(FINAL), { count: FINAL.length });
      expect(summary.totals.register?.outcomes).toEqual(
        Object.fromEntries(FINAL.map(({ status }) => [`status-${status}`, 1])),
      );
      expect(summary.totals.register?.failureLatencyUs.count).toBe(FINAL.length);
      expect(summary.totals.register?.latencyUs.count).toBe(0);
      expect(summary.reasons).toHaveLength(FINAL.length);
      expect(summary.reasons).toContainEqual({ status: 404, phrase: '', header: '', count: 1 });
      const full = { status: 503, phrase: 'Full', header: expect.stringContaining('location store is full'), count: 1 };
      expect(summary.reasons).toContainEqual(full);
      const coded = { status: 403, phrase: 'Forbidden', header: expect.stringContaining('4032'), count: 1 };
      expect(summary.reasons).toContainEqual(coded);
      expect(stdout).toContain('423 Interval Too Brief');
      expect(exitCode).toBe(EXIT.THRESHOLD);
    },
    TEST_MS,
  );

  it(
    '10.3 a 200 that does not list our Contact, or lists it as ended: binding-missing',
    async () => {
      const script: Script = (request, reply) => reply(composeAnswer(request, NO_BINDING[indexOf(request)]!(request)));
      const { summary } = await runAgainst(script, { count: NO_BINDING.length });
      expect(summary.totals.register?.outcomes).toEqual({ 'binding-missing': NO_BINDING.length });
      expect(summary.contexts).toMatchObject({ registeredPeak: 0, registeredAtEnd: 0 });
    },
    TEST_MS,
  );

  it(
    '10.3 our Contact among sixty others is found',
    async () => {
      const others = Array.from({ length: 60 }, (_, index) => `Contact: <sip:other${index}@127.0.0.9>;expires=60`);
      const script: Script = (request, reply) =>
        reply(composeAnswer(request, { status: 200, headers: others, contact: `${request.contact};expires=60` }));
      const { summary } = await runAgainst(script, { count: 5 });
      expect(summary.totals.register?.outcomes).toEqual({ succeeded: 5 });
    },
    TEST_MS,
  );
});

/** ESC starts a terminal's commands, and so does U+009B; U+202E turns the text around. */
const NASTY = '\u001b[2J\u001b]0;owned\u0007<script>alert(1)</script>\u009b31m\u202egnp.exe\u0000\b\b';
const NASTY_ANSWER: AnswerParts = { status: 503, phrase: NASTY, headers: [`Warning: 399 x "${NASTY}"`] };

/** All that a terminal would obey: control characters but for the line feed, and marks that reorder. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const HARMFUL = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/;

describe('what answers say', () => {
  it.each([['text'], ['json']])(
    'escape sequences and markup in phrases and warnings are harmless on the console, format %s',
    async (format) => {
      const { stdout, stderr, summary } = await runAgainst(byContext([NASTY_ANSWER, NASTY_ANSWER]), {
        count: 2,
        args: ['--format', format],
      });
      expect(summary.totals.register?.outcomes).toEqual({ 'status-503': 2 });
      expect(stdout).toContain('[2J');
      expect(stdout).not.toMatch(HARMFUL);
      expect(stderr).not.toMatch(HARMFUL);
      expect(summary.reasons).toEqual([
        { status: 503, phrase: NASTY, header: expect.stringContaining(NASTY), count: 2 },
      ]);
    },
    TEST_MS,
  );

  it(
    'phrases and warnings of 2 kB and more are cut, in the summary and on the console',
    async () => {
      const long = 'so very '.repeat(300);
      const rows = [503, 603].map((status) => ({ status, phrase: long, headers: [`Warning: 399 x "${long}"`] }));
      const { summary, stdout } = await runAgainst(byContext([...rows, { status: 500, phrase: 'ü'.repeat(3_000) }]), {
        count: 3,
      });
      expect(summary.reasons).toHaveLength(3);
      for (const { phrase, header } of summary.reasons) {
        expect(phrase.length).toBeLessThanOrEqual(120);
        expect(header.length).toBeLessThanOrEqual(220);
      }
      const lines = stdout.split('\n').filter((line) => !line.startsWith('Results'));
      for (const line of lines) expect(line.length).toBeLessThanOrEqual(100);
    },
    TEST_MS,
  );

  it(
    'a new phrase in every answer fills the list once: ten reasons, all attempts counted',
    async () => {
      const script: Script = (request, reply) => reply(composeAnswer(request, { status: 500, phrase: request.callId }));
      const { summary } = await runAgainst(script, { count: 300, ratePerSecond: 300 });
      expect(summary.totals.register?.outcomes).toEqual({ 'status-500': 300 });
      expect(summary.reasons.length).toBeLessThanOrEqual(10);
    },
    TEST_MS,
  );

  it(
    'quick shows the messages of such a registrar without obeying them',
    async () => {
      const peer = await startScriptedPeer((request, reply) => reply(composeAnswer(request, NASTY_ANSWER)));
      const child = startChild(process.execPath, [MAIN, 'quick', `sip:127.0.0.1:${peer.port}`]);
      const { code } = await child.ended;
      await peer.stop();
      expect(child.stdout()).toContain('[2J');
      expect(child.stdout() + child.stderr()).not.toMatch(HARMFUL);
      expect(code).toBe(EXIT.THRESHOLD);
    },
    TEST_MS,
  );
});

describe('texts of one run', () => {
  it(
    'that mixes success and failure name only the failures',
    async () => {
      const script: Script = (request, reply) =>
        reply(indexOf(request) % 2 === 0 ? ok(request) : composeAnswer(request, { status: 404, phrase: 'Not Found' }));
      const { summary, exitCode } = await runAgainst(script, { count: 20 });
      expect(summary.reasons).toEqual([{ status: 404, phrase: 'Not Found', header: '', count: 10 }]);
      expect(exitCode).toBe(EXIT.PASS);
    },
    TEST_MS,
  );
});
