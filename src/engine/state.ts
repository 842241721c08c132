// What one engine is made of: its tables and the few numbers that change. Everything is created here, sized by the plan;
// nothing is allocated later. The functions that work on it stand in the other files of this folder.
//
//   engine.ts (contract) -> phases.ts, starts.ts -> flow.ts -> attempt.ts -> client-transaction.ts -> compose.ts -> here
//                        -> response.ts -> authenticate.ts ------^

import type { MetricsBlock } from '../metrics/index.ts';
import { createMetricsBlock } from '../metrics/index.ts';
import type { RunPlan, StartCursor } from '../scenario/index.ts';
import { contextsOfWorker, createStartCursor, measuredToUs, scheduleEndUs } from '../scenario/shares.ts';
import type { TargetWeights } from '../scenario/target-order.ts';
import type { BranchReader, CompiledText, RegisterFields } from '../sip/index.ts';
import { compileText, createBranchReader, MOST_SLOTS } from '../sip/index.ts';
import type { MemoryPlan } from '../std/index.ts';
import { createMemoryPlan, encodeUtf8, hashText, mixBits, NEVER_US, US_PER_SECOND } from '../std/index.ts';
import type { Authenticator } from './authenticator.ts';
import { createAuthenticator, longestUriBytes, longestUserBytes, plannedPlaces } from './authenticator.ts';
import type { ChallengeTable } from './challenges.ts';
import { createChallengeTable, MOST_KEPT_BYTES, MOST_PLACES } from './challenges.ts';
import { createCommandProgram, LONGEST_COMMAND_BYTES } from './command-program.ts';
import type { ContextTable } from './contexts.ts';
import { createContextTable } from './contexts.ts';
import type { ExosipTable } from './exosip2-table.ts';
import { createExosipTable } from './exosip2-table.ts';
import type { HoldTable } from './hold-table.ts';
import { createHolds, refreshesPerSecond } from './hold-table.ts';
import type { IntervalTable } from './intervals.ts';
import { asksForTime, createIntervalTable, RAISED_BYTES_MOST } from './intervals.ts';
import { readIpv4 } from './ipv4.ts';
import type { Keepalive } from './keepalive-table.ts';
import { createKeepalive } from './keepalive-table.ts';
import type { Observer } from './observer.ts';
import { longestOwnContact } from './own-contacts.ts';
import type { Program } from './program.ts';
import { compileProgram } from './program.ts';
import type { RebindTable } from './rebind-table.ts';
import { createRebinds } from './rebind-table.ts';
import type { RedirectOptions, RedirectTable } from './redirect-table.ts';
import { createRedirectTable, MOST_PLACES_ADDED, REQUEST_URI_BYTES_MOST } from './redirect-table.ts';
import type { RepairTable } from './repair-table.ts';
import { createRepairTable } from './repair-table.ts';
import type { ReplacementTable } from './replacement-table.ts';
import { createReplacements } from './replacement-table.ts';
import { compileCleanup, ownContactsOf, requestTemplates, stepsOf, verifyTemplate } from './request-templates.ts';
import { loadFacts, managedPieces, pingPieces, userPieces } from './request-text.ts';
import type { ResponseReader } from './response-reader.ts';
import { createResponseReader } from './response-reader.ts';
import type { RetryTable } from './retries.ts';
import { createRetryTable } from './retries.ts';
import type { ServiceRoutes } from './service-route-table.ts';
import { createServiceRoutes, MOST_ROUTE_BYTES } from './service-route-table.ts';
import type { SpeakerTable } from './speakers.ts';
import { createSpeakerTable } from './speakers.ts';
import type { TargetTable } from './target-table.ts';
import { createTargetTable } from './target-table.ts';
import type { TimerLists } from './timer-lists.ts';
import { createTimerLists } from './timer-lists.ts';
import type { TransactionTable } from './transactions.ts';
import { createTransactionTable } from './transactions.ts';
import type { FlowOptions, TransportFlow } from './transport-flows.ts';
import { createFlows, NO_PEER } from './transport-flows.ts';
import type { Verification } from './verify-table.ts';
import { createVerification } from './verify-table.ts';
import type { WaitHeap } from './wait-heap.ts';
import { createWaitHeap } from './wait-heap.ts';

export const PHASE_LOADING = 0;
export const PHASE_DRAINING = 1;
export const PHASE_VERIFYING = 2;
export const PHASE_CLEANING = 3;
export const PHASE_OVER = 4;

