// A whole run whose name server says nothing: a clear error before the first packet, in bounded time, and no result.

import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type CliSession, openSession, scenario } from '../integration/cli-session.ts';

vi.setConfig({ testTimeout: 60_000 });

let session: CliSession;
beforeEach(() => {
  session = openSession();
});
afterEach(() => session.remove());

describe('a run whose target cannot be found', () => {
  it('a name server that never answers is an error that names it', async () => {
    let heard = 0;
    const silent = createSocket('udp4').on('message', () => heard++);
    silent.bind(0, '127.0.0.1');
    await once(silent, 'listening');
    const address = `127.0.0.1:${silent.address().port}`;
    session.file('s.yaml', scenario({ target: 'sip:test.example' }));
    const end = await session.run(['run', 's.yaml', '--dns', address]);
    silent.close();
    expect([end.exitCode, end.stdout]).toEqual([2, '']);
    expect(end.stderr).toContain(address);
    expect(heard).toBeGreaterThan(0);
    expect(heard).toBeLessThan(20);
  });
});
