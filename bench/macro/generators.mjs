// The generators that are compared, each as a step that does `count` registrations: how it is started and how its own
// report is read. All do the same work against the same responder.

import { readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const YARDSTICKS = join(ROOT, 'bench', 'yardsticks');
const FLOOR_SECONDS = 90;
const FLOOR_BATCH = '64';
/** What a paced run may take beyond count / rate: start-up, an overloaded SIPp's queue, the last answers. */
const SPARE_SECONDS = 60;

const secondsFor = (count, rate) => Math.ceil(count / rate) + SPARE_SECONDS;

/** C with sendmmsg and nothing else. A challenged registration is two of its exchanges. */
export const floorStep = (exchanges, segments = false) => ({
  title: segments ? 'C floor, segments' : 'C floor',
  auth: false,
  count: exchanges,
  seconds: FLOOR_SECONDS,
  createCommand: (port) => [
    join(ROOT, 'bench', '.build', 'floor'),
    String(port),
    String(exchanges),
    ...(segments ? [FLOOR_BATCH, 'gso'] : []),
  ],
  read: ({ stdout }) => {
    const [, answered, seconds] = /answered (\d+) seconds ([\d.]+)/.exec(stdout) ?? [];
    const perSecond = Number(answered) / Number(seconds);
    return { succeeded: Number(answered), failed: 0, offeredPerSecond: perSecond, achievedPerSecond: perSecond };
  },
});

export const sippStep = ({ auth, count, rate, title = auth ? 'SIPp digest' : 'SIPp plain', responder }) => ({
  title,
  auth,
  responder,
  count,
  seconds: secondsFor(count, rate),
  createCommand: (port, folder) => {
    const scenario = join(YARDSTICKS, auth ? 'sipp-register-auth.xml' : 'sipp-register.xml');
    const place = [`127.0.0.1:${port}`, '-i', '127.0.0.1'];
    const load = ['-r', String(rate), '-m', String(count), '-l', '100000', '-buff_size', '8388608'];
    return ['sipp', '-sf', scenario, ...place, ...load, '-nostdin', '-trace_stat', '-stf', join(folder, 'stat.csv')];
  },
  read: (_run, folder) => readSippStatistics(readFileSync(join(folder, 'stat.csv'), 'latin1'), rate),
});

/** The file has a line of column names and ends with the totals; (C) is cumulative. */
const readSippStatistics = (text, rate) => {
  const lines = text.trim().split('\n');
  const names = (lines[0] ?? '').split(';');
  const values = (lines.at(-1) ?? '').split(';');
  const epoch = (name) => Number(values[names.indexOf(name)]?.split('\t').at(-1));
  const column = (name) => Number(values[names.indexOf(name)]);
  const succeeded = column('SuccessfulCall(C)');
  const failed = column('FailedCall(C)');
  const seconds = epoch('CurrentTime') - epoch('StartTime');
  return { succeeded, failed, offeredPerSecond: rate, achievedPerSecond: succeeded / seconds };
};

/** `workers` above 1 have both processors, and so has the one they are compared with (`everywhere`). */
export const regstormStep = ({
  auth,
  count,
  rate,
  title = auth ? 'regstorm digest' : 'regstorm plain',
  segments = false,
  workers = 1,
  everywhere = false,
  responder,
}) => ({
  title,
  auth,
  responder,
  everywhere,
  count,
  seconds: secondsFor(count, rate),
  createCommand: (port, folder) => {
    const scenario = join(ROOT, 'bench', 'macro', auth ? 'digest.yaml' : 'plain.yaml');
    const size = ['--rate', `${rate}/s`, '--starts', String(count), '--set', `identities.count=${count}`];
    const load = segments ? [...size, '--set', 'local.segmentation=true'] : size;
    const ends = ['--no-thresholds', '--on-invalid', 'warn', '--out', join(folder, 'results')];
    const how = ['--workers', String(workers), ...ends];
    return [
      process.execPath,
      join(ROOT, 'dist', 'main.js'),
      'run',
      scenario,
      '--target',
      `sip:127.0.0.1:${port}`,
      ...load,
      ...how,
    ];
  },
  read: (_run, folder) =>
    readRegstormSummary(JSON.parse(readFileSync(join(folder, 'results', 'summary.json'), 'utf8'))),
});

const readRegstormSummary = ({ totals, rates, validity, generator }) => {
  const { succeeded, failed } = totals.register;
  const { late, noSlot } = generator.missedStarts;
  const { offeredPerSecond, achievedPerSecond } = rates.starts;
  return { succeeded, failed, missed: late + noSlot, offeredPerSecond, achievedPerSecond, validity: validity.verdict };
};

/** A command as one would type it in the repository; DIR is the step's own folder. */
export const shownCommand = (command) =>
  command.map((part) => shownPart(part).replace(/^\/.*regstorm-bench-\w+/, 'DIR')).join(' ');

const shownPart = (part) => {
  if (part === process.execPath) return 'node';
  return part.startsWith(ROOT) ? relative(ROOT, part) : part;
};
