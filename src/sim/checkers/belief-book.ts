// What a context believes of its binding, as far as that can be told from outside, and the answer that it has it from.

import type { Own } from './grant.ts';

export interface Belief {
  readonly grantedSeconds: number;
  /** Null: no binding. */
  readonly untilUs: number | null;
  /** 'or none': it may have been forgotten since; 'unknown': it hangs on something that cannot be seen. */
  readonly certainty: 'known' | 'or none' | 'unknown';
}

export interface Accepted {
  readonly branch: string;
  readonly text: string;
  readonly atUs: number;
  /** When its request first left, null: before anybody saw; and the time that it asked for. */
  readonly sentUs: number | null;
  readonly askedSeconds: number;
  /** The Contacts that it was about. */
  readonly contacts: readonly Own[];
}
