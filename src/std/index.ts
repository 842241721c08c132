export { AssertionError, assert, assertNever } from './assert.ts';
export {
  DECIMAL_MALFORMED,
  DECIMAL_OVERFLOW,
  decimalDigits,
  equalBytes,
  equalsIgnoreCase,
  putSpan,
  putText,
  readDecimal,
  writeDecimal,
  writeDigits,
  writeHex,
  writeHexByte,
  writeHexBytes,
  writePaddedDecimal,
} from './bytes.ts';
export type { ErrorCode, Place, Problem } from './errors.ts';
export { ERROR_CODES, EXIT, formatProblem, isUserError, UserError } from './errors.ts';
export { fnv1a64Hex } from './hash.ts';
export type { MemoryLine, MemoryPlan } from './memory-plan.ts';
export { addMemory, createMemoryPlan, createMemorySum, memorySum } from './memory-plan.ts';
export { hashText, mix32, mixBits, uniformOf } from './mix.ts';
export type { Random } from './random.ts';
export { createRandom } from './random.ts';
export { decodeLatin1, decodeUtf8, encodeAscii, encodeUtf8 } from './text.ts';
export { NEVER_US, US_PER_HOUR, US_PER_MINUTE, US_PER_MS, US_PER_SECOND } from './time.ts';
export type { SharedValues, ValueTable } from './value-table.ts';
export { attachValues, cellEnd, cellStart, createValues, repeatRows, valuesBytes } from './value-table.ts';
