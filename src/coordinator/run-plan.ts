// One run on one host, from a plan to a result:
//
//   find the target -> threads -> embedded registrar -> is anybody there? -> load -> judge
//
// Throws a UserError for what is found before the first packet (no such host, a public address, a port in use, too few
// descriptors). From then on there is always a result, however the run ends.

import type { MetricsBlock, PrecheckOutcome, RunResult } from '../metrics/index.ts';
import { COUNTER_CONTEXTS, createMetricsBlock, setCounter } from '../metrics/index.ts';
import type { RunPlan } from '../scenario/index.ts';
import { MAX_SOCKETS_PER_WORKER, socketCount, socketsOfWorker, socketsProblem } from '../scenario/index.ts';
import { UserError } from '../std/index.ts';
import type { WeightedTarget } from '../worker/messages.ts';
import { MOST_REDIRECT_PLACES } from '../worker/messages.ts';
import { conclude, type RunRecord } from './conclude.ts';
import { checkDescriptors } from './descriptors.ts';
import type { RunningRegistrar } from './embedded.ts';
import { embeddedOptions, startRegistrar } from './embedded.ts';
import { processors, toolVersion } from './environment.ts';
import type { LoadOutcome } from './load-phase.ts';
import { runLoad } from './load-phase.ts';
import type { WorkerEntry, WorkerPool } from './pool.ts';
import { createPool } from './pool.ts';
import { askTarget, SILENCE_SECONDS } from './precheck.ts';
import type { RedirectName } from './redirect-names.ts';
import { locateRedirects } from './redirect-names.ts';
import { defaultWorkers } from './run-length.ts';
import type { StopSwitch } from './stop-switch.ts';
import { addressText, locateTarget, lookUpText } from './target.ts';
import { watchTargetDrops } from './target-drops.ts';
import { createTargetWatch, type TargetWatch } from './target-watch.ts';

/** Who is told what happens while a run lasts. */
export interface RunObserver {
  /** What the run does now, one sentence. */
  notice(text: string): void;
  /** Something that the operator should know and that does not end the run. */
  warning(text: string): void;
  /** Looks at the running workers every so often; null: nobody watches. */
  readonly progress: {
    readonly everyMs: number;
    look(blocks: readonly MetricsBlock[], elapsedUs: number): void;
  } | null;
}

export interface RunOptions {
  readonly runId: string;
  readonly seed: number;
  /** Null: as few as the rate needs. */
  readonly workers: number | null;
  readonly allowPublic: boolean;
  /** The name server to ask for the target, `address:port`; null: the plan's, or the system's. */
  readonly dns: string | null;
  /** 0: ask the target once. */
  readonly waitTargetUs: number;
  readonly onInvalid: 'fail' | 'warn';
  /** A target that does not answer the precheck is left alone; default: it gets the load all the same, and a warning tells. */
  readonly endsInSilence?: boolean;
  /** Stored in the result, without secrets. */
  readonly commandLine: readonly string[];
  readonly worker: WorkerEntry;
  readonly stop: StopSwitch;
  readonly observer: RunObserver;
}

export interface RunOutcome {
  readonly result: RunResult;
  /** What ended the run early, for a person to read; null when nothing did. */
  readonly problem: UserError | null;
}

/** What stays the same from the precheck to the result. */
interface Run {
  readonly plan: RunPlan;
  readonly options: RunOptions;
  readonly workers: number;
  readonly userAgent: string;
  readonly pool: WorkerPool;
  readonly registrar: RunningRegistrar | null;
  /** The most preferred first. */
  readonly targets: readonly WeightedTarget[];
  readonly targetWatch: TargetWatch;
  readonly redirectNames: readonly RedirectName[];
  readonly sharedMachine: boolean;
  readonly cpuAtStart: NodeJS.CpuUsage;
}

export const userAgent = (): string => `regstorm/${toolVersion()}`;

