// How late the starts of an ordinary run are: `regstorm run` with a worker thread, against the same responder, after a
// warm-up, so that what a process costs to start is not in it.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { regstormStep, shownCommand } from '../macro/generators.mjs';
import { runStep } from '../macro/programs.mjs';

const WARMUP_SECONDS = 2;

/** The lag of the starts after the warm-up, microseconds. */
export const measurePacing = async ({ rate, seconds }) => {
  const step = regstormStep({ auth: false, count: rate * (WARMUP_SECONDS + seconds), rate, title: 'pacing' });
  const { lag, command } = await runStep({
    ...step,
    createCommand: (port, folder) => [...step.createCommand(port, folder), '--warmup', `${WARMUP_SECONDS}s`],
    read: (_run, folder) => {
      const { procedures } = JSON.parse(readFileSync(join(folder, 'results', 'summary.json'), 'utf8'));
      return { lag: procedures.register.lagUs };
    },
  });
  if (lag.p99 === null) throw new Error(`${lag.count} starts are too few for a p99: give more --seconds or --pace`);
  return { rate, count: lag.count, p50: lag.p50, p99: lag.p99, max: lag.max, command: shownCommand(command) };
};
