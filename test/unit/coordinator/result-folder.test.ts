import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  abandonFolder,
  folderName,
  openResultFolder,
  pointLatestAt,
  STORED_SCENARIO_MARK,
  writeResultFile,
} from '../../../src/coordinator/result-folder.ts';
import { UserError } from '../../../src/std/index.ts';

let base = '';
beforeEach(() => {
  base = mkdtempSync(join(tmpdir(), 'regstorm-folder-'));
});
afterEach(() => rmSync(base, { recursive: true, force: true }));

const STARTED = new Date('2026-01-02T03:04:05.678Z');

const open = (out: string | null, runId = '1f3a5c7e') =>
  openResultFolder({ out, root: join(base, 'reports'), name: 'my gate', runId, startedAt: STARTED });

const codeOf = (action: () => unknown): string => {
  try {
    action();
  } catch (error) {
    if (error instanceof UserError) return error.code;
    throw error;
  }
  return 'no error';
};

describe('the folder of a run', () => {
  it('has a name of time, scenario and run id', () => {
    expect(folderName('my gate', '1f3a5c7e', STARTED)).toBe('20260102T030405Z-my-gate-1f3a5c7e');
  });

  it.each([
    ['../../etc', '20260102T030405Z-etc-ab'],
    ['..', '20260102T030405Z-run-ab'],
    ['ä/ö', '20260102T030405Z-run-ab'],
  ])('a scenario called %j cannot lead out of the root', (name, expected) => {
    expect(folderName(name, 'ab', STARTED)).toBe(expected);
  });

  it.skipIf(process.platform !== 'linux')(
    'below /proc, where recursive creation never returns, is refused at once',
    () => {
      expect(codeOf(() => open('/proc/nothing/results'))).toBe('OUTPUT_UNWRITABLE');
    },
  );

  it('is made with its parents, before anything is written', () => {
    const folder = open(null);
    expect(readdirSync(folder.path)).toEqual([]);
    expect(folder.created).toBe(true);
  });
});

describe('a folder named by --out', () => {
  it('may be new, or empty', () => {
    expect(open(join(base, 'new')).created).toBe(true);
    mkdirSync(join(base, 'empty'));
    expect(open(join(base, 'empty')).created).toBe(false);
  });

  it('of an earlier run loses its files at once, so that no stale verdict stays', () => {
    const out = join(base, 'out');
    const first = open(out);
    writeResultFile(first, 'summary.json', '{"tool":{"name":"regstorm"}}');
    writeResultFile(first, 'summary.txt', 'PASS');
    writeFileSync(join(out, 'notes.txt'), 'mine');
    open(out);
    expect(readdirSync(out)).toEqual(['notes.txt']);
  });

  it('of a run that was killed is known by its stored scenario', () => {
    const out = join(base, 'out');
    writeResultFile(open(out), 'scenario.yaml', `${STORED_SCENARIO_MARK}\nversion: 1\n`);
    expect(codeOf(() => open(out))).toBe('no error');
  });

  it.each([
    ['a scenario of the operator', 'scenario.yaml', 'version: 1\n'],
    ["another tool's summary", 'summary.json', '{"tool":{"name":"other"}}'],
    ['a broken summary', 'summary.json', '{'],
    ['anything else', 'photo.jpg', ''],
  ])('with %s is refused and left as it is', (_, file, content) => {
    const out = join(base, 'foreign');
    mkdirSync(out);
    writeFileSync(join(out, file), content);
    expect(codeOf(() => open(out))).toBe('OUTPUT_FOREIGN');
    expect(readFileSync(join(out, file), 'utf8')).toBe(content);
  });

  it('that is a file, or lies below one, cannot be written', () => {
    writeFileSync(join(base, 'file'), '');
    expect(codeOf(() => open(join(base, 'file')))).toBe('OUTPUT_UNWRITABLE');
    expect(codeOf(() => open(join(base, 'file', 'below')))).toBe('OUTPUT_UNWRITABLE');
  });
});

describe('a file that cannot be written', () => {
  it('leaves no part of it behind, and the others can be', () => {
    const folder = open(join(base, 'out'));
    mkdirSync(join(folder.path, 'summary.json', 'x'), { recursive: true });
    expect(codeOf(() => writeResultFile(folder, 'summary.json', '{}'))).toBe('OUTPUT_UNWRITABLE');
    writeResultFile(folder, 'summary.txt', 'PASS');
    expect(readdirSync(folder.path).sort()).toEqual(['summary.json', 'summary.txt']);
  });

  it('is told in words', () => {
    const folder = open(join(base, 'out'));
    rmSync(folder.path, { recursive: true });
    expect(() => writeResultFile(folder, 'summary.txt', 'PASS')).toThrow(
      `the result folder ${folder.path} cannot be written: it is not there, and cannot be made`,
    );
  });
});

describe('reports/latest', () => {
  it('points at the newest run, and is replaced', () => {
    const first = open(null, 'aaaaaaaa');
    expect(pointLatestAt(first)).toBeNull();
    const second = open(null, 'bbbbbbbb');
    expect(pointLatestAt(second)).toBeNull();
    expect(readlinkSync(join(base, 'reports', 'latest'))).toBe('20260102T030405Z-my-gate-bbbbbbbb');
  });

  it('stays as it is for a folder named by --out', () => {
    expect(pointLatestAt(open(join(base, 'out')))).toBeNull();
    expect(existsSync(join(base, 'latest'))).toBe(false);
  });

  it('that is a folder of somebody else is a warning, and leaves nothing behind', () => {
    mkdirSync(join(base, 'reports', 'latest', 'x'), { recursive: true });
    const folder = open(null);
    expect(pointLatestAt(folder)).toContain('was not updated');
    expect(readdirSync(join(base, 'reports')).sort()).toEqual(['20260102T030405Z-my-gate-1f3a5c7e', 'latest']);
  });
});

describe('a run that ends before its first packet', () => {
  it('leaves no folder', () => {
    const folder = open(null);
    writeResultFile(folder, 'scenario.yaml', 'x');
    abandonFolder(folder);
    expect(existsSync(folder.path)).toBe(false);
  });

  it('leaves a folder that was there before', () => {
    mkdirSync(join(base, 'out'));
    abandonFolder(open(join(base, 'out')));
    expect(readdirSync(join(base, 'out'))).toEqual([]);
  });
});
