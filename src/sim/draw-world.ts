// A world from a seed: the scenario, the registrar, and the faults. Every kind of fault is in or out by chance, so that some
// worlds have one alone, some have several that meet, and some have none: in those nothing may fail.

import type { RunPlan } from '../scenario/index.ts';
import { loadScenario, localSocket, socketCount, spareSocketNumber } from '../scenario/index.ts';
import type { Random } from '../std/index.ts';
import { createRandom, US_PER_MS, US_PER_SECOND } from '../std/index.ts';
import type { Blockade, ClientEvent, KernelOptions } from './client-host.ts';
import { WILLING_KERNEL } from './client-host.ts';
import { drawCommands } from './draw-commands.ts';
import { isClear, isNatted } from './draw-nat.ts';
import type { DrawnRedirects } from './draw-redirects.ts';
import { drawRegistrar, type Fault } from './draw-registrar.ts';
import { drawScenario, logUniform, type ScenarioWish } from './draw-scenario.ts';
import { drawSpans } from './draw-spans.ts';
import { drawTargetFaults } from './draw-target-faults.ts';
import type { AnswerShare, EdgeAnswer, EdgeOptions } from './edge.ts';
import type { LinkOptions } from './network.ts';
import { PERFECT_LINK } from './network.ts';
import type { LocalAddress } from './registrar-host.ts';
import type { Restart, WorldOptions } from './world.ts';

export interface DrawnWorld {
  readonly options: WorldOptions;
  /** As a scenario file. */
  readonly scenario: string;
  /** Nothing goes wrong in it: no fault, and a registrar that grants everything. */
  readonly isCalm: boolean;
  /** Names of the kinds of faults in it. */
  readonly faults: readonly string[];
}

const CALM_SHARE = 0.1;
/** How likely each kind of fault is; one of these for each world. */
const FAULT_SHARES = [0.04, 0.1, 0.2, 0.4];
const WORKERS_MOST = 3;
/** Of one socket. */
const ERRORS_MOST = 5;
const FIRST_PORT = 5060;

export function drawWorld(seed: number, wish: ScenarioWish): DrawnWorld {
  const random = createRandom(seed);
  const scenario = drawScenario(random.split('scenario'), wish);
  const plan = loadScenario({ file: `seed-${seed}.yaml`, text: scenario.text });
  const isCalm = random.chance(CALM_SHARE) && scenario.isRight;
  const faults: string[] = [];
  const faultShare = random.pick(FAULT_SHARES);
  const anyFault: Fault = (name, draw, otherwise, leastShare = 0) => {
    const own = random.split(name);
    const isDrawn = own.chance(Math.max(faultShare, leastShare));
    if (isCalm || !isDrawn || (isNatted(plan) && !isClear(name))) return otherwise;
    faults.push(name);
    return draw(own);
  };
  const fault = scenario.redirects === null ? anyFault : withoutDamage(anyFault);
  // Most of what goes wrong does so while there is load.
  const runSeconds = 1.2 * scenario.loadSeconds + 2;
  const { socketsPerWorker } = plan.local;
  // Each socket has a context.
  const workersMost = Math.floor(scenario.contexts / socketsPerWorker);
  const workerCount = Math.min(workersMost, random.pick([1, 1, 1, 2, WORKERS_MOST]));
  const delayUs = logUniform(random, 100, 200 * US_PER_MS);
  const targets = drawTargetFaults(scenario.targets, runSeconds, fault);
  // What was composed behind a shut socket would be anybody's guess where flows go on after failures, and where others try elsewhere.
  const isShut = !scenario.hasFailures && scenario.targets === null && scenario.redirects === null;
  const restarts = fault('restarts', (own) => drawRestarts(own, runSeconds), []);
  const options: WorldOptions = {
    seed,
    runId: `sim${seed}`,
    plan,
    addresses: Array.from({ length: socketCount(plan.local, workerCount) }, (_, socket) =>
      addressOf(plan, workerCount, socket),
    ),
    userAgent: 'regstorm',
    registrar: drawRegistrar(random.split('registrar'), fault, {
      plan,
      runSeconds,
      hasSecret: scenario.hasSecret,
      restarts: restarts.length > 0,
    }),
    edge: withRedirects(drawEdge(seed, random.split('edge'), fault), scenario.redirects, fault),
    toRegistrar: drawLink('to registrar', delayUs, runSeconds, fault),
    toClients: drawLink('to clients', delayUs, runSeconds, fault),
    askedShare: isCalm || random.split('asked').chance(0.4) ? random.split('asked share').next() / 4 : 0,
    forgedShare: fault('forged answers', (own) => logUniform(own, 1, 1_000) / 2_000, 0),
    restarts,
    kernel: drawKernel(runSeconds, socketsPerWorker, isShut ? fault : withoutShut(fault)),
    healUs: random.chance(0.5) ? Math.floor(scenario.loadSeconds * US_PER_SECOND * (0.3 + 0.5 * random.next())) : null,
    events: withCommands(
      drawEvents(workerCount, socketsPerWorker * targets.count, runSeconds, fault),
      scenario.commands === null
        ? []
        : drawCommands(random.split('commands'), {
            plan,
            count: scenario.commands,
            seconds: Math.ceil(runSeconds),
            workerCount,
          }),
    ),
    isCommanded: scenario.commands !== null,
    targets,
    ...(scenario.redirects === null ? {} : { redirects: scenario.redirects.facts }),
  };
  return { options, scenario: scenario.text, isCalm, faults };
}

