// `regstorm doctor` as a shell calls it, on the machine as it is and on one that was made poorer. What it says of a busy or
// slow machine is not judged here (test/unit/gate/readiness.test.ts does), only what the test itself has brought about.

import { execFileSync } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Finding, ReadinessFacts } from '../../src/gate/index.ts';
import { findFreePort } from '../interop/free-port.ts';
import { type CliEnd, type CliSession, openSession, scenario } from './cli-session.ts';
import { aRecord, type DnsServer, srvRecord, startDnsServer } from './dns-server.ts';
import { openSilentPeer } from './silent-peer.ts';

let session: CliSession;
beforeEach(() => {
  session = openSession();
});
afterEach(() => session.remove());

interface Report {
  readonly verdict: string;
  readonly exitCode: number;
  readonly checks: readonly Finding[];
  readonly facts: ReadinessFacts;
}

const reportOf = (end: CliEnd): Report => {
  expect(end.stderr).toBe('');
  const report = JSON.parse(end.stdout) as Report;
  expect(end.exitCode).toBe(report.exitCode);
  return report;
};

const doctor = async (...args: string[]): Promise<Report> =>
  reportOf(await session.run(['doctor', '--format', 'json', ...args]));

const checkOf = (report: Report, check: string): Finding => {
  const finding = report.checks.find((each) => each.check === check);
  if (finding === undefined) throw new Error(`no check "${check}"`);
  return finding;
};

describe('regstorm doctor', () => {
  it('without a file checks for a modest load, one line for each check, and leaves nothing behind', async () => {
    const end = await session.run(['doctor']);
    expect(end.stdout).toMatch(/^READY {2}modest-load: nothing that it needs is missing/);
    expect(end.stdout.match(/^ {2}[✓!-] /gm)).toHaveLength(14);
    expect([end.exitCode, end.stderr, session.files().size]).toEqual([0, '', 0]);
  });

  it('takes a file and the flags of a run, and sums the memory of a million contexts without taking it', async () => {
    session.file('s.yaml', scenario({ rate: '100/s', load: 'duration: 5s' }));
    const few = await doctor('s.yaml');
    const many = await doctor('s.yaml', '-r', '200/s', '--set', 'identities.count=1000000', '--workers', '2');
    expect([few.facts.plan.contexts, few.facts.plan.startsPerSecond, few.facts.plan.workers]).toEqual([200, 100, 1]);
    expect([many.facts.plan.contexts, many.facts.plan.startsPerSecond, many.facts.plan.sockets]).toEqual([1e6, 200, 2]);
    expect(many.facts.plan.tableBytes).toBeGreaterThan(100e6);
    expect(many.facts.sockets.socketsOpened).toBe(2);
  });

  it('reads a scenario from standard input', async () => {
    session.file('s.yaml', scenario());
    const end = await session.shell('regstorm doctor - < s.yaml');
    expect(end.stdout).toMatch(/^READY {2}test: /);
  });

  it('sends the target nothing', async () => {
    let heard = 0;
    const peer = createSocket('udp4').on('message', () => heard++);
    peer.bind(0, '127.0.0.1');
    await once(peer, 'listening');
    session.file('s.yaml', scenario({ target: `sip:127.0.0.1:${peer.address().port}` }));
    const report = await doctor('s.yaml');
    peer.close();
    expect([report.verdict, report.facts.target.sameMachine, heard]).toEqual(['ready', true, 0]);
  });

  it('gets the arrival times of the kernel where udp-batch works', async () => {
    const { facts } = await doctor();
    expect(facts.sockets.stamped).toBe(facts.sockets.batchUnavailable === null);
  });

  it('tells a broken scenario as validate does', async () => {
    session.file('s.yaml', scenario({ rate: '5' }));
    const [checked, validated] = [await session.run(['doctor', 's.yaml']), await session.run(['validate', 's.yaml'])];
    expect([checked.exitCode, checked.stdout, checked.stderr]).toEqual([2, '', validated.stderr]);
    expect(checked.stderr).toMatch(/^s\.yaml:\d+:\d+: /);
  });

  it('tells a file that is not there, and one file too many', async () => {
    const missing = await session.run(['doctor', 'missing.yaml']);
    expect([missing.exitCode, missing.stderr]).toEqual([2, 'regstorm: missing.yaml cannot be read: no such file\n']);
    const second = await session.run(['doctor', 'a.yaml', 'b.yaml']);
    expect([second.exitCode, second.stderr]).toEqual([
      2,
      'regstorm: "b.yaml" is one argument too many\n    see regstorm doctor --help\n',
    ]);
  });
});

describe('what only some scenarios ask for', () => {
  const SERVICE = '_sip._udp.test.example';
  let server: DnsServer | null = null;
  afterEach(async () => {
    await server?.close();
    server = null;
  });

  it('RFC 3263 §4.2 several targets: a socket to each is opened, from one local port, and nothing is sent to any', async () => {
    const [one, two] = [await openSilentPeer(), await openSilentPeer()];
    const srv = [one, two].map(({ port }) => srvRecord(SERVICE, { port, target: 'host.test.example' }));
    server = await startDnsServer({
      [`SRV ${SERVICE}`]: { answers: srv },
      'A host.test.example': { answers: [aRecord('host.test.example', '127.0.0.1')] },
    });
    const more = 'local: { socketsPerWorker: 3 }\n';
    session.file('s.yaml', scenario({ target: 'sip:test.example', more }));
    const report = await doctor('s.yaml', '--dns', server.address);
    one.close();
    two.close();
    expect([report.verdict, report.facts.plan.targets, report.facts.sockets.socketsOpened]).toEqual(['ready', 2, 6]);
    expect(checkOf(report, 'sockets').needed).toBe('3 UDP sockets to each of 2 targets');
  });

  it('local.segmentation: whether the kernel takes UDP_SEGMENT, and no word of it where nobody asks', async () => {
    session.file('s.yaml', scenario({ more: 'local: { segmentation: true }\n' }));
    const { checks, facts } = await doctor('s.yaml');
    const finding = checks.find(({ check }) => check === 'segmentation');
    const isCut = facts.sockets.batchUnavailable === null;
    expect([finding?.status, facts.sockets.segmented]).toEqual(isCut ? ['ok', true] : ['warning', null]);
    expect((await doctor()).checks.some(({ check }) => check === 'segmentation')).toBe(false);
  });
});

