// One captured run: responder, tcpdump, generator, and what the two books say about each other.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { GENERATOR_PROCESSOR, pinned, RESPONDER_PROCESSOR, startResponder } from '../macro/programs.mjs';
import { compareTimes, summariseErrors } from './compare.mjs';
import { startCapture } from './tcpdump.mjs';
import { unpackLog } from './transaction-log.mjs';

const GENERATOR = fileURLToPath(new URL('generator.mjs', import.meta.url));
/** Paired and counted like the rest, but the figures begin after it, as regstorm's own do. */
const WARMUP_SECONDS = 1;
const SPARE_SECONDS = 60;
const OUTPUT_CHARACTERS_MOST = 20_000;

/**
 * Sends at `rate` a second for the warm-up and `seconds` more. Throws when the generator or tcpdump cannot do its work.
 */
export const makeCapturedRun = async ({ rate, seconds, captureProcessor = RESPONDER_PROCESSOR }) => {
  const folder = mkdtempSync(join(tmpdir(), 'regstorm-capture-'));
  const count = rate * (WARMUP_SECONDS + seconds);
  const withinSeconds = WARMUP_SECONDS + seconds + SPARE_SECONDS;
  const responder = await startResponder(false, withinSeconds);
  let capture = null;
  try {
    capture = await startCapture(responder.port, folder, captureProcessor);
    const logFile = join(folder, 'log');
    const report = await runGenerator(
      [responder.port, rate, count, WARMUP_SECONDS, logFile].map(String),
      withinSeconds,
    );
    const { packets, captured, dropped } = await capture.stop(report.messages);
    const { dropped: responderDropped } = await responder.stop();
    const compared = compareTimes(unpackLog(readFileSync(logFile)), packets, {
      offsetNs: BigInt(report.offsetsNs[0]),
      fromUs: WARMUP_SECONDS * 1e6,
    });
    return {
      rate,
      count,
      ...report,
      captured,
      captureDropped: dropped,
      responderDropped,
      ...summarise(compared),
      compared,
    };
  } finally {
    await capture?.end();
    await responder.stop();
    rmSync(folder, { recursive: true, force: true });
  }
};

const summarise = ({ transactions, paired, others, difference, send, receive, all }) => ({
  transactions,
  paired,
  p99OfAll: summariseErrors(all).p99,
  otherPackets: others,
  errors: {
    difference: summariseErrors(difference),
    send: summariseErrors(send),
    receive: summariseErrors(receive),
  },
});

const runGenerator = async (args, seconds) => {
  const [command, ...rest] = pinned(GENERATOR_PROCESSOR, [process.execPath, GENERATOR, ...args]);
  const child = spawn(command, rest, { stdio: ['ignore', 'pipe', 'pipe'] });
  const kept = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr']) {
    child[name].setEncoding('utf8');
    child[name].on('data', (chunk) => {
      kept[name] = (kept[name] + chunk).slice(-OUTPUT_CHARACTERS_MOST);
    });
  }
  const timer = setTimeout(() => child.kill('SIGKILL'), seconds * 1000);
  const [code] = await once(child, 'close');
  clearTimeout(timer);
  if (code !== 0) throw new Error(`the generator ended with exit code ${code}\n${kept.stdout}${kept.stderr}`);
  return JSON.parse(kept.stdout);
};
