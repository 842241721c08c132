// From measured steps to text: medians, ratios, and the tables that the benchmark prints.

export const median = (values) => {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
};

/** A run of next to nothing: what regstorm costs before its first registration. */
export const START_UP = 'regstorm start-up';

/** At three quarters of the highest rate that was found in the same run. */
export const NEAR_PEAK = 'near peak';

/** The same load a worker, by one worker and by two. */
export const ONE_WORKER = 'regstorm, 1 worker';
export const TWO_WORKERS = 'regstorm, 2 workers';

/** Processor time per registration of a step, microseconds, the whole process counted. */
export const costUs = ({ cpuSeconds, count }) => (cpuSeconds / count) * 1e6;

/** Title -> {medianUs, leastUs, mostUs, rssBytes, steps}. */
export const summarise = (steps) => {
  const titles = [...new Set(steps.map(({ title }) => title))];
  return Object.fromEntries(
    titles.map((title) => {
      const own = steps.filter((step) => step.title === title);
      const costs = own.map(costUs);
      const rssBytes = Math.max(...own.map(({ maxRssBytes }) => maxRssBytes));
      const summary = { medianUs: median(costs), leastUs: Math.min(...costs), mostUs: Math.max(...costs), rssBytes };
      return [title, { ...summary, steps: own }];
    }),
  );
};

/** Median processor time of start-up, or null where it was not measured. */
const startUpSeconds = (costs) => {
  const steps = costs[START_UP]?.steps;
  return steps === undefined ? null : median(steps.map(({ cpuSeconds }) => cpuSeconds));
};

/** Ratios of medians; a line whose two sides were not both measured is left out. */
export const ratios = (costs, peaks) => {
  const cost = (title) => costs[title]?.medianUs;
  const peak = (title) => peaks[title]?.perSecond;
  const floor = cost('C floor');
  const twoFloors = floor === undefined ? undefined : 2 * floor;
  const rows = [
    ['regstorm plain / C floor', cost('regstorm plain'), floor],
    [`regstorm plain, ${NEAR_PEAK} / C floor`, cost(`regstorm plain, ${NEAR_PEAK}`), floor],
    ['regstorm plain / SIPp plain', cost('regstorm plain'), cost('SIPp plain')],
    ['regstorm plain, segments / C floor', cost('regstorm plain, segments'), floor],
    [`regstorm plain, segments, ${NEAR_PEAK} / C floor`, cost(`regstorm plain, segments, ${NEAR_PEAK}`), floor],
    ['regstorm plain, segments / SIPp plain', cost('regstorm plain, segments'), cost('SIPp plain')],
    ['regstorm digest / two C floors', cost('regstorm digest'), twoFloors],
    [`regstorm digest, ${NEAR_PEAK} / two C floors`, cost(`regstorm digest, ${NEAR_PEAK}`), twoFloors],
    ['regstorm digest / SIPp digest', cost('regstorm digest'), cost('SIPp digest')],
    ['2 workers / 1 worker, same rate each', cost(TWO_WORKERS), cost(ONE_WORKER)],
    ['to Kamailio, regstorm / SIPp', cost('regstorm to Kamailio'), cost('SIPp to Kamailio')],
    ['peak rate, regstorm plain / SIPp plain', peak('regstorm plain'), peak('SIPp plain')],
    ['peak rate, regstorm digest / SIPp digest', peak('regstorm digest'), peak('SIPp digest')],
  ];
  return rows.filter(([, a, b]) => a > 0 && b > 0).map(([name, a, b]) => ({ name, ratio: a / b }));
};

const fixed = (value, digits, width) => value.toFixed(digits).padStart(width);
const WIDTH = 36;

export const costTable = (costs) => {
  const start = startUpSeconds(costs);
  const rows = Object.entries(costs).filter(([title]) => title !== START_UP);
  return [
    'Processor time per registration, µs: the whole process, start-up included',
    `${''.padEnd(WIDTH)}  median   least    most   resident MB   achieved/s${start === null ? '' : '   without start-up'}`,
    ...rows.map((row) => costLine(row, start)),
    ...(start === null ? [] : [`${START_UP.padEnd(WIDTH)}${fixed(start * 1000, 0, 8)} ms of processor time`]),
  ];
};

const costLine = ([title, { medianUs, leastUs, mostUs, rssBytes, steps }], start) => {
  const numbers = [medianUs, leastUs, mostUs].map((value) => fixed(value, 2, 8)).join('');
  const achieved = median(steps.map(({ achievedPerSecond }) => achievedPerSecond));
  const line = `${title.padEnd(WIDTH)}${numbers}${fixed(rssBytes / 1e6, 0, 14)}${fixed(achieved, 0, 13)}`;
  if (start === null || !title.startsWith('regstorm')) return line;
  return `${line}${fixed(medianUs - (start / steps[0].count) * 1e6, 2, 19)}`;
};

export const peakTable = (peaks) => [
  'Highest rate reached over 3 s with no registration failing',
  ...Object.entries(peaks).map(([title, { perSecond, reason }]) => {
    return `${title.padEnd(WIDTH)}${fixed(perSecond, 0, 8)}/s   ${reason}`;
  }),
];

export const ratioTable = (rows) => [
  'Ratios of the medians above',
  ...rows.map(({ name, ratio }) => `${name.padEnd(46)}${fixed(ratio, 2, 6)}`),
];

export const machineLines = (machine) => [
  'Machine',
  ...Object.entries(machine).map(([name, value]) => `${name.padEnd(WIDTH)}${value}`),
];
