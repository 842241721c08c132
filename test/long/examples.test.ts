// Every example scenario, as long as it says; but for the million phones, whose two waits of a minute the drain cuts short here
// (`npm run bench:million` runs that one whole).

import { afterEach, beforeEach, describe, it } from 'vitest';
import { type CliSession, openSession } from '../integration/cli-session.ts';
import { EXAMPLES, expectExampleToPass } from '../integration/example-run.ts';

let session: CliSession;
beforeEach(() => {
  session = openSession();
});
afterEach(() => session.remove());

const CUT_SHORT: Readonly<Record<string, readonly string[]>> = {
  'million.yaml': ['--rate', '4000/s', '--duration', '10s'],
};

describe('each example scenario runs to its end against the embedded registrar, and every attempt succeeds', () => {
  it.each(EXAMPLES)('%s', (name) => expectExampleToPass(session, name, CUT_SHORT[name] ?? []), 150_000);
});
