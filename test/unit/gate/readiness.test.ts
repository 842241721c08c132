import { describe, expect, it } from 'vitest';
import type { Finding } from '../../../src/gate/index.ts';
import { judgeReadiness } from '../../../src/gate/index.ts';
import { type Changes, factsWith } from './readiness-facts.ts';

const findingOf = (check: string, changes: Changes): Finding => {
  const finding = judgeReadiness(factsWith(changes)).findings.find((each) => each.check === check);
  if (finding === undefined) throw new Error(`no check "${check}"`);
  return finding;
};

const BATCH_MISSING = 'the package koffi cannot be loaded: no such file';
const WANTED_BUFFER = 33_554_432;

describe('several targets and segments', () => {
  const segmentation = (sockets: Changes['sockets']): readonly string[] => {
    const { status, is } = findingOf('segmentation', { plan: { segmentation: true }, sockets: sockets ?? {} });
    return [status, is];
  };

  it('segmentation is a check where the plan asks for it, and never stands in the way of a run', () => {
    expect(segmentation({ segmented: true })).toEqual(['ok', 'the kernel cuts segments (loopback)']);
    expect(segmentation({ segmented: false })).toEqual(['warning', 'the kernel refuses it: requests go singly']);
    expect(segmentation({ segmented: null })).toEqual(['unknown', 'no loopback interface to try it on']);
    expect(segmentation({ transport: 'udp-dgram' })).toEqual(['warning', 'udp-dgram hands over one datagram a call']);
  });

  it('answers come to the queues of the sockets to all targets', () => {
    const buffer = (targets: number): string =>
      findingOf('receive buffer', { plan: { targets }, sockets: { receiveBufferBytes: 65_536 } }).is;
    expect([buffer(1), buffer(2)]).toEqual([
      expect.stringContaining('17.0 ms of answers'),
      expect.stringContaining('34.1 ms of answers'),
    ]);
  });
});

describe('the verdict', () => {
  it('of a machine that has everything is ready, exit code 0, every check ok', () => {
    const { verdict, exitCode, findings } = judgeReadiness(factsWith());
    expect([verdict, exitCode]).toEqual(['ready', 0]);
    expect(findings.filter(({ status }) => status !== 'ok')).toEqual([]);
    expect(findings).toHaveLength(14);
  });

  it('stays ready with warnings and with what is not known', () => {
    const machine = { governor: null, loadAverage: 9, openFiles: null };
    const { verdict, exitCode, findings } = judgeReadiness(factsWith({ machine }));
    expect([verdict, exitCode]).toEqual(['ready', 0]);
    expect(findings.filter(({ status }) => status === 'unknown').map(({ check }) => check)).toEqual([
      'open files',
      'processor clock',
    ]);
  });

  it('is not ready, exit code 2, as soon as one thing is missing', () => {
    const { verdict, exitCode } = judgeReadiness(factsWith({ machine: { openFiles: { soft: 10, hard: 10 } } }));
    expect([verdict, exitCode]).toEqual(['not-ready', 2]);
  });

  it('RFC 3263 §4 names all addresses of a domain, with what was asked and answered', () => {
    const targets = [
      { address: '10.0.0.1', port: 5060, priority: 10, weight: 1 },
      { address: '10.0.0.2', port: 5070, priority: 20, weight: 1 },
    ];
    const steps = ['SRV _sip._udp.x.example: 10 1 a.example:5060, 20 1 b.example:5070', 'A a.example: 10.0.0.1'];
    const target = { name: 'sip:x.example', address: '10.0.0.1', targets, steps };
    const { findings } = judgeReadiness(factsWith({ target }));
    expect(findings.find(({ check }) => check === 'target')?.is).toBe(
      'sip:x.example is 10.0.0.1:5060 (priority 10), 10.0.0.2:5070 (priority 20), another machine ' +
        '(SRV _sip._udp.x.example: 10 1 a.example:5060, 20 1 b.example:5070; A a.example: 10.0.0.1)',
    );
  });

  it('a finding that is ok asks for no command, and no check is named twice', () => {
    const { findings } = judgeReadiness(factsWith());
    expect(findings.flatMap(({ mend }) => mend)).toEqual([]);
    expect(new Set(findings.map(({ check }) => check)).size).toBe(findings.length);
  });
});

const problem = (code: string, localPort = 0) => ({ code, message: 'it is so', hint: 'do this', localPort });

