// A disk that becomes full at the end of a run: a file system of two pages in a mount namespace of its own.

import { spawnSync } from 'node:child_process';
import { afterAll, describe, expect, it } from 'vitest';
import { openSession, scenario } from './cli-session.ts';

const mayMount =
  process.getuid?.() === 0 && spawnSync('unshare', ['-m', 'mount', '-t', 'tmpfs', 'none', '/mnt']).status === 0;

const session = openSession();
afterAll(() => session.remove());

describe.skipIf(!mayMount)('a disk that is full at the end of a run', () => {
  it('takes the summary for machines, not the one for people nor the printed one, and leaves no part behind', async () => {
    session.file('s.yaml', scenario({ count: 5, rate: '5/s' }));
    const run = 'regstorm run s.yaml --out full/out -q --on-invalid warn';
    const inside = `mount -t tmpfs -o size=8k none full && ${run}; echo "exit code $?"; ls -A full/out`;
    session.file('inside.sh', inside.replaceAll('regstorm', '"$@"'));
    const end = await session.shell(`mkdir full && unshare -m sh inside.sh regstorm`);
    expect(end.stdout).toContain('PASS');
    expect(end.stderr).toBe(
      'regstorm: the result folder full/out cannot be written: no space is left on the disk\n' +
        '    make room, or name another one with --out DIR\n',
    );
    expect(end.stdout).toMatch(/exit code 2\nscenario\.yaml\nsummary\.txt\n$/);
  });
});
