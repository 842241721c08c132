// Counts what a whole engine allocates, driven in memory as a pump would. Options as JSON; prints the rounds as JSON.
//
//   node --expose-gc --max-semi-space-size=256 --min-semi-space-size=256 engine-in-memory.mjs '{"credentials":"kept","flow":"once"}'

import { advance, attachFlow, drain, receiveDatagram, reportSent } from '../../dist/engine/index.js';
import { COUNTER_REQUESTS_SENT, counterOf, createMetricsBlock } from '../../dist/metrics/index.js';
import { answer, createPeer, takeAnswers } from './answering-peer.mjs';
import { createCounter, createOnlyEngine, finishedAttempts, measuredPlan } from './measured-plan.mjs';

const RATE = 50_000;
const TURN_US = 500;
const SECOND_US = 1_000_000;
const WARM_UP_TURNS = 4_000;
const ROUNDS = 8;
const ONLY_FLOW = 0;
const TURNS_A_ROUND = 400;

/** `lateSeconds`: the counting begins that much later in the run's time, in which nothing happens. */
const { credentials, flow, lateSeconds = 0, redirects = false } = JSON.parse(process.argv[2]);
const plan = measuredPlan({ credentials, flow, rate: RATE, wait: `${lateSeconds + 1}s`, redirects });
const metrics = createMetricsBlock(lateSeconds + 100);
const engine = createOnlyEngine(plan, metrics, { redirects: { names: [] } });
attachFlow(engine, ONLY_FLOW, '127.0.0.1:40000');
const peer = createPeer({ challenges: credentials !== 'plain', redirects, answersMost: 1024 });
const sink = (_flow, bytes, start, end) => {
  answer(peer, bytes, start, end);
  return true;
};

/** As a pump: what has arrived, advance, drain, report. */
const turn = (nowUs) => {
  const count = takeAnswers(peer);
  for (let i = 0; i < count; i++) {
    receiveDatagram(engine, nowUs, ONLY_FLOW, peer.bytes, peer.ends[i], peer.ends[i + 1]);
  }
  advance(engine, nowUs);
  const sent = drain(engine, sink);
  for (let i = 0; i < sent; i++) reportSent(engine, ONLY_FLOW, 1, nowUs);
};

let nowUs = 0;
const run = (turns, stepUs) => {
  for (let i = 0; i < turns; i++) {
    nowUs += stepUs;
    turn(nowUs);
  }
};

run(200, TURN_US);
run(lateSeconds, SECOND_US);
run(WARM_UP_TURNS, TURN_US);
const finished = () => finishedAttempts(metrics);
const counter = createCounter(finished);
const rounds = [];
for (let round = 0; round < ROUNDS; round++) {
  counter.begin();
  run(TURNS_A_ROUND, TURN_US);
  rounds.push(counter.end());
}
process.stdout.write(
  JSON.stringify({ rounds, requests: counterOf(metrics, COUNTER_REQUESTS_SENT), finished: finished() }),
);
