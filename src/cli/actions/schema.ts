// `regstorm schema [WHAT]`: the JSON Schema of scenario files, or of registrar files, for editors.

import { nearestWord, registrarJsonSchema, scenarioJsonSchema } from '../../scenario/index.ts';
import { EXIT } from '../../std/index.ts';
import type { Given } from '../command.ts';
import { usage } from '../command.ts';
import type { Terminal } from '../terminal.ts';

const KINDS = { scenario: scenarioJsonSchema, registrar: registrarJsonSchema } as const;

export const schemaCommand = async (given: Given, terminal: Terminal): Promise<number> => {
  const kind = given.positionals[0] ?? 'scenario';
  if (!isKind(kind)) throw unknownKind(kind);
  terminal.out.write(`${JSON.stringify(KINDS[kind](), null, 2)}\n`);
  return EXIT.PASS;
};

const isKind = (text: string): text is keyof typeof KINDS => Object.hasOwn(KINDS, text);

const unknownKind = (text: string) => {
  const near = nearestWord(text, Object.keys(KINDS));
  return usage(
    `schema: "${text}" is not a kind of file`,
    near === null ? 'scenario or registrar' : `did you mean ${near}?`,
  );
};
