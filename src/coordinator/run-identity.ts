// The two numbers that name a run. The seed fixes every choice; the run id stands in Call-ID, From tag and branch, so that a
// second run is not a replay of the first (RFC 3261 §8.1.1.7 asks for branches unique across time). Both are random unless
// the operator gives them, and both are printed and stored.

import { UserError } from '../std/index.ts';

const RUN_ID_BYTES = 4;
const RUN_ID_PATTERN = /^[0-9a-f]{8,32}$/;
/** Seeds are unsigned 32-bit numbers. */
const SEED_MAX = 0xffff_ffff;

const randomBytes = (count: number): Uint8Array => globalThis.crypto.getRandomValues(new Uint8Array(count));

/** 8 hex digits. */
export const randomRunId = (): string =>
  [...randomBytes(RUN_ID_BYTES)].map((byte) => byte.toString(16).padStart(2, '0')).join('');

export const randomSeed = (): number => new DataView(randomBytes(4).buffer).getUint32(0);

/** What --run-id gives: at least 8 hex digits, so that two runs do not meet by chance. */
export const parseRunId = (text: string): string => {
  const runId = text.toLowerCase();
  if (RUN_ID_PATTERN.test(runId)) return runId;
  throw new UserError('USAGE', {
    message: `--run-id: "${text}" is not a run id`,
    hint: 'write 8 to 32 hexadecimal digits, for example 1f3a5c7e',
  });
};

export const parseSeed = (text: string): number => {
  const seed = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
  if (seed <= SEED_MAX) return seed;
  throw new UserError('USAGE', {
    message: `--seed: "${text}" is not a seed`,
    hint: `write a whole number from 0 to ${SEED_MAX}`,
  });
};
