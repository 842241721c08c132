// Two groups of tests. `unit` is pure computation and runs in parallel. `realtime` holds what uses sockets, other programs
// or the whole machine: one file at a time, after the rest, so that nothing competes with it for the processors.

import { defineConfig } from 'vitest/config';

const REALTIME = ['test/{integration,interop,alloc,bench}/**/*.test.ts', 'test/pack.test.ts'];

export default defineConfig({
  test: {
    environment: 'node',
    projects: [
      {
        extends: true,
        test: { name: 'unit', include: ['test/**/*.test.ts'], exclude: REALTIME, sequence: { groupOrder: 0 } },
      },
      {
        extends: true,
        test: { name: 'realtime', include: REALTIME, maxWorkers: 1, isolate: true, sequence: { groupOrder: 1 } },
      },
    ],
  },
});