/** In the lists of Timer F and K. */
export const LIST_F = 0;
export const LIST_K = 1;

const LONGEST_SENT_BY = '255.255.255.255:65535';
/** Syntax of an Authorization header line around its values. */
const CREDENTIALS_BYTES = 280;
/** By so much a request may grow where a redirect leads it: its Request-URI, and the digest-uri of each line of credentials. */
export const REDIRECTED_BYTES_MOST = (1 + MOST_PLACES) * REQUEST_URI_BYTES_MOST;
/** Rows that rest for Timer K are counted with at most this many requests a start: a loop makes more, but not at once. */
const MOST_REQUESTS_PER_START = 16;

export interface EngineOptions {
  readonly plan: RunPlan;
  readonly workerIndex: number;
  readonly workerCount: number;
  readonly runId: string;
  readonly seed: number;
  /** What the User-Agent header says ahead of the run id: `regstorm/<version>`. */
  readonly userAgent: string;
  readonly metrics: MetricsBlock;
  /** Where the load goes, when it is several places; default: one. */
  readonly targets?: TargetWeights;
  /** Somebody opens sockets to where redirects lead (redirect-places.ts), as the plan may want; default: nobody does, and none is followed. */
  readonly redirects?: RedirectOptions;
  /** Where the tables come from; default: a plan of its own. With a sum (createMemorySum) nothing can be run. */
  readonly memory?: MemoryPlan;
  /** Contexts start when they are told to (commands.ts), each speaks for itself, and the run ends only by abort or stopStarting. */
  readonly commanded?: boolean;
  /** Told what becomes of each request and attempt; default: nobody is. */
  readonly observer?: Observer;
}

export interface Engine {
  readonly options: EngineOptions;
  readonly memory: MemoryPlan;
  readonly contexts: ContextTable;
  readonly transactions: TransactionTable;
  /** Timer E: one list per interval, T1 doubling to T2; then a line for each flow, of those that fired and found no room. */
  readonly resendTimers: TimerLists;
  /** Timer F and Timer K. */
  readonly endTimers: TimerLists;
  readonly waits: WaitHeap;
  /** Null when the flow has no hold. */
  readonly holds: HoldTable | null;
  /** Null, but where contexts act as devices of libeXosip2 do. */
  readonly exosip: ExosipTable | null;
  readonly challenges: ChallengeTable;
  /** Null: no request of the plan asks for a time. */
  readonly intervals: IntervalTable | null;
  /** Null where the scenario wants none. */
  readonly keepalive: Keepalive | null;
  /** Null: no step of the plan is tried again. */
  readonly retries: RetryTable | null;
  /** Null where no Contact is repaired. */
  readonly repairs: RepairTable | null;
  /** Null where no Contact is replaced in requests of its own. */
  readonly replacements: ReplacementTable | null;
  /** Null where every context keeps its port for its life. */
  readonly rebinds: RebindTable | null;
  /** One for each socket, by its number. */
  readonly flows: readonly TransportFlow[];
  /** How many flows lead to each target; those to the first are numbered from 0. */
  readonly lines: number;
  /** Null, but where there are several. */
  readonly targets: TargetTable | null;
  /** Null where no redirect is followed. */
  readonly redirects: RedirectTable | null;
  readonly branch: BranchReader;
  readonly authenticator: Authenticator;
  readonly reader: ResponseReader;
  readonly fields: RegisterFields;
  readonly user: CompiledText;
  /** Null, but where contexts are commanded. */
  readonly speakers: SpeakerTable | null;
  readonly observer: Observer | null;
  /** Null, but where the plan sends them back. */
  readonly serviceRoutes: ServiceRoutes | null;
  readonly starts: StartCursor;
  readonly flowProgram: Program;
  readonly cleanupProgram: Program | null;
  /** Null when the plan asks for none. */
  readonly verification: Verification | null;
  readonly fromTagSeed: number;
  readonly cnonceSeed: number;
  readonly waitSeed: number;
  /** The program that contexts walk: the flow's, then the verification's and the cleanup's. */
  program: Program;
  /** Where numbers go: the run's block, and during verification and cleanup one of their own that nobody reads but we. */
  metrics: MetricsBlock;
  readonly asideMetrics: MetricsBlock | null;
  nowUs: number;
  phase: number;
  readonly loadEndUs: number;
  readonly measuredToUs: number;
  /** When the present phase began, and when it ends at the latest. */
  phaseStartUs: number;
  phaseEndUs: number;
  /** The operator wants the end, and gets it without a verification. */
  isStopped: boolean;
  drainStartedUs: number;
  verifyStartedUs: number;
  cleanupStartedUs: number;
  endedUs: number;
  /** Starts that wait in their flows for room. */
  heldStarts: number;
  /** The flow that is served first in the next turn: each in its turn. */
  firstFlow: number;
  /** The scenario's flows that have begun and not ended. */
  activeFlows: number;
  /** Waits cut short so far by the drain, and contexts passed by the cleanup. */
  released: number;
  cleanupNext: number;
  /** Contexts with a binding, and when they were last counted one by one; see bindings.ts. */
  boundCount: number;
  countedUs: number;
  readonly skipped: Float64Array;
}

