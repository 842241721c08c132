// @hot
// Texts of which a table has a part: the users of a run that come from a file (src/scenario/subscriber-rows.ts). Each row has
// words of its own lengths, so there are no stencils (register-template.ts); literals and operations are written one after the
// other, with the identity's number as the row. The table's bytes are copied straight into the message.

import type { ValueTable } from '../std/index.ts';
import {
  assert,
  cellEnd,
  cellStart,
  decimalDigits,
  equalBytes,
  putSpan,
  putText,
  writeDecimal,
  writeDigits,
  writeHex,
  writePaddedDecimal,
} from '../std/index.ts';
import type { BranchReader } from './branch.ts';
import { BRANCH_BYTES, writeBranch } from './branch.ts';
import type { CompiledText, RegisterFields } from './compiled-text.ts';
import {
  OP_BODY_BYTES,
  OP_BRANCH,
  OP_CSEQ,
  OP_EXPIRES,
  OP_FROM_TAG,
  OP_INDEX,
  OP_INSTANCE,
  OP_VALUE,
} from './compiled-text.ts';
import { UUID_BYTES, writeUuid } from './instance.ts';

const FROM_TAG_DIGITS = 8;
/** Two line ends: that of Content-Length, which is the last header, and the empty line. */
const EMPTY_LINE_BYTES = 4;
const DIGITS_MOST = 16;

/** Writes the text at `at` and returns its end. */
export function composeValues(
  text: CompiledText,
  values: ValueTable,
  fields: RegisterFields,
  branch: BranchReader,
  out: Uint8Array,
  at: number,
): number {
  const { literals, operations, widths } = text;
  const last = literals.length - 1;
  let end = putText(out, at, literals[0]!);
  for (let i = 0; i < last; i++) {
    const width = widths[i]!;
    switch (operations[i]) {
      case OP_VALUE:
        end = putSpan(out, end, values.bytes, startOf(values, fields, width), endOf(values, fields, width));
        break;
      case OP_INDEX:
        end = writePaddedDecimal(out, end, fields.index, width);
        break;
      case OP_BRANCH:
        end = writeBranch(out, end, branch, fields.slot, fields.generation);
        break;
      case OP_FROM_TAG:
        end = writeHex(out, end, fields.fromTag, FROM_TAG_DIGITS);
        break;
      case OP_EXPIRES:
        end = writeDigits(out, end, fields.expires, width);
        break;
      case OP_CSEQ:
        end = writeDecimal(out, end, fields.cseq);
        break;
      case OP_INSTANCE:
        end = writeUuid(out, end, text.instanceSeed, fields.index);
        break;
      default:
        end = writeDecimal(out, end, bodyBytes(text, values, fields, i));
        break;
    }
    end = putText(out, end, literals[i + 1]!);
  }
  return end;
}

/** Whether a span holds what composeValues would write; of operations only numbers and values may be in the text. */
export function isComposedOfValues(
  text: CompiledText,
  values: ValueTable,
  fields: RegisterFields,
  bytes: Uint8Array,
  start: number,
  end: number,
): boolean {
  const { literals, operations, widths } = text;
  const last = literals.length - 1;
  let at = matchText(bytes, start, end, literals[0]!);
  for (let i = 0; i < last && at >= 0; i++) {
    const width = widths[i]!;
    if (operations[i] === OP_VALUE)
      at = matchSpan(bytes, at, end, values.bytes, startOf(values, fields, width), endOf(values, fields, width));
    else {
      assert(operations[i] === OP_INDEX, 'only numbers and values are compared');
      at = matchIndex(bytes, at, end, fields.index, Math.max(width, decimalDigits(fields.index)));
    }
    if (at >= 0) at = matchText(bytes, at, end, literals[i + 1]!);
  }
  return at === end;
}

const DIFFERENT = -1;
const ASCII_ZERO = 0x30;

const startOf = (values: ValueTable, { index }: RegisterFields, column: number): number =>
  cellStart(values, index, column);

const endOf = (values: ValueTable, { index }: RegisterFields, column: number): number => cellEnd(values, index, column);

const matchText = (bytes: Uint8Array, at: number, end: number, text: Uint8Array): number =>
  matchSpan(bytes, at, end, text, 0, text.length);

/** The end of a copy of [from, to) of `other` that begins at `at`; negative: there is none. */
function matchSpan(bytes: Uint8Array, at: number, end: number, other: Uint8Array, from: number, to: number): number {
  const copyEnd = at + to - from;
  return copyEnd <= end && equalBytes(bytes, at, copyEnd, other, from, to) ? copyEnd : DIFFERENT;
}

function matchIndex(bytes: Uint8Array, at: number, end: number, index: number, digits: number): number {
  if (at + digits > end) return DIFFERENT;
  let rest = index;
  for (let i = at + digits - 1; i >= at; i--) {
    const tenth = Math.floor(rest / 10);
    if (bytes[i] !== ASCII_ZERO + rest - tenth * 10) return DIFFERENT;
    rest = tenth;
  }
  return at + digits;
}

/** RFC 3261 §20.14: what stands behind the empty line, from the operation that writes its length on. */
function bodyBytes(text: CompiledText, values: ValueTable, fields: RegisterFields, operation: number): number {
  const { literals, operations, widths } = text;
  let sum = literals[operation + 1]!.length - EMPTY_LINE_BYTES;
  for (let i = operation + 1; i < literals.length - 1; i++) {
    sum += literals[i + 1]!.length + operationBytes(operations[i]!, widths[i]!, values, fields);
  }
  return sum;
}

/** A body holds numbers, values and instances, but nothing of a request alone. */
function operationBytes(operation: number, width: number, values: ValueTable, fields: RegisterFields): number {
  switch (operation) {
    case OP_VALUE:
      return endOf(values, fields, width) - startOf(values, fields, width);
    case OP_INDEX:
      return Math.max(width, decimalDigits(fields.index));
    case OP_INSTANCE:
      return UUID_BYTES;
    case OP_EXPIRES:
      return width;
    case OP_FROM_TAG:
      return FROM_TAG_DIGITS;
    case OP_BRANCH:
      return BRANCH_BYTES;
    case OP_CSEQ:
      return decimalDigits(fields.cseq);
    default:
      assert(operation === OP_BODY_BYTES, 'every operation has a length');
      return DIGITS_MOST;
  }
}
