// Who commands the contexts of a worker, in the place of the library's RegistrationClient: it tells an idle one what to do, forgets one for
// another, and is told what became of each. A context that is busy is left alone, as the library leaves it.

import type { Command, Engine, Observer as EngineObserver } from '../engine/index.ts';
import { commandAttempt, forgetContext, isIdle, isLoading } from '../engine/index.ts';
import { outcomeName } from '../metrics/index.ts';
import type { AttemptStep, RunPlan } from '../scenario/index.ts';
import { assert } from '../std/index.ts';

/** What the engine says of an attempt that has ended. */
export interface Report {
  readonly identity: number;
  readonly outcome: string;
  readonly endUs: number;
  readonly wireUs: number;
}

export interface Commander {
  readonly plan: RunPlan;
  readonly workerIndex: number;
  readonly workerCount: number;
  readonly userAgent: string;
  /** Not yet told to whoever watches. */
  readonly reports: Report[];
  /** How often each identity was forgotten: each time it is another phone. */
  readonly lives: Map<number, number>;
  /** Of each identity alone. */
  readonly plans: Map<number, RunPlan>;
}

/** Further apart than identities are many: each life of a phone has a number of its own. */
const LIFE = 1_000_000;

export const createCommander = (parts: Omit<Commander, 'reports' | 'lives' | 'plans'>): Commander => ({
  ...parts,
  reports: [],
  lives: new Map(),
  plans: new Map(),
});

/** The plan of an engine that starts nothing by itself. */
export const withoutStarts = (plan: RunPlan): RunPlan => ({ ...plan, flow: [], load: { ...plan.load, starts: 0 } });

export const listenTo = ({ reports, workerIndex, workerCount }: Commander): EngineObserver => ({
  answered: () => {},
  unanswered: () => {},
  ended: (context, outcome, endUs, wireUs) =>
    reports.push({ identity: context * workerCount + workerIndex, outcome: outcomeName(outcome), endUs, wireUs }),
  keepaliveEnded: () => {},
});

/** Whether it was commanded; else it is busy, or nothing begins any more. */
export function commandOne(
  commander: Commander,
  engine: Engine,
  nowUs: number,
  identity: number,
  step: AttemptStep,
): boolean {
  const { plan, workerCount, userAgent, lives } = commander;
  const context = Math.floor(identity / workerCount);
  if (!isLoading(engine) || !isIdle(engine, context)) return false;
  const index = plan.identities.first + identity;
  const told = numbered(step, index);
  const command: Command = {
    plan: { ...planOf(commander, identity), flow: [told] },
    step: told,
    number: index + LIFE * (lives.get(identity) ?? 0),
    userAgent,
    displayName: null,
  };
  const isTaken = commandAttempt(engine, nowUs, context, command);
  assert(isTaken, 'a drawn request is not too long to be commanded');
  return true;
}

export function forgetOne({ lives, workerCount }: Commander, engine: Engine, nowUs: number, identity: number): void {
  lives.set(identity, (lives.get(identity) ?? 0) + 1);
  forgetContext(engine, nowUs, Math.floor(identity / workerCount));
}

function planOf({ plan, plans }: Commander, identity: number): RunPlan {
  const known = plans.get(identity) ?? numbered({ ...plan, flow: [] }, plan.identities.first + identity);
  plans.set(identity, known);
  return known;
}

/** Every `{index}` in it filled in: whoever commands knows whom. */
function numbered<T>(value: T, index: number): T {
  if (Array.isArray(value)) return value.map((each: unknown) => numbered(each, index)) as T;
  if (typeof value !== 'object' || value === null) return value;
  const piece = value as { readonly kind?: unknown; readonly width?: unknown };
  if (piece.kind === 'index' && typeof piece.width === 'number')
    return { kind: 'text', text: String(index).padStart(piece.width, '0') } as T;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, numbered(each, index)])) as T;
}
