// The options that a program hands to the library: names and kinds, checked at once, since a program without types would else
// have a mistyped name ignored, and a wrong kind end in a TypeError from somewhere inside.

import { UserError } from '../std/index.ts';
import { suggestion } from './suggest.ts';

/** What `typeof` says; `any` where several kinds may stand, which whoever reads the value checks. */
export type OptionKind = 'string' | 'number' | 'boolean' | 'object' | 'function' | 'any';

export type OptionKinds<T> = Readonly<Record<keyof T, OptionKind>>;

const WORDS: Readonly<Record<Exclude<OptionKind, 'any'>, string>> = {
  string: 'a text',
  number: 'a number',
  boolean: 'true or false',
  object: 'an object',
  function: 'a function',
};

/** Throws USAGE. `what` names the call: `runScenario`. An option that is undefined counts as not given. */
export const checkOptions = <T extends object>(what: string, given: T, kinds: OptionKinds<T>): void => {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) {
    throw new UserError('USAGE', { message: `${what}: options are an object` });
  }
  const known = Object.keys(kinds);
  for (const [name, value] of Object.entries(given)) {
    if (!Object.hasOwn(kinds, name)) {
      throw new UserError('USAGE', { message: `${what}: unknown option "${name}"${suggestion(name, known)}` });
    }
    const kind: OptionKind = kinds[name as keyof T];
    if (value === undefined || kind === 'any') continue;
    if (typeof value !== kind || value === null) {
      throw new UserError('USAGE', { message: `${what}: ${name} is not ${WORDS[kind]}` });
    }
  }
};
