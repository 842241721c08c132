// A scenario from a seed: how many phones, what they do, how fast, with which timers. It is written as a scenario file and
// read by the loader, so that what is simulated is what an operator can ask for; JSON is YAML, and shows what was drawn.

import type { Random } from '../std/index.ts';
import { type DrawnContacts, drawContacts as drawContactKeys } from './draw-contacts.ts';
import { type DrawnFailures, drawFailures } from './draw-failures.ts';
import { drawIdentities } from './draw-identities.ts';
import { drawNat } from './draw-nat.ts';
import { drawMinding } from './draw-proofs.ts';
import { type DrawnRedirects, drawRedirects } from './draw-redirects.ts';
import { type DrawnRequests, drawRequests } from './draw-requests.ts';
import { drawTargets } from './draw-targets.ts';
import type { DrawnTargets } from './target-faults.ts';

/** Each attempt step carries this header with its number in the flow, by which checkers know the step. */
export const STEP_HEADER = 'X-Step';

export interface DrawnScenario {
  readonly text: string;
  readonly contexts: number;
  /** From the first start to the last one that is due. */
  readonly loadSeconds: number;
  /** Flows go on after failures, or try again: then what is hidden by a shut socket cannot be told any more. */
  readonly hasFailures: boolean;
  /** How many things its phones are told, one by one, in place of a schedule; null: there is a schedule. */
  readonly commands: number | null;
  /** They have something to answer challenges with, and it is right. */
  readonly hasSecret: boolean;
  readonly isRight: boolean;
  /** Null: the load goes to one target. */
  readonly targets: DrawnTargets | null;
  /** Null: none is followed. */
  readonly redirects: DrawnRedirects | null;
}

export interface ScenarioWish {
  /** Length of the load in virtual seconds; null: drawn. */
  readonly loadSeconds: number | null;
}

/** Attempts of a whole world, drawn between these: enough to meet everything, little enough for a second. */
const ATTEMPTS_LEAST = 100;
const ATTEMPTS_MOST = 6_000;
const LOAD_SECONDS_LEAST = 1;
const LOAD_SECONDS_MOST = 7_200;
/** A loop in a loop makes at most so many attempts of one start. */
const ROUNDS_MOST = 4;
const STEPS_MOST = 6;
/** Refreshes of a hold, if each grant is as long as what its refreshes ask for. */
const HELD_MOST = 4;
const SOCKETS_MOST = 8;
const COMMANDED_SHARE = 0.12;
const COMMANDED_MOST = 100;
/** Each is a request made from its text. */
const COMMANDS_MOST = 1_000;
const TIRELESS_SHARE = 0.75;
/** Of all phones together, each of which may try again every minute. */
const TIRELESS_SECONDS_MOST = 300_000;
const TIRELESS_EXPIRES_LEAST = 60;
const KEEPALIVES_MOST = 5_000;
const KEEPALIVE_SECONDS_MOST = 600;
const KINDS = ['stun', 'stun', 'options', 'options', 'crlf'];
/** What STUN tells of a socket is not followed by the checkers. */
const KINDS_BEHIND_NATS = ['options', 'crlf'];
const ADDRESSES = ['10.0.0.1', '10.0.0.2', '10.0.0.3'];
const PORTS = '5060-5099';
const ONE_TARGET = 'sip:10.0.1.1';
/** As a name server would have it. */
const SEVERAL_TARGETS = 'sip:registrar.sim.example';

type Step = unknown;

