// What relates values of a scenario to each other: the checks that no single value can fail. Each looks only at values
// that could be read, so that one fault is told once.

import type { PartialSteps } from './build-flow.ts';
import { hasWrittenHold } from './build-hold.ts';
import { flowFacts } from './flow-facts.ts';
import { MAX_SOCKETS_PER_WORKER, portShortage } from './local-sockets.ts';
import { noNameIn } from './locate.ts';
import type { Tell } from './parsed.ts';
import type { NatMode, PlanRebind, PlanStep } from './plan.ts';
import type { WrittenScenario } from './schema.ts';
import { MAX_RUN_US, MAX_STARTS, startsBefore, startTimeUs } from './shares.ts';
import { hasIndex } from './template.ts';

type Section = 'identities' | 'load' | 'timers' | 'local';

/** A scenario of which any value may be missing because it could not be read. */
export type UnsureScenario = {
  readonly [K in keyof WrittenScenario]?:
    | (K extends Section
        ? { readonly [N in keyof WrittenScenario[K]]?: WrittenScenario[K][N] | undefined }
        : WrittenScenario[K])
    | undefined;
};

/** Attempts of one start; more is a slip in a `repeat`. */
const MAX_ATTEMPTS_PER_START = 1_000_000;
/** A context's place in the flow is a 16-bit number. */
const MAX_STEPS = 10_000;

/** Some ten kilobytes each. */
const MAX_TEXTS = 20_000;

/** Whether the file (or a flag) has a key at all, readable or not. */
export type Has = (path: string) => boolean;

export const checkIdentities = (scenario: UnsureScenario, tell: Tell): void => {
  const count = scenario.identities?.count;
  const user = scenario.identities?.user;
  if (count !== undefined && count > 1 && user !== undefined && !hasIndex(user)) {
    tell(
      'identities.user',
      `all ${count} contexts would be the same user; put {index} into it, for example "u{index}"`,
    );
  }
};

export const checkLoad = (scenario: UnsureScenario, has: Has, tell: Tell): void => {
  if (!has('load')) return;
  if (!has('load.duration') && !has('load.starts')) {
    tell('load', 'load has no end; add a duration (for example duration: 10s), a number of starts, or both');
  }
  const load = scenario.load;
  if (!has('load.duration') && has('load.starts') && (load?.cooldown ?? 0) > 0) {
    tell('load.cooldown', 'a cooldown follows the measured window, and without a duration there is no end to it');
  }
  const rate = load?.rate;
  if (rate === undefined) return;
  const { starts, duration, warmup = 0, cooldown = 0 } = load ?? {};
  const isStartsOnly = !hasWrittenHold(scenario.flow as PartialSteps | undefined);
  if (isStartsOnly && starts !== undefined && warmup > 0 && startsBefore(rate, warmup) >= starts) {
    tell('load.starts', `all ${starts} starts would fall into the warmup, so nothing would be measured`);
  }
  if (duration !== undefined && warmup + duration + cooldown > MAX_RUN_US) {
    tell('load.duration', 'the run would last longer than 400 days');
  } else if (duration === undefined && starts !== undefined && startTimeUs(rate, starts) > MAX_RUN_US) {
    tell('load.starts', 'at this rate the starts would take longer than 400 days');
  } else if (
    duration !== undefined &&
    startsBefore(rate, warmup + duration + cooldown) > MAX_STARTS &&
    starts === undefined
  ) {
    tell('load.rate', 'the run would make more starts than can be numbered');
  }
};

/** RFC 3261 §17.1.2.2: Timer E starts at T1 and doubles up to T2. */
export const checkTimers = (scenario: UnsureScenario, tell: Tell): void => {
  const { T1, T2 } = scenario.timers ?? {};
  if (T1 !== undefined && T2 !== undefined && T1 > T2) {
    tell('timers', 'T1 is longer than T2, the longest interval that it may grow to');
  }
};

