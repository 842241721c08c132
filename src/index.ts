// What `import … from 'regstorm'` gives: running a scenario from a program.

export type { RunResult, RunScenarioOptions } from './coordinator/index.ts';
export { ERROR_CODES, EXIT, runScenario, UserError } from './coordinator/index.ts';
