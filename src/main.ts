#!/usr/bin/env node
// The program: arguments in, exit code out. Everything else is in cli/.

import { runProgram } from './cli/index.ts';

process.exitCode = await runProgram(process.argv.slice(2));
