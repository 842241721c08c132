// What `regstorm simulate` says: counts and a hash that depend on the seed alone, so two of them can be compared by eye or by
// diff. No time of a clock on the wall.

import { formatCount, formatCounted, UNKNOWN } from '../metrics/index.ts';
import type { SimulationEnd, SimulationReport } from '../sim/index.ts';
import { fnv1a64Hex, US_PER_HOUR, US_PER_SECOND } from '../std/index.ts';

const LABEL_WIDTH = 14;

/** One world, in full. */
export const describeSimulation = (report: SimulationReport, isVerbose: boolean): string => {
  const { end, seed } = report;
  const scenario = isVerbose ? `${report.scenario}\n` : '';
  if (end === null) return `${scenario}${worldLine(report)}`;
  const lines = [
    ...clientLines(end),
    ...networkLines(end),
    row('effects', sortedCounts(new Map(Object.entries(end.effects)))),
    row('checks', `${formatCount(end.tally.checks)}, all held`),
  ];
  return `${scenario}${worldLine(report)}${lines.join('')}seed ${seed} hash ${end.world.hash}\n`;
};

/** One world among several. */
export const describeInLine = ({ seed, end, isCalm, faults }: SimulationReport): string => {
  const what = isCalm ? 'calm' : faults.join(', ') || 'no faults drawn';
  return `seed ${seed} hash ${end?.world.hash ?? UNKNOWN}  ${what}\n`;
};

/** The line that plays a world again. */
export const reproduction = ({ seed }: SimulationReport, hours: number | null): string =>
  `reproduce: regstorm simulate --seed ${seed}${hours === null ? '' : ` --hours ${hours}`}`;

const worldLine = ({ seed, runId, contexts, workers, sockets, faults, isCalm, end }: SimulationReport): string => {
  const length = end === null ? '' : `, ${lengthOf(end)} of virtual time`;
  const what = isCalm ? 'none: nothing may fail' : faults.join(' · ') || 'none drawn';
  const spread = sockets > workers ? `, ${formatCounted(sockets, 'socket')}` : '';
  const size = `${formatCounted(contexts, 'context')}, ${formatCounted(workers, 'worker')}${spread}${length}`;
  return `seed ${seed} (run id ${runId}): ${size}\n${row('faults', what)}`;
};

/** `1 h 56 min 2 s`, rounded up to whole seconds. */
const lengthOf = ({ world }: SimulationEnd): string => {
  const seconds = Math.ceil(world.endedUs / US_PER_SECOND);
  const parts: [number, string][] = [
    [Math.floor(seconds / 3600), 'h'],
    [Math.floor(seconds / 60) % 60, 'min'],
    [seconds % 60, 's'],
  ];
  const shown = parts.filter(([count]) => count > 0).map(([count, unit]) => `${formatCount(count)} ${unit}`);
  return shown.join(' ') || '0 s';
};

const clientLines = ({ tally, outcomes, answeredAfterHealing }: SimulationEnd): string[] => [
  row('outcomes', counts(outcomes)),
  row(
    'client',
    [
      formatCounted(tally.requests, 'request'),
      formatCounted(tally.retransmissions, 'retransmission'),
      formatCounted(tally.responses, 'response'),
      `${formatCount(tally.stray)} stray`,
      `${formatCount(tally.malformed)} malformed`,
    ].join(' · '),
  ),
  row('agreement', agreement(tally)),
  ...(answeredAfterHealing === 0
    ? []
    : [row('healed', `${formatCounted(answeredAfterHealing, 'transaction')} begun after it, all answered`)]),
];

const agreement = ({ settled, unsettled }: Pick<SimulationEnd['tally'], 'settled' | 'unsettled'>): string => {
  const others = counts(unsettled);
  return `${formatCounted(settled, 'context')} as the registrar has it${others === 'none' ? '' : `; not settled: ${others}`}`;
};

const networkLines = ({ world }: SimulationEnd): string[] => {
  const { toRegistrar, toClients, edge, registrar } = world;
  const sum = (name: keyof typeof toRegistrar): number => toRegistrar[name] + toClients[name];
  const fates = (['lost', 'lostInBurst', 'lostInPartition', 'duplicated', 'heldBack', 'corrupted'] as const).map(
    (name): [string, number] => [words(name), sum(name)],
  );
  return [
    row('datagrams', `${formatCount(world.datagrams)} sent · ${formatCount(world.afterEnd)} too late`),
    row('network', counts(Object.fromEntries(fates))),
    row('edge', counts(Object.fromEntries(Object.entries(edge).map(([name, count]) => [words(name), count])))),
    row(
      'registrar',
      counts(Object.fromEntries(Object.entries(registrar).map(([name, count]) => [words(name), count]))),
    ),
  ];
};

