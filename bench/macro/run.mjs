// The macro benchmark: what a registration costs the generator's processor, next to SIPp doing the same work and to the
// kernel's own price, and how fast each can go. Rounds are interleaved, so that a machine that changes its mind changes it
// for everyone. It judges nothing: it prints ratios, and fails only when a step did. Method and reading: bench/README.md.

import { appendFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { endWith } from '../program.mjs';
import { floorStep, regstormStep, shownCommand, sippStep } from './generators.mjs';
import { describeMachine, readOptions, USAGE } from './options.mjs';
import { buildYardsticks, isInstalled, runStep } from './programs.mjs';
import {
  costTable,
  costUs,
  machineLines,
  NEAR_PEAK,
  ONE_WORKER,
  peakTable,
  ratios,
  ratioTable,
  START_UP,
  summarise,
  TWO_WORKERS,
} from './table.mjs';

const HISTORY = fileURLToPath(new URL('../history.jsonl', import.meta.url));
const START_UP_COUNT = 100;
/** A rate that one Kamailio holds with digest, and a quarter of a minute of it. */
const KAMAILIO_RATE = 10_000;
const KAMAILIO_COUNT = 150_000;
/** What of its highest rate regstorm is also measured at: fast, and yet not so fast that starts are missed when a neighbour stirs. */
const NEAR_PEAK_SHARE = 0.75;
/** SIPp's last second costs it about 2 %, so that more would be asking for luck. */
const HELD_SHARE = 0.97;
const RUNG_SECONDS = 3;
const ERROR_CHARACTERS_MOST = 2_000;
const LADDERS = {
  'SIPp plain': { from: 20_000, factor: 1.2 },
  'SIPp digest': { from: 12_000, factor: 1.2 },
  'regstorm plain': { from: 60_000, factor: 1.2 },
  'regstorm digest': { from: 30_000, factor: 1.2 },
};

const say = (...lines) => process.stdout.write(`${lines.join('\n')}\n`);
const complain = (text) => process.stderr.write(`${text}\n`);

/** Steps that could not be measured, with the reason; a benchmark goes on without them and fails at its end. */
const failures = [];

const attempt = async (step) => {
  try {
    const result = await runStep(step);
    if (result.succeeded !== step.count) {
      const { succeeded, failed, dropped } = result;
      throw new Error(
        `${step.title}: ${succeeded} of ${step.count} succeeded, ${failed} failed, responder dropped ${dropped}`,
      );
    }
    return result;
  } catch (error) {
    const text = error.message.slice(0, ERROR_CHARACTERS_MOST);
    failures.push(text.split('\n', 1)[0]);
    complain(text);
    return null;
  }
};

const stepsOfRound = ({ count, rate, sippCount, sippRate, modes, extras }, peers, peaks) => {
  const steps = [floorStep(count)];
  for (const auth of modes) {
    const sipp = { auth, count: sippCount, rate: auth ? Math.round((sippRate * 2) / 3) : sippRate };
    if (peers.sipp) steps.push(sippStep(sipp));
    steps.push(regstormStep({ auth, count, rate: auth ? Math.round((rate * 2) / 5) : rate }));
    steps.push(...nearPeakSteps(auth, count, peaks));
    if (auth) continue;
    steps.push(floorStep(count, true));
    steps.push(regstormStep({ auth, count, rate, segments: true, title: 'regstorm plain, segments' }));
  }
  steps.push(regstormStep({ auth: false, count: START_UP_COUNT, rate: START_UP_COUNT * 10, title: START_UP }));
  return extras ? [...steps, ...workerSteps(count, rate), ...kamailioSteps(sippCount, peers)] : steps;
};

/** The floor goes as fast as it can; this is what regstorm costs when it nearly does. */
const nearPeakSteps = (auth, count, peaks) => {
  const title = `regstorm ${auth ? 'digest' : 'plain'}`;
  const { perSecond = 0 } = peaks[title] ?? {};
  if (perSecond === 0) return [];
  const fast = { auth, count, rate: Math.round(perSecond * NEAR_PEAK_SHARE) };
  const steps = [regstormStep({ ...fast, title: `${title}, ${NEAR_PEAK}` })];
  if (!auth) steps.push(regstormStep({ ...fast, segments: true, title: `${title}, segments, ${NEAR_PEAK}` }));
  return steps;
};

/** One worker and two at the same rate a worker, far below what they can do; all of it on any processor. */
const workerSteps = (count, rate) => {
  const [each, eachRate] = [Math.ceil(count / 5), Math.ceil(rate / 5)];
  const common = { auth: false, everywhere: true };
  return [
    regstormStep({ ...common, count: each, rate: eachRate, title: ONE_WORKER }),
    regstormStep({ ...common, count: 2 * each, rate: 2 * eachRate, workers: 2, title: TWO_WORKERS }),
  ];
};

const kamailioSteps = (count, peers) => {
  if (!peers.kamailio) return [];
  const common = { auth: true, count: Math.min(count, KAMAILIO_COUNT), rate: KAMAILIO_RATE, responder: 'kamailio' };
  const sipp = peers.sipp ? [sippStep({ ...common, title: 'SIPp to Kamailio' })] : [];
  return [...sipp, regstormStep({ ...common, title: 'regstorm to Kamailio' })];
};

const lineOf = (result) =>
  result.title === START_UP ? `${Math.round(result.cpuSeconds * 1000)} ms` : `${costUs(result).toFixed(2)} µs`;

/** Once a step fails it is left out of the following rounds: it would fail again, slowly. */
const runRounds = async (options, peers, peaks) => {
  const results = [];
  const broken = new Set();
  for (let round = 1; round <= options.rounds; round += 1) {
    for (const step of stepsOfRound(options, peers, peaks)) {
      if (broken.has(step.title)) continue;
      const result = await attempt(step);
      if (result === null) broken.add(step.title);
      else results.push(result);
      if (result !== null) say(`round ${round}: ${step.title} ${lineOf(result)}`);
    }
  }
  return results;
};

/**
 * Climbs until two rungs in a row do not hold (one may be the machine's mood). What was reached on a rung counts even when
 * it did not hold, as long as nothing failed there.
 */
const climb = async (title, createStep, rungsMost) => {
  const { from, factor } = LADDERS[title];
  const best = { perSecond: 0, reason: '' };
  for (
    let rung = 0, slips = 0, rate = from;
    rung < rungsMost && slips < 2;
    rung += 1, rate = Math.round(rate * factor)
  ) {
    const result = await runStep(createStep(rate, rate * RUNG_SECONDS)).catch((error) => ({ error }));
    const { achievedPerSecond = 0 } = result;
    const broke = whyBroken(result);
    const holds = broke === null && achievedPerSecond >= HELD_SHARE * rate && !(result.missed > 0);
    slips = holds ? 0 : slips + 1;
    best.reason = `at ${rate}/s it ${broke ?? `reached ${Math.round(achievedPerSecond)}/s`}`;
    if (broke === null) best.perSecond = Math.max(best.perSecond, achievedPerSecond);
    if (holds) say(`peak: ${title} holds ${rate}/s`);
  }
  return best;
};

const whyBroken = ({ error, succeeded, failed }) => {
  if (error !== undefined) return `ended badly: ${error.message.split('\n', 1)[0]}`;
  if (failed > 0) return `had ${failed} failures`;
  return succeeded === 0 ? 'had no success' : null;
};

const findPeaks = async ({ modes, rungsMost }, peers) => {
  const peaks = {};
  if (rungsMost === 0) return peaks;
  for (const auth of modes) {
    const sipp = peers.sipp ? [['SIPp', sippStep]] : [];
    for (const [name, create] of [...sipp, ['regstorm', regstormStep]]) {
      const title = `${name} ${auth ? 'digest' : 'plain'}`;
      peaks[title] = await climb(title, (rate, count) => create({ auth, count, rate }), rungsMost);
    }
  }
  return peaks;
};

const record = (machine, options, costs, peaks) => {
  const cost = Object.fromEntries(
    Object.entries(costs).map(([title, { medianUs }]) => [title, Number(medianUs.toFixed(3))]),
  );
  const peak = Object.fromEntries(
    Object.entries(peaks).map(([title, { perSecond }]) => [title, Math.round(perSecond)]),
  );
  const { rounds, count, rate, sippCount, sippRate } = options;
  const line = {
    kind: 'macro',
    at: new Date().toISOString(),
    machine,
    options: { rounds, count, rate, sippCount, sippRate },
    costUs: cost,
    peakPerSecond: peak,
    ...(failures.length === 0 ? {} : { failures }),
  };
  appendFileSync(HISTORY, `${JSON.stringify(line)}\n`);
};

const main = async () => {
  const options = readOptions(process.argv.slice(2));
  if (options.help) {
    say(USAGE);
    return 0;
  }
  buildYardsticks();
  const machine = describeMachine();
  const peers = { sipp: isInstalled('sipp'), kamailio: isInstalled('kamailio') };
  if (!peers.sipp) complain('SIPp is not installed (Debian package sip-tester): its lines are left out');
  if (!peers.kamailio) complain('Kamailio is not installed (Debian package kamailio): its lines are left out');
  if (machine.loadAverage > 0.5) complain(`the machine is busy (load ${machine.loadAverage}): expect noise`);
  const peaks = await findPeaks(options, peers);
  const costs = summarise(await runRounds(options, peers, peaks));
  say('', ...machineLines(machine), '', 'Commands', ...commandLines(costs), '', ...costTable(costs));
  if (Object.keys(peaks).length > 0) say('', ...peakTable(peaks));
  const rows = ratios(costs, peaks);
  if (rows.length > 0) say('', ...ratioTable(rows));
  if (options.record) record(machine, options, costs, peaks);
  if (failures.length > 0) complain(`\n${failures.length} failed, see above:\n${failures.join('\n')}`);
  return failures.length > 0 ? 1 : 0;
};

const commandLines = (costs) => Object.values(costs).map(({ steps }) => shownCommand(steps[0].command));

await endWith(main, USAGE);