/** Allocates everything; requests can be composed only after attachFlow. */
export function createEngine(options: EngineOptions): Engine {
  const { plan, workerIndex, workerCount, seed } = options;
  const memory = options.memory ?? createMemoryPlan();
  const count = contextsOfWorker(plan.identities.count, workerIndex, workerCount);
  const isCommanded = options.commanded === true;
  const flowProgram = isCommanded ? createCommandProgram(count) : compileProgram(plan.flow, 0);
  const cleanupProgram = compileCleanup(plan, flowProgram);
  const { runTag, branch, lines, firstSpare, flowCount } = { ...branchesOf(options), ...countFlows(options) };
  const sizes = { contexts: count, slots: transactionCapacity(options, count, flowProgram), flows: flowCount };
  const exosip = createExosipTable(memory, plan, flowProgram, count);
  return sealed({
    options,
    memory,
    contexts: createContextTable(memory, count, flowProgram.loopDepth),
    transactions: createTransactionTable(memory, sizes.slots),
    resendTimers: createTimerLists(memory, 'timers', sizes.slots, intervalsOf(plan), flowCount),
    endTimers: createEndTimers(memory, sizes.slots, plan),
    waits: createWaitHeap(memory, count),
    holds: createHolds(memory, flowProgram, exosip, count),
    exosip,
    intervals: isCommanded || asksForTime(flowProgram) ? createIntervalTable(memory, count) : null,
    challenges: createChallengeTable(memory, count, plannedPlaces(plan)),
    repairs: createRepairTable(memory, plan.nat !== 'off', count),
    replacements: createReplacements(memory, plan, flowProgram, count),
    rebinds: createRebinds(memory, options, { ...sizes, flows: firstSpare }),
    keepalive: createKeepalive(memory, { plan, contexts: count, flows: flowCount, workerIndex, runTag, seed }),
    retries: createRetryTable(memory, count, { plan, workerIndex, workerCount }),
    flows: createFlows(memory, flowOptions(options, branch, flowCount, intervalsOf(plan).length)),
    lines,
    targets: createTargetTable(memory, options.targets ?? null, seed, sizes),
    redirects: createRedirectTable(memory, options, sizes),
    branch,
    authenticator: createAuthenticator(plan),
    reader: createResponseReader(isCommanded ? LONGEST_COMMAND_BYTES : longestOwn(options)),
    fields: { index: 0, fromTag: 0, cseq: 0, slot: 0, generation: 0, expires: 0 },
    user: compileText(userPieces(plan.identities)),
    speakers: isCommanded ? createSpeakerTable(count) : null,
    observer: options.observer ?? null,
    serviceRoutes: plan.phone?.followsServiceRoute === true ? createServiceRoutes(memory, count) : null,
    starts: createStartCursor({ load: plan.load, contextCount: plan.identities.count, workerIndex, workerCount }),
    flowProgram,
    cleanupProgram,
    verification: createVerification(memory, plan, verifyTemplate(flowProgram, cleanupProgram), { count, seed }),
    fromTagSeed: mixBits(runTag, 1),
    cnonceSeed: mixBits(runTag, 2),
    waitSeed: mixBits(seed, 3),
    program: flowProgram,
    metrics: options.metrics,
    asideMetrics: cleanupProgram === null && plan.verify === null ? null : createMetricsBlock(1),
    nowUs: NEVER_US,
    phase: PHASE_LOADING,
    loadEndUs: scheduleEndUs(plan.load),
    measuredToUs: measuredToUs(plan.load),
    phaseStartUs: NEVER_US,
    phaseEndUs: scheduleEndUs(plan.load),
    isStopped: false,
    drainStartedUs: NEVER_US,
    verifyStartedUs: NEVER_US,
    cleanupStartedUs: NEVER_US,
    endedUs: NEVER_US,
    heldStarts: 0,
    firstFlow: 0,
    activeFlows: 0,
    released: 0,
    cleanupNext: 0,
    boundCount: 0,
    countedUs: NEVER_US,
    skipped: new Float64Array(5),
  });
}

