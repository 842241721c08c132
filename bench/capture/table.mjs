// From captured runs to text: medians over the repetitions, with the targets beside them.

import { median } from '../macro/table.mjs';

const TARGETS_US = { 'half of the peak': 50, 'the peak': 200 };
const PACING_TARGET_US = 1_000;
const WIDTH = 18;

const fixed = (value, width, digits = 1) => value.toFixed(digits).padStart(width);
const verdict = (value, target) => (value <= target ? 'met' : 'NOT met');

export const captureTable = (runs) => {
  const titles = [...new Set(runs.map(({ title }) => title))];
  return [
    'Wire time of each transaction against the capture: absolute difference in µs, warm-up left out, medians of the runs',
    `${''.padEnd(WIDTH)}   rate/s  held   transactions  in the capture   wire mean |      p50      p99       max   median, signed`,
    ...titles.flatMap((title) =>
      rowsOf(
        title,
        runs.filter((run) => run.title === title),
      ),
    ),
    '',
    ...titles.map((title) =>
      targetLine(
        title,
        runs.filter((run) => run.title === title),
      ),
    ),
  ];
};

const rowsOf = (title, runs) => {
  const sum = (pick) => runs.reduce((total, run) => total + pick(run), 0);
  const wireUs = sum(({ recordedSumUs }) => recordedSumUs) / sum(({ succeeded }) => succeeded);
  const held = `${runs.filter((run) => run.held).length}/${runs.length}`;
  const transactions = String(sum((run) => run.transactions)).padStart(15);
  const paired = String(sum((run) => run.paired)).padStart(16);
  const counts = `${String(runs[0].rate).padStart(9)}${held.padStart(6)}${transactions}${paired}${fixed(wireUs, 12)}`;
  const parts = [
    ['whole', 'difference'],
    ['  send side', 'send'],
    ['  receive side', 'receive'],
  ];
  return parts.map(([name, part], index) => {
    const of = (key) => median(runs.map(({ errors }) => errors[part][key]));
    const left = index === 0 ? `${title.padEnd(WIDTH)}${counts}` : name.padEnd(WIDTH + 58);
    return `${left} |${fixed(of('p50'), 9)}${fixed(of('p99'), 9)}${fixed(of('max'), 10)}${fixed(of('median'), 17)}`;
  });
};

const targetLine = (title, runs) => {
  const values = runs.map(({ errors }) => errors.difference.p99);
  const value = median(values);
  const range = `${Math.min(...values).toFixed(1)} to ${Math.max(...values).toFixed(1)}`;
  const target = TARGETS_US[title];
  const all = median(runs.map(({ p99OfAll }) => p99OfAll)).toFixed(1);
  return `p99 at ${title}: ${value.toFixed(1)} µs (${range}; with the warm-up ${all}); target ${target} µs: ${verdict(value, target)}`;
};

export const pacingTable = (runs) => {
  const of = (key) => median(runs.map((run) => run[key]));
  const values = runs.map(({ p99 }) => p99);
  return [
    `Pacing at ${runs[0].rate}/s: lag of ${runs[0].count} starts after the warm-up, µs, medians of ${runs.length} runs`,
    `p50 ${of('p50')}   p99 ${of('p99')} (${Math.min(...values)} to ${Math.max(...values)})   max ${of('max')}`,
    `lag p99: ${of('p99')} µs; target ${PACING_TARGET_US} µs: ${verdict(of('p99'), PACING_TARGET_US)}`,
  ];
};
