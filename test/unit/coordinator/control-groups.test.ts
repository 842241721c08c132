import { describe, expect, it } from 'vitest';
import { readGroupLimits } from '../../../src/coordinator/control-groups.ts';

type Files = Readonly<Record<string, string>>;

const limitsOf = (files: Files) => readGroupLimits((path) => files[path] ?? null);

const MOUNT = '/sys/fs/cgroup';

describe('limits of control groups', () => {
  it.each<[string, Files, number | null, number | null]>([
    ['no such files', {}, null, null],
    [
      'version 2 without limits',
      { '/proc/self/cgroup': '0::/a', [`${MOUNT}/a/cpu.max`]: 'max 100000', [`${MOUNT}/a/memory.max`]: 'max' },
      null,
      null,
    ],
    [
      'version 2, the caches of files counted as free',
      {
        '/proc/self/cgroup': '0::/a/b',
        [`${MOUNT}/a/b/cpu.max`]: '150000 100000',
        [`${MOUNT}/a/b/memory.max`]: '1000',
        [`${MOUNT}/a/b/memory.current`]: '700',
        [`${MOUNT}/a/b/memory.stat`]: 'anon 400\ninactive_file 200\nactive_file 50',
      },
      1.5,
      500,
    ],
    [
      'version 2, the group above is tighter',
      {
        '/proc/self/cgroup': '0::/a/b',
        [`${MOUNT}/a/b/cpu.max`]: '400000 100000',
        [`${MOUNT}/a/cpu.max`]: '50000 100000',
        [`${MOUNT}/a/memory.max`]: '100',
      },
      0.5,
      100,
    ],
    [
      'version 2, in a container whose path is not there',
      { '/proc/self/cgroup': '0::/docker/1', [`${MOUNT}/cpu.max`]: '200000 100000' },
      2,
      null,
    ],
    [
      'version 2, used beyond the limit',
      { '/proc/self/cgroup': '0::/', [`${MOUNT}/memory.max`]: '100', [`${MOUNT}/memory.current`]: '150' },
      null,
      0,
    ],
    [
      'version 1',
      {
        '/proc/self/cgroup': '4:memory:/m\n2:cpu,cpuacct:/c\n0::/',
        [`${MOUNT}/cpu,cpuacct/c/cpu.cfs_quota_us`]: '300000',
        [`${MOUNT}/cpu,cpuacct/c/cpu.cfs_period_us`]: '100000',
        [`${MOUNT}/memory/m/memory.limit_in_bytes`]: '1000',
        [`${MOUNT}/memory/m/memory.usage_in_bytes`]: '900',
        [`${MOUNT}/memory/m/memory.stat`]: 'inactive_file 1\ntotal_inactive_file 300',
      },
      3,
      400,
    ],
    [
      'version 1 without limits',
      {
        '/proc/self/cgroup': '4:memory:/\n1:cpu:/',
        [`${MOUNT}/cpu/cpu.cfs_quota_us`]: '-1',
        [`${MOUNT}/cpu/cpu.cfs_period_us`]: '100000',
        [`${MOUNT}/memory/memory.limit_in_bytes`]: '9223372036854771712',
      },
      null,
      null,
    ],
  ])('%s', (_, files, processors, memoryBytes) => {
    expect(limitsOf(files)).toEqual({ processors, memoryBytes });
  });

  it('a path that climbs stays below the mount', () => {
    const files = { '/proc/self/cgroup': '0::/../../other', [`${MOUNT}/cpu.max`]: '100000 100000' };
    expect(limitsOf(files).processors).toBe(1);
  });
});
