// The whole command line: arguments -> a command, or a text to print -> an exit code. Every error ends here, as a text and a
// code. Only what is asked for is loaded: the parser when there is something to parse, what a command does when it is chosen.

import { toolVersion } from '../coordinator/index.ts';
import { EXIT } from '../std/index.ts';
import type { CommandSpec } from './command.ts';
import { commandIn } from './command.ts';
import { CLEANUP_COMMAND } from './commands/cleanup.ts';
import { DOCTOR_COMMAND } from './commands/doctor.ts';
import { INSPECT_COMMAND } from './commands/inspect.ts';
import { QUICK_COMMAND } from './commands/quick.ts';
import { REGISTRAR_COMMAND } from './commands/registrar.ts';
import { RUN_COMMAND } from './commands/run.ts';
import { SCHEMA_COMMAND } from './commands/schema.ts';
import { SIMULATE_COMMAND } from './commands/simulate.ts';
import { VALIDATE_COMMAND } from './commands/validate.ts';
import { describeFailure } from './failure.ts';
import { commandHelp, programHelp } from './help-text.ts';
import type { Terminal } from './terminal.ts';

export const COMMANDS: readonly CommandSpec[] = [
  RUN_COMMAND,
  QUICK_COMMAND,
  VALIDATE_COMMAND,
  INSPECT_COMMAND,
  SCHEMA_COMMAND,
  CLEANUP_COMMAND,
  REGISTRAR_COMMAND,
  SIMULATE_COMMAND,
  DOCTOR_COMMAND,
];

/** Help and version go before everything else: who asks for help has a mistake in the rest, as often as not. */
const textFor = (argv: readonly string[], columns: number): string | null => {
  const command = commandIn(argv, COMMANDS);
  if (argv.includes('--help') || argv.includes('-h')) {
    return command === null ? programHelp(COMMANDS, columns) : commandHelp(command, columns);
  }
  return command === null && argv.includes('--version') ? `${toolVersion()}\n` : null;
};

/** Resolves to the exit code, always. */
export const runCommandLine = async (argv: readonly string[], terminal: Terminal): Promise<number> => {
  const verbose = argv.includes('-v') || argv.includes('--verbose');
  try {
    const text = textFor(argv, terminal.out.columns);
    if (text !== null) {
      terminal.out.write(text);
      return EXIT.PASS;
    }
    const { parseCommandLine } = await import('./parser.ts');
    const { command, given } = await parseCommandLine(argv, COMMANDS);
    return await command.run(given, terminal);
  } catch (error) {
    const { text, exitCode } = describeFailure(error, verbose);
    terminal.err.write(text);
    return exitCode;
  }
};
