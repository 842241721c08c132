// A rule that is drawn and applies to nobody, or a body that nobody hashes, shows nothing. So over two hundred worlds each thing that
// can be drawn must have taken effect, and by the program's own count of what the messages say.
//
// Left out on purpose: what is drawn too rarely for two hundred worlds (a wrong CSeq, answers 302, 423, 503 and 603 by rule, Require:
// outbound, a fixed retry that is made; holds that go on after failures, and devices that try again, which test/unit/sim/check-holds.test.ts
// shows).

import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { SimulationReport } from '../../src/sim/index.ts';

const PROGRAM = fileURLToPath(new URL('../../dist/main.js', import.meta.url));
const WORLDS = ['--seed', '1', '--seeds', '200', '--format', 'json'];
const LONGEST_MS = 1_800_000;
const MOST_BYTES = 64 * 1024 * 1024;

const ACTIONS = [
  ...['drop', 'dropAnswer', 'trying', 'hang', 'duplicate', 'wrongBranch', 'garbage'],
  ...['ownContactMissing', 'notStored', 'grantedZero'],
  ...['delay fixed', 'delay uniform', 'delay normal', 'delay exponential'],
  ...['answer 200', 'answer 401', 'answer 480'],
];
const CONDITIONS = [
  ...['by users, range', 'by users, pattern', 'by userShare', 'by share per transaction', 'by share per datagram'],
  ...['by time', 'by procedure', 'by credentials', 'by times'],
];
const REGISTRAR = [
  ...['407', 'stale=true', 'nextnonce', 'challenges for several algorithms', 'Path in a 200', 'Service-Route'],
  ...['P-Associated-URI', 'GRUU', '423', '403', '503 with Retry-After'],
  ...['rspauth', 'rspauth of a proxy', 'rspauth with auth-int'],
];
const TARGETS = [
  ...['target silent', 'target refusing', 'target unavailable', 'target astray'],
  ...['failover after status-503', 'failover after timeout', 'failover after unreachable', 'every target failed'],
];
const REDIRECTS = [
  ...['redirect followed', 'redirect beyond the limit', 'redirect loop', 'redirect refused', 'redirect unusable'],
  ...['redirect without room', 'redirect without a route'],
];
const CLIENT = [
  ...['userhash', 'credentials for two servers', 'a body', 'auth-int', 'auth-int over a body', 'line'],
  ...['instance and reg-id', 'credentials of RFC 2069'],
  ...['MD5', 'MD5-sess', 'SHA-256', 'SHA-256-sess', 'SHA-512-256', 'SHA-512-256-sess'].map(
    (name) => `credentials ${name}`,
  ),
  ...['retry, exponential', 'retry denied', 'retry after Retry-After'],
  ...['secret proved', 'secret not proved', 'command', 'phone forgotten', 'forgotten in an attempt'],
  ...['expected failure', 'unexpected success', 'went on after a failure'],
];

const play = (): Promise<readonly SimulationReport[]> =>
  new Promise((resolve, reject) => {
    execFile(process.execPath, [PROGRAM, 'simulate', ...WORLDS], { maxBuffer: MOST_BYTES }, (error, out) => {
      if (error !== null) reject(error);
      else resolve(out.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as SimulationReport])));
    });
  });

describe('Two hundred simulated worlds', () => {
  it(
    'are without a violation, and each thing that can be drawn takes effect in one of them at least',
    async () => {
      const reports = await play();
      const seen = new Set<string>();
      const registrar = { outages: 0, servedLate: 0, droppedQueueFull: 0, overloaded: 0, bindingsReplaced: 0 };
      for (const { end } of reports) {
        for (const [name, count] of Object.entries(end?.effects ?? {})) if (count > 0) seen.add(name);
        for (const name of Object.keys(registrar) as (keyof typeof registrar)[]) {
          registrar[name] += end?.world.registrar[name] ?? 0;
        }
      }
      expect(reports.filter(({ violation }) => violation !== null)).toEqual([]);
      const wanted = [...ACTIONS, ...CONDITIONS, ...REGISTRAR, ...TARGETS, ...REDIRECTS, ...CLIENT];
      expect(wanted.filter((name) => !seen.has(name))).toEqual([]);
      expect(Object.entries(registrar).filter(([, count]) => count === 0)).toEqual([]);
    },
    LONGEST_MS,
  );
});
