// The other end of a simulated world: a real registrar behind an edge, that may go away and come back. What waited for
// service when it went away is lost with it, and so are its unsent answers.

import type { BindingView, Registrar, RegistrarOptions } from '../registrar/index.ts';
import {
  advance,
  appliedRules,
  behave,
  bindingsOf,
  countersOf,
  createRegistrar,
  drain,
  nextAnswerUs,
  receive,
  released,
  restart,
} from '../registrar/index.ts';
import { assert, decodeLatin1, encodeAscii, NEVER_US } from '../std/index.ts';
import type { Edge, EdgeOptions } from './edge.ts';
import { createEdge, meet, resetEdge, unavailable } from './edge.ts';
import type { Arrival, Observer, Taken } from './observer.ts';
import { countActions } from './rule-actions.ts';

/** Hands an answer to the network. */
export type AnswerSender = (nowUs: number, socket: number, bytes: Uint8Array) => void;

/** Where a socket of the clients sends from. */
export interface LocalAddress {
  /** IPv4, dotted. */
  readonly address: string;
  readonly port: number;
}

/** Registrar's counters that tell what a world exercised, over all its lives. */
export interface RegistrarCounts {
  answered: number;
  retransmissionsAnswered: number;
  dropped: number;
  challenges: number;
  staleChallenges: number;
  bindingsAdded: number;
  bindingsExpired: number;
  /** Of its own file's doing. */
  outages: number;
  droppedAway: number;
  servedLate: number;
  droppedQueueFull: number;
  overloaded: number;
  bindingsReplaced: number;
  duplicatesSent: number;
  restarts: number;
  /** Came while it was away, or waited for it. */
  lostInRestarts: number;
  /** Answers to an address that nobody has: a damaged Via. */
  misdirected: number;
}

export interface RegistrarHost {
  readonly options: RegistrarOptions;
  readonly peers: readonly Peer[];
  readonly edge: Edge;
  readonly observer: Observer;
  readonly send: AnswerSender;
  readonly counts: RegistrarCounts;
  /** How often each kind of action and condition was applied, by its name in a registrar file. */
  readonly rulesApplied: Record<string, number>;
  registrar: Registrar;
  isAway: boolean;
  /** It behaves, in every life to come too. */
  isHealed: boolean;
  /** In this life: when the first datagram came (null: not yet), what it has counted, and how often each rule was applied. */
  startedUs: number | null;
  counted: News;
  applied: readonly number[];
  /** Wait for service in it, oldest first. */
  readonly waiting: Waiting[];
  /** Raised with each life; what waits for another one is lost. */
  life: number;
}

export interface RegistrarHostOptions {
  readonly registrar: RegistrarOptions;
  readonly edge: EdgeOptions;
  readonly addresses: readonly LocalAddress[];
  readonly observer: Observer;
  readonly send: AnswerSender;
}

interface Waiting {
  readonly socket: number;
  readonly arrival: Arrival;
}

/** As the registrar knows a client's socket. */
interface Peer {
  /** IPv4 as a number, the first octet highest. */
  readonly address: number;
  readonly port: number;
}

/** `S` of SIP/2.0. */
const ANSWER_BEGIN = 0x53;
const OPTIONS_BEGIN = 0x4f;
const REGISTER_BEGIN = 0x52;
const STUN_MOST = 1;
const CR = 0x0d;

export function createRegistrarHost(options: RegistrarHostOptions): RegistrarHost {
  const { registrar: registrarOptions, edge, addresses, observer, send } = options;
  const registrar = createRegistrar(registrarOptions);
  return {
    options: registrarOptions,
    peers: addresses.map(({ address, port }) => ({ address: addressNumber(address), port })),
    edge: createEdge(edge),
    observer,
    send,
    counts: {
      answered: 0,
      retransmissionsAnswered: 0,
      dropped: 0,
      challenges: 0,
      staleChallenges: 0,
      bindingsAdded: 0,
      bindingsExpired: 0,
      outages: 0,
      droppedAway: 0,
      servedLate: 0,
      droppedQueueFull: 0,
      overloaded: 0,
      bindingsReplaced: 0,
      duplicatesSent: 0,
      restarts: 0,
      lostInRestarts: 0,
      misdirected: 0,
    },
    rulesApplied: {},
    registrar,
    isAway: false,
    isHealed: false,
    startedUs: null,
    counted: watchedOf(registrar),
    applied: [],
    waiting: [],
    life: 0,
  };
}