export const runPlan = async (plan: RunPlan, options: RunOptions): Promise<RunOutcome> => {
  const cpuAtStart = process.cpuUsage();
  const workers = chooseWorkers(plan, options.workers);
  checkWaiting(plan, options.waitTargetUs);
  const threads = workers + (plan.target.kind === 'embedded' ? 1 : 0);
  const located = await locateTarget(plan, options);
  const targetCount = located?.targets.length ?? 1;
  const placeCount = targetCount + (plan.redirects === undefined ? 0 : MOST_REDIRECT_PLACES);
  checkSockets(plan, targetCount, placeCount);
  const redirectNames = await locateRedirects(plan, options, options.observer.warning);
  checkDescriptors(threads, socketCount(plan.local, workers) * placeCount - workers);
  const found = located === null ? null : lookUpText(located);
  if (found !== null) options.observer.notice(found);
  const pool = createPool(threads, options.worker);
  try {
    const registrar = located === null ? await startRegistrar(pool, embeddedOptions(plan, options.seed)) : null;
    const targets = located?.targets ?? [{ ...registrar!.target, priority: 0, weight: 1 }];
    const sharedMachine = located?.local ?? true;
    const targetWatch = createTargetWatch({ ...options, plan, located, slots: targets.length });
    const run = {
      plan,
      options,
      workers,
      userAgent: userAgent(),
      pool,
      registrar,
      targets,
      targetWatch,
      redirectNames,
      sharedMachine,
      cpuAtStart,
    };
    return await runAgainst(run);
  } finally {
    await pool.destroy();
  }
};

/** How many threads; throws USAGE for more of them than the plan has contexts or ports for. */
export const chooseWorkers = (plan: RunPlan, asked: number | null): number => {
  const workers = asked ?? defaultWorkers(plan, processors());
  const message = socketsProblem(plan, workers);
  if (message !== null) throw new UserError('USAGE', { message });
  return workers;
};

/** Each place to send from has a socket to each target, and may need one to each place that redirects lead to. */
const checkSockets = ({ local }: RunPlan, targetCount: number, placeCount: number): void => {
  const sockets = socketsOfWorker(local);
  if (sockets * placeCount <= MAX_SOCKETS_PER_WORKER || placeCount === 1) return;
  const places = placeCount === targetCount ? '' : ` and ${placeCount - targetCount} places that redirects may lead to`;
  const all = targetCount === 1 ? '1 target' : `${targetCount} targets`;
  const why = `${sockets} sockets to each of ${all}${places} are ${sockets * placeCount}`;
  throw new UserError('USAGE', {
    message: `local.socketsPerWorker: ${why}; a worker has at most ${MAX_SOCKETS_PER_WORKER}`,
  });
};

/** Waiting is repeating the precheck: without one, the flag would do nothing. */
const checkWaiting = (plan: RunPlan, waitTargetUs: number): void => {
  if (waitTargetUs === 0 || (plan.target.kind === 'uri' && plan.precheck !== 'none')) return;
  const why = plan.target.kind === 'embedded' ? 'the embedded registrar is always there' : 'precheck is none';
  throw new UserError('USAGE', { message: `--wait-target cannot apply: ${why}` });
};

const runAgainst = async (run: Run): Promise<RunOutcome> => {
  const asked = await runPrecheck(run);
  const { outcome: precheck } = asked;
  const { stop } = run.options;
  if (precheck === 'refused') return withoutLoad(run, asked, nobodyListens(run.targets));
  if (precheck === 'silent' && run.options.endsInSilence === true) {
    return withoutLoad(run, asked, nobodyAnswers(run.targets));
  }
  if (stop.level() > 0) return withoutLoad(run, asked, null);
  const targetDrops = watchTargetDrops(run.targets, run.sharedMachine);
  const load = await runLoad({
    ...run,
    runId: run.options.runId,
    seed: run.options.seed,
    stop,
    onProgress: run.options.observer.progress?.look ?? null,
    progressMs: run.options.observer.progress?.everyMs ?? 0,
  });
  // Before the embedded registrar closes its socket.
  const targetOverruns = targetDrops();
  const registrar = (await run.registrar?.stop()) ?? null;
  const told = registrar === null ? [] : [...registrar.warnings, ...registrar.events];
  const notes = told.map((text) => `embedded registrar: ${text}`);
  const record = { ...recordOf(run, precheck, load, notes), targetOverruns };
  return { result: conclude(record), problem: load.lost };
};

