// Keepalives as they are seen from outside: each is of the kind that the scenario asks for, a message of its own, from the socket of
// its phone, and no sooner after the one before than the scenario allows (RFC 5626 §4.4). At the end the engines' counts lie within what
// was seen: an answer that came within the shortest interval is counted, one that never came is not.

import type { MetricsBlock } from '../../metrics/index.ts';
import { mergeBlocks } from '../../metrics/index.ts';
import type { Arrival } from '../observer.ts';
import type { Message } from './messages.ts';
import { textOf } from './messages.ts';
import type { SocketBook, World } from './model.ts';
import { maySpeakFrom } from './nat.ts';
import { mustEqual, mustLieWithin, wrong } from './wrong.ts';

interface Ping {
  readonly offeredUs: number;
  /** Whose it is: by STUN's first word, or the Call-ID of OPTIONS. */
  readonly owner: string;
  /** Of OPTIONS; 0: none. */
  readonly cseq: number;
  isSent: boolean;
  /** Right and undamaged within the shortest interval; right or perhaps right, at any time. */
  isSurelyAnswered: boolean;
  isMaybeAnswered: boolean;
}

export interface KeepaliveBook {
  /** By socket and transaction: STUN's id, or the branch of OPTIONS. */
  readonly pings: Map<string, Ping>;
  /** By owner. What is answered after the next one was made is not counted. */
  readonly latest: Map<string, Ping>;
  /** Of the branches of OPTIONS, by worker. */
  readonly prefixes: Map<number, string>;
  sent: number;
}

const STUN_HEAD = '\0\x01\0\0!\x12\xa4B';
const STUN_BYTES = 20;
const STUN_WORD_BYTES = 4;
const PREFIX_BYTES = 17;
/** Binding success and error. */
const STUN_ANSWERS = ['\x01\x01', '\x01\x11'];

export const createKeepaliveBook = (): KeepaliveBook => ({
  pings: new Map(),
  latest: new Map(),
  prefixes: new Map(),
  sent: 0,
});

/** What is offered is no REGISTER and no answer. */
export function takePingOffered(world: World, book: KeepaliveBook, socket: SocketBook, message: Message): void {
  const { worker } = socket;
  const { text } = message;
  const kind = world.facts.plan.keepalive?.kind;
  world.ledger.checks += 3;
  if (kind === undefined)
    throw wrong('request-form', worker, 'no REGISTER, no answer, and no keepalive is asked for', text);
  if (worker.isRunOver) throw wrong('keepalive', worker, 'sent after the end of the run', text);
  if (kind === 'crlf' && text === '\r\n\r\n') return;
  const id = kind === 'stun' ? stunIdOf(text) : optionsIdOf(world, book, socket, message);
  if (id === null || kind === 'crlf') throw wrong('keepalive', worker, `no keepalive of kind ${kind}`, text);
  const key = `${socket.number} ${id}`;
  if (book.pings.has(key)) throw wrong('keepalive', worker, 'the same keepalive twice', text);
  const ping: Ping = {
    offeredUs: worker.turnUs,
    owner: `${socket.number} ${message.parsed?.callId ?? id.slice(0, STUN_WORD_BYTES)}`,
    cseq: message.parsed?.cseq ?? 0,
    isSent: false,
    isSurelyAnswered: false,
    isMaybeAnswered: false,
  };
  book.pings.set(key, ping);
  book.latest.set(ping.owner, ping);
}

export function notePingSent(book: KeepaliveBook, socket: SocketBook, bytes: Uint8Array): void {
  book.sent++;
  const text = textOf(bytes);
  const id = text.startsWith(STUN_HEAD) ? stunIdOf(text) : branchOf(text);
  const ping = book.pings.get(`${socket.number} ${id}`);
  if (ping !== undefined) ping.isSent = true;
}

/** True when the datagram is an answer to a keepalive, or nothing but one that was damaged. */
export function takePong(
  world: World,
  book: KeepaliveBook,
  socket: SocketBook,
  arrival: Arrival,
  message: Message,
): boolean {
  const { keepalive } = world.facts.plan;
  if (keepalive === null || keepalive.kind === 'crlf') return false;
  const { text, parsed } = message;
  if (keepalive.kind === 'stun') {
    if (!isStun(text)) return false;
    note(book, socket, text.slice(8, STUN_BYTES), arrival, STUN_ANSWERS.includes(text.slice(0, 2)), keepalive.leastUs);
    return true;
  }
  if (parsed === null || parsed.status === 0 || parsed.cseqMethod !== 'OPTIONS') return false;
  const isOurs =
    parsed.via.length === 1 && parsed.sentBy === socket.sentBy && hasPingBranch(book, socket, parsed.branch);
  // RFC 3261 §17.1.3: of the transaction, CSeq and all.
  const isToIt = parsed.cseq === book.pings.get(`${socket.number} ${parsed.branch}`)?.cseq;
  if (isOurs && isToIt && parsed.status >= 200)
    note(book, socket, parsed.branch ?? '', arrival, true, keepalive.leastUs);
  return isOurs;
}