describe('each check gives its status and the commands that mend it', () => {
  it.each<[string, string, Changes, Finding['status'], readonly string[]]>([
    [
      'target',
      'has no address',
      { target: { address: null, problem: problem('TARGET_UNRESOLVED') } },
      'missing',
      ['getent ahostsv4 registrar.example'],
    ],
    [
      'target',
      'is public',
      { target: { address: null, problem: problem('TARGET_PUBLIC') } },
      'missing',
      ['--allow-public'],
    ],
    [
      'target',
      'is a domain whose name servers are silent',
      { target: { address: null, problem: problem('DNS_FAILED') } },
      'missing',
      ['--dns HOST:PORT (another name server)', '--target sip:ADDRESS:5060'],
    ],
    [
      'target',
      'is a domain without UDP',
      { target: { address: null, problem: problem('TARGET_TRANSPORT') } },
      'missing',
      ['--target "sip:registrar.example;transport=udp"'],
    ],
    [
      'transport',
      'fell back to udp-dgram for want of koffi',
      { sockets: { transport: 'udp-dgram', batchUnavailable: BATCH_MISSING } },
      'warning',
      ['npm install --include=optional'],
    ],
    [
      'transport',
      'fell back on another system',
      { sockets: { transport: 'udp-dgram', batchUnavailable: 'it needs Linux, this is darwin' } },
      'warning',
      [],
    ],
    [
      'transport',
      'is udp-dgram by the scenario',
      { plan: { socketKind: 'udp-dgram' }, sockets: { transport: 'udp-dgram' } },
      'warning',
      ['--set local.sockets=auto'],
    ],
    [
      'transport',
      'is asked for and not there',
      { plan: { socketKind: 'udp-batch' }, sockets: { transport: 'udp-dgram', batchUnavailable: BATCH_MISSING } },
      'missing',
      ['--set local.sockets=auto', 'npm install --include=optional'],
    ],
    ['receive times', 'come from userland', { sockets: { transport: 'udp-dgram', stamped: false } }, 'warning', []],
    ['receive times', 'are not sent', { sockets: { stamped: false } }, 'warning', []],
    ['receive times', 'could not be tried', { sockets: { stamped: null } }, 'unknown', []],
    [
      'sockets',
      'a port is in use',
      { sockets: { problems: [problem('PORT_IN_USE', 6000)] } },
      'missing',
      ["ss -uapn 'sport = :6000'"],
    ],
    [
      'sockets',
      'two ports are in use',
      { sockets: { problems: [problem('PORT_IN_USE', 6000), problem('PORT_IN_USE', 6001)] } },
      'missing',
      ["ss -uapn 'sport = :6000'", "ss -uapn 'sport = :6001'"],
    ],
    ['sockets', 'no port is free', { sockets: { problems: [problem('PORT_IN_USE')] } }, 'missing', ['ss -uapn']],
    [
      'sockets',
      'the address is not ours',
      { sockets: { problems: [problem('ADDRESS_UNAVAILABLE'), problem('ADDRESS_UNAVAILABLE')] } },
      'missing',
      ['ip -4 address'],
    ],
    ['sockets', 'descriptors ran out', { sockets: { problems: [problem('DESCRIPTORS')] } }, 'missing', []],
    [
      'sockets',
      'there is no route',
      { sockets: { problems: [problem('TARGET_UNREACHABLE')] } },
      'missing',
      ['do this'],
    ],
    [
      'receive buffer',
      'is cut to the maximum',
      { sockets: { receiveBufferBytes: 4_194_304 } },
      'warning',
      [`sudo sysctl -w net.core.rmem_max=${WANTED_BUFFER}`],
    ],
    [
      'receive buffer',
      'is full within 10 ms',
      { sockets: { receiveBufferBytes: 212_992 }, plan: { answersPerSecond: 100_000 } },
      'missing',
      [`sudo sysctl -w net.core.rmem_max=${WANTED_BUFFER}`],
    ],
    [
      'receive buffer',
      'is the same at a tenth of that rate',
      { sockets: { receiveBufferBytes: 212_992 }, plan: { answersPerSecond: 10_000 } },
      'warning',
      [`sudo sysctl -w net.core.rmem_max=${WANTED_BUFFER}`],
    ],
    [
      'receive buffer',
      'is shared by ten sockets',
      { sockets: { receiveBufferBytes: 212_992 }, plan: { answersPerSecond: 100_000, sockets: 10 } },
      'warning',
      [`sudo sysctl -w net.core.rmem_max=${WANTED_BUFFER}`],
    ],
    ['receive buffer', 'is granted beyond a low maximum', { machine: { receiveBufferBytesMax: 212_992 } }, 'ok', []],
    ['receive buffer', 'of no socket', { sockets: { receiveBufferBytes: null } }, 'unknown', []],
    [
      'receive buffer',
      'is small and the flow says nothing',
      { sockets: { receiveBufferBytes: 212_992 }, plan: { answersPerSecond: 0 } },
      'warning',
      [`sudo sysctl -w net.core.rmem_max=${WANTED_BUFFER}`],
    ],
    [
      'send buffer',
      'is cut to the maximum',
      { sockets: { sendBufferBytes: 212_992 } },
      'warning',
      ['sudo sysctl -w net.core.wmem_max=8388608'],
    ],
    ['send buffer', 'is granted beyond a low maximum', { machine: { sendBufferBytesMax: 212_992 } }, 'ok', []],
    ['send buffer', 'of no socket', { sockets: { sendBufferBytes: null } }, 'unknown', []],
    [
      'local ports',
      'are named',
      { plan: { localPorts: { first: 6000, last: 6003 } }, machine: { localPortRange: null } },
      'ok',
      [],
    ],
    [
      'local ports',
      'are just enough',
      { plan: { sockets: 7 }, machine: { localPortRange: { first: 40_000, last: 40_009, inUse: 3 } } },
      'ok',
      [],
    ],
    [
      'local ports',
      'are one too few',
      { plan: { sockets: 8 }, machine: { localPortRange: { first: 40_000, last: 40_009, inUse: 3 } } },
      'missing',
      ['sudo sysctl -w net.ipv4.ip_local_port_range="10000 65535"', 'ss -uapn'],
    ],
    [
      'local ports',
      'are all taken in a wide range',
      { machine: { localPortRange: { first: 1_024, last: 65_535, inUse: 64_512 } } },
      'missing',
      ['ss -uapn'],
    ],
    ['local ports', 'are not told', { machine: { localPortRange: null } }, 'unknown', []],
    ['open files', 'are just enough', { machine: { openFiles: { soft: 60, hard: 60 } } }, 'ok', []],
    [
      'open files',
      'the soft limit is low',
      { machine: { openFiles: { soft: 59, hard: 4_096 } } },
      'missing',
      ['ulimit -n 128'],
    ],
    [
      'open files',
      'the hard limit is low too',
      { machine: { openFiles: { soft: 59, hard: 59 } } },
      'missing',
      ['sudo prlimit --pid $$ --nofile=128:128'],
    ],
    [
      'open files',
      'are unlimited',
      { machine: { openFiles: { soft: Number.POSITIVE_INFINITY, hard: Number.POSITIVE_INFINITY } } },
      'ok',
      [],
    ],
    [
      'processors',
      'one is too few for worker and registrar',
      { target: { sameMachine: true }, machine: { processors: { usable: 1, online: 1, quota: null } } },
      'warning',
      ['--target sip:HOST (a registrar on another machine)'],
    ],
    [
      'processors',
      'one is enough for a worker',
      { machine: { processors: { usable: 1, online: 1, quota: null } } },
      'ok',
      [],
    ],
    [
      'processors',
      'the affinity leaves one',
      { target: { sameMachine: true }, machine: { processors: { usable: 1, online: 8, quota: null } } },
      'warning',
      ['taskset -cp 0-7 $$'],
    ],
    [
      'processors',
      'the control group leaves one',
      { target: { sameMachine: true }, machine: { processors: { usable: 8, online: 8, quota: 1 } } },
      'warning',
      ['docker update --cpus=2 CONTAINER'],
    ],
    ['processors', 'more workers than the rate needs', { plan: { workers: 8 } }, 'warning', ['--workers 1']],
    ['processors', 'the rate asks for twice the workers', { plan: { workersWanted: 2 } }, 'warning', ['--rate 500/s']],
    [
      'processors',
      'the rate asks for five times the workers',
      { plan: { workersWanted: 5 } },
      'missing',
      ['--rate 200/s'],
    ],
    [
      'memory',
      'is short',
      { machine: { memory: { availableBytes: 199e6, limitedBy: 'machine' } } },
      'missing',
      ['--set identities.count=1840'],
    ],
    [
      'memory',
      'is scarce',
      { machine: { memory: { availableBytes: 240e6, limitedBy: 'machine' } } },
      'warning',
      ['--set identities.count=8400'],
    ],
    [
      'memory',
      'is short in a container',
      { machine: { memory: { availableBytes: 199e6, limitedBy: 'control group' } } },
      'missing',
      ['docker update --memory=250000000 CONTAINER', '--set identities.count=1840'],
    ],
    [
      'memory',
      'is too short for any context',
      { machine: { memory: { availableBytes: 99e6, limitedBy: 'machine' } } },
      'missing',
      ['ps -eo pid,rss,comm --sort=-rss | head'],
    ],
    ['memory', 'is not told', { machine: { memory: null } }, 'unknown', []],
    [
      'clock',
      'is hpet where tsc is to be had',
      { machine: { clockSource: { current: 'hpet', available: ['tsc', 'hpet'] } } },
      'warning',
      ['echo tsc | sudo tee /sys/devices/system/clocksource/clocksource0/current_clocksource'],
    ],
    [
      'clock',
      'is acpi_pm and nothing better',
      { machine: { clockSource: { current: 'acpi_pm', available: ['acpi_pm'] } } },
      'warning',
      [],
    ],
    ['clock', 'is slow to read whatever its name', { machine: { clockReadNs: 1_000 } }, 'warning', []],
    [
      'clock',
      'of a virtual machine',
      { machine: { clockSource: { current: 'kvm-clock', available: ['kvm-clock'] } } },
      'ok',
      [],
    ],
    ['clock', 'without a name, but fast', { machine: { clockSource: null } }, 'ok', []],
    ['sleep', 'ends late as a rule', { machine: { sleepLateUs: 900, sleepLateUsMax: 1_500 } }, 'warning', []],
    [
      'sleep',
      'ended very late once',
      { machine: { sleepLateUsMax: 10_000 } },
      'warning',
      ['ps -eo pid,pcpu,comm --sort=-pcpu | head'],
    ],
    [
      'processor clock',
      'follows the load',
      { machine: { governor: 'powersave' } },
      'warning',
      ['sudo cpupower frequency-set -g performance'],
    ],
    ['processor clock', 'is not told', { machine: { governor: null } }, 'unknown', []],
    [
      'other work',
      'takes the processors',
      { machine: { loadAverage: 3.5 } },
      'warning',
      ['ps -eo pid,pcpu,comm --sort=-pcpu | head'],
    ],
    ['other work', 'leaves enough of them', { machine: { loadAverage: 2.9 } }, 'ok', []],
    ['other work', 'is not told', { machine: { loadAverage: null } }, 'unknown', []],
  ])('%s: %s', (check, _, changes, status, mend) => {
    const finding = findingOf(check, changes);
    expect([finding.status, finding.mend]).toEqual([status, mend]);
  });
});

