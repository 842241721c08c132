// What the process' control groups (cgroups(7)) leave it of processors and memory: a container with `--cpus=1` sees all
// processors of its host, and one with `--memory=512m` all of its memory. A limit holds for everything below it, so each
// group from our own up to the root is asked, and the tightest counts.
//
//   version 2   0::/a/b          <mount>/a/b/cpu.max, memory.max, memory.current
//   version 1   4:memory:/a/b    <mount>/memory/a/b/memory.limit_in_bytes, memory.usage_in_bytes
//
// In a container the path may be the host's while the mount shows only the container's own part; what is not there is passed.

import type { ReadText } from './system-files.ts';
import { readNumber } from './system-files.ts';

const MOUNT = '/sys/fs/cgroup';
const MOUNTS_V2: readonly string[] = [MOUNT, `${MOUNT}/unified`];
const DEPTH_MAX = 64;
/** Version 1 says "no limit" as the greatest number of whole pages. */
const UNLIMITED_BYTES = 2 ** 62;

export interface GroupLimits {
  /** How many processors' worth of time; null: no limit. */
  readonly processors: number | null;
  /** What may still be taken, caches that would give way counted in; null: no limit. */
  readonly memoryBytes: number | null;
}

export const readGroupLimits = (read: ReadText): GroupLimits => {
  const groups = groupFolders(read('/proc/self/cgroup') ?? '');
  return {
    processors: least([
      ...groups.unified.map((folder) => quotaOf(read(`${folder}/cpu.max`))),
      ...groups.cpu.map((folder) => quotaV1(read, folder)),
    ]),
    memoryBytes: least([
      ...groups.unified.map((folder) =>
        roomIn(read, folder, { limit: 'memory.max', usage: 'memory.current', cache: 'inactive_file' }),
      ),
      ...groups.memory.map((folder) =>
        roomIn(read, folder, {
          limit: 'memory.limit_in_bytes',
          usage: 'memory.usage_in_bytes',
          cache: 'total_inactive_file',
        }),
      ),
    ]),
  };
};

interface Folders {
  readonly unified: string[];
  readonly cpu: string[];
  readonly memory: string[];
}

/** The folders of each hierarchy, our own group first. */
const groupFolders = (text: string): Folders => {
  const folders: Folders = { unified: [], cpu: [], memory: [] };
  for (const line of text.split('\n')) {
    const [, controllers = '', path = ''] = /^\d+:([^:]*):(\/.*)$/.exec(line) ?? [];
    if (path === '') continue;
    if (controllers === '') folders.unified.push(...MOUNTS_V2.flatMap((mount) => upwards(mount, path)));
    const names = controllers.split(',');
    if (names.includes('cpu')) folders.cpu.push(...upwards(`${MOUNT}/${controllers}`, path));
    if (names.includes('memory')) folders.memory.push(...upwards(`${MOUNT}/${controllers}`, path));
  }
  return folders;
};

const upwards = (mount: string, path: string): string[] => {
  const names = path.split('/').filter((name) => name !== '' && name !== '..');
  const folders: string[] = [];
  for (let length = Math.min(names.length, DEPTH_MAX); length >= 0; length--) {
    folders.push([mount, ...names.slice(0, length)].join('/'));
  }
  return folders;
};

/** `150000 100000` is one and a half processors, `max 100000` no limit. */
const quotaOf = (text: string | null): number | null => {
  const match = /^(\d+) (\d+)$/.exec(text ?? '');
  return match === null ? null : Number(match[1]) / Number(match[2]);
};

const quotaV1 = (read: ReadText, folder: string): number | null => {
  const quota = readNumber(read, `${folder}/cpu.cfs_quota_us`);
  const period = readNumber(read, `${folder}/cpu.cfs_period_us`);
  return quota === null || period === null || quota <= 0 || period <= 0 ? null : quota / period;
};

interface MemoryFiles {
  readonly limit: string;
  readonly usage: string;
  /** Line of memory.stat: what files left in memory and the kernel drops first. */
  readonly cache: string;
}

const roomIn = (read: ReadText, folder: string, files: MemoryFiles): number | null => {
  const limit = readNumber(read, `${folder}/${files.limit}`);
  if (limit === null || limit >= UNLIMITED_BYTES) return null;
  const usage = readNumber(read, `${folder}/${files.usage}`) ?? 0;
  const cache = new RegExp(`^${files.cache} (\\d+)$`, 'm').exec(read(`${folder}/memory.stat`) ?? '')?.[1];
  return Math.max(0, limit - usage + Number(cache ?? 0));
};

const least = (values: readonly (number | null)[]): number | null => {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : Math.min(...known);
};