/** A name server that nobody would ask is a slip. */
export const checkTarget = ({ target }: UnsureScenario, tell: Tell): void => {
  if (target === undefined || 'kind' in target || target.dns === undefined || target.uri === undefined) return;
  const why = noNameIn(target.uri);
  if (why !== null) tell('target.dns', `no name server is asked: ${why}`);
};

/** Each socket has its own text of each step, with its address in it. */
export const checkTexts = (flow: readonly PlanStep[], scenario: UnsureScenario, tell: Tell): void => {
  const sockets = scenario.local?.socketsPerWorker ?? 1;
  const texts = sockets * flowFacts(flow).stepCount;
  if (sockets > 1 && texts > MAX_TEXTS) {
    const why = `${sockets} sockets times ${flowFacts(flow).stepCount} steps are ${texts} request texts in each worker`;
    tell('local.socketsPerWorker', `${why}; at most ${MAX_TEXTS} are possible`);
  }
};

/** What does not fit one worker fits no run; how many there are is known only later. */
export const checkLocal = (scenario: UnsureScenario, tell: Tell): void => {
  const { addresses = [], ports, socketsPerWorker = 1 } = scenario.local ?? {};
  const twice = addresses.find((address, index) => addresses.indexOf(address) < index);
  if (twice !== undefined) tell('local.addresses', `${twice} is listed twice; each address takes its turn once`);
  const count = scenario.identities?.count;
  if (count !== undefined && socketsPerWorker > count) {
    tell('local.socketsPerWorker', `${socketsPerWorker} sockets for ${count} contexts: some had none`);
  }
  if (twice !== undefined || ports === undefined) return;
  const { rebind } = natOf(scenario.nat);
  const local = { addresses, firstPort: ports.first, lastPort: ports.last, socketsPerWorker, rebind };
  const tooNarrow = portShortage(local, 1);
  if (tooNarrow !== null) tell('local.ports', tooNarrow);
};

/** Both say where phones are reached; and a socket that is left behind has another one in its place. */
export const checkNat = ({ nat, local, redirects }: UnsureScenario, tell: Tell): void => {
  const { mode, rebind } = natOf(nat);
  if (mode !== 'off' && local?.advertise !== undefined) {
    tell('nat', `local.advertise says where the phones are reached, and ${mode} would learn it; leave one of them out`);
  }
  if (rebind !== null && redirects !== undefined) {
    tell('nat.rebind', 'redirects open sockets of their own, which have no spare ones; leave redirects or rebind out');
  }
  const sockets = local?.socketsPerWorker ?? 1;
  if (rebind !== null && 2 * sockets > MAX_SOCKETS_PER_WORKER) {
    const why = `${sockets} sockets and a spare one for each of them are ${2 * sockets}`;
    tell('nat.rebind', `${why}; a worker has at most ${MAX_SOCKETS_PER_WORKER}`);
  }
};

/** Both ways of writing it. */
export const natOf = (nat: UnsureScenario['nat']): { readonly mode: NatMode; readonly rebind: PlanRebind | null } => {
  if (nat === undefined || typeof nat === 'string') return { mode: nat ?? 'off', rebind: null };
  const { mode, rebind } = nat;
  if (rebind?.after === undefined) return { mode: mode ?? 'off', rebind: null };
  return { mode: mode ?? 'off', rebind: { share: rebind.share, ...rebind.after } };
};

export const checkFlow = (flow: readonly PlanStep[], tell: Tell): void => {
  const { attemptCount, stepCount } = flowFacts(flow);
  if (attemptCount === 0) tell('flow', 'the flow never talks to the registrar; add a step such as register');
  if (stepCount > MAX_STEPS)
    tell('flow', `the flow has ${stepCount} steps; at most ${MAX_STEPS} are possible, repeat repeats them`);
  if (attemptCount > MAX_ATTEMPTS_PER_START) {
    tell('flow', `one start would make ${attemptCount} attempts; at most ${MAX_ATTEMPTS_PER_START} are possible`);
  }
};
