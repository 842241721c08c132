// The package as its users get it: packed, installed from the tarball into an empty folder, and run from there. It packs
// the dist that `npm test` has just built.

import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const INSTALL_WITHIN_MS = 240_000;
const RUN_WITHIN_MS = 30_000;
const version = (JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string }).version;

const run = promisify(execFile);
const folder = mkdtempSync(join(tmpdir(), 'regstorm-pack-'));
const installed = join(folder, 'app', 'node_modules', 'regstorm');
const command = join(folder, 'app', 'node_modules', '.bin', 'regstorm');
let packed: readonly string[] = [];

beforeAll(async () => {
  if (!existsSync(join(ROOT, 'dist', 'main.js'))) throw new Error('dist/main.js is missing: npm run build');
  const pack = await run('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', folder], { cwd: ROOT });
  packed = readPackList(pack.stdout);
  const tarball = join(folder, `regstorm-${version}.tgz`);
  const quiet = ['--no-audit', '--no-fund', '--prefer-offline'];
  await run('npm', ['install', '--prefix', join(folder, 'app'), '--ignore-scripts', ...quiet, tarball], {
    cwd: folder,
  });
}, INSTALL_WITHIN_MS);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** npm 10 and 11 print a list with one package; later ones an object keyed by the package's name. */
const readPackList = (stdout: string): readonly string[] => {
  const [first] = Object.values(JSON.parse(stdout) as Record<string, { files: readonly { path: string }[] }>);
  return (first?.files ?? []).map(({ path }) => path);
};

describe('a checkout after the build', () => {
  it('runs as npx regstorm', async () => {
    const { stdout } = await run('npx', ['--no-install', 'regstorm', '--version'], {
      cwd: ROOT,
      timeout: RUN_WITHIN_MS,
    });
    expect(stdout.trim()).toBe(version);
  });
});

describe('the package installed from its tarball', () => {
  it('holds what runs and what explains it, and neither sources nor tests', () => {
    for (const path of ['dist/main.js', 'dist/index.js', 'dist/index.d.ts', 'README.md', 'LICENSE', 'CHANGELOG.md']) {
      expect(packed).toContain(path);
    }
    expect(packed.filter((path) => /^(src|test|bench|reports|\.ci)\//.test(path))).toEqual([]);
    // Of the build: the bundle with the licences of what lies in it, and the types; not the modules that it was made of.
    expect(packed).toContain('dist/chunks/LICENSES.txt');
    const code = packed.filter((path) => path.endsWith('.js') && !path.startsWith('dist/chunks/'));
    expect(code.sort()).toEqual(['dist/index.js', 'dist/main.js', 'dist/worker/main.js']);
  });

  it('regstorm --version prints the version of package.json', async () => {
    const { stdout } = await run(command, ['--version'], { timeout: RUN_WITHIN_MS });
    expect(stdout.trim()).toBe(version);
  });

  it('regstorm validate accepts every example that it ships', async () => {
    const scenarios = join(installed, 'scenarios');
    const files = readdirSync(scenarios).filter((name) => name.endsWith('.yaml'));
    expect(files.length).toBeGreaterThan(0);
    await run(command, ['validate', ...files.map((name) => join(scenarios, name))], { timeout: RUN_WITHIN_MS });
  });

  it("import 'regstorm' gives runScenario", async () => {
    const script = "console.log(typeof (await import('regstorm')).runScenario)";
    const args = ['--input-type=module', '--eval', script];
    const { stdout } = await run(process.execPath, args, { cwd: join(folder, 'app'), timeout: RUN_WITHIN_MS });
    expect(stdout.trim()).toBe('function');
  });
});
