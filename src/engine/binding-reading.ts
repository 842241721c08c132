// What one 2xx says of our bindings: a record that read-bindings.ts fills.

/** The answer does not list our binding. */
export const NO_BINDING = -1;
/** A contact in it cannot be read, and those behind it are not counted. */
export const UNCOUNTED = -1;

/** What the 2xx at hand says. Made once, filled for every one. */
export interface BindingReading {
  /** The shortest interval of those that we asked for, 0 where one has ended, NO_BINDING where one is missing. */
  granted: number;
  /** Contacts of ours that are to be bound. */
  wanted: number;
  /** All contacts in it, or UNCOUNTED. */
  listed: number;
  isMissing: boolean;
  isZero: boolean;
  isLess: boolean;
}

export const createBindingReading = (): BindingReading => ({
  granted: NO_BINDING,
  wanted: 0,
  listed: 0,
  isMissing: false,
  isZero: false,
  isLess: false,
});
