// What each command loads, counted: start-up is part of the price of every run, and it is files that cost, not the work they
// do. Node's own coverage tells which files a process and its threads have loaded, and the maps of the bundle which of our
// sources lie in them.

import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { type CliSession, openSession } from './cli-session.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const QUICKSTART = join(ROOT, 'scenarios', 'quickstart.yaml');

interface Loaded {
  readonly files: number;
  /** `src/sip`, `zod`: our folders and the packages of others. */
  readonly parts: ReadonlySet<string>;
}

/** `…/src/sip/uri.ts` -> `src/sip`; `…/node_modules/zod/v4/x.js` -> `zod`. */
const partOf = (path: string): string =>
  /node_modules\/(@[^/]+\/[^/]+|[^/]+)/.exec(path)?.[1] ?? /\/(src\/[^/]+)/.exec(path)?.[1] ?? path;

/** A bundled file is as many parts as it was made of. */
const partsOf = (file: string): string[] => {
  if (!existsSync(`${file}.map`) || file.includes('node_modules')) return [partOf(file)];
  const { sources } = JSON.parse(readFileSync(`${file}.map`, 'utf8')) as { sources: string[] };
  return sources.map((source) => partOf(join(file, '..', source)));
};

const readLoaded = (path: string): Loaded => {
  const { result } = JSON.parse(readFileSync(path, 'utf8')) as { result: { url: string }[] };
  const files = result.filter(({ url }) => url.startsWith('file:')).map(({ url }) => fileURLToPath(url));
  return { files: files.length, parts: new Set(files.flatMap(partsOf)) };
};

/** What the main thread loaded, and each of the others. */
const loadedBy = async (session: CliSession, args: readonly string[]): Promise<{ main: Loaded; threads: Loaded[] }> => {
  const folder = mkdtempSync(join(tmpdir(), 'regstorm-loaded-'));
  try {
    const { exitCode, stderr } = await session.run(args, { NODE_V8_COVERAGE: folder });
    expect(exitCode, stderr).toBe(0);
    const all = readdirSync(folder).map((name) => readLoaded(join(folder, name)));
    const main = all.filter(({ parts }) => parts.has('src/main.ts'));
    expect(main).toHaveLength(1);
    return { main: main[0]!, threads: all.filter((loaded) => loaded !== main[0]) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};

const PARTS_OF_A_RUN = [
  'src/engine',
  'src/worker',
  'src/registrar',
  'src/transport',
  'src/gate',
  'src/report',
  'src/sim',
];
const LIBRARIES = ['yargs', 'zod', 'yaml', 'hdr-histogram-js', 'piscina', 'koffi'];

const partsAmong = ({ parts }: Loaded, names: readonly string[]): string[] => names.filter((name) => parts.has(name));

describe('A command loads what it needs', () => {
  it('--help loads no library and a dozen files', async () => {
    const session = openSession();
    try {
      const { main, threads } = await loadedBy(session, ['--help']);
      expect(partsAmong(main, [...PARTS_OF_A_RUN, ...LIBRARIES, 'src/scenario'])).toEqual([]);
      expect(main.files).toBeLessThanOrEqual(14);
      expect(threads).toEqual([]);
    } finally {
      session.remove();
    }
  });

  it('validate loads neither the simulator nor what a run needs, and starts no thread', async () => {
    const session = openSession();
    try {
      const { main, threads } = await loadedBy(session, ['validate', QUICKSTART]);
      expect(partsAmong(main, [...PARTS_OF_A_RUN, ...LIBRARIES])).toEqual(['yargs', 'zod', 'yaml']);
      expect(main.files).toBeLessThanOrEqual(30);
      expect(threads).toEqual([]);
    } finally {
      session.remove();
    }
  });

  it('run loads no simulator, and its threads neither the reading of scenarios nor the judging of results', async () => {
    const session = openSession();
    try {
      const args = ['run', QUICKSTART, '--starts', '20', '--rate', '1000/s', '--workers', '1', '--on-invalid', 'warn'];
      const { main, threads } = await loadedBy(session, [
        ...args,
        '--no-thresholds',
        '--warmup',
        '0s',
        '--set',
        'identities.count=20',
      ]);
      expect(partsAmong(main, ['src/sim', 'src/engine', 'src/registrar', 'koffi'])).toEqual([]);
      expect(threads).toHaveLength(2);
      for (const thread of threads) {
        expect(partsAmong(thread, ['src/cli', 'src/coordinator', 'src/gate', 'src/report', 'src/sim'])).toEqual([]);
        expect(partsAmong(thread, ['zod', 'yaml', 'yargs', 'hdr-histogram-js'])).toEqual([]);
        expect(thread.files).toBeLessThanOrEqual(40);
      }
    } finally {
      session.remove();
    }
  });
});
