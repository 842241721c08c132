// A rehearsal before the first packet. JavaScript is compiled while it runs: the first few thousand messages of a thread cost
// several times what later ones do, which would show as lag, and count against the generator, in every run without warm-up.
// So each worker first plays a few thousand registrations against a stand-in for a registrar in its own memory, in virtual
// time. Nothing of it is sent or counted.

import type { Engine } from '../engine/index.ts';
import { advance, attachFlow, createEngine, drain, isOver, receiveDatagram, reportSent } from '../engine/index.ts';
import { COUNTER_REQUESTS_SENT, counterOf, createMetricsBlock } from '../metrics/index.ts';
import type { AttemptStep, Procedure, RunPlan } from '../scenario/index.ts';
import { US_PER_SECOND } from '../std/index.ts';
import type { StandIn } from './stand-in.ts';
import { createStandIn } from './stand-in.ts';

const CONTEXTS = 200;
/** What a run makes in half a second, but no more than that. */
const STARTS_MOST = 1500;
const REHEARSED_SECONDS = 0.5;
const START_EVERY_US = 50;
/** About twice what the rehearsal takes; a bound, not a measure. */
const TURNS_MOST = 20_000;
const TURN_US = 200;
const EXPIRES_SECONDS = 3600;
const ADDRESS = '127.0.0.1';
/** Flow f is at this port plus f. */
const FIRST_PORT = 5060;
/** Several flows compile other code than one; how many they are makes no difference. */
const FLOWS_MOST = 4;

const step = (procedure: Procedure, expiresSeconds: number): AttemptStep => ({
  kind: 'attempt',
  procedure,
  expiresSeconds,
  headers: [],
});

/** Plays registrations with the plan's identities and credentials, and forgets them; returns how many requests it made. */
export function rehearse(plan: RunPlan): number {
  const { domain, password } = plan.identities;
  const standIn = createStandIn(domain, password !== null);
  const metrics = createMetricsBlock(1);
  const engine = createEngine({
    // Cloned like the real plan, which came from another thread: objects made in another way would be compiled for apart.
    plan: structuredClone(rehearsedPlan(plan)),
    workerIndex: 0,
    workerCount: 1,
    runId: 'rehearsal',
    seed: 1,
    userAgent: 'regstorm',
    metrics,
  });
  for (const { id } of engine.flows) attachFlow(engine, id, `${ADDRESS}:${FIRST_PORT + id}`);
  let answers: readonly Answer[] = [];
  // Times come out of an array of doubles, as the kernel's clocks make them: with small integers other code would be compiled.
  const nowUs = new Float64Array(1);
  for (let turn = 0; turn < TURNS_MOST && !isOver(engine); turn++) {
    nowUs[0] = turn * TURN_US;
    answers = takeTurn(engine, standIn, nowUs, answers);
  }
  return counterOf(metrics, COUNTER_REQUESTS_SENT);
}

function rehearsedPlan(plan: RunPlan): RunPlan {
  const startsPerSecond = (plan.load.startsPerPeriod / plan.load.periodUs) * US_PER_SECOND;
  return {
    ...plan,
    requestUri: `sip:${plan.identities.domain}`,
    identities: { ...plan.identities, count: CONTEXTS },
    load: {
      model: 'constant-rate',
      startsPerPeriod: 1,
      periodUs: START_EVERY_US,
      starts: Math.min(STARTS_MOST, Math.ceil(REHEARSED_SECONDS * startsPerSecond)),
      durationUs: null,
      warmupUs: 0,
      cooldownUs: 0,
    },
    flow: [step('register', EXPIRES_SECONDS), step('refresh', EXPIRES_SECONDS), step('unregister', 0)],
    cleanup: 'none',
    local: { ...plan.local, socketsPerWorker: Math.min(FLOWS_MOST, plan.local.socketsPerWorker) },
  };
}

interface Answer {
  readonly flow: number;
  readonly bytes: Uint8Array;
}

/** What was answered in one turn arrives in the next. */
function takeTurn(
  engine: Engine,
  standIn: StandIn,
  clock: Float64Array,
  arriving: readonly Answer[],
): readonly Answer[] {
  const nowUs = (): number => clock[0] ?? 0;
  for (const { flow, bytes } of arriving) receiveDatagram(engine, nowUs(), flow, bytes, 0, bytes.length);
  advance(engine, nowUs());
  const answers: Answer[] = [];
  const sent = engine.flows.map(() => 0);
  drain(engine, (flow, bytes, start, end) => {
    answers.push({ flow, bytes: standIn.answer(bytes, start, end) });
    sent[flow] = (sent[flow] ?? 0) + 1;
    return true;
  });
  for (const [flow, count] of sent.entries()) reportSent(engine, flow, count, nowUs());
  return answers;
}
