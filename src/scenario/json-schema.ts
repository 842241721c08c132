// The JSON Schema of a scenario file, for editors (yaml-language-server) and other tools. Made from the same zod source
// that files are read with; schema/scenario.schema.json is its stored copy, and a test holds the two equal.
//
// It says what a value looks like, not everything that a value must be: relations between values stay with the loader.

import { z } from 'zod';
import { registrarSchema } from './registrar-schema.ts';
import { scenarioSchema } from './schema.ts';

interface SchemaNode {
  readonly zodSchema: unknown;
  readonly jsonSchema: { type?: unknown; default?: unknown; examples?: unknown };
}

/** zod leaves examples out of the input side, and knows defaults only as the text that is parsed. */
const completeForEditors = ({ zodSchema, jsonSchema }: SchemaNode): void => {
  const examples = (zodSchema as z.ZodType).meta()?.examples;
  if (examples !== undefined) jsonSchema.examples = examples;
  if (jsonSchema.type === 'integer' && typeof jsonSchema.default === 'string') {
    jsonSchema.default = Number(jsonSchema.default);
  }
};

/** Draft 7, which is what YAML editors understand. */
const jsonSchemaOf = (schema: z.ZodType): Readonly<Record<string, unknown>> => {
  const generated = z.toJSONSchema(schema, { io: 'input', target: 'draft-07', override: completeForEditors });
  return { ...generated };
};

export const scenarioJsonSchema = (): Readonly<Record<string, unknown>> => jsonSchemaOf(scenarioSchema);

/** The same for the files that `regstorm registrar` takes. */
export const registrarJsonSchema = (): Readonly<Record<string, unknown>> => jsonSchemaOf(registrarSchema);
