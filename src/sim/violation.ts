// Something that must always hold does not: a bug, in the code that is watched or in the one that watches.

export class Violation extends Error {
  /** `rule: what was seen, where and when`. */
  constructor(message: string) {
    super(message);
    this.name = 'Violation';
  }
}