/** Each worker's own in the order of their times. */
const withCommands = (
  events: readonly (readonly ClientEvent[])[],
  commands: readonly (readonly ClientEvent[])[],
): readonly (readonly ClientEvent[])[] =>
  events.map((own, worker) => [...own, ...(commands[worker] ?? [])].sort((one, other) => one.atUs - other.atUs));

/** No socket is shut. */
const withoutShut =
  (fault: Fault): Fault =>
  (name, draw, otherwise) =>
    name === 'blockades' || name === 'partial batches' ? otherwise : fault(name, draw, otherwise);

/** No answer is damaged, and none is forged. */
const withoutDamage =
  (fault: Fault): Fault =>
  (name, draw, otherwise, leastShare) =>
    name === 'corruption to clients' || name === 'forged answers'
      ? otherwise
      : fault(name, draw, otherwise, leastShare);

/** Behind its own answers; worlds whose phones follow redirects have some, but for calm ones. */
const withRedirects = (edge: EdgeOptions, redirects: DrawnRedirects | null, fault: Fault): EdgeOptions =>
  redirects === null
    ? edge
    : {
        ...edge,
        answers: [...edge.answers, ...fault<readonly AnswerShare[]>('redirects', () => redirects.answers, [], 1)],
      };

/** As the scenario says; where it says nothing each socket has an address and a port of its own. */
function addressOf({ local }: RunPlan, workerCount: number, socket: number): LocalAddress {
  const home = socket - local.socketsPerWorker * workerCount;
  const { address, port } = localSocket(local, home < 0 ? socket : spareSocketNumber(local, workerCount, home));
  const own = home < 0 ? socket : home;
  return { address: address ?? `10.0.0.${own + 1}`, port: port ?? FIRST_PORT + socket };
}

const OWN_ANSWERS: readonly EdgeAnswer[] = [
  { status: null, headers: [] },
  { status: '200 OK', headers: [] },
  { status: '302 Moved Temporarily', headers: ['Contact: <sip:10.9.9.9:5099>'] },
  { status: '400 Bad Request', headers: [] },
  { status: '401 Unauthorized', headers: [] },
  { status: '401 Unauthorized', headers: ['WWW-Authenticate: Digest realm="x", algorithm=MD5'] },
  { status: '401 Unauthorized', headers: ['WWW-Authenticate: Digest realm="other", nonce="n1", stale=true'] },
  {
    status: '401 Unauthorized',
    headers: [
      'WWW-Authenticate: Digest realm="other", nonce="n2", algorithm=SHA3-256',
      'WWW-Authenticate: Digest realm="other", nonce="n3", algorithm=SHA-512-256, qop="auth", stale=true',
      'WWW-Authenticate: Digest realm="other", nonce="n4", algorithm=SHA-256, qop="auth"',
    ],
  },
  {
    status: '401 Unauthorized',
    headers: [
      'WWW-Authenticate: Digest realm="other", nonce="n5", algorithm=SHA-256-sess, qop="auth-int", userhash=true',
      'Proxy-Authenticate: Digest realm="p", nonce="n6", algorithm=MD5-sess, qop="auth", stale=true',
    ],
  },
  { status: '403 Forbidden', headers: [] },
  { status: '404 Not Found', headers: [] },
  {
    status: '407 Proxy Authentication Required',
    headers: ['Proxy-Authenticate: Digest realm="p", nonce="n"'],
  },
  { status: '423 Interval Too Brief', headers: ['Min-Expires: 3600'] },
  { status: '423 Interval Too Brief', headers: ['Min-Expires: 90', 'Min-Expires: 5'] },
  { status: '423 Interval Too Brief', headers: ['Min-Expires: 1000000000000'] },
  { status: '423 Interval Too Brief', headers: [] },
  { status: '480 Temporarily Unavailable', headers: ['Retry-After: 60'] },
  { status: '500 Server Internal Error', headers: [] },
  { status: '503 Service Unavailable', headers: ['Retry-After: 3 (in a while)'] },
  { status: '600 Busy Everywhere', headers: [] },
  { status: '699 Nobody Knows', headers: [] },
];

function drawEdge(seed: number, random: Random, fault: Fault): EdgeOptions {
  const answers = fault('answers', (own) => drawAnswers(own), []);
  const serviceUs = fault('slow registrar', (own) => logUniform(own, 10, 100 * US_PER_MS), 0);
  const backlogUs = logUniform(random, US_PER_MS, 10 * US_PER_SECOND);
  const provisionals = fault(
    'provisionals',
    (own) => ({ provisionalShare: own.pick([0.05, 0.5, 1]), hungShare: own.pick([0, 0.02, 0.3]) }),
    { provisionalShare: 0, hungShare: 0 },
  );
  return { seed, serviceUs, backlogUs, isSilentWhenFull: random.chance(0.5), ...provisionals, answers };
}

