// The package as its users get it: packed, installed from the tarball into an empty folder, and run from there. It packs
// the dist that `npm test` has just built.

import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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
    expect(code.sort()).toEqual(['dist/index.js', 'dist/main.js', 'dist/worker/load.js', 'dist/worker/main.js']);
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

  it("import 'regstorm' gives RegistrationClient: an example that it ships registers with the registrar that it ships", async () => {
    const registrar = spawn(command, ['registrar', '--listen', '127.0.0.1:0', '--users', '10', '--password', 'secret']);
    try {
      const [said] = (await once(registrar.stdout, 'data')) as [Buffer];
      const port = /listening on 127\.0\.0\.1:(\d+)/.exec(said.toString())?.[1];
      const args = [join(installed, 'examples', 'register.mjs'), `sip:127.0.0.1:${port}`];
      const { stdout } = await run(process.execPath, args, { timeout: RUN_WITHIN_MS });
      expect(stdout.split('\n')[0]).toBe('registered: rid 1, 1800 s, 2 requests');
    } finally {
      registrar.kill();
      await once(registrar, 'exit');
    }
  });

  it('has the types of its library, which a program is checked against', async () => {
    const program = `
      import { RegistrationClient, type Registration, type RegistrationEvents, runScenario } from 'regstorm';
      const client: RegistrationClient = new RegistrationClient({
        timers: { t1Ms: 500 },
        nat: 'direct',
        keepalive: { kind: 'stun', everySeconds: 20 },
        profile: 'exosip2',
      });
      client.on('failed', ({ cause, retryInSeconds }) => console.log(cause.length, retryInSeconds?.toFixed()));
      const registration: Registration = await client.register({ from: 'sip:a@b.example', expires: 60 });
      const { transactions } = await registration.refresh();
      export const latencies: (number | null)[] = transactions.map(({ latencyUs }) => latencyUs);
      export type Names = keyof RegistrationEvents;
      client.on('mapping', ({ before, seen }) => console.log(before?.port, seen.address));
      client.buildInitialRegister({ from: 'sip:a@b.example?X-A=1' }).setBody(new Uint8Array(1), 'a/b').setBody('x', 'a/b');
      export const lost: number = client.statistics().keepalives.lost;
      // @ts-expect-error: a body says what it is
      client.buildInitialRegister({ from: 'sip:a@b.example' }).setBody('x');
      // @ts-expect-error: a number of seconds, not a text
      await registration.refresh({ expires: '60' });
      console.log(typeof runScenario);
    `;
    const app = join(folder, 'app');
    writeFileSync(join(app, 'program.ts'), program);
    const options = ['--strict', '--noEmit', '--module', 'nodenext', '--target', 'es2023', '--types', 'node'];
    const types = ['--typeRoots', join(ROOT, 'node_modules', '@types')];
    const tsc = join(ROOT, 'node_modules', '.bin', 'tsc');
    writeFileSync(join(app, 'package.json'), JSON.stringify({ ...readManifest(app), type: 'module' }));
    const { stdout } = await run(tsc, [...options, ...types, 'program.ts'], { cwd: app, timeout: RUN_WITHIN_MS });
    expect(stdout).toBe('');
  });
});

const readManifest = (app: string): object => JSON.parse(readFileSync(join(app, 'package.json'), 'utf8')) as object;
