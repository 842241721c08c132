import fc from 'fast-check';
import { describe, it } from 'vitest';
import { reportError, stopStarting } from '../../../src/engine/index.ts';
import type { AttemptStep, CleanupMode, PlanStep } from '../../../src/scenario/index.ts';
import { type DriveOptions, drive, type Peer, type Reply } from '../../unit/engine/driver.ts';
import { accept, answer } from '../../unit/engine/messages.ts';
import { createPlan, SECOND } from '../../unit/engine/plans.ts';

/** A small generator of its own: what the peer does depends on one seed and nothing else. */
const createChances = (seed: number): ((below: number) => number) => {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
};

const STATUSES = [
  '100 Trying',
  '180 Ringing',
  '202 Accepted',
  '302 Moved',
  '305 Proxy',
  '403 Forbidden',
  '423 Brief',
  '500 Error',
  '603 No',
  '503 Full',
];

/** In a 3xx, where to go; in others of no meaning. */
const CONTACTS = [
  '<sip:x@192.0.2.1>;expires=5',
  '<sip:127.0.0.1:5061>, <sip:127.0.0.1:5062;transport=udp>;q=0.7',
  '<sip:test.example:5063;method=REGISTER>',
  '<sip:test.example>',
  '<sip:127.0.0.1>;q=0.1, <sips:x>, *',
  '*',
  '<>',
];

/** Loses, delays, repeats, challenges, refuses, and talks nonsense. */
const createPeer = (seed: number): Peer => {
  const chance = createChances(seed);
  const lost = [0, 2, 9, 30][chance(4)]!;
  const say = (request: string): string => {
    switch (chance(8)) {
      case 0:
        return answer(
          request,
          STATUSES[chance(STATUSES.length)]!,
          `Contact: ${CONTACTS[chance(CONTACTS.length)]}`,
          `Min-Expires: ${['2', '5', '60', '1000000000000', 'soon'][chance(5)]}`,
          `Retry-After: ${['0', '1', '2 (later)', 'soon', '3;duration=60', '99999999999'][chance(6)]}`,
        );
      case 1:
      case 2:
        return challenge(request, chance);
      case 3:
        return spoil(accept(request), chance);
      default:
        return accept(request);
    }
  };
  return (request, nowUs) => {
    const replies: Reply[] = [];
    for (let copies = Math.max(0, chance(4 + lost) - lost); copies > 0; copies--) {
      replies.push({ atUs: nowUs + chance([1, 1000, SECOND, 40 * SECOND][chance(4)]!), bytes: say(request) });
    }
    return replies;
  };
};

const challenge = (request: string, chance: (below: number) => number): string => {
  const nonce = 'n'.repeat([1, 64, 65, 1024, 1025][chance(5)]!);
  const extras = [
    '',
    ', qop="auth"',
    ', qop="auth,auth-int"',
    ', qop="auth-int"',
    ', stale=true',
    ', algorithm=SHA-256',
    ', opaque="o"',
  ];
  const value = `Digest realm="r${chance(3)}", nonce="${nonce}"${extras[chance(extras.length)]}`;
  return chance(2) === 0
    ? answer(request, '401 Unauthorized', `WWW-Authenticate: ${value}`)
    : answer(request, '407 Proxy Authentication Required', `Proxy-Authenticate: ${value}`);
};

/** Cuts the message short or changes one of its bytes. */
const spoil = (text: string, chance: (below: number) => number): string => {
  const at = chance(text.length);
  return chance(2) === 0
    ? text.slice(0, at)
    : text.slice(0, at) + String.fromCharCode(chance(256)) + text.slice(at + 1);
};

const usualAttempt: fc.Arbitrary<AttemptStep> = fc.constantFrom<AttemptStep>(
  { kind: 'attempt', procedure: 'register', expiresSeconds: 3, headers: [] },
  { kind: 'attempt', procedure: 'register', expiresSeconds: 0, headers: [] },
  { kind: 'attempt', procedure: 'refresh', expiresSeconds: 2, headers: [] },
  { kind: 'attempt', procedure: 'unregister', expiresSeconds: 0, headers: [] },
  { kind: 'attempt', procedure: 'wildcard', expiresSeconds: 0, headers: [] },
  { kind: 'attempt', procedure: 'query', expiresSeconds: null, headers: [] },
);
/** What follows when the step fails: mostly what the scenario doesn't say. */
const failure: fc.Arbitrary<Pick<AttemptStep, 'expect' | 'onFailure' | 'retry'>> = fc.oneof(
  { weight: 3, arbitrary: fc.constant({}) },
  {
    weight: 1,
    arbitrary: fc.constantFrom<Pick<AttemptStep, 'expect' | 'onFailure'>>(
      { onFailure: 'continue' },
      { expect: ['403', '5xx', 'timeout'] },
      { expect: ['6xx'], onFailure: 'continue' },
    ),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      onFailure: fc.constant('retry' as const),
      retry: fc.record({
        policy: fc.constantFrom('none' as const, 'fixed' as const, 'exponential' as const),
        baseUs: fc.constantFrom(1, 10_000, SECOND),
        capUs: fc.constantFrom(SECOND, 5 * SECOND),
        jitter: fc.constantFrom(0, 0.5, 1),
        tries: fc.integer({ min: 1, max: 4 }),
        retryAfterCapUs: fc.constantFrom(1, 2 * SECOND),
        on: fc.constantFrom(null, ['500', '423', 'auth-failed', 'binding-missing', 'send-error', 'success']),
      }),
    }),
  },
);
const attempt: fc.Arbitrary<PlanStep> = fc.tuple(usualAttempt, failure).map(([step, more]) => ({ ...step, ...more }));

