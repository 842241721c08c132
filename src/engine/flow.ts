// @hot
// A context walks the program: from instruction to instruction until something has to be waited for. Called only for
// contexts that stand in the ready queue.

import type { PlanWait } from '../scenario/index.ts';
import { US_PER_SECOND } from '../std/index.ts';
import { beginAttempt, endFlow } from './attempt.ts';
import { unbind } from './bindings.ts';
import { chance } from './chance.ts';
import { CONTEXT_READY, CONTEXT_WAITING } from './contexts.ts';
import { beginHold, keepHolding } from './holds.ts';
import { pushReady } from './ready-queue.ts';
import { forgetTries } from './retry.ts';
import type { Engine } from './state.ts';
import { PHASE_LOADING } from './state.ts';
import { flowOf } from './transport-flows.ts';
import { pushWait } from './wait-heap.ts';

/** Instructions in one go; a loop of nothing but short waits goes on in the next turn. */
const MOST_INSTRUCTIONS = 1000;
const WAIT_SALT = 0x57;

/** Puts the context at the first instruction of the program; it is due at `intendedUs`. */
export function beginFlow(engine: Engine, context: number, intendedUs: number): void {
  const { contexts } = engine;
  contexts.position[context] = 0;
  forgetTries(engine, context);
  contexts.starts[context] = contexts.starts[context]! + 1;
  contexts.dueUs[context] = intendedUs;
  contexts.state[context] = CONTEXT_READY;
  engine.activeFlows += 1;
  pushReady(flowOf(engine, context).ready, context);
}

/**
 * Walks on. True when the context is done for this turn (it talks, waits, has ended, or stands in the queue anew); false
 * when nothing can be sent now, and it is to be asked again as it stands.
 */
export function continueFlow(engine: Engine, context: number): boolean {
  const { contexts } = engine;
  for (let walked = 0; walked < MOST_INSTRUCTIONS; walked++) {
    const instruction = engine.program.instructions[contexts.position[context]!]!;
    switch (instruction.kind) {
      case 'attempt':
        return beginAttempt(engine, context);
      case 'wait':
        if (startWait(engine, context, instruction.wait)) return true;
        break;
      case 'discard':
        // Without a word to the registrar, which keeps it until it expires.
        unbind(engine, context);
        break;
      case 'hold':
        beginHold(engine, context, instruction.step.forUs);
        break;
      case 'holding':
        if (keepHolding(engine, context, instruction.step, instruction.exit)) return true;
        continue;
      case 'keep':
        if (engine.phase === PHASE_LOADING) break;
        contexts.position[context] = instruction.exit;
        continue;
      case 'loop':
        contexts.rounds[context * contexts.loopDepth + instruction.depth] = 0;
        break;
      case 'again':
        repeatLoop(engine, context, instruction.depth, instruction.times, instruction.body);
        continue;
      case 'end':
        endFlow(engine, context);
        return true;
    }
    contexts.position[context] = contexts.position[context]! + 1;
  }
  pushReady(flowOf(engine, context).ready, context);
  return true;
}

/** At the end of a loop's body: back to its first instruction, or on. */
function repeatLoop(engine: Engine, context: number, depth: number, times: number, body: number): void {
  const { contexts } = engine;
  const at = context * contexts.loopDepth + depth;
  const done = contexts.rounds[at]! + 1;
  contexts.rounds[at] = done;
  contexts.position[context] = done < times ? body : contexts.position[context]! + 1;
}

/** True when the context now waits, its position on the instruction after. In the drain waits end at once. */
function startWait(engine: Engine, context: number, wait: PlanWait): boolean {
  const { contexts } = engine;
  if (engine.phase !== PHASE_LOADING) return false;
  const dueUs = contexts.dueUs[context]! + waitLengthUs(engine, context, wait);
  contexts.dueUs[context] = dueUs;
  if (dueUs <= engine.nowUs) return false;
  contexts.position[context] = contexts.position[context]! + 1;
  contexts.state[context] = CONTEXT_WAITING;
  pushWait(engine.waits, dueUs, context);
  return true;
}

function waitLengthUs(engine: Engine, context: number, wait: PlanWait): number {
  switch (wait.kind) {
    case 'fixed':
      return wait.lengthUs;
    case 'uniform':
      return wait.leastUs + Math.floor(chance(engine, context, WAIT_SALT) * (wait.mostUs - wait.leastUs + 1));
    case 'exponential':
      return Math.round(-Math.log(1 - chance(engine, context, WAIT_SALT)) * wait.meanUs);
    case 'ofExpires':
      return Math.round(engine.contexts.grantedSeconds[context]! * US_PER_SECOND * wait.fraction);
  }
}
