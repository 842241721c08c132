// The second half of the build: the program, the worker and the library, each with all that it needs in a few files, laid
// over what the compiler wrote to dist/. Node takes longer to find, open and link five hundred modules than to run them
// (docs/adr/0010-bundle.md). Left outside: koffi, which is native, piscina, which opens a file of its own, and
// hdr-histogram-js, which finds Node's zlib only where it has a `require` of its own.
//
// The compiler's modules stay beside it for tests, benchmarks and types; the package ships the bundle and the types.

import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { rolldown } from 'rolldown';

const PACKAGES = 'node_modules/';

/** `/…/node_modules/@scope/name/dist/a.js` -> `@scope/name`; null for our own files. */
const packageOf = (id) => {
  const at = id.lastIndexOf(PACKAGES);
  if (at < 0) return null;
  const [first, second] = id.slice(at + PACKAGES.length).split('/');
  return first.startsWith('@') ? `${first}/${second}` : first;
};

const licenceOf = (name) => {
  const folder = join(PACKAGES, name);
  const { version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const file = readdirSync(folder).find((each) => /^licen[cs]e/i.test(each));
  if (file === undefined) throw new Error(`${name} comes without the text of its licence`);
  return `${name} ${version} (${license})\n\n${readFileSync(join(folder, file), 'utf8').trim()}\n`;
};

/** What is bundled is copied, so its licences travel with it. */
const licences = {
  name: 'licences',
  generateBundle(_options, files) {
    const ids = Object.values(files).flatMap((chunk) => (chunk.type === 'chunk' ? chunk.moduleIds : []));
    const names = [...new Set(ids.map(packageOf).filter((name) => name !== null))].sort();
    const source = names.map(licenceOf).join(`\n${'-'.repeat(80)}\n\n`);
    this.emitFile({ type: 'asset', fileName: 'chunks/LICENSES.txt', source });
  },
};

/**
 * yargs lays out a help of its own after every command, which nobody sees (src/cli/help-text.ts writes ours). Characters
 * will do for its widths: counting columns as terminals do loads the locale's data, 20 ms each time.
 */
const plainWidths = {
  name: 'plain-widths',
  resolveId: (id) => (id === 'string-width' ? '\0string-width' : null),
  load: (id) => (id === '\0string-width' ? 'export default (text) => text.length;' : null),
};

// Our files do nothing when they are imported (but for the two that are programs), so that what a command does not use is
// left out of what it loads, though both are reached through one index.ts.
const treeshake = {
  moduleSideEffects: [
    { test: /[\\/]src[\\/]main\.ts$/, sideEffects: true },
    { test: /[\\/]src[\\/]/, sideEffects: false },
  ],
};

const options = {
  platform: 'node',
  external: ['koffi', 'piscina', /^hdr-histogram-js\//],
  treeshake,
};

/** The load task, which the worker's entry imports, is a file of its own beside it: see below. */
const WORKER = /[\\/]src[\\/]worker[\\/]main\.ts$/;
const loadApart = {
  name: 'load-apart',
  resolveId: (id, importer) =>
    id === './load.ts' && WORKER.test(importer) ? { id: './load.js', external: true } : null,
};

const program = await rolldown({
  ...options,
  input: { main: 'src/main.ts', index: 'src/index.ts', 'worker/main': 'src/worker/main.ts' },
  plugins: [plainWidths, loadApart, licences],
});
const written = { format: 'esm', sourcemap: true, sourcemapExcludeSources: true };
await program.write({ ...written, dir: 'dist', chunkFileNames: 'chunks/[name].js' });
await program.close();

// What makes the load, in one file that exports its task and nothing else. What a module exports, functions and numbers alike, the
// engine reads from a cell at each use and checks it; what it keeps to itself is compiled in. A sixth of the instructions
// of a registration (bench/README.md).
const ownAlone = {
  name: 'own-alone',
  generateBundle(_options, files) {
    const foreign = Object.values(files).flatMap((chunk) =>
      (chunk.moduleIds ?? []).filter((id) => packageOf(id) !== null),
    );
    if (foreign.length > 0)
      throw new Error(`the load task bundles what has a licence of its own: ${foreign.join(', ')}`);
  },
};
const load = await rolldown({ ...options, input: 'src/worker/load.ts', plugins: [ownAlone] });
await load.write({ ...written, file: 'dist/worker/load.js', codeSplitting: false });
await load.close();
