// What a text is that was taken apart: pieces as they are written down, and literals with operations between them as they are
// composed (register-template.ts; value-text.ts where a table has a part of it).

import type { ValueTable } from '../std/index.ts';

/**
 * One piece of the text. `bytes` stand as they are, whatever they are; `index` is the identity's number, padded with zeros to
 * `width` digits; `expires` a number of exactly so many digits, for requests that ask for longer than their step says; `instance` the identity's UUID, which follows from its
 * number and the seed; `bodyBytes` the length of all that stands behind the empty line; `value` what a table says in the row of
 * the identity's number (value-text.ts), `longestBytes` at most.
 */
export type TemplatePiece =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'bytes'; readonly bytes: Uint8Array }
  | { readonly kind: 'index'; readonly width: number }
  | { readonly kind: 'expires'; readonly digits: number }
  | { readonly kind: 'instance'; readonly seed: number }
  | { readonly kind: 'bodyBytes' }
  | { readonly kind: 'value'; readonly values: ValueTable; readonly column: number; readonly longestBytes: number }
  | { readonly kind: 'branch' | 'fromTag' | 'cseq' | 'credentials' };

export const OP_INDEX = 0;
export const OP_BRANCH = 1;
export const OP_FROM_TAG = 2;
export const OP_CSEQ = 3;
export const OP_EXPIRES = 4;
export const OP_INSTANCE = 5;
export const OP_BODY_BYTES = 6;
export const OP_VALUE = 7;
export const OP_NONE = 8;

/** What differs between two requests of one template. Reused from message to message. */
export interface RegisterFields {
  index: number;
  fromTag: number;
  cseq: number;
  slot: number;
  generation: number;
  /** Read where a text has a piece `expires`. */
  expires: number;
}

/** Alternating literals and operations: literal 0, operation 0, literal 1, operation 1, … */
export interface CompiledText {
  readonly literals: readonly Uint8Array[];
  readonly operations: Uint8Array;
  /** Of an operation OP_VALUE its column. */
  readonly widths: Uint8Array;
  readonly instanceSeed: number;
  /** Where OP_VALUE finds its texts; null: the text has none, and stencils serve. */
  readonly values: ValueTable | null;
  readonly longestBytes: number;
  /** By the digits of the index and of the CSeq number; null until it is needed. */
  readonly stencils: (Stencil | null)[];
}

/** No such operation in a stencil. */
export const NOWHERE = -1;

/**
 * A compiled text whose numbers have certain lengths: its bytes, and where each operation writes how many of them. What nearly
 * every request has once stands by its name, so that composing needs no turn of a loop for it.
 */
export interface Stencil {
  readonly bytes: Uint8Array;
  readonly gapAt: Uint32Array;
  readonly gapBytes: Uint8Array;
  readonly branchAt: number;
  readonly fromTagAt: number;
  readonly cseqAt: number;
  readonly cseqBytes: number;
  /** The operations OP_INDEX, by their numbers. */
  readonly indexes: Uint16Array;
  /** All that is neither named above nor an index. */
  readonly others: Uint16Array;
}
