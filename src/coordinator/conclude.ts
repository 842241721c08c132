// The end of every run, whatever happened to it: books of lost workers closed, blocks merged, judged, put into a result, and
// the result's sums checked. A sum that does not add up is an internal error, and still a report.

import { judgeRun, withInternalErrors } from '../gate/index.ts';
import type { KeepaliveFacts, MetricsBlock, NatFacts, PrecheckOutcome, RunResult } from '../metrics/index.ts';
import { buildRunResult, checkSums, checkTargets, mergeBlocks, settleLostBlock } from '../metrics/index.ts';
import type { RunPlan } from '../scenario/index.ts';
import { proceduresOf } from '../scenario/index.ts';
import { US_PER_SECOND } from '../std/index.ts';
import type { UdpTransportKind } from '../transport/index.ts';
import type { LoadDone } from '../worker/messages.ts';
import { machineFacts, toolVersion } from './environment.ts';
import { measuredWindow, phasesOf } from './phases.ts';
import { redactCommandLine } from './secrets.ts';
import type { StopSignal } from './stop-switch.ts';

/** What happened, as the run saw it. */
export interface RunRecord {
  readonly plan: RunPlan;
  readonly runId: string;
  readonly seed: number;
  readonly commandLine: readonly string[];
  readonly onInvalid: 'fail' | 'warn';
  /** `127.0.0.1:5060` */
  readonly target: string;
  /** The same one by one, the most preferred first. */
  readonly targets: readonly string[];
  readonly sharedMachine: boolean;
  readonly precheck: PrecheckOutcome;
  /** Datagrams that the registrar's own sockets dropped; null where that cannot be told. */
  readonly targetOverruns: number | null;
  readonly interrupted: StopSignal | null;
  /** Something was lost, if only the embedded registrar. */
  readonly lost: boolean;
  readonly blocks: readonly MetricsBlock[];
  readonly done: readonly (LoadDone | null)[];
  readonly sockets: number;
  /** For a run in which no worker told what it took. */
  readonly transport: UdpTransportKind | 'auto';
  readonly startedAt: Date;
  readonly durationUs: number;
  /** Processor time of the whole process since the run was asked for. */
  readonly cpuSeconds: number;
  readonly notes: readonly string[];
}

const BYTES_PER_KILOBYTE = 1024;

export const conclude = (record: RunRecord): RunResult => {
  const lostBlocks = record.blocks.filter((_, worker) => record.done[worker] === null);
  for (const block of lostBlocks) settleLostBlock(block);
  const merged = mergeBlocks(record.blocks);
  const workersLost = record.lost ? Math.max(1, lostBlocks.length) : 0;
  const cutShort = record.interrupted !== null || record.lost;
  const times = { load: record.plan.load, done: record.done, durationUs: record.durationUs, cutShort };
  const measured = measuredWindow(times);
  const common = { interrupted: record.interrupted, workersLost, precheck: record.precheck };
  const judgement = judgeRun(merged, {
    ...common,
    thresholds: record.plan.thresholds,
    verifyAsked: record.plan.verify !== null,
    measuredSeconds: measured.endSeconds - measured.startSeconds,
    onInvalid: record.onInvalid,
    regressed: false,
  });
  const result = buildRunResult(merged, {
    ...common,
    toolVersion: toolVersion(),
    scenario: scenarioFacts(record),
    environment: environmentFacts(record),
    startedAt: record.startedAt.toISOString(),
    durationSeconds: record.durationUs / US_PER_SECOND,
    measured,
    phases: phasesOf(times),
    procedures: [...proceduresOf(record.plan.flow)],
    sockets: record.sockets,
    cpuSeconds: record.cpuSeconds,
    maxRssBytes: process.resourceUsage().maxRSS * BYTES_PER_KILOBYTE,
    targets: record.targets,
    targetOverruns: record.targetOverruns,
    verifyAsked: record.plan.verify !== null,
    cleanupAsked: record.plan.cleanup !== 'none',
    keepalive: keepaliveFacts(record.plan),
    nat: natFacts(record),
    notes: notesOf(record),
    judgement,
  });
  return withInternalErrors(result, [...checkSums(result), ...checkTargets(result)]);
};

const scenarioFacts = ({ plan, seed, runId }: RunRecord): RunResult['scenario'] => ({
  name: plan.name,
  file: plan.file,
  hash: plan.hash,
  seed,
  runId,
});

const environmentFacts = (record: RunRecord): RunResult['environment'] => {
  const first = record.done.find((done) => done !== null);
  const transport = first?.transport ?? record.transport;
  return {
    ...machineFacts(),
    target: record.plan.target.kind === 'embedded' ? `embedded (${record.target})` : record.target,
    transport,
    wireClock: first?.wireClock ?? (transport === 'udp-dgram' ? 'userland' : 'kernel'),
    sharedMachine: record.sharedMachine,
    commandLine: redactCommandLine(record.commandLine),
  };
};

const SEEN_SHOWN = 16;

const natFacts = ({ plan, done }: RunRecord): NatFacts => {
  const seen = done.flatMap((worker) => worker?.seen ?? []);
  const behindNat = seen.filter((socket) => socket.seen !== socket.local);
  const { advertise, nat } = plan;
  return {
    mode: nat,
    advertise: advertise === null ? null : `${advertise.host}${advertise.port === null ? '' : `:${advertise.port}`}`,
    sockets: seen.length,
    behindNat: behindNat.length,
    seen: behindNat.slice(0, SEEN_SHOWN),
  };
};

const keepaliveFacts = ({ keepalive }: RunPlan): KeepaliveFacts | null =>
  keepalive === null
    ? null
    : { kind: keepalive.kind, per: keepalive.per, everySeconds: keepalive.everyUs / US_PER_SECOND };

const notesOf = ({ plan, done, notes }: RunRecord): string[] => {
  const warnings = new Set(done.flatMap((worker) => worker?.warnings ?? []));
  const embedded = plan.target.kind === 'embedded' ? [EMBEDDED_NOTE] : [];
  return [...embedded, ...notes, ...warnings];
};

const EMBEDDED_NOTE = 'the embedded registrar runs in this process: processor time and memory include it';
