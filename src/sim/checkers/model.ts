// What the checkers know of a world, put together from what was observed and from the plan alone. One book for each worker and
// each socket, one page for each context, and a record for each transaction and attempt.
//
//   World ── WorkerBook ── the turn under way, timers that are due
//     │          └─ SocketBook ── since when it is blocked, what was offered and not yet sent
//     │
//     └───── ContextPage ── Transaction (pending) ── Attempt (under way) ── walk through the flow
//
// Socket s of W workers is one of worker s mod W, and context c of S sockets speaks from socket c mod S and no other, or, where contexts
// are rebound, from socket c mod S + S. With several targets there are S sockets to each, target t's being t S to (t + 1) S - 1, and a
// context speaks from one of those that are socket c mod S but for a multiple of S. Where redirects are followed, sockets to the places that
// they lead to come behind those to the target in the same way.
//
// The stage of a context says what it may send next:
//
//   idle ──start, cleanup──> talking ──2xx──> walking ──next step──> talking
//                            talking ──401──> challenged ──credentials──> talking ──failure──> idle
//                            talking ──423──> challenged ──longer Expires──> talking
//                            talking ──failure──> retrying ──the same step──> talking

import type { Engine } from '../../engine/index.ts';
import type { MetricsBlock } from '../../metrics/index.ts';
import type { BindingView } from '../../registrar/index.ts';
import type { AttemptStep, Procedure, RunPlan } from '../../scenario/index.ts';
import { NEVER_US } from '../../std/index.ts';
import type { RedirectFacts } from '../redirect-places.ts';
import type { DrawnTargets } from '../target-faults.ts';
import type { Accepted, Belief } from './belief-book.ts';
import type { Challenge, Reading } from './challenge-text.ts';
import type { Device } from './device-book.ts';
import { createDevice } from './device-book.ts';
import type { DueList } from './due-list.ts';
import { createDueList } from './due-list.ts';
import type { GrantBounds } from './grant.ts';
import type { Rest } from './hold-book.ts';
import type { Ledger } from './ledger.ts';
import { createLedger } from './ledger.ts';
import type { MessageReader } from './messages.ts';
import { createMessageReader } from './messages.ts';
import type { Order } from './order-book.ts';
import type { Proving } from './proving.ts';
import type { Led, RedirectBook } from './redirect-book.ts';
import { createRedirectBook } from './redirect-book.ts';
import type { RetryBook, Retrying } from './retry-book.ts';
import { createRetryBook } from './retry-book.ts';
import type { Span } from './span.ts';
import type { TargetBook } from './target-book.ts';
import { createTargetBook } from './target-book.ts';
import { userOf } from './user-name.ts';
import type { Pause, Walk } from './walk.ts';
import { readStepHeader } from './walk.ts';

export interface WatchedWorker {
  readonly engine: Engine;
  /** Of its sockets, by flow. */
  readonly sentBys: readonly string[];
  readonly metrics: MetricsBlock;
}

export interface Facts {
  readonly plan: RunPlan;
  readonly workers: readonly WatchedWorker[];
  /** Contexts start by command, and none by schedule. */
  readonly isCommanded?: boolean;
  /** Each attempt step of the plan carries this header with a value of its own; a cleanup's requests carry none. */
  readonly stepHeader: string;
  /** What the registrar grants; absent: whatever is asked for. */
  readonly grants?: GrantBounds;
  /** Absent: the load goes to one target. */
  readonly targets?: DrawnTargets;
  /** Absent: no redirect is followed. */
  readonly redirects?: RedirectFacts;
  /** What it says of knowing the secret; absent: nothing is known of that. */
  readonly proving?: Proving;
}

/** How a world ended. */
export interface End {
  readonly nowUs: number;
  /** What the registrar holds for a user now. */
  readonly bindingsOf: (user: string) => readonly BindingView[];
  /** Nothing is under way in the network any more. */
  readonly isQuiet: boolean;
}

/** Credentials; for longer; the same; credentials or the same, where the answer was damaged; the same at another target. */
export type Owed = 'credentials' | 'longer' | 'again' | 'either' | 'replacement' | 'elsewhere';

export type Stage = 'idle' | 'talking' | 'challenged' | 'walking' | 'retrying';