/** Some of them, each for some percent of transactions. */
function drawAnswers(random: Random): readonly AnswerShare[] {
  const kinds = OWN_ANSWERS.filter(() => random.chance(0.35));
  return kinds.map((answer) => ({ ...answer, share: 0.05 * random.next() }));
}

function drawLink(way: string, delayUs: number, runSeconds: number, fault: Fault): LinkOptions {
  const share = (own: Random): number => logUniform(own, 1, 3_000) / 10_000;
  return {
    ...PERFECT_LINK,
    delayUs,
    jitterUs: fault(`jitter ${way}`, (own) => logUniform(own, 100, 500 * US_PER_MS), 0),
    lossShare: fault(`loss ${way}`, share, 0),
    burst: fault<LinkOptions['burst']>(
      `bursts ${way}`,
      (own) => ({ beginShare: share(own) / 10, endShare: 0.02 + 0.3 * own.next(), lossShare: 0.5 + 0.5 * own.next() }),
      null,
    ),
    duplicateShare: fault(`duplicates ${way}`, share, 0),
    ...fault(
      `reordering ${way}`,
      (own) => ({ reorderShare: share(own), heldUs: logUniform(own, US_PER_MS, 60 * US_PER_SECOND) }),
      { reorderShare: 0, heldUs: 0 },
    ),
    corruptShare: fault(`corruption ${way}`, (own) => share(own) / 3, 0),
    partitions: fault(`partitions ${way}`, (own) => drawSpans(own, runSeconds, 40), []),
  };
}

const MANY_SPANS = 30;

const drawRestarts = (random: Random, runSeconds: number): readonly Restart[] =>
  drawSpans(random, runSeconds, 20).map(({ fromUs, toUs }) => ({
    atUs: fromUs,
    awayUs: toUs - fromUs,
    keepsBindings: random.chance(0.5),
  }));

function drawKernel(runSeconds: number, flows: number, fault: Fault): KernelOptions {
  const hampered = fault(
    'partial batches',
    (own) => ({ hamperedShare: 0.8 * own.next(), takesMost: own.between(0, 20), letsMost: own.between(0, 20) }),
    { hamperedShare: 0, takesMost: 0, letsMost: 0 },
  );
  return {
    ...WILLING_KERNEL,
    ...hampered,
    readMost: fault('few reads a turn', (own) => own.between(1, 10), Number.POSITIVE_INFINITY),
    refusedShare: fault('refused datagrams', (own) => own.next() / 20, 0),
    quantumUs: fault('quantum', (own) => own.pick([100, 500, 10 * US_PER_MS, 100 * US_PER_MS]), 0),
    blockades: fault('blockades', (own) => drawBlockades(own, runSeconds, flows), []),
    stalls: fault('stalls', (own) => drawSpans(own, runSeconds, 60), []),
  };
}

/** Of all sockets, or of one flow's alone. */
const drawBlockades = (random: Random, runSeconds: number, flows: number): readonly Blockade[] =>
  drawSpans(random, runSeconds, 60, MANY_SPANS).map((span) => ({
    ...span,
    flow: flows > 1 && random.chance(0.7) ? random.between(0, flows - 1) : null,
  }));

function drawEvents(
  workerCount: number,
  flows: number,
  runSeconds: number,
  fault: Fault,
): readonly (readonly ClientEvent[])[] {
  const runUs = runSeconds * US_PER_SECOND;
  const errors = fault(
    'unreachable',
    (own) =>
      Array.from({ length: workerCount }, () =>
        Array.from(
          { length: own.between(1, ERRORS_MOST * flows) },
          (): ClientEvent => ({
            kind: 'unreachable',
            atUs: Math.floor(own.next() * runUs),
            flow: flows > 1 ? own.between(0, flows - 1) : 0,
          }),
        ),
      ),
    [],
  );
  const ends = fault<readonly ClientEvent[]>('operator', (own) => drawEnd(own, runUs), []);
  return Array.from({ length: workerCount }, (_, worker) =>
    [...(errors[worker] ?? []), ...ends].sort((one, other) => one.atUs - other.atUs),
  );
}

/** An interrupt, and perhaps another one: the same moment for all workers. */
function drawEnd(random: Random, runUs: number): readonly ClientEvent[] {
  const atUs = Math.floor(random.next() * runUs);
  const stop: ClientEvent = { kind: 'stop', atUs, drainUs: random.pick([0, 2, 40]) * US_PER_SECOND };
  if (random.chance(0.5)) return [stop];
  return [stop, { kind: 'abort', atUs: atUs + Math.floor(random.next() * 10 * US_PER_SECOND) }];
}