const nobodyListens = (targets: readonly WeightedTarget[]): UserError =>
  new UserError('TARGET_UNREACHABLE', {
    message: `nobody listens on ${addressText(targets)}: ${targets.length === 1 ? 'the host' : 'each host'} answered "port unreachable"`,
    hint: 'start the registrar first, or wait for it with --wait-target 30s',
  });

const nobodyAnswers = (targets: readonly WeightedTarget[]): UserError =>
  new UserError('TARGET_UNREACHABLE', {
    message: `${addressText(targets)} did not answer within ${SILENCE_SECONDS} s`,
    hint: 'wait for it with --wait-target 30s; if it never answers a REGISTER without Contact: --set precheck=none',
  });

interface Prechecked {
  readonly outcome: PrecheckOutcome;
  /** `auto` where nobody was asked, so that no socket was opened. */
  readonly transport: RunRecord['transport'];
}

/** The embedded registrar is known to be there; asking it would only add to its counts. */
const runPrecheck = async (run: Run): Promise<Prechecked> => {
  const { plan, options, registrar, targets } = run;
  const { sockets } = plan.local;
  if (plan.precheck === 'none' || registrar !== null) return { outcome: 'none', transport: sockets };
  if (options.waitTargetUs > 0) options.observer.notice(`waiting for ${addressText(targets)} to answer`);
  const { answer, transport } = await askTarget({
    ...run,
    seed: options.seed,
    stop: options.stop,
    waitTargetUs: options.waitTargetUs,
  });
  if (answer === 'silent' && options.endsInSilence !== true)
    options.observer.warning(`${addressText(targets)} did not answer the precheck; the load goes on`);
  return { outcome: answer === 'stopped' ? 'none' : answer, transport: transport ?? sockets };
};

/** A result without any load: unreachable, or interrupted before it began. */
const withoutLoad = (run: Run, { outcome, transport }: Prechecked, problem: UserError | null): RunOutcome => {
  const blocks = [createMetricsBlock(1)];
  setCounter(blocks[0]!, COUNTER_CONTEXTS, run.plan.identities.count);
  const load: LoadOutcome = { blocks, done: [null], sockets: 0, startedAt: new Date(), durationUs: 0, lost: null };
  return { result: conclude({ ...recordOf(run, outcome, load, []), transport }), problem };
};

const MICROSECONDS = 1e6;

const recordOf = (run: Run, precheck: PrecheckOutcome, load: LoadOutcome, notes: readonly string[]): RunRecord => {
  const { plan, options, sharedMachine } = run;
  const targets = run.targetWatch.places() ?? run.targets;
  const cpu = process.cpuUsage(run.cpuAtStart);
  return {
    plan,
    runId: options.runId,
    seed: options.seed,
    commandLine: options.commandLine,
    onInvalid: options.onInvalid,
    target: addressText(targets),
    targets: targets.map((target) => addressText([target])),
    sharedMachine,
    precheck,
    targetOverruns: null,
    interrupted: options.stop.signal(),
    lost: load.lost !== null,
    blocks: load.blocks,
    done: load.done,
    sockets: load.sockets,
    transport: plan.local.sockets,
    startedAt: load.startedAt,
    durationUs: load.durationUs,
    cpuSeconds: (cpu.user + cpu.system) / MICROSECONDS,
    notes,
  };
};