export interface Attempt {
  readonly page: ContextPage;
  /** Null: the cleanup's. */
  readonly step: AttemptStep | null;
  readonly procedure: Procedure;
  /** Null: not known exactly. */
  readonly intendedUs: number | null;
  /** A refresh of a hold, which goes on behind it. */
  readonly isHeld: boolean;
  /** Challenges that led on, and the servers whose challenge it has answered. */
  challenges: number;
  readonly fresh: Set<string>;
  /** 423s that led on. */
  raises: number;
  /** Answers after which the request was sent again as it was (fleet.ts). */
  repeats: number;
  /** How often the step was tried before. */
  readonly tries: number;
  /** Its Contact leads nowhere: 1, that is being deleted; 2, the new one is being registered. */
  replacing?: 1 | 2;
  /** Targets that have failed in it (targets.ts); absent: none has. */
  turns?: number;
  /** Where redirects have led it (redirects.ts); absent: none has. */
  led?: Led;
  /** First send to final answer, over its transactions. */
  wireUs: number;
}

export interface Carried {
  readonly nonce: string;
  /** What stands for H(A1) in its response. */
  readonly key: string;
  readonly isFresh: boolean;
}

export interface Transaction {
  readonly worker: WorkerBook;
  readonly socket: SocketBook;
  readonly page: ContextPage;
  readonly attempt: Attempt;
  readonly branch: string;
  readonly text: string;
  readonly cseq: number;
  /** Its credentials, by server: the nonce, and whether they answer a challenge of the attempt. */
  readonly carried: ReadonlyMap<string, Carried>;
  /** What its Expires says; -1: it has none. */
  readonly askedSeconds: number;
  state: 'pending' | 'completed' | 'gone';
  /** What ended it; empty while it is pending. */
  endedBy: string;
  /** Timer F may have fired: it was composed while the socket was blocked, nobody saw when. */
  isMaybeOver: boolean;
  /** Its row may have been given away before Timer K. */
  isMaybeGone: boolean;
  /** The turn that delivered a first 1xx; null: none did. */
  heardUs: number | null;
  /** One came when Timer F may have fired already. */
  isMaybeHeard: boolean;
  copies: number;
  /** When its first datagram left; null: none has. */
  sentUs: number | null;
  /** Timer E as it runs now, and Timer F. */
  resend: Span;
  end: Span;
}

export interface ContextPage {
  readonly identity: number;
  readonly worker: WorkerBook;
  /** From which it speaks, and from which it spoke at first: the same, but for those that are rebound. */
  socket: SocketBook;
  readonly home: SocketBook;
  /** Targets in the order in which it turns to them, as far as that was seen, and the place of the one whose turn it is. */
  readonly order: number[];
  rank: number;
  readonly user: string;
  readonly addressOfRecord: string;
  /** The managed one; its `line` is known once it was seen. */
  contact: string;
  /** What it was commanded, oldest first. */
  readonly orders: Order<Attempt>[];
  /** When its Contact was last replaced, in whole seconds; null: never. */
  replacedSeconds: number | null;
  callId: string | null;
  fromTag: string | null;
  cseq: number;
  stage: Stage;
  pending: Transaction | null;
  attempt: Attempt | null;
  walk: Walk | null;
  /** Where the walk stands: what comes before the next attempt, and that attempt. */
  pauses: readonly Pause[];
  nextStep: AttemptStep | null;
  /** The first of the pauses is a hold of which a refresh has been seen, and its end; null: not known exactly. */
  isHolding: boolean;
  heldUntilUs: number | null;
  /** Its last refresh did not succeed, or may not have. */
  rest: Rest | null;
  /** When the next attempt would begin but for the pauses; null: not known exactly. */
  readyUs: number | null;
  /** In stage challenged: what the answer asks for, and when it came; `owes` tells of which kind. */
  challenge: Reading | null;
  owes: Owed;
  /** What it was told to ask for, when it owes that. */
  owedSeconds: number;
  challengedUs: number;
  /** In stage retrying; and where the flow may have gone on, or be over, instead. */
  retrying: Retrying | null;
  /** What the attempt may have ended with already, unseen. */
  otherwise: readonly string[];
  /** Challenges whose nonce it may use: by server those that it has used, and those of the latest answer that led on. */
  readonly kept: Map<string, Challenge>;
  /** By server: one that it may have been given as its next, by an answer that was damaged or perhaps too late. */
  readonly spare: Map<string, Challenge>;
  latest: readonly Challenge[];
  /** By server and nonce. */
  readonly nonceCounts: Map<string, number>;
  /** Nonces that it may count from 1 again; and how often at least and most a fleet's device has repeated a request (fleet.ts). */
  readonly restarted: Set<string>;
  readonly resends: { least: number; most: number };
  readonly device: Device;
  /** The first start of it not yet looked at. */
  nextStart: number;
  hasBegunCleanup: boolean;
  /** Its bindings have been asked for after the drain. */
  hasBeenAsked: boolean;
  /** A request that may have changed its binding got no answer, or may have got none, since it was confirmed. */
  isInDoubt: boolean;
  /** A target that fell silent may have bound it since it was told of its binding last (targets.ts). */
  mayBeBoundUnheard: boolean;
  /** socket.disturbances when it last sent a new request. */
  undisturbed: number;
  grantedSeconds: number;
  /** What it asks for at least, as 423s have told it: one number, or several where it is not known what it heard. */
  leastSeconds: readonly number[];
  belief: Belief;
  /** The flow said `discard` after what was accepted last, or may have. */
  isForgotten: boolean;
  /** The last 2xx that changed what it believes. */
  accepted: Accepted | null;
}

