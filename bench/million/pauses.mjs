// Collection pauses: a minute at 50,000 starts a second, with every garbage collection of the generator as V8 tells it
// (--trace-gc, all threads). Prints which kinds there were and how long they held their thread up.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { describeMachine } from '../macro/options.mjs';
import { buildYardsticks, GENERATOR_PROCESSOR, pinned, startResponder } from '../macro/programs.mjs';
import { machineLines } from '../macro/table.mjs';

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
/** `[pid:isolate] 5123 ms: Scavenge 3.1 (4.5) -> 2.8 (5.5) MB, 0.4 / 0.0 ms …`; other kinds add words behind their name. */
const LINE =
  /^\[\d+:(0x[0-9a-f]+)\]\s+(\d+) ms: (.+?) [\d.]+ \([\d.]+\) -> [\d.]+ \([\d.]+\) MB, ([\d.]+) \/ [\d.]+ ms/;

const say = (...lines) => process.stdout.write(`${lines.join('\n')}\n`);

const positive = (text, name, otherwise) => {
  const value = text === undefined ? otherwise : Number(text);
  if (!Number.isSafeInteger(value) || value < 1)
    throw new Error(`--${name} takes a whole number above 0, not '${text}'`);
  return value;
};

const readOptions = (args) => {
  const { values } = parseArgs({ args, options: OPTIONS });
  const auth = values.auth ?? 'both';
  if (!['plain', 'digest', 'both'].includes(auth)) throw new Error(`--auth is plain, digest or both, not '${auth}'`);
  return {
    help: values.help === true,
    rate: positive(values.rate, 'rate', 50_000),
    seconds: positive(values.seconds, 'seconds', 60),
    modes: auth === 'both' ? [false, true] : [auth === 'digest'],
  };
};

const commandFor = (port, { rate, seconds, auth }, folder) => {
  const scenario = join(ROOT, 'bench', 'macro', auth ? 'digest.yaml' : 'plain.yaml');
  const load = ['--rate', `${rate}/s`, '--duration', `${seconds}s`, '--starts', String(rate * seconds)];
  const how = ['--set', `identities.count=${CONTEXTS}`, '--workers', '1', '--no-thresholds', '--on-invalid', 'warn'];
  const program = [process.execPath, '--trace-gc', join(ROOT, 'dist', 'main.js'), 'run', scenario];
  return pinned(GENERATOR_PROCESSOR, [
    ...program,
    ...['--target', `sip:127.0.0.1:${port}`, ...load, ...how, '-q', '--out', join(folder, 'results')],
  ]);
};

/** Every collection as {isolate, atMs, kind, pauseMs}, and the run's summary. */
const collect = async (options, folder) => {
  const responder = await startResponder(options.auth, options.seconds + SPARE_SECONDS);
  try {
    const [command, ...args] = commandFor(responder.port, options, folder);
    const child = spawn(command, args, {
      stdio: ['ignore', 'pipe', 'inherit'],
      timeout: (options.seconds + SPARE_SECONDS) * 1000,
    });
    const collections = [];
    createInterface({ input: child.stdout }).on('line', (line) => {
      const [, isolate, atMs, kind, pauseMs] = LINE.exec(line) ?? [];
      if (isolate !== undefined)
        collections.push({ isolate, atMs: Number(atMs), kind: kindOf(kind), pauseMs: Number(pauseMs) });
    });
    const [code] = await once(child, 'close');
    if (code !== 0) throw new Error(`exit code ${code}`);
    return { collections, summary: JSON.parse(readFileSync(join(folder, 'results', 'summary.json'), 'utf8')) };
  } finally {
    await responder.stop();
  }
};

/** `Mark-Compact (reduce)` and the like are told apart; details in brackets beyond that are not. */
const kindOf = (text) => text.replace(/\s*\((?!reduce)[^)]*\)/g, '').trim();

const linesOf = ({ collections, summary }) => {
  const isolates = [...new Set(collections.map(({ isolate }) => isolate))];
  const lines = isolates.flatMap((isolate, thread) => {
    const own = collections.filter((each) => each.isolate === isolate);
    return [...new Set(own.map(({ kind }) => kind))].map((kind) => kindLine(thread, kind, own));
  });
  const { register } = summary.totals;
  const longest = collections.reduce((most, { pauseMs }) => Math.max(most, pauseMs), 0);
  return [
    `thread      kind                      count   longest ms    sum ms`,
    ...lines,
    `longest ${longest.toFixed(1)} ms, wanted at most ${PAUSE_MS_MOST} ms: ${longest <= PAUSE_MS_MOST ? 'met' : 'MISSED'}`,
    ...collections
      .filter(({ pauseMs }) => pauseMs > PAUSE_MS_MOST)
      .map(({ atMs, kind, pauseMs }) => `  ${pauseMs} ms at ${atMs} ms of the thread: ${kind}`),
    `${register.succeeded} registrations, ${register.failed} failed, lag p99 ${register.lagUs.p99} µs, max ${register.lagUs.max} µs`,
  ];
};

const kindLine = (thread, kind, own) => {
  const pauses = own.filter((each) => each.kind === kind).map(({ pauseMs }) => pauseMs);
  const sum = pauses.reduce((total, pauseMs) => total + pauseMs, 0);
  const numbers = [
    String(pauses.length).padStart(7),
    Math.max(...pauses)
      .toFixed(1)
      .padStart(13),
    sum.toFixed(1).padStart(10),
  ];
  return `${`heap ${thread + 1}`.padEnd(12)}${kind.padEnd(24)}${numbers.join('')}`;
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
      isMet &&= run.collections.every(({ pauseMs }) => pauseMs <= PAUSE_MS_MOST);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
  return isMet ? 0 : 1;
};

main().then(
  (code) => {
    process.exitCode = code;
  },
  (error) => {
    process.stderr.write(`${error.message}\n\n${USAGE}\n`);
    process.exitCode = 2;
  },
);
