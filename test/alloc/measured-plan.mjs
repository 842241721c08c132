// The scenarios whose allocations are counted, their engine, and how it is done: from the heap's size before and after, the young generation being so
// large that nothing is collected in between.

import { createEngine } from '../../dist/engine/index.js';
import { loadScenario } from '../../dist/scenario/index.js';

/** Each start of `fresh` has a context of its own, so that each is challenged; `kept` comes back to a nonce. */
const CONTEXTS = { plain: 2000, kept: 2000, fresh: 400_000 };

const STEPS_BEHIND = {
  once: () => '',
  waits: (wait) =>
    `  - wait: ${wait}\n  - repeat: { times: 900000, steps: [ { wait: 40ms }, { refresh: { expires: 3600s } } ] }`,
  holds: () => '  - hold: { for: 100h, refreshAt: 1-1.5%, margin: 1s, expires: 4s }',
};

/** `once`: a flow of one step, over and over. `waits`: one flow that waits and refreshes, over and over; `holds`: one that holds. */
export const measuredPlan = ({ credentials, flow, rate, wait = '1s', redirects = false }) => {
  const text = `version: 1
name: allocations
target: sip:127.0.0.1:5060
registrar: sip:test.example
precheck: none
${redirects ? 'redirects: { follow: 3 }' : ''}
identities: { count: ${CONTEXTS[credentials]}, user: "u{index:8}", domain: test.example${credentials === 'plain' ? '' : ', password: secret'} }
load: { rate: ${rate}/s, ${flow === 'once' ? 'duration: 1000s' : `starts: ${CONTEXTS[credentials]}`} }
flow:
  - register: { expires: ${flow === 'holds' ? 4 : 3600}s }
${STEPS_BEHIND[flow](wait)}
`;
  return loadScenario({ file: 'allocations.yaml', text });
};

/** An engine that has the whole plan to itself. */
export const createOnlyEngine = (plan, metrics, more = {}) =>
  createEngine({
    plan,
    workerIndex: 0,
    workerCount: 1,
    runId: '0123456789abcdef',
    seed: 1,
    userAgent: 'regstorm',
    metrics,
    ...more,
  });

/** Attempts of both banks that have come to an end. */
export const finishedAttempts = ({ outcomes }) => {
  let sum = 0;
  for (let i = 0; i < outcomes.length; i++) sum += outcomes[i];
  return sum;
};

/** One round of counting: call once before and once after; the second answer is {attempts, heapBytes, outsideBytes}. */
export const createCounter = (attemptsNow) => {
  let attempts = 0;
  let before = process.memoryUsage();
  return {
    begin: () => {
      globalThis.gc();
      attempts = attemptsNow();
      before = process.memoryUsage();
    },
    end: () => {
      const after = process.memoryUsage();
      return {
        attempts: attemptsNow() - attempts,
        heapBytes: after.heapUsed - before.heapUsed,
        outsideBytes: after.external - before.external,
      };
    },
  };
};
