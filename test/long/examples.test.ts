// Every example scenario, as long as it says.

import { afterEach, beforeEach, describe, it } from 'vitest';
import { type CliSession, openSession } from '../integration/cli-session.ts';
import { EXAMPLES, expectExampleToPass } from '../integration/example-run.ts';

let session: CliSession;
beforeEach(() => {
  session = openSession();
});
afterEach(() => session.remove());

describe('each example scenario runs to its end against the embedded registrar, and every attempt succeeds', () => {
  it.each(EXAMPLES)('%s', (name) => expectExampleToPass(session, name, []), 150_000);
});