export function drawScenario(random: Random, wish: ScenarioWish): DrawnScenario {
  const isCommanded = random.split('commanded').chance(COMMANDED_SHARE);
  const drawn = drawContexts(random);
  const contexts = isCommanded ? Math.min(drawn, COMMANDED_MOST) : drawn;
  const profile = !isCommanded && random.split('profile').chance(0.15) ? 'exosip2' : 'rfc3261';
  const contactsDrawn = drawContactKeys(random.split('contacts'));
  const failures = drawFailures(random.split('failures'), profile === 'exosip2' || isCommanded);
  const identities = drawIdentities(random.split('identities'), contexts, profile === 'exosip2');
  const requests = drawRequests(random.split('requests'));
  const isExosip = profile === 'exosip2';
  const attempts = logUniform(random, ATTEMPTS_LEAST, ATTEMPTS_MOST);
  const drawnSeconds = logUniform(random, LOAD_SECONDS_LEAST, LOAD_SECONDS_MOST);
  const loadSeconds = wish.loadSeconds ?? drawnSeconds;
  const isTireless = isExosip && drawTireless(random.split('tireless'), contexts * loadSeconds);
  const flow = (isCommanded ? repertoire : drawFlow)({
    random: random.split('flow'),
    contacts: contactsDrawn,
    failures,
    requests,
    isExosip,
    isTireless,
    numbered: 0,
  });
  const { targets, redirects, nat } = drawPeers(random, { isCommanded, isExosip, isTireless, loadSeconds });
  // A load that is asked to last longer than any that is drawn has more to do in proportion.
  const stretch = Math.max(1, loadSeconds / LOAD_SECONDS_MOST);
  const starts = Math.max(1, Math.round((attempts * stretch) / flow.attempts));
  const scenario = {
    version: 1,
    name: 'simulated',
    target: targets === null ? ONE_TARGET : SEVERAL_TARGETS,
    precheck: 'none',
    identities: identities.keys,
    // Who tries again for ever has to be told when it is enough.
    load: {
      ...(isTireless ? { duration: `${Math.ceil(loadSeconds)}s` } : {}),
      ...drawLoad(random, starts, loadSeconds),
    },
    flow: flow.steps,
    profile,
    drain: random.pick(['0s', '1s', '35s', '35s', '35s', '60s']),
    cleanup: random.pick(['none', 'none', 'unregister', 'wildcard']),
    ...drawVerify(random.split('verify')),
    timers: drawTimers(random),
    seed: random.between(0, 2 ** 32 - 1),
    ...contactsDrawn.managed,
    ...failures.budget,
    ...(random.split('incoming').chance(0.3) ? { incoming: { notify: 200 } } : {}),
    ...drawKeepalive(random.split('keepalive'), contexts, loadSeconds, 'nat' in nat ? KINDS_BEHIND_NATS : KINDS),
    ...redirects?.keys,
    ...nat,
    auth: { ...(random.split('auth').chance(0.2) ? { reuseNonce: false } : {}), ...drawMinding(random) },
    ...drawLocal(random.split('sockets'), contexts),
  };
  // Whoever commands has neither schedule nor end, and what belongs to those; its keepalives and NATs are not followed.
  const { verify: _verify, keepalive: _keepalive, nat: _nat, ...rest } = scenario as Record<string, unknown>;
  const told = { ...rest, load: { rate: '1/s', starts: 1 }, cleanup: 'none' };
  return {
    text: JSON.stringify(isCommanded ? told : scenario, null, 2),
    contexts,
    loadSeconds,
    hasFailures: failures.isAny || isTireless || isCommanded,
    commands: isCommanded ? Math.min(attempts, COMMANDS_MOST) : null,
    hasSecret: identities.hasSecret,
    isRight: identities.isRight,
    targets,
    redirects,
  };
}

interface Peered {
  readonly isCommanded: boolean;
  readonly isExosip: boolean;
  readonly isTireless: boolean;
  readonly loadSeconds: number;
}

/** How many they speak to, who leads them elsewhere, and what is between: one of these at most, and of who is commanded, or tries again for ever, few. */
function drawPeers(random: Random, { isCommanded, isExosip, isTireless, loadSeconds }: Peered) {
  const targets = isCommanded || isTireless ? null : drawTargets(random.split('several targets'));
  const isLed = targets === null && !isExosip;
  // Two draws, so that a change of what is drawn for the one kind leaves the worlds of the other as they are.
  const redirects = isLed ? drawRedirects(random.split(isCommanded ? 'commands redirected' : 'redirects')) : null;
  const nat = targets === null && redirects === null ? drawNat(random.split('nat'), loadSeconds) : {};
  return { targets, redirects, nat };
}

/** Devices of libeXosip2 that try again for ever what has failed, where that is not too much for a world of a second. */
const drawTireless = (random: Random, contextSeconds: number): boolean =>
  random.chance(TIRELESS_SHARE) && contextSeconds <= TIRELESS_SECONDS_MOST;

/** Some registrars are asked in the end what they hold. */
function drawVerify(random: Random): object {
  return random.chance(0.6) ? {} : { verify: { sample: random.pick(['1%', '30%', '100%', '100%']) } };
}

