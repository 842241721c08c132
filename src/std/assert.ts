// Assertions state what must be true whatever a peer or an operator does; a failed one is a bug in regstorm and ends the
// run. Bytes from the wire must never reach one.

export class AssertionError extends Error {
  override readonly name = 'AssertionError';
}

export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new AssertionError(message);
}

/** For the default arm of an exhaustive switch. */
export const assertNever = (value: never, what: string): never => {
  throw new AssertionError(`unexpected ${what}: ${JSON.stringify(value)}`);
};