/** A request reaches the edge; returns when it is to be served, or null when the registrar never sees it. */
export function arrive(host: RegistrarHost, nowUs: number, socket: number, { bytes }: Arrival): number | null {
  if (host.isAway) {
    host.counts.lostInRestarts++;
    return null;
  }
  // Answers to what it asked: nothing follows from them.
  if (bytes[0] === ANSWER_BEGIN) return null;
  // Keepalives are no affair of the edge.
  if (bytes[0]! <= STUN_MOST || bytes[0] === CR || bytes[0] === OPTIONS_BEGIN) return nowUs;
  const { answers, servedAtUs } = meet(host.edge, nowUs, decodeLatin1(bytes, 0, bytes.length));
  for (const answer of answers) host.send(nowUs, socket, encodeAscii(answer));
  return servedAtUs;
}

/** Something in front of it answers a request 503. False: it was none. */
export function refuse(host: RegistrarHost, nowUs: number, socket: number, { bytes }: Arrival): boolean {
  if (bytes[0] !== REGISTER_BEGIN) return false;
  for (const answer of unavailable(decodeLatin1(bytes, 0, bytes.length))) host.send(nowUs, socket, encodeAscii(answer));
  return true;
}

/** A datagram of this socket's reaches the registrar: it takes it, or has it wait for service, or loses it. */
export function serve(host: RegistrarHost, nowUs: number, socket: number, arrival: Arrival): void {
  pass(host, nowUs);
  const { registrar, observer, counts } = host;
  const { bytes } = arrival;
  host.startedUs ??= nowUs;
  const from = host.peers[socket]!;
  receive(registrar, nowUs, bytes, 0, bytes.length, from.address, from.port);
  const news = newsOf(host);
  counts.droppedAway += news.droppedAway;
  counts.droppedQueueFull += news.droppedQueueFull;
  if (news.droppedAway + news.droppedQueueFull > 0) return;
  if (news.datagrams === 0) {
    host.waiting.push({ socket, arrival });
    return;
  }
  observer.onRequest(nowUs, socket, arrival, takenOf(host, news));
  sendAnswers(host, nowUs);
}

/** When the registrar does something that no datagram asks for: serve what waits, send what it held back, go away, come back. */
export const registrarWakeUs = ({ isAway, registrar }: RegistrarHost): number =>
  isAway ? NEVER_US : nextAnswerUs(registrar);

/** What is due in the registrar happens. */
export function pass(host: RegistrarHost, nowUs: number): void {
  const { observer, waiting, counts } = host;
  advance(host.registrar, nowUs);
  const news = newsOf(host);
  for (let left = news.restarts; left > 0; left--) {
    observer.onRestart(nowUs, host.options.restarts![host.counted.restarts - left]!.keepsBindings);
    counts.lostInRestarts += waiting.length;
    waiting.length = 0;
    counts.outages++;
  }
  if (news.datagrams > 0) {
    assert(news.datagrams === 1, 'a registrar is woken for each request that it has served');
    const { socket, arrival } = waiting.shift()!;
    counts.servedLate++;
    observer.onRequest(nowUs, socket, arrival, takenOf(host, news));
  }
  sendAnswers(host, nowUs);
}

