// What takes as long as regstorm listens to a peer that says nothing.

import { afterEach, beforeEach, expect, it } from 'vitest';
import { type CliSession, openSession } from '../integration/cli-session.ts';
import { openSilentPeer } from '../integration/silent-peer.ts';

let session: CliSession;
beforeEach(() => {
  session = openSession();
});
afterEach(() => session.remove());

it('quick, where nothing answers, exits 23 after ten seconds', async () => {
  const peer = await openSilentPeer();
  const end = await session.run(['quick', `127.0.0.1:${peer.port}`]);
  peer.close();
  expect(end.stdout).toContain(`no answer from 127.0.0.1:${peer.port} within 10 s`);
  expect(end.exitCode).toBe(23);
}, 60_000);
