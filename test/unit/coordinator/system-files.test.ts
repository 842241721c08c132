import { describe, expect, it } from 'vitest';
import { openFilesLimits } from '../../../src/coordinator/descriptors.ts';
import {
  readAvailableMemory,
  readClockSource,
  readGovernor,
  readNumber,
  readPortRange,
  readText,
} from '../../../src/coordinator/system-files.ts';

const reading = (files: Readonly<Record<string, string>>) => (path: string) => files[path] ?? null;
const nothing = reading({});

const UDP_TABLE = `   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
  352: 0100007F:13C4 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 1 2 0 0
  353: 00000000:8000 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 2 2 0 0
 1353: 00000000:EE47 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 3 2 0 0
`;

describe('what Linux tells in files', () => {
  it('the range of local ports, with the UDP sockets within it', () => {
    const read = reading({ '/proc/sys/net/ipv4/ip_local_port_range': '32768\t60999', '/proc/net/udp': UDP_TABLE });
    expect(readPortRange(read)).toEqual({ first: 32_768, last: 60_999, inUse: 2 });
  });

  it('the clock and those that could be chosen', () => {
    const folder = '/sys/devices/system/clocksource/clocksource0';
    const read = reading({
      [`${folder}/current_clocksource`]: 'hpet',
      [`${folder}/available_clocksource`]: 'tsc hpet acpi_pm',
    });
    expect(readClockSource(read)).toEqual({ current: 'hpet', available: ['tsc', 'hpet', 'acpi_pm'] });
  });

  it('available memory in bytes, the governor, a number', () => {
    const read = reading({
      '/proc/meminfo': 'MemTotal: 9 kB\nMemAvailable:    2048 kB\nBuffers: 1 kB',
      '/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor': 'powersave',
      '/n': '4194304',
      '/m': 'many',
    });
    expect([readAvailableMemory(read), readGovernor(read)]).toEqual([2_097_152, 'powersave']);
    expect([readNumber(read, '/n'), readNumber(read, '/m')]).toEqual([4_194_304, null]);
  });

  it('soft and hard limit on open files', () => {
    const limits = (soft: string, hard: string): string => `Max open files            ${soft}     ${hard}     files`;
    expect(openFilesLimits(limits('1024', '4096'))).toEqual({ soft: 1_024, hard: 4_096 });
    expect(openFilesLimits(limits('1024', 'unlimited'))).toEqual({ soft: 1_024, hard: Number.POSITIVE_INFINITY });
    expect(openFilesLimits('')).toBeNull();
  });

  it('nothing where there are no such files', () => {
    expect([readPortRange(nothing), readClockSource(nothing), readAvailableMemory(nothing)]).toEqual([
      null,
      null,
      null,
    ]);
    expect([readGovernor(nothing), readNumber(nothing, '/n')]).toEqual([null, null]);
    expect(readText('/no/such/file')).toBeNull();
  });
});
