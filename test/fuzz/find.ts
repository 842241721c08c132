// What a fuzz target throws when the code under test broke a promise. Any other exception is a find as well: nothing that
// is fuzzed here may throw, save the scenario loader its UserError.

export class Find extends Error {
  override readonly name = 'Find';
}

/** `detail` is only asked for when it is needed, since it is text. */
export const insist = (condition: boolean, what: string, detail: () => string): void => {
  if (!condition) throw new Find(`${what}: ${detail()}`);
};
