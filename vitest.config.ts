// Four groups of tests. `unit` is computation, and commands that send no load: in parallel on every processor (by default one
// would idle), the modules loaded once by each process, since none keeps state of its own. `realtime` holds what uses sockets and
// other programs: two files at a time, after the rest. Half of their time is waiting, and what they send is little enough for a
// processor that is shared. `long` is what takes too long for every day or wants the whole machine: npm run test:long, and CI.
// `net` makes hosts and a bad network between them, as root: npm run test:net, and CI.

import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

const UNIT = [
  'test/{unit,golden,torture,property,sim,fuzz}/**/*.test.ts',
  'test/{bench,alloc}/**/*.test.ts',
  'test/{tidy,pack}.test.ts',
  'test/integration/{cli-inputs,cli-inspect,doctor,loading}.test.ts',
];
const LONG = ['test/long/**/*.test.ts'];
const NET = ['test/net/**/*.test.ts'];
const inParallel = { maxWorkers: availableParallelism(), isolate: false, sequence: { groupOrder: 0 } };
const twoAtATime = { maxWorkers: Math.min(2, availableParallelism()), isolate: false, sequence: { groupOrder: 1 } };
const oneAtATime = { maxWorkers: 1, isolate: true, sequence: { groupOrder: 1 } };

export default defineConfig({
  test: {
    environment: 'node',
    // Bounds for what hangs, not judgements: machines are shared and may be slow.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    projects: [
      { extends: true, test: { name: 'unit', include: UNIT, ...inParallel } },
      {
        extends: true,
        test: { name: 'realtime', include: ['test/**/*.test.ts'], exclude: [...UNIT, ...LONG, ...NET], ...twoAtATime },
      },
      { extends: true, test: { name: 'long', include: LONG, ...oneAtATime } },
      { extends: true, test: { name: 'net', include: NET, ...oneAtATime } },
    ],
  },
});