function sendAnswers(host: RegistrarHost, nowUs: number): void {
  const { registrar, observer } = host;
  const count = drain(registrar, (start, end, address, port) => {
    const to = host.peers.findIndex((peer) => peer.address === address && peer.port === port);
    if (to < 0) host.counts.misdirected++;
    else {
      const answer = registrar.slab.slice(start, end);
      observer.onAnswer(nowUs, to, answer);
      host.send(nowUs, to, answer);
    }
    return true;
  });
  released(registrar, count);
}

type News = { readonly [K in (typeof WATCHED)[number]]: number };

const WATCHED = [
  'answered',
  'datagrams',
  'droppedAway',
  'droppedQueueFull',
  'overloaded',
  'restarts',
  'retransmissionsAnswered',
] as const;

const watchedOf = ({ counters }: Registrar): News =>
  Object.fromEntries(WATCHED.map((name) => [name, counters[name]])) as News;

/** What it has counted since it was last asked. */
function newsOf(host: RegistrarHost): News {
  const before = host.counted;
  host.counted = watchedOf(host.registrar);
  return Object.fromEntries(WATCHED.map((name) => [name, host.counted[name] - before[name]])) as News;
}

function takenOf(host: RegistrarHost, news: News): Taken {
  const applied = appliedRules(host.registrar).map(({ applied: times }) => times);
  const met = applied.findIndex((times, index) => times > (host.applied[index] ?? 0));
  host.applied = applied;
  const rule = met < 0 ? null : host.options.rules![met]!;
  if (rule !== null) countActions(host.rulesApplied, rule);
  const startedUs = host.startedUs ?? 0;
  if (news.overloaded > 0) {
    host.counts.overloaded++;
    return { kind: 'refused', rule, startedUs };
  }
  if (news.answered > 0) return { kind: 'new', rule, startedUs };
  return { kind: news.retransmissionsAnswered > 0 ? 'again' : 'none', rule, startedUs };
}

/** From now on it behaves, and so does what stands in front of it. */
export function healRegistrar(host: RegistrarHost): void {
  host.isHealed = true;
  host.edge.isHealed = true;
  behave(host.registrar);
}

export function goAway(host: RegistrarHost): void {
  host.isAway = true;
  host.life++;
}

/** Back, with its bindings or without. */
export function comeBack(host: RegistrarHost, nowUs: number, keepsBindings: boolean): void {
  const seed = host.options.seed + host.life;
  host.counts.lostInRestarts += host.waiting.length;
  host.waiting.length = 0;
  if (keepsBindings) restart(host.registrar, nowUs, seed);
  else {
    addCounts(host);
    host.registrar = createRegistrar({ ...host.options, seed });
    host.startedUs = null;
    host.counted = watchedOf(host.registrar);
    host.applied = [];
  }
  if (host.isHealed) behave(host.registrar);
  resetEdge(host.edge);
  host.isAway = false;
  host.counts.restarts++;
  host.observer.onRestart(nowUs, keepsBindings);
}

/** What it holds for a user, as of `nowUs`. */
export function heldFor(host: RegistrarHost, nowUs: number, user: string): readonly BindingView[] {
  advance(host.registrar, nowUs);
  return bindingsOf(host.registrar, user);
}

/** Counts of all lives; once, at the end. */
export function registrarCounts(host: RegistrarHost): RegistrarCounts {
  addCounts(host);
  return host.counts;
}

const addressNumber = (dotted: string): number =>
  dotted.split('.').reduce((number, octet) => number * 256 + Number(octet), 0);

function addCounts({ registrar, counts }: RegistrarHost): void {
  const life = countersOf(registrar);
  counts.answered += life.answered;
  counts.retransmissionsAnswered += life.retransmissionsAnswered;
  counts.dropped += life.dropped;
  counts.challenges += life.challenges;
  counts.staleChallenges += life.staleChallenges;
  counts.bindingsAdded += life.bindingsAdded;
  counts.bindingsExpired += life.bindingsExpired;
  counts.bindingsReplaced += life.bindingsReplaced;
  counts.duplicatesSent += life.duplicatesSent;
}
