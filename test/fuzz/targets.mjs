// What is fuzzed: the names of the targets, how often the long form executes each, and which folders of src its coverage
// watches. 20,000,000 over parser, challenge and Contact list, 100,000 of the scenario loader.

export const TARGETS = [
  { name: 'parser', executions: 8_000_000, watched: ['sip', 'std'] },
  { name: 'challenge', executions: 6_000_000, watched: ['sip', 'std'] },
  { name: 'contacts', executions: 6_000_000, watched: ['sip', 'std'] },
  { name: 'scenario', executions: 100_000, watched: ['scenario', 'std'] },
];

/** Longer than a datagram on an Ethernet, and than a scenario of a hundred lines. */
export const SIZE_BYTES_MOST = 2048;

/** Of the memory in which a thread leaves its current input; the input follows. */
export const SHARED_HEAD_BYTES = 8;
