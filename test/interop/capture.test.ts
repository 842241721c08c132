// regstorm's numbers against a packet capture of the same run: what it says it sent and got is what was on the wire, and
// what it calls wire latency is what the capture shows.

import { expect, it } from 'vitest';
import { mayCapture, startCapture, wireTimesUs } from './capture.ts';
import { type KamailioAuth, startKamailio } from './kamailio.ts';
import { describeWithPeers } from './peers.ts';
import { runRegstorm } from './run-regstorm.ts';
import { scenarioText } from './scenario-text.ts';

const COUNT = 1_000;
/** Low, so that messages leave one by one: of a batch, several share one stamp. */
const RATE_PER_SECOND = 250;
const LONG_MS = 60_000;
/**
 * Arrivals are stamped by the kernel on both sides; a send is stamped by us before the call and by the capture inside it.
 * Per exchange, the least and the median; the latter leaves room for a machine that runs registrar and capture too.
 */
const LEAST_DIFFERENCE_MOST_US = 50;
const MEDIAN_DIFFERENCE_MOST_US = 150;

const title = `a packet capture of the same run${mayCapture() ? '' : ' [needs root]'}`;

describeWithPeers(['kamailio', 'kamcmd', 'tcpdump'], title, () => {
  it.skipIf(!mayCapture()).each<[KamailioAuth, number]>([
    ['none', 1],
    ['digest-qop', 2],
  ])(
    'auth %s: datagrams, answers and the median wire latency agree with it',
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
      const wire = summary.totals.register?.wireUs;
      const least = Math.abs((wire?.min ?? Number.NaN) - (times[0] ?? Number.NaN));
      const median = Math.abs((wire?.p50 ?? Number.NaN) - (times[COUNT / 2] ?? Number.NaN));
      expect(least, `least: ${wire?.min} reported, ${times[0]} captured`).toBeLessThan(
        exchanges * LEAST_DIFFERENCE_MOST_US,
      );
      expect(median, `median: ${wire?.p50} reported, ${times[COUNT / 2]} captured`).toBeLessThan(
        exchanges * MEDIAN_DIFFERENCE_MOST_US,
      );
    },
    LONG_MS,
  );
});
