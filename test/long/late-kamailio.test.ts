// Kamailio that is started after the run.

import { setTimeout as pause } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { startKamailio } from '../interop/kamailio.ts';
import { describeWithPeers } from '../interop/peers.ts';
import { expectSumsToClose, startRegstorm } from '../interop/run-regstorm.ts';
import { scenarioText } from '../interop/scenario-text.ts';

describeWithPeers(['kamailio', 'kamcmd'], 'Kamailio that is still starting', () => {
  it('started 10 s after the run: --wait-target 30s waits for it and loses nothing', async () => {
    const { port, stop } = await startKamailio();
    await stop();
    const text = scenarioText({ port, flow: ['register'], count: 10_000, ratePerSecond: 4_000 });
    const run = startRegstorm(text, { args: ['--on-invalid', 'warn', '--wait-target', '30s'], withinMs: 60_000 });
    await pause(10_000);
    const kamailio = await startKamailio({ port });
    const { exitCode, summary, stderr } = await run.ended;
    const stored = await kamailio.storedContacts();
    await kamailio.stop();
    if (summary === null) throw new Error(`no summary, exit code ${exitCode}:\n${stderr}`);
    expect(exitCode, stderr).toBe(0);
    expect(summary.totals.register?.succeeded).toBe(10_000);
    expect(stored).toBe(10_000);
    expectSumsToClose(summary);
  }, 120_000);
});
