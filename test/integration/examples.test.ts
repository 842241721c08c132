// Example scenarios are run, but for latency gates: how fast a busy test machine answers is not what these tests are
// about. That each attempt succeeds and that the books close is. Here the first one that a user meets and those that need something
// of their own, for a second at a low rate; test/long/examples.test.ts runs every one of them whole.

import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type CliSession, openSession } from './cli-session.ts';
import { EXAMPLES, EXAMPLES_FOLDER, expectExampleToPass } from './example-run.ts';

/** Late arguments win. */
const SHORT = ['--duration', '1s', '--rate', '200/s', '--set', 'load.warmup=0s'];

const SOME = ['quickstart.yaml', 'failover.yaml', 'nat-rebind.yaml', 'redirects.yaml', 'subscribers.yaml'];

let session: CliSession;
beforeEach(() => {
  session = openSession();
});
afterEach(() => session.remove());

describe('an example scenario runs against the embedded registrar, and every attempt succeeds', () => {
  it.each(SOME)('%s', (name) => expectExampleToPass(session, name, SHORT), 60_000);

  it('each one tells editors where its schema is', () => {
    for (const name of EXAMPLES)
      expect(readFileSync(EXAMPLES_FOLDER + name, 'utf8')).toMatch(/^# yaml-language-server: \$schema=/);
  });
});