export function checkKeepalives(world: World, book: KeepaliveBook, blocks: readonly MetricsBlock[]): void {
  const { sent, answered, lost } = mergeBlocks(blocks).keepalive;
  mustEqual(world, 'keepalive', 'keepalives sent', [sent, book.sent]);
  const pings = [...book.pings.values()].filter(({ isSent }) => isSent);
  const surely = pings.filter(({ isSurelyAnswered }) => isSurelyAnswered).length;
  const maybe = pings.filter(({ isMaybeAnswered }) => isMaybeAnswered).length;
  mustLieWithin(world, 'keepalive', 'keepalives answered', [answered, surely, maybe]);
  mustLieWithin(world, 'keepalive', 'keepalives lost', [lost, 0, pings.length - answered]);
}

function note(
  book: KeepaliveBook,
  socket: SocketBook,
  id: string,
  arrival: Arrival,
  isRight: boolean,
  leastUs: number,
): void {
  const ping = book.pings.get(`${socket.number} ${id}`);
  if (ping === undefined || !ping.isSent) return;
  ping.isMaybeAnswered = true;
  const isInTime = socket.worker.turnUs < ping.offeredUs + leastUs && book.latest.get(ping.owner) === ping;
  if (isRight && !arrival.isCorrupted && isInTime) ping.isSurelyAnswered = true;
}

/** RFC 5389 §6, each attribute whole. */
function isStun(text: string): boolean {
  const short = (at: number): number => text.charCodeAt(at) * 256 + text.charCodeAt(at + 1);
  if (text.length < STUN_BYTES || text.charCodeAt(0) > 1 || text.slice(4, 8) !== STUN_HEAD.slice(4)) return false;
  if (short(2) % 4 !== 0 || short(2) !== text.length - STUN_BYTES) return false;
  let at = STUN_BYTES;
  while (at < text.length) at += 4 + Math.ceil(short(at + 2) / 4) * 4;
  return at === text.length;
}

const stunIdOf = (text: string): string | null =>
  text.length === STUN_BYTES && text.startsWith(STUN_HEAD) ? text.slice(8) : null;

const branchOf = (text: string): string | null => /;branch=([^;\s]+)/.exec(text)?.[1] ?? null;

/** RFC 3261 §11.1, from the socket of its phone, with a CSeq one higher than before and not too soon. */
function optionsIdOf(world: World, book: KeepaliveBook, socket: SocketBook, { text, parsed }: Message): string | null {
  const { worker } = socket;
  if (parsed?.method !== 'OPTIONS' || parsed.sentBy !== socket.sentBy || parsed.via.length !== 1) return null;
  const user = /^sip:([^@]+)@/.exec(parsed.fromUri)?.[1] ?? '';
  const page = world.pagesByUser.get(user);
  if (page === undefined || !maySpeakFrom(world, page, socket))
    throw wrong('keepalive', worker, `${user} is not of this socket`, text);
  if (world.pagesByCallId.has(parsed.callId)) throw wrong('keepalive', worker, 'a Call-ID of registrations', text);
  const latestUs = book.latest.get(`${socket.number} ${parsed.callId}`)?.offeredUs;
  const { leastUs } = world.facts.plan.keepalive!;
  if (
    latestUs !== undefined &&
    worker.turnUs - latestUs < leastUs &&
    socket.heldSinceUs === null &&
    socket.disturbances === 0
  ) {
    throw wrong('keepalive', worker, `${worker.turnUs - latestUs} us after the one before`, text);
  }
  if (world.transactions.has(parsed.branch ?? '')) throw wrong('branch-unique', worker, 'a branch of a REGISTER', text);
  book.prefixes.set(worker.index, (parsed.branch ?? '').slice(0, PREFIX_BYTES));
  return parsed.branch;
}

/** The engine's own, by its beginning, which names the worker: a damaged end is an answer to no keepalive, but no stray either. */
function hasPingBranch(book: KeepaliveBook, { worker }: SocketBook, branch: string | null): boolean {
  if (branch === null || !/^z9hG4bK[0-9a-f]{24}$/.test(branch)) return false;
  return book.prefixes.get(worker.index) === branch.slice(0, PREFIX_BYTES);
}
