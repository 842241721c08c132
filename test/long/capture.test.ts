// regstorm's numbers against a packet capture of the same run: what it says it sent and got is what was on the wire. What it
// calls wire latency is printed beside what the capture shows, and not judged: the machine runs registrar and capture too.

import { expect, it } from 'vitest';
import { mayCapture, startCapture, wireTimesUs } from '../interop/capture.ts';
import { type KamailioAuth, startKamailio } from '../interop/kamailio.ts';
import { describeWithPeers } from '../interop/peers.ts';
import { runRegstorm } from '../interop/run-regstorm.ts';
import { scenarioText } from '../interop/scenario-text.ts';

const COUNT = 1_000;
/** Low, so that messages leave one by one: of a batch, several share one stamp. */
const RATE_PER_SECOND = 250;
const LONG_MS = 60_000;
const title = `a packet capture of the same run${mayCapture() ? '' : ' [needs root]'}`;

describeWithPeers(['kamailio', 'kamcmd', 'tcpdump'], title, () => {
  it.skipIf(!mayCapture()).each<[KamailioAuth, number]>([
    ['none', 1],
    ['digest-qop', 2],
  ])(
    'auth %s: every datagram and every answer that is reported is in it, and no other',
    async (auth, exchanges) => {
      const kamailio = await startKamailio({ auth });
      const capture = await startCapture(kamailio.port);
      const text = scenarioText({
        port: kamailio.port,
        flow: ['register'],
        count: COUNT,
        ratePerSecond: RATE_PER_SECOND,
        precheck: 'none',
      });
      const { summary } = await runRegstorm(text, { args: ['--on-invalid', 'warn'] }).finally(kamailio.stop);
      const messages = await capture.stop(2 * exchanges * COUNT);
      const countOf = (status: number): number => messages.filter((message) => message.status === status).length;
      expect(summary.transactions.requestsSent).toBe(exchanges * COUNT);
      expect(countOf(0)).toBe(summary.transactions.datagramsSent);
      expect(countOf(200)).toBe(summary.transactions.responses['200']);
      expect(countOf(401)).toBe(summary.transactions.responses['401'] ?? 0);
      expect(new Set(messages.filter(({ status }) => status === 0).map(({ branch }) => branch)).size).toBe(
        exchanges * COUNT,
      );

      const times = wireTimesUs(messages);
      expect(times).toHaveLength(COUNT);
      const { min, p50 } = summary.totals.register?.wireUs ?? { min: null, p50: null };
      console.info(`auth ${auth}: wire least ${min} µs (captured ${times[0]}), median ${p50} µs (${times[COUNT / 2]})`);
    },
    LONG_MS,
  );
});