/** The branches of a run's requests, and the word of the run that is in them. */
function branchesOf({ runId, workerIndex }: EngineOptions): { readonly runTag: number; readonly branch: BranchReader } {
  const runTag = hashText(runId);
  return { runTag, branch: createBranchReader(runTag, workerIndex) };
}

/** Flows to the run's targets, and those to places that redirects may add; where contexts are rebound as many spare ones again. */
const countFlows = (options: EngineOptions): { lines: number; firstSpare: number; flowCount: number } => {
  const { local } = options.plan;
  const lines = local.socketsPerWorker;
  const firstSpare = lines * ((options.targets?.count ?? 1) + placesAdded(options));
  return { lines, firstSpare, flowCount: local.rebind == null ? firstSpare : 2 * firstSpare };
};

const placesAdded = ({ plan, redirects }: EngineOptions): number =>
  plan.redirects === undefined || redirects === undefined ? 0 : MOST_PLACES_ADDED;

/** RFC 3261 §17.1.2.2: Timer F is 64 * T1, Timer K is T4. */
const createEndTimers = (memory: MemoryPlan, capacity: number, { timers }: RunPlan): TimerLists =>
  createTimerLists(memory, 'timers', capacity, [64 * timers.t1Us, timers.t4Us]);

/** Nothing is allocated from now on. */
function sealed(engine: Engine): Engine {
  setTimes(engine);
  engine.memory.seal();
  return engine;
}

function flowOptions(
  options: EngineOptions,
  branch: BranchReader,
  flowCount: number,
  resendLists: number,
): FlowOptions {
  const { plan, workerIndex, workerCount } = options;
  return { plan, workerIndex, workerCount, flowCount, longestBytes: longestMessage(options, branch), resendLists };
}

const intervalsOf = ({ timers }: RunPlan): readonly number[] => resendIntervals(timers.t1Us, timers.t2Us);

/**
 * Sets what was made as a double. A field that first held a small integer would become another kind of field with the first
 * reading of a clock, which is a double, and whatever was compiled for the engine until then would be thrown away.
 */
function setTimes(engine: Engine): void {
  engine.nowUs = 0;
  engine.phaseStartUs = 0;
  engine.drainStartedUs = -1;
  engine.verifyStartedUs = -1;
  engine.cleanupStartedUs = -1;
  engine.endedUs = -1;
  engine.countedUs = 0;
}

/** Whom a flow's socket is connected to: an IPv4 address as an unsigned number in host order, and a port. */
export interface FlowPeer {
  readonly address: number;
  readonly port: number;
}

/**
 * Makes the flow's request texts, now that its socket has an address; `sentBy` is `address:port`, of this flow alone and of those from the
 * same place to other targets, whose requests say the same. Without a peer no answer says where a request came from.
 */
export function attachFlow(engine: Engine, id: number, sentBy: string, peer: FlowPeer | null = null): void {
  const flow = engine.flows[id]!;
  flow.peerAddress = peer === null ? NO_PEER : peer.address;
  flow.peerPort = peer === null ? 0 : peer.port;
  const { rebinds, flows, lines } = engine;
  flow.socketName = sentBy;
  // A phone knows nothing of its NAT: rebound, it goes on to name the address that it has.
  flow.sentBy = rebinds !== null && id >= rebinds.firstFlow ? flows[id % lines]!.sentBy : encodeUtf8(sentBy);
  if (id >= lines) return;
  const contactHost = contactHostOf(engine.options.plan, sentBy);
  flow.templates = requestTemplates(engine.options, engine.branch, sentBy, contactHost);
  setContactAddress(flow, contactHost);
  flow.ping = pingText(engine, sentBy);
  // Commanded contexts bring their own.
  flow.ownContacts = engine.speakers === null ? ownContactsOf(engine.options, contactHost) : [];
  flow.contact = compileText(managedPieces(engine.options.plan, { runId: engine.options.runId, sentBy: contactHost }));
}

