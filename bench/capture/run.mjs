// Is the time that regstorm tells the time on the wire? Captures runs with tcpdump on the loopback device and holds what
// regstorm took for each transaction against the kernel's stamps, at the highest rate that tcpdump bears and at half of it;
// then tells how late an ordinary run's starts are. It judges no time: it prints the targets beside the figures, and
// fails only when a run did, or when its books do not fit the capture. Method and reading: bench/README.md.

import { describeMachine } from '../macro/options.mjs';
import { buildYardsticks } from '../macro/programs.mjs';
import { machineLines } from '../macro/table.mjs';
import { endWith } from '../program.mjs';
import { makeCapturedRun } from './captured-run.mjs';
import { readOptions, USAGE } from './options.mjs';
import { measurePacing } from './pacing.mjs';
import { captureTable, pacingTable } from './table.mjs';
import { captureCommand, captureUnavailable } from './tcpdump.mjs';

const LADDER_FROM = 20_000;
const LADDER_FACTOR = 1.3;
const RUNGS_MOST = 14;
const RUNG_SECONDS = 2;
/** Two rungs in a row that do not hold end the search: one may be the machine's mood. */
const SLIPS_MOST = 2;
/** From here on regstorm itself calls a run inconclusive (src/gate/validity.ts). */
const LAG_P99_MOST_US = 10_000;

const say = (...lines) => process.stdout.write(`${lines.join('\n')}\n`);
const complain = (text) => process.stderr.write(`${text}\n`);

/** Null when generator, responder and tcpdump all kept up. */
const whyNotHeld = (run) => {
  if (run.missed > 0) return `the generator missed ${run.missed} starts`;
  if (run.captureDropped > 0) return `tcpdump lost ${run.captureDropped} packets`;
  if (run.responderDropped > 0) return `the responder lost ${run.responderDropped} requests`;
  if (run.failed > 0 || run.retransmissions > 0) return `${run.failed} failed, ${run.retransmissions} sent again`;
  if (run.lagP99Us > LAG_P99_MOST_US) return `the generator was late (lag p99 ${run.lagP99Us} µs)`;
  return null;
};

/** A mistake of ours, of the bench or of regstorm: never the machine's mood. */
const assertBooksFit = (run) => {
  if (run.wireClock !== 'kernel') throw new Error(`the transport's arrivals are ${run.wireClock} stamps here`);
  if (run.recordedSumUs !== run.notedSumUs) {
    throw new Error(
      `regstorm recorded ${run.recordedSumUs} µs of wire time, what was overheard is ${run.notedSumUs} µs`,
    );
  }
  if (run.captureDropped > 0 || run.responderDropped > 0 || run.retransmissions > 0) return;
  if (run.paired !== run.transactions || run.transactions !== run.succeeded || run.otherPackets > 0) {
    const { transactions, paired, otherPackets } = run;
    throw new Error(
      `${transactions} transactions, ${paired} in the capture, ${otherPackets} packets of no transaction`,
    );
  }
};

const findPeak = async () => {
  let peak = 0;
  for (let rung = 0, slips = 0, rate = LADDER_FROM; rung < RUNGS_MOST && slips < SLIPS_MOST; rung += 1) {
    const run = await makeCapturedRun({ rate, seconds: RUNG_SECONDS });
    assertBooksFit(run);
    const why = whyNotHeld(run);
    slips = why === null ? 0 : slips + 1;
    if (why === null) peak = rate;
    say(`ladder: ${rate}/s ${why === null ? 'holds' : `does not hold: ${why}`}`);
    rate = Math.round((rate * LADDER_FACTOR) / 1_000) * 1_000;
  }
  if (peak === 0) throw new Error(`not even ${LADDER_FROM}/s holds: is the machine busy?`);
  return peak;
};

/** Round by round, so that a machine that changes its mind changes it for all of them. */
const measure = async ({ rounds, seconds, pace }, peak) => {
  const rates = { 'half of the peak': Math.max(1, Math.round(peak / 2)), 'the peak': peak };
  const runs = [];
  const pacing = [];
  for (let round = 1; round <= rounds; round += 1) {
    for (const [title, rate] of Object.entries(rates)) {
      const { compared: _, ...run } = await makeCapturedRun({ rate, seconds });
      assertBooksFit(run);
      const why = whyNotHeld(run);
      runs.push({ title, held: why === null, ...run });
      const { transactions, paired, errors } = run;
      say(
        `round ${round}: ${title}, ${rate}/s: ${paired} of ${transactions} transactions in the capture, ` +
          `p99 of the difference ${errors.difference.p99.toFixed(1)} µs${why === null ? '' : ` (${why})`}`,
      );
    }
    pacing.push(await measurePacing({ rate: pace, seconds }));
    say(`round ${round}: pacing at ${pace}/s, lag p99 ${pacing.at(-1).p99} µs`);
  }
  return { runs, pacing };
};

const main = async () => {
  const options = readOptions(process.argv.slice(2));
  if (options.help) {
    say(USAGE);
    return 0;
  }
  const reason = captureUnavailable();
  if (reason !== null) throw new Error(reason);
  buildYardsticks();
  const machine = describeMachine();
  if (machine.loadAverage > 0.5) complain(`the machine is busy (load ${machine.loadAverage}): expect noise`);
  const peak = options.peak ?? (await findPeak());
  const { runs, pacing } = await measure(options, peak);
  const commands = [captureCommand('PORT', 'DIR/lo.pcap').join(' '), pacing[0].command];
  say('', ...machineLines(machine), '', 'Commands', ...commands, '', ...captureTable(runs), '', ...pacingTable(pacing));
  return 0;
};

await endWith(main, USAGE);
