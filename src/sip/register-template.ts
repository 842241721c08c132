// A REGISTER that differs from context to context only in a few places. The text is taken apart once into literal bytes
// and operations:
//
//   literal | index | literal | branch | literal | … | (credentials) | literal
//
// How long a number is decides where everything behind it stands. So for each pair of lengths that the index and the CSeq
// number have had, there is a stencil: the whole text with gaps, and where the gaps are. Composing is one copy of the
// stencil into the slab that is sent, and a few digits written into its gaps. A request composed twice from the same fields
// has the same bytes, which is what a retransmission is.
//
// The pieces before and after the place of the credentials are composed by two calls, with what stands between them (an
// Authorization header line) written by the caller; without credentials one call composes it all.

import { assert, decimalDigits, encodeUtf8, equalBytes, readDecimal, writeDigits, writeHex } from '../std/index.ts';
import type { BranchReader } from './branch.ts';
import { BRANCH_BYTES, writeBranch, writeRow } from './branch.ts';
import type { CompiledText, RegisterFields, Stencil, TemplatePiece } from './compiled-text.ts';
import {
  NOWHERE,
  OP_BODY_BYTES,
  OP_BRANCH,
  OP_CSEQ,
  OP_EXPIRES,
  OP_FROM_TAG,
  OP_INDEX,
  OP_INSTANCE,
  OP_NONE,
  OP_VALUE,
} from './compiled-text.ts';
import { UUID_BYTES, writeUuid } from './instance.ts';
import { composeValues, isComposedOfValues } from './value-text.ts';

const MOST_DIGITS = 16;
const FROM_TAG_DIGITS = 8;
/** Of an index, in a user name of the form u{index:8}. */
const USUAL_DIGITS = 8;
const ASCII_ZERO = 0x30;
/** Two line ends: that of Content-Length, which is the last header, and the empty line. */
const EMPTY_LINE_BYTES = 4;
const MOST_READ = 2 ** 32 - 1;

export interface RegisterTemplate {
  /** The request without credentials. */
  readonly plain: CompiledText;
  readonly head: CompiledText;
  readonly tail: CompiledText;
  readonly branch: BranchReader;
}

/** `pieces` holds exactly one piece of kind credentials. */
export function createRegisterTemplate(pieces: readonly TemplatePiece[], branch: BranchReader): RegisterTemplate {
  const at = pieces.findIndex((piece) => piece.kind === 'credentials');
  assert(at >= 0, 'a REGISTER template has a place for credentials');
  const head = pieces.slice(0, at);
  const tail = pieces.slice(at + 1);
  return { plain: compileText([...head, ...tail]), head: compileText(head), tail: compileText(tail), branch };
}

/** Takes a text apart; `credentials` must not be among the pieces. */
export function compileText(pieces: readonly TemplatePiece[]): CompiledText {
  const literals: Uint8Array[][] = [[]];
  const operations: number[] = [];
  const widths: number[] = [];
  for (const piece of pieces) {
    if (piece.kind === 'text' || piece.kind === 'bytes') {
      literals.at(-1)!.push(piece.kind === 'text' ? encodeUtf8(piece.text) : piece.bytes);
      continue;
    }
    operations.push(operationOf(piece));
    widths.push(widthOf(piece));
    literals.push([]);
  }
  const bytes = literals.map(joined);
  const longestBytes =
    bytes.reduce((sum, literal) => sum + literal.length, 0) + pieces.reduce((sum, piece) => sum + longestOf(piece), 0);
  return {
    literals: bytes,
    operations: Uint8Array.from([...operations, OP_NONE]),
    widths: Uint8Array.from([...widths, 0]),
    instanceSeed: pieces.find((piece) => piece.kind === 'instance')?.seed ?? 0,
    values: pieces.find((piece) => piece.kind === 'value')?.values ?? null,
    longestBytes,
    stencils: Array.from({ length: (MOST_DIGITS + 1) * (MOST_DIGITS + 1) }, () => null),
  };
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

function widthOf(piece: TemplatePiece): number {
  if (piece.kind === 'expires') return piece.digits;
  if (piece.kind === 'value') return piece.column;
  return piece.kind === 'index' ? piece.width : 0;
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
    case 'expires':
      return OP_EXPIRES;
    case 'instance':
      return OP_INSTANCE;
    case 'bodyBytes':
      return OP_BODY_BYTES;
    case 'value':
      return OP_VALUE;
    default:
      throw new Error(`not an operation: ${piece.kind}`);
  }
}

