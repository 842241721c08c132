// Run plans for engine tests, as short as what they are about: one identity, one start at time 0, a register, nothing else.

import type {
  AttemptStep,
  HoldStep,
  PlanIdentities,
  PlanLoad,
  PlanStep,
  PlanWait,
  Procedure,
  RunPlan,
  TimerProfile,
} from '../../../src/scenario/index.ts';

export const SECOND = 1_000_000;

export const attempt = (procedure: Procedure, expiresSeconds: number | null): AttemptStep => ({
  kind: 'attempt',
  procedure,
  expiresSeconds,
  headers: [],
});

export const register = (expiresSeconds = 1800): AttemptStep => attempt('register', expiresSeconds);
export const refresh = (expiresSeconds = 1800): AttemptStep => attempt('refresh', expiresSeconds);
export const unregister = attempt('unregister', 0);
export const wildcard = attempt('wildcard', 0);
export const query = attempt('query', null);
export const discard: PlanStep = { kind: 'discard' };
export const waitFor = (wait: PlanWait): PlanStep => ({ kind: 'wait', wait });
export const pause = (lengthUs: number): PlanStep => waitFor({ kind: 'fixed', lengthUs });
export const repeat = (times: number, ...steps: PlanStep[]): PlanStep => ({ kind: 'repeat', times, steps });
export const hold = (
  forUs: number,
  timing: Pick<HoldStep, 'leastShare' | 'mostShare'> & Partial<HoldStep>,
  expiresSeconds = 1800,
): HoldStep => ({ kind: 'hold', forUs, marginUs: 0, capUs: null, refresh: refresh(expiresSeconds), ...timing });

export interface PlanParts extends Partial<Omit<RunPlan, 'identities' | 'load' | 'timers'>> {
  readonly identities?: Partial<PlanIdentities>;
  readonly load?: Partial<PlanLoad>;
  readonly timers?: Partial<TimerProfile>;
}

export const createPlan = (parts: PlanParts = {}): RunPlan => ({
  version: 1,
  name: 'engine',
  file: 'engine.yaml',
  hash: '0123456789abcdef',
  target: { kind: 'uri', text: 'sip:127.0.0.1:5060', host: '127.0.0.1', port: 5060 },
  requestUri: 'sip:test.example',
  flow: [register()],
  drainUs: 35 * SECOND,
  profile: 'rfc3261',
  verify: null,
  cleanup: 'none',
  precheck: 'none',
  local: {
    addresses: [],
    firstPort: null,
    lastPort: null,
    socketsPerWorker: 1,
    sockets: 'auto',
    maxBurst: null,
    segmentation: false,
  },
  incoming: { notify: 481 },
  auth: { reuseNonce: true },
  keepalive: null,
  nat: 'off',
  advertise: null,
  thresholds: [],
  seed: 1,
  ...parts,
  identities: {
    count: 1,
    first: 0,
    user: [
      { kind: 'text', text: 'u' },
      { kind: 'index', width: 3 },
    ],
    domain: 'test.example',
    password: null,
    credentials: [],
    ...parts.identities,
  },
  load: {
    model: 'constant-rate',
    startsPerPeriod: 1,
    periodUs: SECOND,
    starts: 1,
    durationUs: null,
    warmupUs: 0,
    cooldownUs: 0,
    ...parts.load,
  },
  timers: { t1Us: 500_000, t2Us: 4 * SECOND, t4Us: 5 * SECOND, ...parts.timers },
});
