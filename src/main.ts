#!/usr/bin/env node
// The program: arguments in, exit code out. Everything else is in cli/.

import { processTerminal, runCommandLine } from './cli/index.ts';

process.exitCode = await runCommandLine(process.argv.slice(2), processTerminal());
