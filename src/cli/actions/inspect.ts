// `regstorm inspect FILE`: what a run would be, resolved. `validate` says whether a scenario is right, this says what it is. The
// target is looked up as a run would look it up; nothing is sent to it.

import type { LocatedTarget } from '../../coordinator/index.ts';
import {
  defaultWorkers,
  descriptorsNeeded,
  loadPlan,
  locateTarget,
  processors,
  readScenario,
  userAgent,
} from '../../coordinator/index.ts';
import type { RunPlan } from '../../scenario/index.ts';
import {
  effectiveScenario,
  effectiveYaml,
  firstIdentities,
  planLength,
  socketCount,
  socketsProblem,
} from '../../scenario/index.ts';
import { runMemory } from '../../sim/index.ts';
import { EXIT, memorySum, US_PER_SECOND, UserError } from '../../std/index.ts';
import type { Given } from '../command.ts';
import { choice, usage } from '../command.ts';
import { planChanges } from '../overrides.ts';
import { readRunSettings } from '../run-settings.ts';
import type { Terminal } from '../terminal.ts';

const IDENTITIES_SHOWN = 3;
/** Of the same length as those that a run makes for itself. */
const SOME_RUN_ID = '00000000';

export const inspectCommand = async (given: Given, terminal: Terminal): Promise<number> => {
  const { workers, dns } = readRunSettings(given);
  const asksNobody = given.flag('no-dns');
  if (asksNobody && dns !== null) throw usage('--dns and --no-dns exclude each other');
  const source = readScenario(given.positionals[0]!, terminal);
  const changes = planChanges(given, terminal);
  const plan = loadPlan(source, changes);
  const problem = workers === null ? null : socketsProblem(plan, workers);
  if (problem !== null) throw new UserError('USAGE', { message: `${plan.file}: ${problem}` });
  const located = asksNobody ? null : await locateTarget(plan, { allowPublic: true, dns });
  const scenario = effectiveScenario({ ...source, ...changes }, plan);
  const parts = {
    target: targetOf(plan, located),
    run: runOf(plan, workers ?? defaultWorkers(plan, processors()), located),
    identities: firstIdentities(plan, IDENTITIES_SHOWN),
  };
  const json = { scenario: scenario.value, origins: Object.fromEntries(scenario.origins), ...parts };
  const isJson = choice<'yaml' | 'json'>(given, 'format', 'yaml') === 'json';
  terminal.out.write(isJson ? `${JSON.stringify(json, null, 2)}\n` : effectiveYaml(scenario, parts));
  return EXIT.PASS;
};

/** Where the load would go, and how that was found out. */
const targetOf = ({ target }: RunPlan, located: LocatedTarget | null): object => {
  if (target.kind === 'embedded') return { kind: 'embedded' };
  const named = { kind: 'uri', text: target.text, host: target.host };
  if (located === null) return { ...named, lookUp: 'left out' };
  const { steps, ttlSeconds, targets } = located;
  return {
    ...named,
    ...(steps.length === 0 ? {} : { steps, ttlSeconds }),
    addresses: targets.map(({ address, port, priority, weight }) => ({ address, port, priority, weight })),
  };
};

const runOf = (plan: RunPlan, workers: number, located: LocatedTarget | null): object => {
  const length = planLength(plan);
  const lines = runMemory(plan, { workers, runId: SOME_RUN_ID, userAgent: userAgent() });
  const sockets = socketCount(plan.local, workers) * (located?.targets.length ?? 1);
  const threads = workers + (plan.target.kind === 'embedded' ? 1 : 0);
  const totalBytes = memorySum(lines);
  return {
    hash: plan.hash,
    workers,
    sockets,
    descriptors: descriptorsNeeded(threads, sockets - workers),
    starts: length.starts,
    measuredStarts: length.measuredStarts,
    attempts: length.attempts,
    requestsLeast: length.requestsLeast,
    requestsMost: length.requestsMost,
    scheduleSeconds: length.scheduleUs / US_PER_SECOND,
    memory: {
      ...Object.fromEntries(lines.map(({ consumer, bytes }) => [consumer, bytes])),
      totalBytes,
      bytesPerContext: Math.round(totalBytes / plan.identities.count),
    },
  };
};
