// Every example scenario is run, but for latency gates: how fast a busy test machine answers is not what these tests are
// about. That each attempt succeeds and that the books close is. Here for a second at a low rate; test/long runs them whole.

import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type CliSession, openSession } from './cli-session.ts';
import { EXAMPLES, EXAMPLES_FOLDER, expectExampleToPass } from './example-run.ts';

/** Late arguments win. */
const SHORT = ['--duration', '1s', '--rate', '200/s', '--set', 'load.warmup=0s'];

let session: CliSession;
beforeEach(() => {
  session = openSession();
});
afterEach(() => session.remove());

describe('each example scenario runs against the embedded registrar, and every attempt succeeds', () => {
  it.each(EXAMPLES)('%s', (name) => expectExampleToPass(session, name, SHORT), 60_000);

  it('each one tells editors where its schema is', () => {
    for (const name of EXAMPLES)
      expect(readFileSync(EXAMPLES_FOLDER + name, 'utf8')).toMatch(/^# yaml-language-server: \$schema=/);
  });
});
