// From the steps as written to the steps of a plan: defaults filled in, expiry times decided, and everything checked that
// one step alone cannot know. Goes on after a problem, like the reader.

import { canonicalHeaderName } from '../sip/index.ts';
import { assert } from '../std/index.ts';
import { buildHold } from './build-hold.ts';
import { buildExtras, type RequestSource, supportedHeader } from './build-request.ts';
import { buildFailure, usualFailure } from './failure-schema.ts';
import type { Tell } from './parsed.ts';
import type { AttemptStep, PlanHeader, PlanStep, PlanWait, Procedure, Profile } from './plan.ts';
import type { WrittenAttempt, WrittenStep } from './schema.ts';

export type { Tell } from './parsed.ts';

const MAX_REPEAT_DEPTH = 4;
const MAX_HEADERS = 32;
/** RFC 3261 §10.2.1.1 leaves the wish to the client; an hour is what most phones ask for. */
const DEFAULT_EXPIRES_SECONDS = 3600;

/** Steps that could not be read are undefined, and are left out. */
export type PartialSteps = readonly (WrittenStep | undefined)[];

/** Whether every step could be read, those inside repeats too. */
export const isWhole = (steps: PartialSteps | undefined): boolean =>
  steps?.every((step) => {
    if (step === undefined) return false;
    return typeof step === 'string' || !('repeat' in step) || isWhole(step.repeat.steps);
  }) ?? false;

/** What the steps of a flow are built with. */
export interface StepMaker {
  readonly tell: Tell;
  readonly profile: Profile;
  readonly requests: RequestSource;
}

export const buildSteps = (steps: PartialSteps, path: string, maker: StepMaker, depth = 0): readonly PlanStep[] => {
  const { tell } = maker;
  const built: PlanStep[] = [];
  if (steps.length === 0) tell(path, 'the list of steps is empty');
  for (const [index, step] of steps.entries()) {
    if (step === undefined) continue;
    const plan = buildStep(step, `${path}.${index}`, maker, depth);
    if (plan !== null) built.push(plan);
  }
  return built;
};

const buildStep = (step: WrittenStep, path: string, maker: StepMaker, depth: number): PlanStep | null => {
  const { tell } = maker;
  if (step === 'discard') return { kind: 'discard' };
  if (typeof step === 'string') return attempt(step, {}, path, maker);
  if ('hold' in step) return buildHold(step.hold, attempt('refresh', step.hold, `${path}.hold`, maker));
  if ('wait' in step) return { kind: 'wait', wait: buildWait(step.wait, `${path}.wait`, tell) };
  if ('repeat' in step) {
    if (depth >= MAX_REPEAT_DEPTH) {
      tell(path, `repeat stands inside repeat more than ${MAX_REPEAT_DEPTH} levels deep`);
      return null;
    }
    const { times, steps } = step.repeat;
    const inner = buildSteps(
      (steps as PartialSteps | undefined) ?? [undefined],
      `${path}.repeat.steps`,
      maker,
      depth + 1,
    );
    return { kind: 'repeat', times, steps: inner };
  }
  const [pair] = Object.entries(step) as [Procedure, WrittenAttempt][];
  assert(pair !== undefined, 'a step that was read has a name');
  const [procedure, options] = pair;
  return attempt(procedure, options, `${path}.${procedure}`, maker);
};

const attempt = (procedure: Procedure, options: WrittenAttempt, path: string, maker: StepMaker): AttemptStep => {
  const { tell, requests, profile } = maker;
  const extras = buildExtras(requests, procedure, options, (key, message) => tell(`${path}.${key}`, message));
  const headers = buildHeaders(options, path, tell);
  return {
    kind: 'attempt',
    procedure,
    expiresSeconds: expiresOf(procedure, options.expires),
    headers: [...headers, ...supportedHeader(requests.managed, extras.contacts, headers)],
    ...extras,
    ...buildFailure(options, usualFailure(profile, procedure, options.expires), path, tell),
  };
};

const expiresOf = (procedure: Procedure, written: number | undefined): number | null => {
  switch (procedure) {
    case 'register':
    case 'refresh':
      return written ?? DEFAULT_EXPIRES_SECONDS;
    case 'unregister':
    case 'wildcard':
      // RFC 3261 §10.2.2: "*" must come with Expires 0; a scenario may break that on purpose, in writing.
      return written ?? 0;
    default:
      return null;
  }
};

const buildHeaders = (options: WrittenAttempt, path: string, tell: Tell): readonly PlanHeader[] => {
  const headers: PlanHeader[] = [];
  const seen = new Map<string, string>();
  for (const [name, value] of Object.entries(options.headers ?? {})) {
    const before = seen.get(canonicalHeaderName(name));
    if (before !== undefined) tell(`${path}.headers.${name}`, `"${name}" and "${before}" are the same header`);
    seen.set(canonicalHeaderName(name), name);
    headers.push({ name, value });
  }
  if (headers.length > MAX_HEADERS) tell(`${path}.headers`, `more than ${MAX_HEADERS} headers`);
  return headers;
};

type WrittenWait = Extract<WrittenStep, { readonly wait: unknown }>['wait'];

const buildWait = (wait: WrittenWait, path: string, tell: Tell): PlanWait => {
  if (typeof wait === 'number') return { kind: 'fixed', lengthUs: wait };
  if ('exponential' in wait) return { kind: 'exponential', meanUs: wait.exponential };
  if ('ofExpires' in wait) return { kind: 'ofExpires', fraction: wait.ofExpires };
  const [leastUs, mostUs] = wait.uniform;
  if (leastUs > mostUs) tell(`${path}.uniform`, 'the first time of uniform is longer than the second');
  return { kind: 'uniform', leastUs, mostUs };
};
