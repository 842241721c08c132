// `regstorm run FILE --dry-run`: the messages of the scenario's first user, once through the flow, in virtual time and
// without a socket. With --run-id and --seed they are those of a run of the same name.

import { randomRunId, randomSeed, userAgent } from '../coordinator/index.ts';
import type { PlanStep, RunPlan } from '../scenario/index.ts';
import { holdUs } from '../scenario/index.ts';
import { DRY_RUN_ROUNDS, dryRun } from '../sim/index.ts';
import { EXIT } from '../std/index.ts';
import type { Given } from './command.ts';
import { usage } from './command.ts';
import type { RunSettings } from './run-settings.ts';
import type { Terminal } from './terminal.ts';
import { traceText } from './trace-text.ts';

/** Options about a load or its result: there is neither. */
const MEANINGLESS = ['out', 'format', 'on-invalid', 'wait-target', 'workers', 'style', 'threshold'] as const;

export const showDryRun = (given: Given, plan: RunPlan, settings: RunSettings, terminal: Terminal): number => {
  const misplaced = MEANINGLESS.find((name) => given.text(name) !== undefined);
  if (misplaced !== undefined) throw usage(`--${misplaced} cannot apply to a dry run`);
  const runId = settings.runId ?? randomRunId();
  const seed = settings.seed ?? plan.seed ?? randomSeed();
  const messages = dryRun(plan, { runId, seed, userAgent: userAgent() });
  if (!settings.quiet) terminal.err.write(`${headline(plan, runId, seed)}\n\n`);
  terminal.out.write(traceText(messages));
  return EXIT.PASS;
};

const headline = (plan: RunPlan, runId: string, seed: number): string => {
  const cut = isCut(plan.flow) ? `; loops and holds are shown with ${DRY_RUN_ROUNDS} rounds` : '';
  return `# ${plan.name}, run ${runId}, seed ${seed}: its first user against the embedded registrar, nothing is sent${cut}`;
};

/** The loader bounds the depth. */
const isCut = (flow: readonly PlanStep[]): boolean =>
  flow.some((step) => {
    if (step.kind === 'hold') return step.forUs > holdUs(step, DRY_RUN_ROUNDS);
    return step.kind === 'repeat' && (step.times > DRY_RUN_ROUNDS || isCut(step.steps));
  });
