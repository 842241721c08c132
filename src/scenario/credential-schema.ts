// The keys that say what a challenge is answered with: the same ones for all users of the scenario (`identities`) and for one realm
// (`identities.credentials`). What they have to do with each other is checked in build-credentials.ts.

import { z } from 'zod';
import { fault, type Parsed, parsed } from './parsed.ts';
import { value } from './schema-values.ts';
import { parseAuthUser, parsePassword } from './template.ts';

const HA1_LENGTHS: readonly number[] = [32, 64];
const MAX_REALM_LENGTH = 256;

/** Never quotes what was written: it is a secret. */
const parseHa1 = (text: string): Parsed<string> =>
  /^[0-9a-f]+$/i.test(text) && HA1_LENGTHS.includes(text.length)
    ? parsed(text.toLowerCase())
    : fault('ha1 is H(user:realm:password) in hex: 32 digits of MD5, or 64 of SHA-256 or SHA-512-256');

const parseRealm = (text: string): Parsed<string> => {
  if (text === '') return fault('the realm is empty; leave the key out for every realm');
  if (text.length > MAX_REALM_LENGTH) return fault(`the realm is longer than ${MAX_REALM_LENGTH} characters`);
  return parsePassword(text).ok ? parsed(text) : fault('the realm has a line break or control character');
};

export const credentialKeys = {
  realm: value(parseRealm, {
    description: 'Realm that is answered, exactly as the challenge names it; default: every realm.',
    examples: ['example.org'],
  }).optional(),
  authUser: value(parseAuthUser, {
    description: 'User name for digest; {index} and {index:8} stand for the number of the context. Default: the user.',
    examples: ['auth{index:8}'],
  }).optional(),
  password: value(parsePassword, {
    description: 'Password for digest challenges; {index} and {index:8} stand for the number of the context.',
  }).optional(),
  passwordFile: value((text) => (text === '' ? fault('the file name is empty') : parsed(text)), {
    description: 'File whose first line is the password, relative to the scenario file.',
  }).optional(),
  ha1: value(parseHa1, {
    description: 'H(user:realm:password) in hex instead of a password; fits one user name and one realm.',
  }).optional(),
  algorithm: z
    .enum(['MD5', 'SHA-256', 'SHA-512-256'])
    .optional()
    .meta({ description: 'The hash of ha1; default: MD5 for 32 digits, SHA-256 for 64.' }),
};

export const credentials = z
  .array(z.strictObject(credentialKeys).meta({ description: 'What challenges of one realm are answered with.' }))
  .optional()
  .meta({
    description: 'Credentials by realm; one without realm answers the realms that no other one names.',
    minItems: 1,
    examples: [[{ realm: 'example.org', password: 'secret' }]],
  });

/** One set of credentials as written. */
export type WrittenCredential = {
  readonly [K in keyof typeof credentialKeys]?: z.output<(typeof credentialKeys)[K]> | undefined;
};