const longestOf = (piece: TemplatePiece): number => {
  if (piece.kind === 'text' || piece.kind === 'bytes') return 0;
  if (piece.kind === 'value') return piece.longestBytes;
  if (piece.kind === 'instance') return UUID_BYTES;
  return piece.kind === 'branch' ? BRANCH_BYTES : Math.max(widthOf(piece), MOST_DIGITS);
};

/** Writes a compiled text at `at` and returns its end. */
export function composeText(
  text: CompiledText,
  fields: RegisterFields,
  branch: BranchReader,
  out: Uint8Array,
  at: number,
): number {
  if (text.values !== null) return composeValues(text, text.values, fields, branch, out, at);
  const stencil = stencilFor(text, fields, branch);
  const { bytes, gapAt, gapBytes, branchAt, fromTagAt, cseqAt, indexes } = stencil;
  out.set(bytes, at);
  if (branchAt !== NOWHERE) writeRow(out, at + branchAt, fields.slot, fields.generation);
  if (fromTagAt !== NOWHERE) writeHex(out, at + fromTagAt, fields.fromTag, FROM_TAG_DIGITS);
  if (cseqAt !== NOWHERE) writeDigits(out, at + cseqAt, fields.cseq, stencil.cseqBytes);
  let written = NOWHERE;
  for (let i = 0; i < indexes.length; i++) {
    const gap = indexes[i]!;
    const to = at + gapAt[gap]!;
    // The usual digits are found once, and copied where they stand again.
    if (gapBytes[gap] !== USUAL_DIGITS) writeDigits(out, to, fields.index, gapBytes[gap]!);
    else if (written === NOWHERE) {
      writeDigits(out, to, fields.index, USUAL_DIGITS);
      written = to;
    } else copyUsualDigits(out, written, to);
  }
  if (stencil.others.length > 0) composeOthers(text, stencil, fields, out, at);
  return at + bytes.length;
}

function copyUsualDigits(out: Uint8Array, from: number, to: number): void {
  out[to] = out[from]!;
  out[to + 1] = out[from + 1]!;
  out[to + 2] = out[from + 2]!;
  out[to + 3] = out[from + 3]!;
  out[to + 4] = out[from + 4]!;
  out[to + 5] = out[from + 5]!;
  out[to + 6] = out[from + 6]!;
  out[to + 7] = out[from + 7]!;
}

function composeOthers(
  text: CompiledText,
  stencil: Stencil,
  fields: RegisterFields,
  out: Uint8Array,
  at: number,
): void {
  const { others, gapAt, gapBytes } = stencil;
  for (let i = 0; i < others.length; i++) {
    const gap = others[i]!;
    const to = at + gapAt[gap]!;
    switch (text.operations[gap]) {
      case OP_BRANCH:
        writeRow(out, to, fields.slot, fields.generation);
        break;
      case OP_FROM_TAG:
        writeHex(out, to, fields.fromTag, FROM_TAG_DIGITS);
        break;
      case OP_CSEQ:
        writeDigits(out, to, fields.cseq, gapBytes[gap]!);
        break;
      case OP_EXPIRES:
        writeDigits(out, to, fields.expires, gapBytes[gap]!);
        break;
      case OP_INSTANCE:
        writeUuid(out, to, text.instanceSeed, fields.index);
        break;
      default:
        // The length of the body: it follows from the lengths of numbers, and stands in the stencil already.
        break;
    }
  }
}

/** Whether a span holds what composeText would write. */
export function isComposed(
  text: CompiledText,
  fields: RegisterFields,
  branch: BranchReader,
  bytes: Uint8Array,
  start: number,
  end: number,
): boolean {
  if (text.values !== null) return isComposedOfValues(text, text.values, fields, bytes, start, end);
  const { operations, literals } = text;
  const { bytes: own, gapAt, gapBytes } = stencilFor(text, fields, branch);
  if (end - start !== own.length) return false;
  let at = start;
  for (let i = 0; i < literals.length; i++) {
    const literal = literals[i]!;
    if (!equalBytes(bytes, at, at + literal.length, literal, 0, literal.length)) return false;
    at += literal.length;
    if (i === gapAt.length) break;
    assert(operations[i] === OP_INDEX, 'only an index is compared');
    if (!hasDigits(bytes, at, fields.index, gapBytes[i]!)) return false;
    at += gapBytes[i]!;
  }
  return true;
}

