// The kinds of values that files consist of, as zod schemas over text: durations, whole numbers, percentages, words. Scenarios
// (schema.ts) and registrar files (registrar-schema.ts) are made of the same ones, so that `500ms` means one thing everywhere.

import { z } from 'zod';
import { US_PER_SECOND } from '../std/index.ts';
import { fault, type Parsed, parsed, quoted } from './parsed.ts';
import { DURATION_PATTERN, PERCENT_PATTERN, parseDuration, parsePercent, parseWholeNumber } from './quantities.ts';

/** What an editor is told about a value, merged into its JSON Schema. */
interface EditorFacts {
  readonly description: string;
  readonly [key: string]: unknown;
}

/** One value, written as text. A fault's offset travels in the issue. */
export const value = <T>(parse: (text: string) => Parsed<T>, facts: EditorFacts) =>
  z
    .string()
    .transform((text, context): T => {
      const result = parse(text);
      if (result.ok) return result.value;
      context.addIssue({ code: 'custom', message: result.message, params: { offset: result.offset } });
      return z.NEVER;
    })
    .meta(facts);

export const wholeNumber = (what: string, least: number, most: number, facts: EditorFacts) =>
  value((text) => parseWholeNumber(text, { what, least, most }), {
    type: 'integer',
    minimum: least,
    maximum: most,
    ...facts,
  });

export const yesNo = (facts: EditorFacts) =>
  value(
    (text) =>
      text === 'true' || text === 'false'
        ? parsed(text === 'true')
        : fault(`${quoted(text)} is neither true nor false`),
    { type: 'boolean', ...facts },
  );

export const duration = (description: string, example = '10s') =>
  value(parseDuration, { description, pattern: DURATION_PATTERN.source, examples: [example] });

export const positiveDuration = (description: string, example: string) =>
  value(
    (text) => {
      const length = parseDuration(text);
      return length.ok && length.value === 0 ? fault(`${quoted(text)} is no time; write more than 0s`) : length;
    },
    { description, pattern: DURATION_PATTERN.source, examples: [example] },
  );

export const percent = (description: string, example: string) =>
  value(parsePercent, { description, pattern: PERCENT_PATTERN.source, examples: [example] });

/** RFC 3261 §20.19: delta-seconds up to 2^32 - 1. */
const MAX_EXPIRES_SECONDS = 2 ** 32 - 1;

export const parseExpires = (text: string): Parsed<number> => {
  const length = parseDuration(text);
  if (!length.ok) return length;
  const seconds = length.value / US_PER_SECOND;
  if (!Number.isInteger(seconds)) return fault(`${quoted(text)}: expires is whole seconds`);
  return seconds <= MAX_EXPIRES_SECONDS ? parsed(seconds) : fault(`${quoted(text)} is more than expires can say`);
};

export const expires = (description: string) =>
  value(parseExpires, { description, pattern: DURATION_PATTERN.source, examples: ['1800s'] });

export const oneOf = <const T extends readonly [string, ...string[]]>(
  names: T,
  chosen: T[number],
  description: string,
) =>
  z
    .enum(names)
    .prefault(chosen as never)
    .meta({ description });
