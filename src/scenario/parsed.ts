// What a value parser gives back: the value, or one sentence that says what was expected. Parsers of this folder never
// throw; whoever calls them adds the place.

export type Parsed<T> = { readonly ok: true; readonly value: T } | Fault;

export interface Fault {
  readonly ok: false;
  readonly message: string;
  /** Where in the parsed text the trouble is, in characters from its start. */
  readonly offset: number;
}

export const parsed = <T>(value: T): Parsed<T> => ({ ok: true, value });

export const fault = (message: string, offset = 0): Fault => ({ ok: false, message, offset });

/** A text in double quotes for a message: control characters made visible, cut to a readable length. */
export const quoted = (text: string): string => JSON.stringify(text.length > 60 ? `${text.slice(0, 57)}...` : text);

/** Tells a problem with the value at a path. */
export type Tell = (path: string, message: string) => void;