/** Whether the indexes, and nothing else, stand in a span as composeText would write them: the literals were compared before. */
export function hasIndexes(
  { indexes, gapAt, gapBytes }: Stencil,
  index: number,
  bytes: Uint8Array,
  start: number,
): boolean {
  for (let i = 0; i < indexes.length; i++) {
    const gap = indexes[i]!;
    if (!hasDigits(bytes, start + gapAt[gap]!, index, gapBytes[gap]!)) return false;
  }
  return true;
}

function hasDigits(bytes: Uint8Array, at: number, value: number, digits: number): boolean {
  if (readDecimal(bytes, at, at + digits) === value) return true;
  return value > MOST_READ && readsAs(bytes, at, value, digits);
}

/** What is too large for readDecimal. */
function readsAs(bytes: Uint8Array, at: number, value: number, digits: number): boolean {
  let rest = value;
  for (let i = at + digits - 1; i >= at; i--) {
    const tenth = Math.floor(rest / 10);
    if (bytes[i] !== ASCII_ZERO + rest - tenth * 10) return false;
    rest = tenth;
  }
  return true;
}

export function stencilFor(text: CompiledText, fields: RegisterFields, branch: BranchReader): Stencil {
  const key = decimalDigits(fields.index) * (MOST_DIGITS + 1) + decimalDigits(fields.cseq);
  return text.stencils[key] ?? createStencil(text, fields, branch, key);
}

function createStencil(text: CompiledText, fields: RegisterFields, branch: BranchReader, key: number): Stencil {
  const { literals, operations, widths } = text;
  const gapBytes = widths.map((width, i) => operationBytes(operations[i]!, width, fields));
  const bodyAt = operations.indexOf(OP_BODY_BYTES);
  const bodyBytes = bodyAt < 0 ? 0 : bytesBehind(literals, gapBytes, bodyAt) - EMPTY_LINE_BYTES;
  if (bodyAt >= 0) gapBytes[bodyAt] = decimalDigits(bodyBytes);
  const bytes = new Uint8Array(literals.reduce((sum, literal, i) => sum + literal.length + gapBytes[i]!, 0));
  const gapAt = new Uint32Array(literals.length - 1);
  let at = 0;
  literals.forEach((literal, i) => {
    bytes.set(literal, at);
    at += literal.length;
    if (i < gapAt.length) gapAt[i] = at;
    if (operations[i] === OP_BRANCH) writeBranch(bytes, at, branch, 0, 0);
    if (operations[i] === OP_BODY_BYTES) writeDigits(bytes, at, bodyBytes, gapBytes[i]!);
    at += gapBytes[i]!;
  });
  const stencil = { bytes, gapAt, gapBytes, ...placesOf(operations, gapAt, gapBytes) };
  text.stencils[key] = stencil;
  return stencil;
}

function placesOf(
  operations: Uint8Array,
  gapAt: Uint32Array,
  gapBytes: Uint8Array,
): Omit<Stencil, 'bytes' | 'gapAt' | 'gapBytes'> {
  const numbers = Array.from(gapAt.keys());
  const named = [OP_BRANCH, OP_FROM_TAG, OP_CSEQ].map((operation) => operations.indexOf(operation));
  const [branchAt, fromTagAt, cseqAt] = named.map((gap) => (gap < 0 ? NOWHERE : gapAt[gap]!));
  const indexes = numbers.filter((gap) => operations[gap] === OP_INDEX);
  return {
    branchAt: branchAt!,
    fromTagAt: fromTagAt!,
    cseqAt: cseqAt!,
    cseqBytes: cseqAt === NOWHERE ? 0 : gapBytes[named[2]!]!,
    indexes: Uint16Array.from(indexes),
    others: Uint16Array.from(numbers.filter((gap) => !named.includes(gap) && !indexes.includes(gap))),
  };
}

/** What the literals and operations behind an operation take together. */
function bytesBehind(literals: readonly Uint8Array[], gapBytes: Uint8Array, operation: number): number {
  let sum = 0;
  for (let i = operation + 1; i < literals.length; i++) sum += literals[i]!.length + gapBytes[i]!;
  return sum;
}

function operationBytes(operation: number, width: number, fields: RegisterFields): number {
  switch (operation) {
    case OP_INDEX:
      return Math.max(width, decimalDigits(fields.index));
    case OP_BRANCH:
      return BRANCH_BYTES;
    case OP_FROM_TAG:
      return FROM_TAG_DIGITS;
    case OP_CSEQ:
      return decimalDigits(fields.cseq);
    case OP_EXPIRES:
      return width;
    case OP_INSTANCE:
      return UUID_BYTES;
    default:
      return 0;
  }
}
