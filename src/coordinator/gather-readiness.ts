// Everything that `regstorm doctor` wants to know of this machine for a plan, gathered and not judged (gate/readiness.ts does).
// One worker thread opens the run's sockets and closes them again; nothing is sent to the target.

import { availableParallelism, cpus, loadavg } from 'node:os';
import type { MachineReadiness, PlanNeeds, ReadinessFacts, TargetFacts } from '../gate/index.ts';
import { metricsBlockBytes } from '../metrics/index.ts';
import type { RunPlan } from '../scenario/index.ts';
import { attemptsPerSecond, hasCredentials, ratePerSecond, socketCount } from '../scenario/index.ts';
import { assert, UserError } from '../std/index.ts';
import type { SurveyDone } from '../worker/messages.ts';
import { MESSAGES_VERSION } from '../worker/messages.ts';
import { readGroupLimits } from './control-groups.ts';
import { descriptorsNeeded, openFilesLimits } from './descriptors.ts';
import type { WorkerEntry } from './pool.ts';
import { createPool } from './pool.ts';
import { defaultWorkers, seriesSecondsFor } from './run-length.ts';
import { chooseWorkers, userAgent } from './run-plan.ts';
import {
  openDescriptors,
  readAvailableMemory,
  readClockSource,
  readGovernor,
  readNumber,
  readPortRange,
  readText,
} from './system-files.ts';
import type { LocatedTarget, LocateOptions } from './target.ts';
import { checkNameServer, locateTarget } from './target.ts';
import { userErrorIn, workerLost } from './worker-error.ts';

export interface ReadinessOptions {
  /** Null: as few as the rate needs. */
  readonly workers: number | null;
  readonly allowPublic: boolean;
  /** The name server to ask for the target; null: the plan's, or the system's. */
  readonly dns: string | null;
  readonly worker: WorkerEntry;
}

const LOOPBACK = '127.0.0.1';
/** Nothing is sent there; a socket that is connected needs a port. */
const ANY_PORT = 5060;
/**
 * Resident before any table, and for each thread with its heap and compiled code: 105 MB and 19 MB measured (Node 20.20, four
 * runs with one to four workers), with a little room.
 */
const PROCESS_BYTES = 120e6;
const THREAD_BYTES = 25e6;
/** The embedded registrar's for one user and its binding: a run with 100,000 of them took 43 MB more, 18 MB our own rows. */
const EMBEDDED_USER_BYTES = 300;

/** Throws USAGE where the plan cannot have the workers that were asked for. */
export const gatherReadiness = async (plan: RunPlan, options: ReadinessOptions): Promise<ReadinessFacts> => {
  const workers = chooseWorkers(plan, options.workers);
  const open = openDescriptors();
  const target = await findTarget(plan, options);
  const survey = await runSurvey(plan, workers, target.targets, options.worker);
  const { clockReadNs, sleepLateUs, sleepLateUsMax, tableBytes, kind: _, ...sockets } = survey;
  return {
    plan: needsOf(plan, { workers, open, tableBytes, targets: Math.max(1, target.targets.length) }),
    target,
    sockets,
    machine: { ...readMachine(), clockReadNs, sleepLateUs, sleepLateUsMax },
  };
};

const NOTHING_ASKED = { targets: [], steps: [], ttlSeconds: null };

const findTarget = async (plan: RunPlan, options: LocateOptions): Promise<TargetFacts> => {
  if (plan.target.kind === 'embedded') {
    checkNameServer(plan.target, options.dns);
    return { name: 'the embedded registrar', ...NOTHING_ASKED, address: LOOPBACK, sameMachine: true, problem: null };
  }
  const { text: name } = plan.target;
  try {
    const { targets, steps, ttlSeconds, local } = (await locateTarget(plan, options)) as LocatedTarget;
    const lookUp = { targets, steps, ttlSeconds };
    return { name, address: targets[0]?.address ?? null, ...lookUp, sameMachine: local, problem: null };
  } catch (error) {
    if (!(error instanceof UserError) || error.code === 'USAGE') throw error;
    const [{ hint } = { hint: undefined }] = error.problems;
    const message = error.problems.map((problem) => problem.message).join('; ');
    return {
      name,
      address: null,
      ...NOTHING_ASKED,
      sameMachine: false,
      problem: { code: error.code, message, hint: hint ?? null },
    };
  }
};