/** Where the Contact says that phones are: as the scenario has it, or the socket's own address. */
function contactHostOf({ advertise }: RunPlan, sentBy: string): string {
  if (advertise === null) return sentBy;
  const { host, port } = advertise;
  return `${host}:${port ?? sentBy.slice(sentBy.lastIndexOf(':') + 1)}`;
}

function setContactAddress(flow: TransportFlow, contactHost: string): void {
  const colon = contactHost.lastIndexOf(':');
  const bytes = encodeUtf8(contactHost);
  flow.host = contactHost;
  flow.contactAddress = readIpv4(bytes, 0, colon);
  flow.contactPort = Number(contactHost.slice(colon + 1));
}

/** The keepalive's request, where it has one. */
function pingText({ options }: Engine, sentBy: string): CompiledText | null {
  const { plan } = options;
  if (plan.keepalive?.kind !== 'options') return null;
  return compileText(pingPieces(plan, loadFacts(options, sentBy)));
}

/** The flow's socket leads to another peer from now on. */
export function redirectFlow(engine: Engine, id: number, peer: FlowPeer): void {
  const flow = engine.flows[id]!;
  flow.peerAddress = peer.address;
  flow.peerPort = peer.port;
}

/** How many messages each flow's outbox holds. */
export function outboxCapacity({ flows }: Engine): number {
  return flows[0]!.outbox.mask + 1;
}

/** RFC 3261 §17.1.2.2: Timer E starts at T1 and doubles until it reaches T2. */
export function resendIntervals(t1Us: number, t2Us: number): readonly number[] {
  const intervals: number[] = [];
  for (let interval = t1Us; interval < t2Us && intervals.length < 32; interval *= 2) intervals.push(interval);
  return [...intervals, t2Us];
}

function longestOwn({ plan, runId, seed }: EngineOptions): number {
  return longestOwnContact(plan, stepsOf(plan), { runId, seed, sentBy: longestContactHost(plan) });
}

/** A repaired Contact has an address, an advertised one may be longer. */
function longestContactHost(plan: RunPlan): string {
  const advertised = contactHostOf(plan, LONGEST_SENT_BY);
  return advertised.length > LONGEST_SENT_BY.length ? advertised : LONGEST_SENT_BY;
}

function longestMessage(options: EngineOptions, branch: BranchReader): number {
  const { plan } = options;
  if (options.commanded === true) return LONGEST_COMMAND_BYTES;
  const lengths = requestTemplates(options, branch, LONGEST_SENT_BY, longestContactHost(plan)).map(
    (template) => template.head.longestBytes + template.tail.longestBytes,
  );
  const longest = Math.max(0, ...lengths) + RAISED_BYTES_MOST + MOST_ROUTE_BYTES + longestCredentials(plan);
  return placesAdded(options) === 0 ? longest : longest + REDIRECTED_BYTES_MOST;
}

/** The longest Authorization and Proxy-Authorization lines that a context of the plan may have to send. */
export function longestCredentials(plan: RunPlan): number {
  const authenticator = createAuthenticator(plan);
  if (authenticator.credentials.length === 0) return 0;
  const line = CREDENTIALS_BYTES + longestUserBytes(authenticator) + longestUriBytes(authenticator);
  return MOST_PLACES * line + MOST_KEPT_BYTES;
}

/**
 * Rows for what can be pending at once (no more than one per context, nor than starts within Timer F) and for what rests
 * in Completed until Timer K. When all are taken, the oldest completed one gives way; see client-transaction.ts.
 */
function transactionCapacity(options: EngineOptions, contexts: number, program: Program): number {
  const { plan, workerCount } = options;
  const startsPerSecond = ((plan.load.startsPerPeriod / plan.load.periodUs) * US_PER_SECOND) / workerCount;
  const timerFSeconds = (64 * plan.timers.t1Us) / US_PER_SECOND;
  const held = refreshesPerSecond(program, contexts);
  const pending = Math.min(contexts, Math.ceil((startsPerSecond + held) * timerFSeconds * 1.25) + 1024);
  const requestsPerStart = Math.min(MOST_REQUESTS_PER_START, 2 * program.attempts.length);
  const startsInTimerK = Math.min(startsPerSecond * (plan.timers.t4Us / US_PER_SECOND), plan.load.starts ?? NEVER_US);
  const heldInTimerK = 2 * held * (plan.timers.t4Us / US_PER_SECOND);
  return Math.min(MOST_SLOTS, Math.max(16, pending + Math.ceil(startsInTimerK * requestsPerStart + heldInTimerK)));
}
