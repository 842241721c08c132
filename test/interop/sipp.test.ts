// regstorm against SIPp as a registrar that answers in one fixed way: each way of failing gets its own outcome, and the
// exit code says that nothing was registered.

import { expect, it } from 'vitest';
import { EXIT } from '../../src/std/index.ts';
import { describeWithPeers } from './peers.ts';
import { expectSumsToClose, runRegstorm } from './run-regstorm.ts';
import { scenarioText } from './scenario-text.ts';
import { type SippBehaviour, startSippServer } from './sipp-server.ts';

const COUNT = 200;
const LONG_MS = 60_000;

/** RFC 3261 section, behaviour, outcome, exit code. */
const TABLE: readonly (readonly [string, SippBehaviour, string, number])[] = [
  ['10.2.4', '200', 'succeeded', EXIT.PASS],
  ['17.1.2.2', '404', 'status-404', EXIT.THRESHOLD],
  ['21.5.4', '503', 'status-503', EXIT.THRESHOLD],
  ['17.1.2.2 Timer F', 'silence', 'timeout', EXIT.UNREACHABLE],
  ['17.1.2.2 Timer F', '100-then-silence', 'timeout-after-provisional', EXIT.THRESHOLD],
];

describeWithPeers(['sipp'], 'SIPp as the registrar', () => {
  it.each(TABLE)(
    '%s: behaviour %s is outcome %s, exit code %i',
    async (_section, behaviour, outcome, code) => {
      const { port, stop } = await startSippServer(behaviour);
      const text = scenarioText({
        port,
        flow: ['register'],
        count: COUNT,
        ratePerSecond: 200,
        t1Ms: 25,
        precheck: 'none',
      });
      const { exitCode, summary, stderr } = await runRegstorm(text, { args: ['--on-invalid', 'warn'] }).finally(stop);
      expect(exitCode, stderr).toBe(code);
      expect(summary.totals.register?.outcomes).toEqual({ [outcome]: COUNT });
      expectSumsToClose(summary);
    },
    LONG_MS,
  );

  it(
    'RFC 3261 §20.43: the reason a registrar gives in its Warning header is in the result',
    async () => {
      const { port, stop } = await startSippServer('503');
      const text = scenarioText({ port, flow: ['register'], count: 10, ratePerSecond: 100, precheck: 'none' });
      const { summary } = await runRegstorm(text).finally(stop);
      const header = expect.stringContaining('location store is full');
      expect(summary.reasons).toEqual([expect.objectContaining({ status: 503, header, count: 10 })]);
    },
    LONG_MS,
  );

  it(
    'RFC 3261 §17.1.2.2: on silent UDP a request is sent 11 times until Timer F',
    async () => {
      const { port, stop } = await startSippServer('silence');
      const text = scenarioText({
        port,
        flow: ['register'],
        count: 10,
        ratePerSecond: 100,
        t1Ms: 25,
        precheck: 'none',
      });
      const { summary } = await runRegstorm(text, { args: ['--on-invalid', 'warn'] }).finally(stop);
      expect(summary.transactions).toMatchObject({ requestsSent: 10, retransmissions: 100, datagramsSent: 110 });
      expectSumsToClose(summary);
    },
    LONG_MS,
  );
});
