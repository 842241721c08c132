// `regstorm schema`: the JSON Schema of scenario files, for editors.

import { scenarioJsonSchema } from '../../scenario/index.ts';
import { EXIT } from '../../std/index.ts';
import type { CommandSpec } from '../command.ts';

export const SCHEMA_COMMAND: CommandSpec = {
  name: 'schema',
  positional: null,
  describe: 'Print the JSON Schema of scenario files, for editors.',
  options: {},
  examples: [['schema > scenario.schema.json', 'name it in a first line "# yaml-language-server: $schema=…"']],
  run: async (_given, terminal) => {
    terminal.out.write(`${JSON.stringify(scenarioJsonSchema(), null, 2)}\n`);
    return EXIT.PASS;
  },
};