const wait: fc.Arbitrary<PlanStep> = fc.constantFrom<PlanStep>(
  { kind: 'wait', wait: { kind: 'fixed', lengthUs: 0 } },
  { kind: 'wait', wait: { kind: 'fixed', lengthUs: 700_000 } },
  { kind: 'wait', wait: { kind: 'uniform', leastUs: 1, mostUs: 3 * SECOND } },
  { kind: 'wait', wait: { kind: 'exponential', meanUs: SECOND } },
  { kind: 'wait', wait: { kind: 'ofExpires', fraction: 0.9 } },
);
const plainStep: fc.Arbitrary<PlanStep> = fc.oneof(
  { weight: 4, arbitrary: attempt },
  { weight: 2, arbitrary: wait },
  { weight: 1, arbitrary: fc.constant<PlanStep>({ kind: 'discard' }) },
);
const loopOf = (step: fc.Arbitrary<PlanStep>): fc.Arbitrary<PlanStep> =>
  fc.record({
    kind: fc.constant('repeat' as const),
    times: fc.integer({ min: 1, max: 3 }),
    steps: fc.array(step, { minLength: 1, maxLength: 3 }),
  });
const loop = loopOf(fc.oneof({ weight: 4, arbitrary: plainStep }, { weight: 1, arbitrary: loopOf(plainStep) }));
const flow = fc.array(fc.oneof({ weight: 4, arbitrary: plainStep }, { weight: 1, arbitrary: loop }), {
  minLength: 1,
  maxLength: 5,
});

const world = fc.record({
  flow,
  peerSeed: fc.nat(),
  count: fc.integer({ min: 1, max: 12 }),
  starts: fc.integer({ min: 1, max: 25 }),
  startsPerPeriod: fc.integer({ min: 1, max: 40 }),
  durationUs: fc.option(fc.integer({ min: 1, max: 4 * SECOND })),
  warmupUs: fc.integer({ min: 0, max: SECOND }),
  drainUs: fc.constantFrom(0, 1, SECOND, 10 * SECOND, 40 * SECOND),
  t1Us: fc.constantFrom(10_000, 100_000, 500_000),
  password: fc.option(fc.constant('secret')),
  retryBudget: fc.constantFrom(0, 0.1, 1),
  cleanup: fc.constantFrom<CleanupMode>('none', 'unregister', 'wildcard'),
  /** Of ten turns, in how many the socket takes nothing. */
  blocked: fc.integer({ min: 0, max: 8 }),
  /** The same for messages that it has taken. */
  held: fc.integer({ min: 0, max: 8 }),
  refused: fc.boolean(),
  errorAtUs: fc.option(fc.integer({ min: 0, max: 5 * SECOND })),
  stopAtUs: fc.option(fc.integer({ min: 0, max: 5 * SECOND })),
  stallUs: fc.option(fc.integer({ min: 1, max: 5 * SECOND })),
  follow: fc.option(fc.integer({ min: 1, max: 4 })),
});
type World = typeof world extends fc.Arbitrary<infer T> ? T : never;

const optionsOf = (parts: World): DriveOptions => {
  const { flow: steps, count, starts, startsPerPeriod, durationUs, warmupUs, drainUs, t1Us, password, cleanup } = parts;
  const chance = createChances(parts.peerSeed + 1);
  const { errorAtUs, stopAtUs, stallUs, follow } = parts;
  const flow = follow === null ? 0 : parts.peerSeed % 3;
  return {
    plan: createPlan({
      flow: steps,
      drainUs,
      cleanup,
      retryBudget: parts.retryBudget,
      identities: { count, password },
      load: { starts, startsPerPeriod, durationUs, warmupUs },
      timers: { t1Us, t2Us: 8 * t1Us },
      ...(follow === null ? {} : { redirects: { follow, to: null } }),
    }),
    engine: { redirects: { names: [] } },
    peers: [{ address: 0x7f_00_00_01, port: 5060 }],
    opens: ({ port }) => port !== 5062 || parts.peerSeed % 4 !== 0,
    peer: createPeer(parts.peerSeed),
    takes: () => (chance(10) < parts.blocked ? 0 : 1 + chance(3)),
    lets: () => (chance(10) < parts.held ? 0 : 1 + chance(3)),
    refuses: () => parts.refused && chance(10) === 0,
    events: [
      ...(errorAtUs === null
        ? []
        : [
            {
              atUs: errorAtUs,
              act: (engine: Parameters<typeof reportError>[0]) => reportError(engine, errorAtUs, flow),
            },
          ]),
      ...(stopAtUs === null
        ? []
        : [
            {
              atUs: stopAtUs,
              act: (engine: Parameters<typeof stopStarting>[0]) => stopStarting(engine, stopAtUs, SECOND),
            },
          ]),
    ],
    ...(stallUs === null ? {} : { stall: { fromUs: 300_000, toUs: 300_000 + stallUs } }),
  };
};

describe('an engine opposite a peer that misbehaves in every way', () => {
  // drive() holds every run to its books: sums close, retransmissions are byte-identical, no assertion trips, the run ends
  // and all rows are free after Timer K.
  it('always ends, with sums that close and all rows free', () => {
    fc.assert(
      fc.property(world, (parts) => {
        drive(optionsOf(parts));
      }),
      { numRuns: 400 },
    );
  });
});
