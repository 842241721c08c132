// The whole command line: arguments -> a command -> an exit code. Every error ends here, as a text and a code.

import { toolVersion } from '../coordinator/index.ts';
import { EXIT } from '../std/index.ts';
import type { CommandSpec } from './command.ts';
import { CLEANUP_COMMAND } from './commands/cleanup.ts';
import { QUICK_COMMAND } from './commands/quick.ts';
import { REGISTRAR_COMMAND } from './commands/registrar.ts';
import { RUN_COMMAND } from './commands/run.ts';
import { SCHEMA_COMMAND } from './commands/schema.ts';
import { VALIDATE_COMMAND } from './commands/validate.ts';
import { describeFailure } from './failure.ts';
import { parseCommandLine } from './parser.ts';
import type { Terminal } from './terminal.ts';

export const COMMANDS: readonly CommandSpec[] = [
  RUN_COMMAND,
  QUICK_COMMAND,
  VALIDATE_COMMAND,
  SCHEMA_COMMAND,
  CLEANUP_COMMAND,
  REGISTRAR_COMMAND,
];

const EPILOGUE = `Exit codes: ${[
  [EXIT.PASS, 'pass'],
  [EXIT.INTERNAL, 'internal error'],
  [EXIT.USAGE, 'usage'],
  [EXIT.THRESHOLD, 'a threshold failed'],
  [EXIT.INCONCLUSIVE, 'inconclusive'],
  [EXIT.UNREACHABLE, 'target unreachable'],
  [EXIT.WORKER_LOST, 'a worker was lost'],
  [EXIT.SIGINT, 'interrupted'],
  [EXIT.SIGTERM, 'terminated'],
]
  .map(([code, meaning]) => `${code} ${meaning}`)
  .join(', ')}`;

/** Resolves to the exit code, always. */
export const runCommandLine = async (argv: readonly string[], terminal: Terminal): Promise<number> => {
  const verbose = argv.includes('-v') || argv.includes('--verbose');
  try {
    const parsed = await parseCommandLine(argv, {
      commands: COMMANDS,
      version: toolVersion(),
      epilogue: EPILOGUE,
      columns: terminal.out.columns,
    });
    if (typeof parsed !== 'string') return await parsed.command.run(parsed.given, terminal);
    terminal.out.write(parsed);
    return EXIT.PASS;
  } catch (error) {
    const { text, exitCode } = describeFailure(error, verbose);
    terminal.err.write(text);
    return exitCode;
  }
};