/** In some worlds, and no more of them than is done in a second. */
function drawKeepalive(random: Random, contexts: number, loadSeconds: number, kinds: readonly string[]): object {
  const leastSeconds = Math.max(1, Math.ceil((contexts * (loadSeconds + 60)) / KEEPALIVES_MOST));
  if (!random.chance(0.4) || leastSeconds > KEEPALIVE_SECONDS_MOST) return {};
  const every = `${Math.round(logUniform(random, leastSeconds, KEEPALIVE_SECONDS_MOST))}s`;
  const kind = random.pick(kinds);
  const per = random.pick(['context', 'context', 'socket']);
  return { keepalive: { kind, every, per, jitter: random.pick(['0%', '20%', '90%']) } };
}

/** Mostly one socket a worker; else several, on one address or on more, and ports enough for all workers. */
function drawLocal(random: Random, contexts: number): object {
  const socketsPerWorker = Math.min(contexts, random.pick([1, 1, 1, 2, 3, SOCKETS_MOST]));
  if (socketsPerWorker === 1) return {};
  const addresses = ADDRESSES.slice(0, random.between(1, ADDRESSES.length));
  return { local: { addresses, ports: PORTS, socketsPerWorker } };
}

/** Several, many, or thousands. */
function drawContexts(random: Random): number {
  const size = random.next();
  if (size < 0.35) return random.between(1, 8);
  if (size < 0.85) return random.between(9, 300);
  return random.between(300, 4_000);
}

function drawLoad(random: Random, starts: number, loadSeconds: number): Readonly<Record<string, unknown>> {
  const seconds = Math.max(1, Math.ceil(loadSeconds));
  const rate = `${starts}/${seconds}s`;
  if (random.chance(0.4)) return { rate, starts };
  const part = (share: number): number => Math.floor(seconds * share * random.next());
  const warmup = part(0.3);
  const cooldown = part(0.3);
  return {
    rate,
    warmup: `${warmup}s`,
    duration: `${Math.max(1, seconds - warmup - cooldown)}s`,
    cooldown: `${cooldown}s`,
  };
}

/** Mostly RFC 3261's own; else anything that the loader takes, odd ratios of T2 to T1 among them. */
function drawTimers(random: Random): Readonly<Record<string, string>> {
  if (random.chance(0.6)) return {};
  const t1Ms = random.pick([20, 100, 333, 500, 1000]);
  const t2Ms = Math.round(t1Ms * random.pick([1, 1.5, 2, 3, 8, 11]));
  return { T1: `${t1Ms}ms`, T2: `${t2Ms}ms`, T4: random.pick(['100ms', '1s', '5s', '10s']) };
}

interface Flow {
  readonly steps: readonly Step[];
  readonly attempts: number;
}

/** Attempt steps are numbered as they come in the text. */
interface FlowBuilder {
  readonly random: Random;
  /** Its holds say for how long, and nothing else of when to refresh. */
  readonly isExosip: boolean;
  /** They try again what has failed. */
  readonly isTireless: boolean;
  readonly contacts: DrawnContacts;
  readonly failures: DrawnFailures;
  readonly requests: DrawnRequests;
  numbered: number;
}

function drawFlow(builder: FlowBuilder): Flow {
  const { random } = builder;
  const kind = random.next();
  if (kind < 0.15) return allOf([attempt(builder, 'register')]);
  if (kind < 0.4) return usual(builder);
  if (kind < 0.5) return fleet(builder);
  const first = attempt(builder, random.chance(0.85) ? 'register' : drawProcedure(random));
  const steps = Array.from({ length: random.between(1, STEPS_MOST) }, () => drawStep(builder, 0));
  return allOf([first, ...steps]);
}

/** What phones may be told: nothing of it follows from anything else. */
function repertoire(builder: FlowBuilder): Flow {
  const procedures = ['register', 'register', 'refresh', 'refresh', 'unregister', 'wildcard', 'query'];
  return allOf(procedures.map((procedure) => attempt(builder, procedure)));
}

/** What most phones do: register, refresh a few times, unregister. */
function usual(builder: FlowBuilder): Flow {
  const { random } = builder;
  const register = attempt(builder, 'register');
  const refresh = allOf([pause(random), attempt(builder, 'refresh')]);
  const rounds = random.between(1, ROUNDS_MOST);
  const unregister = attempt(builder, random.pick(['unregister', 'wildcard']));
  return allOf([register, repeated(refresh, rounds), pause(random), unregister]);
}

/** Phones that stay: register, hold, and perhaps go. */
function fleet(builder: FlowBuilder): Flow {
  const { random } = builder;
  const register = attempt(builder, 'register');
  const before = random.chance(0.3) ? [pause(random)] : [];
  const after = random.chance(0.6) ? [attempt(builder, random.pick(['unregister', 'refresh', 'query']))] : [];
  return allOf([register, ...before, hold(builder), ...after]);
}

