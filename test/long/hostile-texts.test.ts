// Escape sequences and markup in every text that an answer can carry, in UTF-8 and in Latin-1: the console, the progress lines
// and the bytes of summary.json hold no control character and nothing that turns text around. The texts stay readable.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { RunResult } from '../../src/metrics/run-result.ts';
import { EXIT } from '../../src/std/index.ts';
import { type CliSession, openSession } from '../integration/cli-session.ts';
import { composeAnswer } from '../integration/hostile-message.ts';
import { type ScriptedPeer, startScriptedPeer } from '../integration/hostile-peer.ts';
import { scenarioFor, TEST_MS } from '../integration/hostile-run.ts';

const TEXTS: readonly (readonly [string, string])[] = [
  ['CSI: clear the screen, move, colour', '\u001b[2J\u001b[1;1H\u001b[31mred'],
  ['OSC 0 and 52: title and clipboard', '\u001b]0;owned\u0007\u001b]52;c;b3duZWQ=\u0007'],
  ['OSC 8: a link that lies', '\u001b]8;;http://evil.example\u001b\\https://good.example\u001b]8;;\u001b\\'],
  ['C1 controls', '\u009b2J\u009d0;owned\u009c\u0085next line'],
  ['directions and isolates', '\u202egnp.exe\u202c \u2066a\u2069 \u200e\u200f\u061c'],
  ['separators and invisible characters', 'a\u2028b\u2029c\u200bd\ufeffe\u00adf\u{e0041}'],
  ['HTML', "<script>alert(1)</script><img src=x onerror=alert(1)>&lt;\" onload='x'"],
  ['ASCII controls', 'a\u0000b\bc\u0007d\u000be\u000cf\u007fg\u000eh'],
];
const COUNT = TEXTS.length;
const HARMLESS_PARTS = ['[2J', 'http://evil.example', '<script>', 'gnp.exe', 'next line'];

/** Controls of ASCII and C1, what is invisible or turns text around, ends of lines and paragraphs; but for the line feed. */
const HARMFUL = /(?!\n)[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;

const TEXT_HEADERS = ['Server', 'User-Agent', 'Subject', 'Organization', 'Date', 'Error-Info'];

/** Context n gets text n, in a Warning or a P-Registrar-Error. */
const startHostilePeer = (encoding: 'utf8' | 'latin1'): Promise<ScriptedPeer> =>
  startScriptedPeer((request, reply) => {
    const index = Number(/<sip:u(\d{8})@/.exec(request.to)![1]);
    const text = TEXTS[index]![1];
    const header = index % 2 === 0 ? `Warning: 399 x "${text}"` : `P-Registrar-Error: ${text}`;
    const headers = [header, ...TEXT_HEADERS.map((name) => `${name}: ${text}`)];
    reply(Buffer.from(composeAnswer(request, { status: 500 + index, phrase: text, headers }), encoding));
  });

let session: CliSession;
beforeEach(() => {
  session = openSession();
});
afterEach(() => session.remove());

describe('texts of answers', () => {
  it.each([
    ['text', 'none', 'utf8'],
    ['text', 'basic', 'latin1'],
    ['json', 'basic', 'utf8'],
    ['json', 'none', 'latin1'],
  ] as const)(
    'in format %s, style %s and encoding %s no control character reaches a stream or a file',
    async (format, style, encoding) => {
      const peer = await startHostilePeer(encoding);
      // Longer than a second, so that there are progress lines.
      const scenario = session.file(
        'hostile.yaml',
        scenarioFor(peer.port, { count: COUNT, ratePerSecond: 5, drainSeconds: 3 }),
      );
      const args = ['run', scenario, '--out', 'results', '--format', format, '--style', style, '--color', 'never'];
      const { stdout, stderr, exitCode } = await session.run(args);
      await peer.stop();
      const file = readFileSync(join(session.folder, 'results', 'summary.json'), 'utf8');
      expect(exitCode).toBe(EXIT.THRESHOLD);
      for (const text of [stdout, stderr, file]) expect(text).not.toMatch(HARMFUL);
      for (const part of HARMLESS_PARTS) expect(file).toContain(part);
      const { reasons, totals } = JSON.parse(file) as RunResult;
      expect(totals.register?.failed).toBe(COUNT);
      expect(reasons).toHaveLength(COUNT);
      // A reader of the JSON gets the text as it came.
      if (encoding === 'utf8')
        expect(reasons.map(({ phrase }) => phrase).sort()).toEqual(TEXTS.map(([, text]) => text).sort());
    },
    TEST_MS,
  );

  it(
    'quick shows such messages without obeying them',
    async () => {
      const single = await startScriptedPeer((request, reply) => {
        const text = TEXTS.map(([, each]) => each).join(' ');
        const headers = [...TEXT_HEADERS, 'Warning'].map((name) => `${name}: ${text}`);
        reply(Buffer.from(composeAnswer(request, { status: 503, phrase: text, headers })));
      });
      const { stdout, stderr } = await session.run(['quick', `sip:127.0.0.1:${single.port}`, '--color', 'never']);
      await single.stop();
      expect(stdout).toContain('<script>');
      expect(stdout).not.toMatch(HARMFUL);
      expect(stderr).not.toMatch(HARMFUL);
    },
    TEST_MS,
  );
});
