// @hot
// 423 Interval Too Brief (RFC 3261 §10.2.8, §21.4.17): the registrar wants a binding to last longer than was asked for, and says
// how long at least. The same attempt asks again for that, once; and the context remembers it, so that its later requests do
// not run into the same answer.
//
//   no Min-Expires, or none of our intervals is briefer than it    -> the attempt fails with status-423, the context lives on
//   more than Expires can say (RFC 3261 §20.19)                    -> the same: 10^12 is no interval
//   raised in this attempt already                                 -> the same: a registrar that never has enough
//   otherwise                                                      -> remember it, send again
//
// An interval is that of a Contact, its own or the Expires header's; each that is too brief is raised, and no other.

import { countRaised } from '../metrics/index.ts';
import type { AttemptStep } from '../scenario/index.ts';
import { MAX_DELTA_SECONDS } from '../sip/index.ts';
import { CONTEXT_REPEATING } from './contexts.ts';
import { failAttempt } from './failure.ts';
import { briefestSeconds, leastSecondsOf, mayRaise } from './intervals.ts';
import { pushReady } from './ready-queue.ts';
import type { Engine } from './state.ts';
import { flowOf } from './transport-flows.ts';

const TOO_BRIEF = 423;

/** Sends the attempt's request again, for longer, or ends the attempt. */
export function meetTooBrief(engine: Engine, context: number, receivedAtUs: number, bytes: Uint8Array): void {
  const { contexts } = engine;
  const instruction = engine.program.instructions[contexts.position[context]!]!;
  if (instruction.kind !== 'attempt' || !raise(engine, context, instruction.step)) {
    failAttempt(engine, context, TOO_BRIEF, receivedAtUs, bytes);
    return;
  }
  countRaised(engine.metrics, contexts.bank[context]!, instruction.procedure);
  contexts.state[context] = CONTEXT_REPEATING;
  pushReady(flowOf(engine, context).ready, context);
}

/** False: the answer names nothing that could be asked for. */
function raise(engine: Engine, context: number, step: AttemptStep): boolean {
  const { intervals, reader } = engine;
  if (intervals === null || intervals.raised[context] === 1 || !mayRaise(step.procedure)) return false;
  const briefest = briefestSeconds(step, leastSecondsOf(intervals, context, step));
  const { minExpires } = reader.message;
  if (briefest === 0 || minExpires <= briefest || minExpires >= MAX_DELTA_SECONDS) return false;
  if (intervals.leastSeconds[context] === 0) intervals.raisedContexts += 1;
  intervals.leastSeconds[context] = minExpires;
  intervals.raised[context] = 1;
  return true;
}