export interface WorkerBook {
  readonly index: number;
  readonly engine: Engine;
  readonly metrics: MetricsBlock;
  readonly pages: ContextPage[];
  /** By flow. */
  readonly sockets: readonly SocketBook[];
  isInTurn: boolean;
  hasAdvanced: boolean;
  turns: number;
  /** Rows that became free after the engine had advanced. */
  freedLate: number;
  turnUs: number;
  lastTurnUs: number;
  /** The engine's own clock: the latest of turns and stamps. */
  clockUs: number;
  readonly ends: DueList<Transaction>;
  /** In Completed, until Timer K. */
  readonly completed: DueList<Transaction>;
  /** Until then it may be unknown how many rows are in use. */
  unsureUntilUs: number;
  /** Until then there may be transactions of which it is not known when Timer F ends them. */
  spannedUntilUs: number;
  pendingCount: number;
  completedCount: number;
  /** Null: nothing is tried again. */
  readonly retries: RetryBook<ContextPage> | null;
  /** The load still begins attempts, as far as the turn under way is concerned. */
  couldStart: boolean;
  /** When the operator asked for the end; NEVER_US: not yet. */
  stoppedUs: number;
  isAborted: boolean;
  /** The drain can't end flows before this. */
  drainEndUs: number;
  areFlowsOver: boolean;
  /** When the operator has the verification end; NEVER_US: it ends by itself. */
  verifyEndUs: number;
  areQueriesOver: boolean;
  isRunOver: boolean;
}

export interface SocketBook {
  /** In the run. */
  readonly number: number;
  readonly worker: WorkerBook;
  /** What stands in Via; a spare socket's is that of the one it stands in for. */
  readonly sentBy: string;
  /** Where answers say that it is. */
  seen: string | null;
  /** The last turn, of those before the present moment, after which nothing waited for the socket. */
  freeTurnUs: number;
  lastFreeTurnUs: number;
  /** Since when it has been blocked; null: it isn't. */
  heldSinceUs: number | null;
  /** The latest turn that ended a blockade, and the last free one before. It may have begun with a full outbox. */
  reopened: { readonly turnUs: number; readonly freeBeforeUs: number } | null;
  /** What may hide requests that were composed and never offered: blocked turns, errors, ends. */
  disturbances: number;
  longestHeldUs: number;
  /** Timer E of all pending transactions, a list for each interval. */
  readonly resends: Map<number, DueList<Resend>>;
  readonly queue: Offered[];
  /** Messages offered in the turn under way. */
  offered: number;
  /** Pages that owe a request at once: credentials, or a next step without a wait before it. */
  readonly owing: Set<ContextPage>;
  /** Those that owe one from the next turn on, what was refused having been refused behind the engine's back. */
  readonly owingNext: Set<ContextPage>;
  /** Pages that come past a `discard` at once. */
  readonly forgetting: Set<ContextPage>;
  lastErrorUs: number;
  /** A turn has ended in the drain after which nothing waited for the socket or for a row. */
  isDraining: boolean;
}

/** Void when further copies have been offered since. */
export interface Resend {
  readonly transaction: Transaction;
  readonly copies: number;
}

/** In the socket's queue. */
export interface Offered {
  readonly bytes: Uint8Array;
  /** Null: no request of ours, but an aside. */
  readonly transaction: Transaction | null;
  readonly isFirst: boolean;
  /** It belongs to no step: it is in none of the run's numbers, whenever it leaves. */
  readonly isCleanup: boolean;
}

export interface World {
  readonly facts: Facts;
  readonly workers: readonly WorkerBook[];
  /** By their numbers in the run. */
  readonly sockets: readonly SocketBook[];
  readonly pagesByUser: ReadonlyMap<string, ContextPage>;
  readonly pagesByCallId: Map<string, ContextPage>;
  readonly transactions: Map<string, Transaction>;
  readonly steps: ReadonlyMap<string, AttemptStep>;
  readonly read: MessageReader;
  /** Of all Contacts. */
  readonly linesKnown: Set<string>;
  /** By algorithm and text: of what is hashed again and again (RFC 7616 §3.4: A1, A2, bodies). */
  readonly hashes: Map<string, string>;
  /** Null: the load goes to one target. */
  readonly targets: TargetBook | null;
  /** Null: no redirect is followed. */
  readonly redirects: RedirectBook | null;
  readonly ledger: Ledger;
}

