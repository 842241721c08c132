// @hot
// One `;name` or `;name=value` after another, as Via, From, To and Contact carry them (RFC 3261 §7.3.1, §25.1
// generic-param). White space may stand around `;` and `=`. A value is a quoted string or runs up to the next white space,
// `;` or `,`: wider than the grammar on purpose, since RFC 5118 §4.5 wants `received=2001:db8::1` without brackets taken.

import { isParameterValueByte, skipLws, skipQuoted, skipToken } from './characters.ts';

const EQUALS = 0x3d;
const QUOTE = 0x22;

export const PARAMETER_MALFORMED = -1;

/** A reusable record. A value span includes its quotes; both ends are -1 for a parameter without a value. */
export interface Parameter {
  nameStart: number;
  nameEnd: number;
  valueStart: number;
  valueEnd: number;
}

export const createParameter = (): Parameter => ({ nameStart: -1, nameEnd: -1, valueStart: -1, valueEnd: -1 });

/**
 * Reads the parameter whose `;` is at `at` and returns the index of what follows it, white space skipped: another `;`,
 * something else, or `end`. PARAMETER_MALFORMED for an empty name, an empty value or an unterminated quote.
 */
export const readParameter = (bytes: Uint8Array, at: number, end: number, parameter: Parameter): number => {
  const nameStart = skipLws(bytes, at + 1, end);
  const nameEnd = skipToken(bytes, nameStart, end);
  if (nameEnd === nameStart) return PARAMETER_MALFORMED;
  parameter.nameStart = nameStart;
  parameter.nameEnd = nameEnd;
  parameter.valueStart = -1;
  parameter.valueEnd = -1;
  const next = skipLws(bytes, nameEnd, end);
  if (next >= end || bytes[next] !== EQUALS) return next;
  const valueStart = skipLws(bytes, next + 1, end);
  const valueEnd = parameterValueEnd(bytes, valueStart, end);
  if (valueEnd <= valueStart) return PARAMETER_MALFORMED;
  parameter.valueStart = valueStart;
  parameter.valueEnd = valueEnd;
  return skipLws(bytes, valueEnd, end);
};

const parameterValueEnd = (bytes: Uint8Array, start: number, end: number): number => {
  if (start < end && bytes[start] === QUOTE) return skipQuoted(bytes, start, end);
  let p = start;
  while (p < end && isParameterValueByte(bytes[p]!)) p++;
  return p;
};

/** Whether the parameter is called `name`, which is given in lower case. Parameter names ignore case (RFC 3261 §7.3.1). */
export const isParameter = (bytes: Uint8Array, parameter: Parameter, name: Uint8Array): boolean => {
  const start = parameter.nameStart;
  const length = name.length;
  if (parameter.nameEnd - start !== length) return false;
  for (let i = 0; i < length; i++) {
    // A token holds no byte that this could turn into a letter by mistake, '@' and '[' being none.
    if ((bytes[start + i]! | 0x20) !== name[i]) return false;
  }
  return true;
};
