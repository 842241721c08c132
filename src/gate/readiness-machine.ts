// Checks on the machine itself: what it has for the plan (descriptors, processors, memory), how well it keeps time, and what
// else it is doing.

import { formatBytes, formatCount, formatCounted, formatRate, formatTime } from '../metrics/index.ts';
import { US_PER_MS } from '../std/index.ts';
import type { Check, ReadinessFacts } from './readiness-facts.ts';
import { LAG_P99_MAX_US } from './validity.ts';

/** A worker was measured at four times what it is given by default; what is asked of it beyond that, it never did. */
const WORKER_MOST = 4;
/** Memory that others may come to want while the run lasts. */
const MEMORY_SHARE_MAX = 0.8;
/** A turn of the pump reads the clock a few dozen times; a clock of the kernel's own page costs 20 to 300 ns with the call. */
const CLOCK_READ_NS_MAX = 1_000;
const SLOW_CLOCKS: readonly string[] = ['hpet', 'acpi_pm', 'pit', 'jiffies', 'refined-jiffies'];
const FAST_CLOCKS: readonly string[] = ['tsc', 'kvm-clock', 'hyperv_clocksource_tsc_page', 'arch_sys_counter'];
const CLOCK_SETTING = '/sys/devices/system/clocksource/clocksource0/current_clocksource';
/** Half of what a start may be late at the 99th percentile (1 ms at 50,000/s) for an ordinary one. */
const SLEEP_LATE_US_MAX = US_PER_MS / 2;
/** As before a benchmark: less than that is the system's own. */
const LOAD_MIN = 0.5;

export const descriptorsFinding: Check = ({ plan, machine }) => {
  const { descriptors } = plan;
  const finding = { check: 'open files', needed: `about ${formatCount(descriptors)}` };
  if (machine.openFiles === null) return { ...finding, status: 'unknown', is: 'no limit is told', mend: [] };
  const { soft, hard } = machine.openFiles;
  const is = `at most ${limitText(soft)}`;
  if (soft >= descriptors) return { ...finding, status: 'ok', is, mend: [] };
  if (hard >= descriptors) return { ...finding, status: 'missing', is, mend: [`ulimit -n ${withRoom(descriptors)}`] };
  const mend = [`sudo prlimit --pid $$ --nofile=${withRoom(descriptors)}:${withRoom(descriptors)}`];
  return { ...finding, status: 'missing', is: `${is}, and no more than ${limitText(hard)} without root`, mend };
};

/** How many are open before a run differs by a few from one start to the next. */
const withRoom = (descriptors: number): number => Math.ceil((descriptors + 16) / 64) * 64;

const limitText = (limit: number): string => (Number.isFinite(limit) ? formatCount(limit) : 'any number');

export const processorsFinding: Check = (facts) => {
  const { workers, workersWanted, attemptsPerSecond } = facts.plan;
  const finding = { check: 'processors', needed: processorsNeeded(facts) };
  const is = processorsText(facts);
  if (workersWanted > workers) {
    const each = `${formatRate(attemptsPerSecond / workers)} attempts a worker`;
    const status = workersWanted > WORKER_MOST * workers ? 'missing' : 'warning';
    return { ...finding, status, is: `${is}: ${each}`, mend: [...moreProcessors(facts), lowerRate(facts)] };
  }
  if (usableProcessors(facts) >= busyThreads(facts)) return { ...finding, status: 'ok', is, mend: [] };
  const mend = [...moreProcessors(facts), ...fewerWorkers(facts)];
  return { ...finding, status: 'warning', is: `${is}: threads share them`, mend };
};

/** Threads that are busy while the load lasts; a registrar on the same machine is one of them. */
const busyThreads = ({ plan, target }: ReadinessFacts): number => plan.workers + (target.sameMachine ? 1 : 0);

const usableProcessors = ({ machine }: ReadinessFacts): number =>
  Math.min(machine.processors.usable, machine.processors.quota ?? Number.POSITIVE_INFINITY);

const processorsNeeded = ({ plan, target }: ReadinessFacts): string => {
  const workers = formatCounted(Math.max(plan.workers, plan.workersWanted), 'worker');
  return target.sameMachine ? `one each for ${workers} and the registrar` : `one each for ${workers}`;
};

const processorsText = ({ machine }: ReadinessFacts): string => {
  const { usable, online, quota } = machine.processors;
  const bound =
    usable < online ? `${usable} of ${formatCounted(online, 'processor')}` : formatCounted(usable, 'processor');
  return quota === null || quota >= usable ? bound : `${bound}, time for ${quota} by the control group`;
};

/** What lifts a bound of the operator's own; a machine has the processors that it has. */
const moreProcessors = (facts: ReadinessFacts): readonly string[] => {
  const { plan, target, machine } = facts;
  const { usable, online, quota } = machine.processors;
  const wanted = busyThreads(facts) - plan.workers + Math.max(plan.workers, plan.workersWanted);
  const mend: string[] = [];
  if (usable < Math.min(wanted, online)) mend.push(`taskset -cp 0-${online - 1} $$`);
  if (quota !== null && quota < wanted) mend.push(`docker update --cpus=${wanted} CONTAINER`);
  if (mend.length === 0 && target.sameMachine) mend.push('--target sip:HOST (a registrar on another machine)');
  return mend;
};

