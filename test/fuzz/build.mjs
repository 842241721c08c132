// The fuzz targets and what they test as CommonJS, in a folder that git ignores: the coverage of jsfuzz hooks `require`,
// which sees no ES module (docs/adr/0008-jsfuzz.md). Nothing of this is shipped.

import { spawnSync } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const BUILD = fileURLToPath(new URL('.build/', import.meta.url));

/** Where a source, named from the root of the repository without its ending, lies as CommonJS. */
export const builtFile = (name) => join(BUILD, `${name}.js`);

/** Throws with the compiler's words when it does not compile. */
export const buildTargets = () => {
  rmSync(BUILD, { recursive: true, force: true });
  mkdirSync(BUILD, { recursive: true });
  writeFileSync(join(BUILD, 'package.json'), '{ "type": "commonjs" }\n');
  const compiler = join(dirname(createRequire(import.meta.url).resolve('typescript/package.json')), 'bin/tsc');
  const config = join(ROOT, 'tsconfig.fuzz.json');
  const { status, stdout, stderr } = spawnSync(process.execPath, [compiler, '-p', config], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`the fuzz targets do not compile\n${stdout}${stderr}`);
};
