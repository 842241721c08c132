// `regstorm schema`: the JSON Schema of scenario files, for editors.

import { scenarioJsonSchema } from '../../scenario/index.ts';
import { EXIT } from '../../std/index.ts';
import type { Given } from '../command.ts';
import type { Terminal } from '../terminal.ts';

export const schemaCommand = async (_given: Given, terminal: Terminal): Promise<number> => {
  terminal.out.write(`${JSON.stringify(scenarioJsonSchema(), null, 2)}\n`);
  return EXIT.PASS;
};