/** A rate at which no worker gets more than it takes with ease. */
const lowerRate = ({ plan }: ReadinessFacts): string =>
  `--rate ${Math.max(1, Math.floor((plan.startsPerSecond * plan.workers) / plan.workersWanted))}/s`;

/** Where more were asked for than the rate needs. */
const fewerWorkers = ({ plan }: ReadinessFacts): readonly string[] =>
  plan.workers > plan.workersWanted ? [`--workers ${plan.workersWanted}`] : [];

export const memoryFinding: Check = ({ plan, machine }) => {
  const { memoryBytes, tableBytes, contexts } = plan;
  const needed = `about ${formatBytes(memoryBytes)}`;
  const finding = { check: 'memory', needed };
  if (machine.memory === null) return { ...finding, status: 'unknown', is: 'not told', mend: [] };
  const { availableBytes, limitedBy } = machine.memory;
  const is = `${formatBytes(availableBytes)} available${limitedBy === 'machine' ? '' : ` in the ${limitedBy}`}`;
  const mostBytes = availableBytes * MEMORY_SHARE_MAX;
  if (memoryBytes <= mostBytes) return { ...finding, status: 'ok', is, mend: [] };
  const fitting = Math.floor((contexts * (mostBytes - (memoryBytes - tableBytes))) / tableBytes);
  const mend = [
    ...(limitedBy === 'machine'
      ? []
      : [`docker update --memory=${Math.ceil(memoryBytes / MEMORY_SHARE_MAX)} CONTAINER`]),
    ...(fitting >= 1 ? [`--set identities.count=${fitting}`] : ['ps -eo pid,rss,comm --sort=-rss | head']),
  ];
  return { ...finding, status: memoryBytes > availableBytes ? 'missing' : 'warning', is, mend };
};

export const clockFinding: Check = ({ machine }) => {
  const { clockSource, clockReadNs } = machine;
  const finding = { check: 'clock', needed: `less than ${formatCount(CLOCK_READ_NS_MAX)} ns` };
  const name = clockSource === null ? "the system's clock" : clockSource.current;
  const is = `${name}, ${formatCount(clockReadNs)} ns a reading`;
  const isSlow = clockReadNs >= CLOCK_READ_NS_MAX || SLOW_CLOCKS.includes(name);
  if (!isSlow) return { ...finding, status: 'ok', is, mend: [] };
  const better = FAST_CLOCKS.find((clock) => clock !== name && clockSource?.available.includes(clock));
  const mend = better === undefined ? [] : [`echo ${better} | sudo tee ${CLOCK_SETTING}`];
  return { ...finding, status: 'warning', is, mend };
};

export const sleepFinding: Check = ({ machine }) => {
  const { sleepLateUs, sleepLateUsMax } = machine;
  const needed = `less than ${formatTime(SLEEP_LATE_US_MAX)}, never ${formatTime(LAG_P99_MAX_US)}`;
  const is = `500 µs end ${formatTime(sleepLateUs)} late, at worst ${formatTime(sleepLateUsMax)}`;
  const isLate = sleepLateUs > SLEEP_LATE_US_MAX || sleepLateUsMax >= LAG_P99_MAX_US;
  const mend = isLate && sleepLateUsMax >= LAG_P99_MAX_US ? [BUSIEST] : [];
  return { check: 'sleep', status: isLate ? 'warning' : 'ok', is, needed, mend };
};

export const governorFinding: Check = ({ machine: { governor } }) => {
  const finding = { check: 'processor clock', needed: 'performance' };
  if (governor === null)
    return { ...finding, status: 'unknown', is: 'the machine does not tell its governor', mend: [] };
  if (governor === 'performance') return { ...finding, status: 'ok', is: governor, mend: [] };
  const is = `${governor}: latencies depend on how busy the machine is`;
  return { ...finding, status: 'warning', is, mend: ['sudo cpupower frequency-set -g performance'] };
};

const BUSIEST = 'ps -eo pid,pcpu,comm --sort=-pcpu | head';

export const loadFinding: Check = (facts) => {
  const { loadAverage } = facts.machine;
  const threads = busyThreads(facts);
  const finding = { check: 'other work', needed: 'processors left for the run' };
  if (loadAverage === null) return { ...finding, status: 'unknown', is: 'no load average is told', mend: [] };
  const is = `load average ${loadAverage.toFixed(2)}`;
  const isBusy = loadAverage >= LOAD_MIN && usableProcessors(facts) - loadAverage < threads;
  return { ...finding, status: isBusy ? 'warning' : 'ok', is, mend: isBusy ? [BUSIEST] : [] };
};
