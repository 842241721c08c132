// A million registered phones in one process, with digest: all of them register, are held, are refreshed once on time, and
// unregister. Prints what it took and each target beside what was measured; ends with 1 when one was missed. Method and
// reading: bench/README.md.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describeMachine } from '../macro/options.mjs';
import { buildYardsticks, runMeasured } from '../macro/programs.mjs';
import { machineLines } from '../macro/table.mjs';
import { endWith } from '../program.mjs';
import { readOptions, USAGE } from './options.mjs';
import { startNullreg, startRegistrar } from './responders.mjs';
import { columnLines, runLines, targetLines } from './text.mjs';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const MAIN = join(ROOT, 'dist', 'main.js');
const SCENARIO = join(ROOT, 'scenarios', 'million.yaml');
const PROCEDURES = ['register', 'refresh', 'unregister'];
/** Beyond starts and waits: start-up, the last answers, a Timer F should something be lost. */
const SPARE_SECONDS = 60;
const TARGETS = { rssBytes: 400e6, filledSeconds: 2, lagUs: 100_000 };

const say = (...lines) => process.stdout.write(`${lines.join('\n')}\n`);

/** The example's text with other numbers; an unchanged one when the options are the defaults. */
const scenarioText = ({ count, rate, waitSeconds }) =>
  readFileSync(SCENARIO, 'utf8')
    .replace('count: 1000000', `count: ${count}`)
    .replace('rate: 20000/s', `rate: ${rate}/s`)
    .replace('starts: 1000000 ', `starts: ${count} `)
    .replaceAll('wait: 55s', `wait: ${waitSeconds}s`);

const measureColumns = (scenario) =>
  JSON.parse(
    execFileSync(process.execPath, [join(ROOT, 'bench', 'million', 'columns.mjs'), scenario], { encoding: 'utf8' }),
  );

const runAgainst = async (name, { options, scenario, folder }) => {
  const { count, rate, waitSeconds } = options;
  const seconds = Math.ceil(count / rate) + 2 * waitSeconds + SPARE_SECONDS;
  const responder = name === 'nullreg' ? await startNullreg(seconds) : await startRegistrar({ count, seconds, folder });
  const out = join(folder, name);
  const how = ['--target', `sip:127.0.0.1:${responder.port}`, '--workers', '1', '--no-thresholds'];
  const command = [process.execPath, MAIN, 'run', scenario, ...how, '-q', '--on-invalid', 'warn', '--out', out];
  const usage = await runMeasured(command, { seconds, folder });
  const counted = await responder.stop();
  if (usage.exitCode !== 0) throw new Error(`${name}: exit code ${usage.exitCode}\n${usage.stdout}${usage.stderr}`);
  const summary = JSON.parse(readFileSync(join(out, 'summary.json'), 'utf8'));
  return { name, usage, summary, responder: counted };
};

/** Everything that was asked of a run, as {title, wanted, measured, met}. */
const judge = ({ name, usage, summary }, { count }) => {
  const { totals, contexts, transactions, generator, validity } = summary;
  const lagUs = totals.refresh.lagUs.max;
  const lost = PROCEDURES.reduce((sum, each) => sum + count - totals[each].succeeded, 0);
  const isClosed =
    PROCEDURES.every((each) => totals[each].started === totals[each].succeeded + totals[each].failed) &&
    transactions.datagramsSent === transactions.requestsSent + transactions.retransmissions;
  const { late, noSlot, contextBusy } = generator.missedStarts;
  // Lateness is excused only where the run itself says that the program did not run.
  const stall = validity.reasons.find(({ reason }) => reason.includes('stood still'))?.reason;
  const isLagMet = lagUs <= TARGETS.lagUs || stall !== undefined;
  return [
    {
      title: `${name}: resident, peak`,
      wanted: '400 MB',
      measured: `${Math.round(usage.maxRssBytes / 1e6)} MB`,
      met: usage.maxRssBytes <= TARGETS.rssBytes,
    },
    {
      title: `${name}: registered at once`,
      wanted: String(count),
      measured: String(contexts.registeredPeak),
      met: contexts.registeredPeak === count,
    },
    {
      title: `${name}: latest refresh`,
      wanted: '100 ms',
      measured: `${(lagUs / 1000).toFixed(1)} ms${stall === undefined ? '' : ` (${stall})`}`,
      met: isLagMet,
    },
    { title: `${name}: attempts lost`, wanted: '0', measured: String(lost), met: lost === 0 },
    {
      title: `${name}: starts missed`,
      wanted: '0',
      measured: String(late + noSlot + contextBusy),
      met: late + noSlot + contextBusy === 0,
    },
    {
      title: `${name}: expired before refresh`,
      wanted: '0',
      measured: String(contexts.expiredBeforeRefresh),
      met: contexts.expiredBeforeRefresh === 0,
    },
    { title: `${name}: sums close`, wanted: 'yes', measured: isClosed ? 'yes' : 'no', met: isClosed },
  ];
};

const measure = async (options, folder) => {
  const scenario = join(folder, 'million.yaml');
  writeFileSync(scenario, scenarioText(options));
  const columns = measureColumns(scenario);
  say('', ...columnLines(columns, options.count));
  const { filledSeconds } = columns;
  const filled = {
    title: 'columns allocated and filled',
    wanted: '2 s',
    measured: `${filledSeconds.toFixed(2)} s`,
    met: filledSeconds <= TARGETS.filledSeconds,
  };
  const judgements = [filled];
  for (const name of options.responders) {
    const run = await runAgainst(name, { options, scenario, folder });
    say('', ...runLines(run));
    judgements.push(...judge(run, options));
  }
  say('', ...targetLines(judgements));
  return judgements.every(({ met }) => met) ? 0 : 1;
};

const main = async () => {
  const options = readOptions(process.argv.slice(2));
  if (options.help) {
    say(USAGE);
    return 0;
  }
  buildYardsticks();
  say(...machineLines(describeMachine()));
  const folder = mkdtempSync(join(tmpdir(), 'regstorm-bench-'));
  try {
    return await measure(options, folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

await endWith(main, USAGE);
