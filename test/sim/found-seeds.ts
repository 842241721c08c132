// Seeds that once showed a bug, each under the name of the bug. They are played in every test run, so that what was mended
// stays mended; docs/TRUST.md tells the stories.

export interface FoundSeed {
  readonly seed: number;
  /** Length of the load as it was asked for; null: drawn. */
  readonly hours: number | null;
  readonly bug: string;
}

export const FOUND_SEEDS: readonly FoundSeed[] = [];