const row = (label: string, text: string): string => `  ${label.padEnd(LABEL_WIDTH)}${text}\n`;

/** `lostInBurst` as `lost in burst`. */
const words = (name: string): string => name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);

/** What did not occur is left out. */
const counts = (byName: Readonly<Record<string, number>>): string => {
  const parts = Object.entries(byName).filter(([, count]) => count > 0);
  return parts.map(([name, count]) => `${name} ${formatCount(count)}`).join(' · ') || 'none';
};

export interface SimulationSum {
  worlds: number;
  calm: number;
  violations: number;
  virtualUs: number;
  datagrams: number;
  attempts: number;
  checks: number;
  /** Worlds by kind of fault. */
  readonly faults: Map<string, number>;
  readonly outcomes: Map<string, number>;
  /** How often each thing that may be drawn took effect. */
  readonly effects: Map<string, number>;
  settled: number;
  readonly unsettled: Map<string, number>;
  /** Datagrams that the networks lost, duplicated, held back or damaged. */
  mistreated: number;
  readonly hashes: string[];
  add(report: SimulationReport): void;
}

export const createSimulationSum = (): SimulationSum => {
  const sum: SimulationSum = {
    worlds: 0,
    calm: 0,
    violations: 0,
    virtualUs: 0,
    datagrams: 0,
    attempts: 0,
    checks: 0,
    faults: new Map(),
    outcomes: new Map(),
    effects: new Map(),
    settled: 0,
    unsettled: new Map(),
    mistreated: 0,
    hashes: [],
    add: ({ end, violation, isCalm, faults }) => {
      sum.worlds++;
      if (isCalm) sum.calm++;
      if (violation !== null) sum.violations++;
      for (const fault of faults) addTo(sum.faults, fault, 1);
      if (end === null) return;
      const { world, tally, outcomes, effects } = end;
      sum.virtualUs += world.endedUs;
      sum.datagrams += world.datagrams;
      sum.attempts += tally.attempts;
      sum.checks += tally.checks;
      sum.settled += tally.settled;
      for (const [name, count] of Object.entries(outcomes)) addTo(sum.outcomes, name, count);
      for (const [name, count] of Object.entries(effects)) addTo(sum.effects, name, count);
      for (const [reason, count] of Object.entries(tally.unsettled)) addTo(sum.unsettled, reason, count);
      for (const { offered, delivered, duplicated, heldBack, corrupted } of [world.toRegistrar, world.toClients]) {
        sum.mistreated += offered + duplicated - delivered + duplicated + heldBack + corrupted;
      }
      sum.hashes.push(world.hash);
    },
  };
  return sum;
};

const addTo = (counts: Map<string, number>, name: string, count: number): void => {
  counts.set(name, (counts.get(name) ?? 0) + count);
};

const sortedCounts = (byName: ReadonlyMap<string, number>): string =>
  counts(Object.fromEntries([...byName].sort(([one], [other]) => (one < other ? -1 : 1))));

/** Several worlds in a few lines. */
export const describeSum = (sum: SimulationSum): string =>
  [
    `${formatCounted(sum.worlds, 'world')}, ${formatCount(sum.calm)} of them calm, ${formatCounted(sum.violations, 'violation')}\n`,
    row('virtual time', `${(sum.virtualUs / US_PER_HOUR).toFixed(1)} hours`),
    row('attempts', formatCount(sum.attempts)),
    row('datagrams', `${formatCount(sum.datagrams)} sent · ${formatCount(sum.mistreated)} mistreated`),
    row('faults', sortedCounts(sum.faults)),
    row('outcomes', sortedCounts(sum.outcomes)),
    row('effects', sortedCounts(sum.effects)),
    row('agreement', agreement({ settled: sum.settled, unsettled: Object.fromEntries(sum.unsettled) })),
    row('checks', formatCount(sum.checks)),
    `hash over all ${fnv1a64Hex(sum.hashes.join(' '))}\n`,
  ].join('');