/** A target without an address is stood for by one of our own: its sockets are tried all the same. */
const runSurvey = async (
  plan: RunPlan,
  workerCount: number,
  found: TargetFacts['targets'],
  worker: WorkerEntry,
): Promise<SurveyDone> => {
  const port = plan.target.kind === 'uri' ? plan.target.port : ANY_PORT;
  const standIn = { address: plan.local.addresses[0] ?? LOOPBACK, port };
  const targets = found.length === 0 ? [standIn] : found.map((each) => ({ address: each.address, port: each.port }));
  const pool = createPool(1, worker);
  try {
    const done = await pool.run({
      kind: 'survey',
      version: MESSAGES_VERSION,
      plan,
      targets,
      workerCount,
      userAgent: userAgent(),
    });
    assert(done.kind === 'survey-done', 'a survey task is answered by survey-done');
    return done;
  } catch (error) {
    throw userErrorIn(error) ?? workerLost(error, 'the worker that tries the sockets');
  } finally {
    await pool.destroy();
  }
};

interface Found {
  readonly workers: number;
  /** Descriptors that are open already. */
  readonly open: number;
  readonly tableBytes: number;
  readonly targets: number;
}

const needsOf = (plan: RunPlan, { workers, open, tableBytes, targets }: Found): PlanNeeds => {
  const isEmbedded = plan.target.kind === 'embedded';
  const threads = workers + (isEmbedded ? 1 : 0);
  const contexts = plan.identities.count;
  const perContext = tableBytes + (isEmbedded ? contexts * EMBEDDED_USER_BYTES : 0);
  const startsPerSecond = ratePerSecond(plan.load);
  const attemptsHz = attemptsPerSecond(plan);
  const { firstPort, lastPort } = plan.local;
  const sockets = socketCount(plan.local, workers);
  return {
    workers,
    workersWanted: defaultWorkers(plan, Number.POSITIVE_INFINITY),
    threads,
    sockets,
    targets,
    segmentation: plan.local.segmentation,
    contexts,
    startsPerSecond,
    attemptsPerSecond: attemptsHz,
    answersPerSecond: attemptsHz * (hasCredentials(plan.identities) ? 2 : 1),
    descriptors: open + descriptorsNeeded(threads, sockets * targets - workers),
    memoryBytes:
      PROCESS_BYTES + threads * THREAD_BYTES + workers * metricsBlockBytes(seriesSecondsFor(plan)) + perContext,
    tableBytes: perContext,
    socketKind: plan.local.sockets,
    localPorts: firstPort === null ? null : { first: firstPort, last: lastPort ?? firstPort },
  };
};

type MachineFiles = Omit<MachineReadiness, 'clockReadNs' | 'sleepLateUs' | 'sleepLateUsMax'>;

const readMachine = (): MachineFiles => {
  const group = readGroupLimits(readText);
  const available = readAvailableMemory(readText);
  return {
    receiveBufferBytesMax: readNumber(readText, '/proc/sys/net/core/rmem_max'),
    sendBufferBytesMax: readNumber(readText, '/proc/sys/net/core/wmem_max'),
    localPortRange: readPortRange(readText),
    openFiles: openFilesLimits(readText('/proc/self/limits') ?? ''),
    processors: { usable: availableParallelism(), online: cpus().length, quota: group.processors },
    memory: tighter(available, group.memoryBytes),
    clockSource: readClockSource(readText),
    governor: readGovernor(readText),
    loadAverage: process.platform === 'win32' ? null : (loadavg()[0] ?? null),
  };
};

const tighter = (machine: number | null, group: number | null): MachineReadiness['memory'] => {
  if (group !== null && (machine === null || group < machine)) {
    return { availableBytes: group, limitedBy: 'control group' };
  }
  return machine === null ? null : { availableBytes: machine, limitedBy: 'machine' };
};
