// A made-up run of two workers, written through the recording functions as an engine would: 10 s measured after 2 s of
// warm-up, 1,000 starts a second, one register and one unregister each, a few failures of several kinds.

import * as m from '../../../src/metrics/index.ts';

export const SAMPLE_WINDOW = { startSeconds: 2, endSeconds: 12 };

/** A small generator with a fixed seed: the same run every time. */
function numbersFrom(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

export function sampleBlocks(): m.MetricsBlock[] {
  return [0, 1].map((worker) => {
    const block = m.createMetricsBlock(20);
    const next = numbersFrom(worker + 1);
    for (let start = 0; start < 6_000; start++) recordStart(block, start * 2_000 + worker * 1_000, next);
    m.setCounter(block, m.COUNTER_CONTEXTS, 5_000);
    m.setCounter(block, m.COUNTER_CPU_US, 1_234_000 + worker);
    m.setCounter(block, m.COUNTER_TURN_US_MAX, 700 + worker);
    recordPump(block, worker, next);
    m.setCounter(block, m.COUNTER_PHASE, m.PHASE_ENDED);
    m.setCounter(block, m.COUNTER_LAST_TURN_US, 15_000_000);
    m.addCounter(block, m.COUNTER_STRAY, 3);
    return block;
  });
}

/** Calls of 1 to 16 datagrams, which carry about what the starts sent, and the turns in which they were made. */
function recordPump(block: m.MetricsBlock, worker: number, next: (below: number) => number): void {
  const counts = new Float64Array(m.CALLS_PER_DIRECTION);
  for (let turn = 0; turn < 9_000; turn++) {
    const datagrams = next(50) === 0 ? 16 : next(4);
    counts[datagrams] = counts[datagrams]! + 1;
    m.recordTurn(block, 12 * datagrams + next(30));
  }
  m.recordTurn(block, 700 + worker);
  m.setCalls(block, m.CALLS_SEND, counts);
  m.setCalls(block, m.CALLS_RECEIVE, counts);
}

function recordStart(block: m.MetricsBlock, dueUs: number, next: (below: number) => number): void {
  const measured = dueUs >= 2_000_000;
  const bank = measured ? m.BANK_MEASURED : m.BANK_OTHER;
  m.addCounter(block, measured ? m.COUNTER_STARTS_DUE_MEASURED : m.COUNTER_STARTS_DUE_OTHER, 1);
  m.addCounter(block, measured ? m.COUNTER_STARTS_MADE_MEASURED : m.COUNTER_STARTS_MADE_OTHER, 1);
  m.countInSecond(block, dueUs, m.LANE_STARTS_DUE, 1);
  m.countInSecond(block, dueUs, m.LANE_STARTS_MADE, 1);
  m.maxInSecond(block, dueUs, m.LANE_REGISTERED, 100 + (next(50) >> 1));
  const registered = recordAttempt(block, bank, m.PROCEDURE_REGISTER, dueUs, next);
  if (registered) recordAttempt(block, bank, m.PROCEDURE_UNREGISTER, dueUs + 500_000, next);
  else m.countSkipped(block, bank, m.PROCEDURE_UNREGISTER, 1);
}

function recordAttempt(
  block: m.MetricsBlock,
  bank: number,
  procedure: number,
  dueUs: number,
  next: (below: number) => number,
): boolean {
  const us = 300 + next(400) + (next(100) === 0 ? next(20_000) : 0);
  m.countStarted(block, bank, procedure);
  m.recordLag(block, bank, procedure, next(60));
  sendRequest(block, dueUs);
  if (procedure === m.PROCEDURE_REGISTER) {
    m.countChallenged(block, bank, procedure);
    m.countResponse(block, 401);
    sendRequest(block, dueUs);
  }
  const fate = next(2_000);
  if (fate === 0) {
    m.addCounter(block, m.COUNTER_RETRANSMISSIONS, 10);
    m.addCounter(block, m.COUNTER_DATAGRAMS_SENT, 10);
    m.countOutcome(block, bank, procedure, m.OUTCOME_TIMEOUT);
    m.recordLatency(block, bank, procedure, 32_000_000);
    m.countInSecond(block, dueUs, m.LANE_FAILED, 1);
    return false;
  }
  if (fate <= 2) {
    m.countResponse(block, 503);
    m.countOutcome(block, bank, procedure, 503);
    m.recordFailureLatency(block, bank, procedure, 150);
    const bytes = new TextEncoder().encode('Service UnavailableWarning: 399 sbc "overload"');
    m.countFailureText(block, 503, bytes, 0, 19, 19, bytes.length);
    m.countInSecond(block, dueUs, m.LANE_FAILED, 1);
    return false;
  }
  m.countResponse(block, 200);
  m.countOutcome(block, bank, procedure, m.OUTCOME_SUCCEEDED);
  m.recordLatency(block, bank, procedure, us);
  m.recordWire(block, bank, procedure, us - 50);
  m.countInSecond(block, dueUs, m.LANE_SUCCEEDED, 1);
  if (procedure === m.PROCEDURE_REGISTER) m.countInSecond(block, dueUs, m.LANE_REGISTRATIONS, 1);
  return true;
}

function sendRequest(block: m.MetricsBlock, nowUs: number): void {
  m.addCounter(block, m.COUNTER_REQUESTS_SENT, 1);
  m.addCounter(block, m.COUNTER_DATAGRAMS_SENT, 1);
  m.countInSecond(block, nowUs, m.LANE_REQUESTS, 1);
}

export const SAMPLE_JUDGEMENT: m.Judgement = {
  verdict: 'pass',
  exitCode: 0,
  validity: { verdict: 'valid', reasons: [] },
  thresholds: [],
};

export const sampleFacts = (judgement: m.Judgement = SAMPLE_JUDGEMENT): m.RunFacts => ({
  toolVersion: '0.1.0',
  scenario: {
    name: 'register-unregister',
    file: 'scenarios/register-unregister.yaml',
    hash: '0123456789abcdef',
    seed: 42,
    runId: 'k3x9q2',
  },
  environment: {
    node: 'v20.20.0',
    platform: 'linux x64',
    kernel: '6.18.0',
    cpuModel: 'Sample CPU @ 3.00GHz',
    cpus: 2,
    target: '192.0.2.1:5060',
    transport: 'udp-batch',
    wireClock: 'kernel',
    sharedMachine: false,
    commandLine: ['regstorm', 'run', 'scenarios/register-unregister.yaml'],
  },
  sockets: 1,
  startedAt: '2026-11-23T01:00:00.000Z',
  durationSeconds: 15.25,
  measured: SAMPLE_WINDOW,
  phases: [
    { name: 'warmup', startSeconds: 0, durationSeconds: 2 },
    { name: 'measured', startSeconds: 2, durationSeconds: 10 },
    { name: 'drain', startSeconds: 12, durationSeconds: 3.25 },
  ],
  procedures: ['unregister', 'register'],
  maxRssBytes: 123_456_789,
  verifyAsked: false,
  cleanupAsked: false,
  keepalive: null,
  nat: { mode: 'off', advertise: null, sockets: 0, behindNat: 0, seen: [] },
  interrupted: null,
  workersLost: 0,
  precheck: 'answered',
  targetOverruns: null,
  notes: [],
  judgement,
});