describe('what is missing exits 2 and names the command', () => {
  it('a local port in use', async () => {
    const peer = await openSilentPeer();
    const more = `local: { addresses: [127.0.0.1], ports: ${peer.port} }\n`;
    const report = await doctor(session.file('s.yaml', scenario({ more })));
    peer.close();
    const sockets = checkOf(report, 'sockets');
    expect([report.exitCode, sockets.status, sockets.is]).toEqual([
      2,
      'missing',
      `port ${peer.port} on 127.0.0.1 is in use`,
    ]);
    expect(sockets.mend).toEqual([`ss -uapn 'sport = :${peer.port}'`]);
  });

  it('that port is found free again when its holder is gone, and is not held by the check', async () => {
    const port = await findFreePort();
    const more = `local: { addresses: [127.0.0.1], ports: ${port} }\n`;
    session.file('s.yaml', scenario({ more }));
    expect(checkOf(await doctor('s.yaml'), 'sockets').status).toBe('ok');
    expect(checkOf(await doctor('s.yaml'), 'sockets').status).toBe('ok');
  });

  it('an address that is not ours', async () => {
    const more = 'local: { addresses: [192.0.2.1] }\n';
    const sockets = checkOf(await doctor(session.file('s.yaml', scenario({ more }))), 'sockets');
    expect([sockets.status, sockets.mend]).toEqual(['missing', ['ip -4 address']]);
  });

  it.each([
    ['a name without an address', 'sip:no-such-host.invalid', 'getent ahostsv4 no-such-host.invalid'],
    ['a public address', 'sip:192.0.2.9', '--allow-public'],
    ['RFC 1112 §4: a multicast address', 'sip:239.1.2.3', '--target sip:ADDRESS:5060'],
  ])('%s', async (_, target, command) => {
    const report = await doctor('--target', target);
    const finding = checkOf(report, 'target');
    expect([report.exitCode, finding.status, finding.mend]).toEqual([2, 'missing', [command]]);
    // The rest is checked all the same.
    expect(checkOf(report, 'sockets').status).toBe('ok');
  });

  it('file descriptors; a soft limit alone is no bound, since Node lifts it', async () => {
    session.file('s.yaml', scenario());
    const command = 'regstorm doctor s.yaml --workers 20 --format json';
    const hard = reportOf(await session.shell(`ulimit -n 200; ${command}`));
    const [mend = ''] = checkOf(hard, 'open files').mend;
    const [, asked] = /^sudo prlimit --pid \$\$ --nofile=(\d+):\1$/.exec(mend) ?? [];
    expect([hard.exitCode, Number(asked) > hard.facts.plan.descriptors]).toEqual([2, true]);
    const soft = reportOf(await session.shell(`ulimit -S -n 200; ${command}`));
    expect([soft.exitCode, checkOf(soft, 'open files').status]).toEqual([0, 'ok']);
  });

  it('the limit that the command sets is enough', async () => {
    session.file('s.yaml', scenario());
    const command = 'regstorm doctor s.yaml --workers 20 --format json';
    const [mend = ''] = checkOf(reportOf(await session.shell(`ulimit -n 200; ${command}`)), 'open files').mend;
    const asked = /:(\d+)$/.exec(mend)?.[1];
    const again = reportOf(await session.shell(`ulimit -n ${asked}; ${command}`));
    expect([again.facts.machine.openFiles?.hard, checkOf(again, 'open files').status]).toEqual([Number(asked), 'ok']);
  });
});

/** Root, and a maximum below what is asked for: only then does CAP_NET_ADMIN make a difference. */
const canDropCapability = (): boolean => {
  try {
    execFileSync('setpriv', ['--bounding-set=-net_admin', '--inh-caps=-net_admin', 'true'], { stdio: 'ignore' });
    return process.getuid?.() === 0;
  } catch {
    return false;
  }
};

describe.skipIf(!canDropCapability())('without CAP_NET_ADMIN (needs root and setpriv)', () => {
  it('buffers end at the maxima of the kernel, and the setting that lifts them is named', async () => {
    const without = 'setpriv --bounding-set=-net_admin --inh-caps=-net_admin';
    const report = reportOf(await session.shell(`${without} regstorm doctor --format json`));
    const { machine, sockets } = report.facts;
    const least = Math.min(machine.receiveBufferBytesMax ?? 0, sockets.receiveBufferBytesWanted);
    expect(sockets.receiveBufferBytes).toBe(least);
    const isCut = least < sockets.receiveBufferBytesWanted;
    const finding = checkOf(report, 'receive buffer');
    expect([finding.status, finding.mend]).toEqual(
      isCut ? ['warning', [`sudo sysctl -w net.core.rmem_max=${sockets.receiveBufferBytesWanted}`]] : ['ok', []],
    );
  });
});
