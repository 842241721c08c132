// What the million benchmark prints.

const PROCEDURES = ['register', 'refresh', 'unregister'];

const megabytes = (bytes) => `${(bytes / 1e6).toFixed(1)} MB`.padStart(10);
const milliseconds = (us) => (us === null ? '-' : (us / 1000).toFixed(1));

export const columnLines = ({ lines, createdSeconds, filledSeconds, rssBytes }, count) => {
  const sum = lines.reduce((bytes, line) => bytes + line.bytes, 0);
  return [
    `Columns for ${count} contexts, in a process of its own`,
    ...[...lines]
      .sort((a, b) => b.bytes - a.bytes)
      .map(({ consumer, bytes }) => `${consumer.padEnd(24)}${megabytes(bytes)}`),
    `${'sum'.padEnd(24)}${megabytes(sum)}`,
    `allocated in ${createdSeconds.toFixed(3)} s, columns of contexts touched page by page in ${filledSeconds.toFixed(3)} s`,
    `resident then ${megabytes(rssBytes).trim()}: rows of transactions become so as they are used`,
  ];
};

export const runLines = ({ name, usage, summary, responder }) => {
  const { totals, contexts, transactions, generator, validity, durationSeconds } = summary;
  const attempts = PROCEDURES.reduce((sum, each) => sum + totals[each].succeeded, 0);
  const cpuSeconds = usage.userSeconds + usage.systemSeconds;
  return [
    `Against ${name}: ${durationSeconds.toFixed(1)} s, ${validity.verdict}`,
    procedureLine('', ['started', 'succeeded', 'failed', 'lag p50', 'p99', 'max ms', 'latency p99', 'max ms']),
    ...PROCEDURES.map((each) => procedureLine(each, procedureCells(totals[each]))),
    `registered at once ${contexts.registeredPeak}, at the end ${contexts.registeredAtEnd}, expired before refresh ${contexts.expiredBeforeRefresh}`,
    `datagrams ${transactions.datagramsSent} = requests ${transactions.requestsSent} + retransmissions ${transactions.retransmissions}`,
    `generator: resident at most ${megabytes(usage.maxRssBytes).trim()}, processor ${cpuSeconds.toFixed(1)} s, ` +
      `${((cpuSeconds / attempts) * 1e6).toFixed(1)} µs an attempt, clock steps ${generator.clockSteps}`,
    `${name}: ${Object.entries(responder)
      .map(([key, value]) => responderText(key, value))
      .join(', ')}`,
    ...validity.reasons.map(({ reason }) => `doubt: ${reason}`),
  ];
};

const responderText = (key, value) => {
  switch (key) {
    case 'maxRssBytes':
      return `resident at most ${megabytes(value).trim()}`;
    case 'cpuSeconds':
      return `processor ${value.toFixed(1)} s`;
    case 'bindingsLeft':
      return `bindings left ${value}`;
    default:
      return `${key} ${value}`;
  }
};

const procedureCells = ({ started, succeeded, failed, lagUs, latencyUs }) => [
  ...[started, succeeded, failed].map(String),
  ...[lagUs.p50, lagUs.p99, lagUs.max, latencyUs.p99, latencyUs.max].map(milliseconds),
];

const procedureLine = (name, cells) => name.padEnd(12) + cells.map((cell) => cell.padStart(12)).join('');

export const targetLines = (judgements) => {
  const width = Math.max(...judgements.map(({ title }) => title.length));
  return [
    'Targets',
    ...judgements.map(
      ({ title, wanted, measured, met }) =>
        `${title.padEnd(width)}  wanted ${wanted.padStart(8)}  ${met ? 'met   ' : 'MISSED'}  ${measured}`,
    ),
  ];
};