describe('a finding says what is, with its numbers', () => {
  it.each<[string, Changes, string]>([
    ['target', {}, 'sip:registrar.example:5060 is 192.168.0.9, another machine'],
    [
      'sockets',
      { sockets: { problems: [problem('PORT_IN_USE', 1), problem('PORT_IN_USE', 2)] } },
      'it is so, and 1 more like it',
    ],
    [
      'receive buffer',
      { machine: { receiveBufferBytesMax: 212_992 } },
      '33.6 MB granted, 8.72 s of answers (CAP_NET_ADMIN; rmem_max is 213 kB)',
    ],
    ['receive buffer', { sockets: { receiveBufferBytes: 212_992 } }, '213 kB granted, 55.3 ms of answers'],
    ['local ports', {}, '32768 to 60999, 3 of them in use'],
    ['open files', { machine: { openFiles: { soft: 59, hard: 59 } } }, 'at most 59, and no more than 59 without root'],
    [
      'processors',
      { machine: { processors: { usable: 2, online: 8, quota: 1.5 } } },
      '2 of 8 processors, time for 1.5 by the control group',
    ],
    [
      'memory',
      { machine: { memory: { availableBytes: 1e9, limitedBy: 'control group' } } },
      '1.00 GB available in the control group',
    ],
    ['clock', {}, 'tsc, 150 ns a reading'],
  ])('%s: %j', (check, changes, is) => {
    expect(findingOf(check, changes).is).toBe(is);
  });
});
