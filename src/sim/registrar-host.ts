// The other end of a simulated world: a real registrar behind an edge, that may go away and come back. What waited for
// service when it went away is lost with it, and so are its unsent answers.

import type { BindingView, Registrar, RegistrarOptions } from '../registrar/index.ts';
import {
  advance,
  bindingsOf,
  countersOf,
  createRegistrar,
  drain,
  receive,
  released,
  restart,
} from '../registrar/index.ts';
import { decodeLatin1, encodeAscii } from '../std/index.ts';
import type { Edge, EdgeOptions } from './edge.ts';
import { createEdge, meet, resetEdge } from './edge.ts';
import type { Arrival, Observer } from './observer.ts';

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
  registrar: Registrar;
  isAway: boolean;
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

/** As the registrar knows a client's socket. */
interface Peer {
  /** IPv4 as a number, the first octet highest. */
  readonly address: number;
  readonly port: number;
}

/** `S` of SIP/2.0. */
const ANSWER_BEGIN = 0x53;
const OPTIONS_BEGIN = 0x4f;
const STUN_MOST = 1;
const CR = 0x0d;

export function createRegistrarHost(options: RegistrarHostOptions): RegistrarHost {
  const { registrar, edge, addresses, observer, send } = options;
  return {
    options: registrar,
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
      restarts: 0,
      lostInRestarts: 0,
      misdirected: 0,
    },
    registrar: createRegistrar(registrar),
    isAway: false,
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

/** The registrar takes the request that came from this socket. */
export function serve(host: RegistrarHost, nowUs: number, socket: number, arrival: Arrival): void {
  const { registrar, observer } = host;
  const { bytes } = arrival;
  observer.onRequest(nowUs, socket, arrival);
  const from = host.peers[socket]!;
  receive(registrar, nowUs, bytes, 0, bytes.length, from.address, from.port);
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
  advance(registrar, nowUs);
}

export function goAway(host: RegistrarHost): void {
  host.isAway = true;
  host.life++;
}

/** Back, with its bindings or without. */
export function comeBack(host: RegistrarHost, nowUs: number, keepsBindings: boolean): void {
  const seed = host.options.seed + host.life;
  if (keepsBindings) restart(host.registrar, nowUs, seed);
  else {
    addCounts(host);
    host.registrar = createRegistrar({ ...host.options, seed });
  }
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
}