export function createModel(facts: Facts): World {
  const { plan } = facts;
  const workers = facts.workers.map((worker, index) => createBook(plan, worker, index, facts.workers.length));
  const sockets = workers.flatMap((worker) => worker.sockets).sort((one, other) => one.number - other.number);
  const homes = plan.local.socketsPerWorker * workers.length;
  const pagesByUser = new Map<string, ContextPage>();
  for (let context = 0; context < plan.identities.count; context++) {
    const page = createPage(plan, context, sockets[context % homes]!);
    page.worker.pages.push(page);
    pagesByUser.set(page.user, page);
  }
  return {
    facts,
    workers,
    sockets,
    pagesByUser,
    pagesByCallId: new Map(),
    transactions: new Map(),
    steps: readStepHeader(plan, facts.stepHeader),
    read: createMessageReader(),
    linesKnown: new Set(),
    hashes: new Map(),
    targets: createTargetBook(plan, workers.length, facts.targets),
    redirects: createRedirectBook(plan, workers.length, facts.redirects),
    ledger: createLedger(),
  };
}

function createBook(
  plan: RunPlan,
  { engine, sentBys, metrics }: WatchedWorker,
  index: number,
  workerCount: number,
): WorkerBook {
  const sockets: SocketBook[] = [];
  const worker: WorkerBook = {
    index,
    engine,
    metrics,
    pages: [],
    sockets,
    isInTurn: false,
    hasAdvanced: false,
    turns: 0,
    freedLate: 0,
    turnUs: 0,
    lastTurnUs: -1,
    clockUs: 0,
    ends: createDueList(),
    completed: createDueList(),
    unsureUntilUs: -1,
    spannedUntilUs: -1,
    pendingCount: 0,
    completedCount: 0,
    retries: createRetryBook(plan, index, workerCount),
    couldStart: true,
    stoppedUs: NEVER_US,
    isAborted: false,
    drainEndUs: NEVER_US,
    areFlowsOver: false,
    verifyEndUs: NEVER_US,
    areQueriesOver: false,
    isRunOver: false,
  };
  const { socketsPerWorker } = plan.local;
  for (const flow of sentBys.keys()) {
    const sentBy = sentBys[flow % socketsPerWorker]!;
    sockets.push(createSocketBook(worker, flow * workerCount + index, sentBy));
  }
  return worker;
}

const createSocketBook = (worker: WorkerBook, number: number, sentBy: string): SocketBook => ({
  number,
  worker,
  sentBy,
  seen: null,
  freeTurnUs: -1,
  lastFreeTurnUs: -1,
  heldSinceUs: null,
  reopened: null,
  disturbances: 0,
  longestHeldUs: 0,
  resends: new Map(),
  queue: [],
  offered: 0,
  owing: new Set(),
  owingNext: new Set(),
  forgetting: new Set(),
  lastErrorUs: -1,
  isDraining: false,
});

function createPage({ identities }: RunPlan, context: number, socket: SocketBook): ContextPage {
  const user = userOf(identities.user, identities.first + context);
  return {
    identity: context,
    worker: socket.worker,
    socket,
    home: socket,
    order: [],
    rank: 0,
    user,
    addressOfRecord: `sip:${user}@${identities.domain}`,
    contact: `sip:${user}@${socket.sentBy}`,
    orders: [],
    replacedSeconds: null,
    callId: null,
    fromTag: null,
    cseq: 0,
    stage: 'idle',
    pending: null,
    attempt: null,
    walk: null,
    pauses: [],
    nextStep: null,
    isHolding: false,
    heldUntilUs: null,
    rest: null,
    readyUs: null,
    challenge: null,
    owes: 'credentials',
    owedSeconds: 0,
    challengedUs: 0,
    retrying: null,
    otherwise: [],
    kept: new Map(),
    spare: new Map(),
    latest: [],
    nonceCounts: new Map(),
    restarted: new Set(),
    resends: { least: 0, most: 0 },
    device: createDevice(),
    nextStart: context,
    hasBegunCleanup: false,
    hasBeenAsked: false,
    isInDoubt: false,
    mayBeBoundUnheard: false,
    undisturbed: 0,
    grantedSeconds: 0,
    leastSeconds: [0],
    belief: { grantedSeconds: 0, untilUs: null, certainty: 'known' },
    isForgotten: false,
    accepted: null,
  };
}

/** The row of a context in its worker's tables. */
export const rowOf = ({ identity }: ContextPage, workerCount: number): number => Math.floor(identity / workerCount);
