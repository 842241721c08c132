// Collection pauses: a minute at 50,000 starts a second, with every garbage collection of the generator's threads as the
// runtime tells it (watch-collections.mjs). Those of a worker while the load lasts hold up what it sends and reads; those of
// its start, and of the main thread, don't.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { describeMachine } from '../macro/options.mjs';
import { buildYardsticks, GENERATOR_PROCESSOR, pinned, startResponder } from '../macro/programs.mjs';
import { machineLines } from '../macro/table.mjs';
import { endWith, positive } from '../program.mjs';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const USAGE = `node bench/million/pauses.mjs [options]
  --rate R           starts per second (50000)
  --seconds S        how long (60)
  --auth MODE        plain, digest or both (both)`;
const OPTIONS = {
  rate: { type: 'string' },
  seconds: { type: 'string' },
  auth: { type: 'string' },
  help: { type: 'boolean' },
};
const CONTEXTS = 300_000;
const SPARE_SECONDS = 45;
const PAUSE_MS_MOST = 5;
const WATCHER = new URL('./watch-collections.mjs', import.meta.url).href;
const MAIN_THREAD = 0;

const say = (...lines) => process.stdout.write(`${lines.join('\n')}\n`);

const readOptions = (args) => {
  const { values } = parseArgs({ args, options: OPTIONS });
  const auth = values.auth ?? 'both';
  if (!['plain', 'digest', 'both'].includes(auth)) throw new Error(`--auth is plain, digest or both, not '${auth}'`);
  return {
    help: values.help === true,
    rate: positive(values, 'rate', 50_000),
    seconds: positive(values, 'seconds', 60),
    modes: auth === 'both' ? [false, true] : [auth === 'digest'],
  };
};

const commandFor = (port, { rate, seconds, auth }, folder) => {
  const scenario = join(ROOT, 'bench', 'macro', auth ? 'digest.yaml' : 'plain.yaml');
  const load = ['--rate', `${rate}/s`, '--duration', `${seconds}s`, '--starts', String(rate * seconds)];
  const how = ['--set', `identities.count=${CONTEXTS}`, '--workers', '1', '--no-thresholds', '--on-invalid', 'warn'];
  const program = [process.execPath, '--import', WATCHER, join(ROOT, 'dist', 'main.js'), 'run', scenario];
  return pinned(GENERATOR_PROCESSOR, [
    ...program,
    ...['--target', `sip:127.0.0.1:${port}`, ...load, ...how, '-q', '--out', join(folder, 'results')],
  ]);
};

/** Every collection as {thread, atMs, pauseMs, kind}, and the run's summary. */
const collect = async (options, folder) => {
  const responder = await startResponder(options.auth, options.seconds + SPARE_SECONDS);
  const file = join(folder, 'collections');
  try {
    const [command, ...args] = commandFor(responder.port, options, folder);
    const child = spawn(command, args, {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, BENCH_COLLECTIONS: file },
      timeout: (options.seconds + SPARE_SECONDS) * 1000,
    });
    const [code] = await once(child, 'close');
    if (code !== 0) throw new Error(`exit code ${code}`);
    const lines = existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
    const summary = JSON.parse(readFileSync(join(folder, 'results', 'summary.json'), 'utf8'));
    return { collections: lines.map((line) => JSON.parse(line)), summary };
  } finally {
    await responder.stop();
  }
};

/** Of workers, between the load's first packet and its end. */
const inLoad = ({ collections, summary }) => {
  const fromMs = Date.parse(summary.startedAt);
  const toMs = fromMs + summary.durationSeconds * 1000;
  return collections.filter(({ thread, atMs }) => thread !== MAIN_THREAD && atMs >= fromMs && atMs < toMs);
};

const longestOf = (collections) => collections.reduce((most, { pauseMs }) => Math.max(most, pauseMs), 0);

const linesOf = (run) => {
  const load = inLoad(run);
  const groups = [
    ['worker, under load', load],
    ['worker, at start', run.collections.filter((each) => each.thread !== MAIN_THREAD && !load.includes(each))],
    ['main thread', run.collections.filter(({ thread }) => thread === MAIN_THREAD)],
  ];
  const { register } = run.summary.totals;
  const longestMs = longestOf(load);
  return [
    `${'thread'.padEnd(20)}${'kind'.padEnd(22)}${'count'.padStart(7)}${'longest ms'.padStart(13)}${'sum ms'.padStart(10)}`,
    ...groups.flatMap(([title, own]) => groupLines(title, own)),
    `longest under load ${longestMs.toFixed(2)} ms, wanted at most ${PAUSE_MS_MOST} ms: ${longestMs <= PAUSE_MS_MOST ? 'met' : 'MISSED'}`,
    `${register.succeeded} registrations, ${register.failed} failed, lag p99 ${register.lagUs.p99} µs, max ${register.lagUs.max} µs`,
  ];
};

const groupLines = (title, own) => {
  if (own.length === 0) return [`${title.padEnd(20)}none`];
  return [...new Set(own.map(({ kind }) => kind))].map((kind) => {
    const some = own.filter((each) => each.kind === kind);
    const sum = some.reduce((total, { pauseMs }) => total + pauseMs, 0);
    const numbers = [
      String(some.length).padStart(7),
      longestOf(some).toFixed(2).padStart(13),
      sum.toFixed(1).padStart(10),
    ];
    return `${title.padEnd(20)}${kind.padEnd(22)}${numbers.join('')}`;
  });
};

const main = async () => {
  const options = readOptions(process.argv.slice(2));
  if (options.help) {
    say(USAGE);
    return 0;
  }
  buildYardsticks();
  say(...machineLines(describeMachine()));
  let isMet = true;
  for (const auth of options.modes) {
    const folder = mkdtempSync(join(tmpdir(), 'regstorm-bench-'));
    try {
      const run = await collect({ ...options, auth }, folder);
      say('', `${auth ? 'digest' : 'plain'}, ${options.rate}/s for ${options.seconds} s`, ...linesOf(run));
      isMet &&= longestOf(inLoad(run)) <= PAUSE_MS_MOST;
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
  return isMet ? 0 : 1;
};

await endWith(main, USAGE);
