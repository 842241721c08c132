// A REGISTER that differs from context to context only in a few places. The text is taken apart once into literal bytes
// and operations; composing one request is then a handful of copies and number writes into the slab that is sent. A
// request composed twice from the same fields has the same bytes, which is what a retransmission is.
//
//   literal | index | literal | branch | literal | … | (credentials) | literal
//
// The pieces before and after the place of the credentials are composed by two calls; what stands between them (an
// Authorization header line, or nothing) is written by the caller.

import { assert, encodeUtf8, writeDecimal, writeHex, writePaddedDecimal } from '../std/index.ts';
import type { BranchReader } from './branch.ts';
import { BRANCH_BYTES, writeBranch } from './branch.ts';

/** One piece of the text. `index` is the identity's number, padded with zeros to `width` digits. */
export type TemplatePiece =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'index'; readonly width: number }
  | { readonly kind: 'branch' | 'fromTag' | 'cseq' | 'credentials' };

const OP_INDEX = 0;
const OP_BRANCH = 1;
const OP_FROM_TAG = 2;
const OP_CSEQ = 3;
const OP_NONE = 4;

const MOST_DIGITS = 16;
const FROM_TAG_DIGITS = 8;

/** What differs between two requests of one template. Reused from message to message. */
export interface RegisterFields {
  index: number;
  fromTag: number;
  cseq: number;
  slot: number;
  generation: number;
}

/** Alternating literals and operations: literal 0, operation 0, literal 1, operation 1, … */
export interface CompiledText {
  readonly literals: readonly Uint8Array[];
  readonly operations: Uint8Array;
  readonly widths: Uint8Array;
  readonly longestBytes: number;
}

export interface RegisterTemplate {
  readonly head: CompiledText;
  readonly tail: CompiledText;
  readonly branch: BranchReader;
}

/** `pieces` holds exactly one piece of kind credentials. */
export function createRegisterTemplate(pieces: readonly TemplatePiece[], branch: BranchReader): RegisterTemplate {
  const at = pieces.findIndex((piece) => piece.kind === 'credentials');
  assert(at >= 0, 'a REGISTER template has a place for credentials');
  return { head: compileText(pieces.slice(0, at)), tail: compileText(pieces.slice(at + 1)), branch };
}

/** Takes a text apart; `credentials` must not be among the pieces. */
export function compileText(pieces: readonly TemplatePiece[]): CompiledText {
  const literals: string[] = [''];
  const operations: number[] = [];
  const widths: number[] = [];
  for (const piece of pieces) {
    if (piece.kind === 'text') {
      literals[literals.length - 1] += piece.text;
      continue;
    }
    operations.push(operationOf(piece));
    widths.push(piece.kind === 'index' ? piece.width : 0);
    literals.push('');
  }
  const bytes = literals.map((text) => encodeUtf8(text));
  const longestBytes =
    bytes.reduce((sum, literal) => sum + literal.length, 0) +
    operations.reduce((sum, operation, i) => sum + longestOf(operation, widths[i] ?? 0), 0);
  return {
    literals: bytes,
    operations: Uint8Array.from([...operations, OP_NONE]),
    widths: Uint8Array.from([...widths, 0]),
    longestBytes,
  };
}

function operationOf(piece: TemplatePiece): number {
  switch (piece.kind) {
    case 'index':
      return OP_INDEX;
    case 'branch':
      return OP_BRANCH;
    case 'fromTag':
      return OP_FROM_TAG;
    case 'cseq':
      return OP_CSEQ;
    default:
      throw new Error(`not an operation: ${piece.kind}`);
  }
}

const longestOf = (operation: number, width: number): number =>
  operation === OP_BRANCH ? BRANCH_BYTES : Math.max(width, MOST_DIGITS);

/** Writes a compiled text at `at` and returns its end. */
export function composeText(
  text: CompiledText,
  fields: RegisterFields,
  branch: BranchReader,
  out: Uint8Array,
  at: number,
): number {
  const { literals, operations, widths } = text;
  for (let i = 0; i < literals.length; i++) {
    const literal = literals[i]!;
    out.set(literal, at);
    at += literal.length;
    switch (operations[i]) {
      case OP_INDEX:
        at = writePaddedDecimal(out, at, fields.index, widths[i]!);
        break;
      case OP_BRANCH:
        at = writeBranch(out, at, branch, fields.slot, fields.generation);
        break;
      case OP_FROM_TAG:
        at = writeHex(out, at, fields.fromTag, FROM_TAG_DIGITS);
        break;
      case OP_CSEQ:
        at = writeDecimal(out, at, fields.cseq);
        break;
      default:
        break;
    }
  }
  return at;
}
