// What a result says about the machine and the command that made it, and the program's own version.

import { readFileSync } from 'node:fs';
import { availableParallelism, cpus, release } from 'node:os';
import type { RunResult } from '../metrics/index.ts';
import { assert } from '../std/index.ts';

/** From package.json, which lies two folders up in the sources and in the package alike. */
export const toolVersion = (): string => {
  const manifest: unknown = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));
  const { version } = manifest as { version?: unknown };
  assert(typeof version === 'string', 'package.json has a version');
  return version;
};

export const processors = (): number => availableParallelism();

export type MachineFacts = Pick<RunResult['environment'], 'node' | 'platform' | 'kernel' | 'cpuModel' | 'cpus'>;

export const machineFacts = (): MachineFacts => ({
  node: process.version,
  platform: `${process.platform}-${process.arch}`,
  kernel: release(),
  cpuModel: cpus()[0]?.model.trim() ?? 'unknown',
  cpus: processors(),
});
