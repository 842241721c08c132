// `regstorm schema`, as the help and the parser see it. What it does is in actions/schema.ts.

import type { CommandSpec } from '../command.ts';

export const SCHEMA_COMMAND: CommandSpec = {
  name: 'schema',
  positional: {
    name: 'what',
    many: false,
    optional: true,
    describe: '"scenario" (the default) or "registrar"',
  },
  describe: 'Print the JSON Schema of scenario or registrar files, for editors.',
  options: {},
  examples: [
    ['schema > scenario.schema.json', 'name it in a first line "# yaml-language-server: $schema=…"'],
    ['schema registrar > registrar.schema.json', 'the same for the files of regstorm registrar'],
  ],
  run: async (given, terminal) => (await import('../actions/schema.ts')).schemaCommand(given, terminal),
};