/** As many refreshes as the registrar makes of it: at most so many if it grants what it is asked for. */
function hold(builder: FlowBuilder): Flow {
  const { random } = builder;
  const headers = { [STEP_HEADER]: String(builder.numbered++) };
  const expires = lasting(builder, random.pick([5, 30, 60, 600, 3600]));
  const least = random.between(30, 90);
  const most = random.chance(0.5) ? least : random.between(least, random.pick([95, 120]));
  const length = Math.ceil(((expires * logUniform(random, 20, 100 * HELD_MOST)) / 100) * (least / 100));
  const timing = {
    refreshAt: least === most ? `${least}%` : `${least}-${most}%`,
    ...(random.chance(0.3) ? { margin: `${random.between(1, 10)}s` } : {}),
    ...(random.chance(0.2) ? { cap: `${Math.ceil((expires * random.between(20, 100)) / 100)}s` } : {}),
  };
  const step = {
    for: `${length}s`,
    ...(builder.isExosip ? stopping(builder) : timing),
    expires: `${expires}s`,
    headers,
    ...builder.contacts.ofStep(),
    ...(builder.isExosip ? {} : builder.failures.ofHold(random.split(`hold ${builder.numbered}`))),
  };
  return { steps: [{ hold: step }], attempts: HELD_MOST };
}

function drawStep(builder: FlowBuilder, depth: number): Flow {
  const { random } = builder;
  const kind = random.next();
  if (kind < 0.04 && depth === 0) return hold(builder);
  if (kind < 0.5) return attempt(builder, drawProcedure(random));
  if (kind < 0.8) return pause(random);
  if (kind < 0.87 || depth > 0) return { steps: ['discard'], attempts: 0 };
  const body = Array.from({ length: random.between(1, 3) }, () => drawStep(builder, depth + 1));
  return repeated(allOf(body), random.between(1, ROUNDS_MOST));
}

const drawProcedure = (random: Random): string =>
  random.pick(['register', 'refresh', 'refresh', 'unregister', 'wildcard', 'query']);

function attempt(builder: FlowBuilder, procedure: string): Flow {
  const { random } = builder;
  const body = builder.requests.ofStep(random);
  const headers = { [STEP_HEADER]: String(builder.numbered++), ...builder.requests.headers };
  const isAsking = procedure === 'register' || procedure === 'refresh';
  const expires = lasting(builder, random.pick([1, 5, 30, 60, 600, 3600, 7200, 0]));
  const contacts = isAsking || procedure === 'unregister' ? builder.contacts.ofStep() : {};
  const failures = isAsking && builder.isExosip ? stopping(builder) : builder.failures.ofStep(random);
  const options = { ...(isAsking ? { expires: `${expires}s` } : {}), headers, ...body, ...contacts, ...failures };
  return { steps: [{ [procedure]: options }], attempts: 1 };
}

/** Devices of libeXosip2 never stop, unless they are told to. */
const stopping = ({ isTireless }: FlowBuilder): object => (isTireless ? {} : { onFailure: 'stop' });

/** A device that tries again does so when its binding would be refreshed; not each second. */
const lasting = ({ isTireless }: FlowBuilder, expires: number): number =>
  isTireless && expires > 0 ? Math.max(expires, TIRELESS_EXPIRES_LEAST) : expires;

function pause(random: Random): Flow {
  const wait = random.pick<unknown>([
    `${random.between(0, 50)}ms`,
    `${random.between(1, 20)}s`,
    { uniform: ['10ms', `${random.between(1, 30)}s`] },
    { exponential: `${random.between(1, 10)}s` },
    { ofExpires: `${random.between(10, 100)}%` },
  ]);
  return { steps: [{ wait }], attempts: 0 };
}

function repeated(body: Flow, times: number): Flow {
  return { steps: [{ repeat: { times, steps: body.steps } }], attempts: body.attempts * times };
}

function allOf(parts: readonly Flow[]): Flow {
  return {
    steps: parts.flatMap(({ steps }) => steps),
    attempts: parts.reduce((sum, { attempts }) => sum + attempts, 0),
  };
}

/** A whole number; each power of ten is as likely as any other. */
export const logUniform = (random: Random, least: number, most: number): number =>
  Math.round(least * (most / least) ** random.next());
