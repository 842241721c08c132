// @hot
// Keepalives over UDP: what a phone behind a NAT sends so that its mapping stays, each on its own schedule. A context has one as long
// as it has a binding (or each socket has one, `per: socket`), beginning with the answer that made it.
//
//   stun     a Binding request (RFC 5389), answered with the address that the server sees; RFC 5626 §4.4.2
//   options  an OPTIONS request to the registrar; any final answer will do
//   crlf     CRLFCRLF. DEVIATION (RFC 5626 §3.5.1, §4.4.1): over UDP, where the RFC has it for streams only, because devices do it.
//            Nobody answers, so nothing is known of its loss.
//
// DEVIATION (RFC 5389 §7.2.1, RFC 3261 §17.1.2.2): a keepalive is sent once and never again. Its loss is what is to be measured, and
// seven copies of each would hide it; the next one comes soon enough. It is lost when the next one is due and no answer has come.
//
// They share the outbox with registrations, within the share of asides (outbox.ts), and come last in each turn: nothing that registers
// waits for them. One that finds no room tries again a little later.

import {
  ASIDE_PINGS_ANSWERED,
  ASIDE_PINGS_LOST,
  ASIDE_PINGS_SENT,
  ASIDE_PINGS_UNKNOWN,
  countAside,
  recordPing,
} from '../metrics/index.ts';
import { contextOfRow, flowOfRow } from '../scenario/shares.ts';
import {
  composeText,
  METHOD_OPTIONS,
  NO_MAPPED_ADDRESS,
  readBranch,
  readStun,
  STUN_BINDING_ERROR,
  STUN_BINDING_SUCCESS,
  STUN_HEADER_BYTES,
  STUN_OK,
  writeBindingRequest,
} from '../sip/index.ts';
import { encodeAscii, equalBytes, mixBits } from '../std/index.ts';
import type { Keepalive } from './keepalive-table.ts';
import { isSet, NO_ROW, nextDueUs, setRow, takeDueRow } from './keepalive-wheel.ts';
import { learnMapping } from './mappings.ts';
import { NO_PONG } from './observer.ts';
import type { Outbox } from './outbox.ts';
import { ASIDE_PING, asideRoom, queueAside } from './outbox.ts';
import { pingOf } from './speakers.ts';
import type { Engine } from './state.ts';
import { PHASE_CLEANING } from './state.ts';
import { ownRouteOf, routeOf } from './targets.ts';
import { tellKeepaliveEnded } from './tell-observer.ts';
import type { TransportFlow } from './transport-flows.ts';

/** None is under way; the states of keepalive-table.ts. */
const PING_NONE = 0;
/** In the outbox. */
const PING_QUEUED = 1;
/** On its way; no answer yet. */
const PING_SENT = 2;

const CRLFCRLF: Uint8Array = encodeAscii('\r\n\r\n');
const SPREAD_BITS = 24;
const BYTE = 0xff;
/** One that found no room is tried again within this part of the interval. */
const RETRY_PART = 64;
const HALF_RANGE = 0x80000000;

/** The context has a binding: its keepalives begin, unless they go on already. */
export function beginKeepalive(engine: Engine, keepalive: Keepalive, context: number): void {
  const row = keepalive.plan.per === 'context' ? context : routeOf(engine, context).id;
  if (!isSet(keepalive.wheel, row) && engine.phase < PHASE_CLEANING) schedule(engine, keepalive, row);
}

/** The context is another phone now, and what it had under way is nobody's. */
export function forgetKeepalive({ state }: Keepalive, context: number): void {
  state[context] = PING_NONE;
}

/** Sends what is due, last thing in a turn. */
export function sendKeepalives(engine: Engine, keepalive: Keepalive): void {
  if (engine.phase >= PHASE_CLEANING) return;
  const { wheel } = keepalive;
  for (let row = takeDueRow(wheel, engine.nowUs); row !== NO_ROW; row = takeDueRow(wheel, engine.nowUs)) {
    if (isOwed(engine, keepalive, row)) sendKeepalive(engine, keepalive, row);
    else settle(engine, keepalive, row);
  }
}

/** When one is due again. */
export function nextKeepaliveUs(engine: Engine, keepalive: Keepalive): number {
  return engine.phase >= PHASE_CLEANING ? Number.POSITIVE_INFINITY : nextDueUs(keepalive.wheel);
}

/** Whether the queued keepalive is still the last one of its row. */
export function isPingWanted(keepalive: Keepalive, row: number, number: number): boolean {
  return keepalive.state[row] === PING_QUEUED && (keepalive.number[row]! & BYTE) === number;
}

/** The keepalive at this index of the outbox was handed to the kernel. */
export function notePingSent(engine: Engine, keepalive: Keepalive, outbox: Outbox, index: number, atUs: number): void {
  countAside(engine.options.metrics, ASIDE_PINGS_SENT);
  const row = outbox.generation[index]!;
  if (!isPingWanted(keepalive, row, outbox.again[index]!)) return;
  keepalive.state[row] = keepalive.plan.kind === 'crlf' ? PING_NONE : PING_SENT;
  keepalive.sentUs[row] = atUs;
}

/** A datagram that begins with 0 or 1. False: it is no STUN message. */
export function takeStun(
  engine: Engine,
  flow: TransportFlow,
  receivedAtUs: number,
  bytes: Uint8Array,
  start: number,
  end: number,
): boolean {
  const { keepalive } = engine;
  if (keepalive === null || readStun(bytes, start, end, keepalive.stun) !== STUN_OK) return false;
  const { type, high, middle, low, mappedAddress, mappedPort } = keepalive.stun;
  const isAnswer = type === STUN_BINDING_SUCCESS || type === STUN_BINDING_ERROR;
  const isOurs = isAnswer && keepalive.plan.kind === 'stun' && low === stunLow(keepalive, high, middle);
  if (!isOurs || !takePong(engine, keepalive, flow, high, middle, receivedAtUs)) {
    countAside(engine.options.metrics, ASIDE_PINGS_UNKNOWN);
  } else if (mappedAddress !== NO_MAPPED_ADDRESS) learnMapping(engine, flow.id, mappedAddress, mappedPort);
  return true;
}

/** The response in the reader, which is no REGISTER's. False: it is none to a keepalive either. */
export function takeOptionsAnswer(
  engine: Engine,
  flow: TransportFlow,
  receivedAtUs: number,
  bytes: Uint8Array,
): boolean {
  const { keepalive, reader } = engine;
  if (keepalive === null || keepalive.plan.kind !== 'options') return false;
  const { message } = reader;
  const { sentBy } = flow;
  const { branch } = keepalive;
  if (message.cseqMethod !== METHOD_OPTIONS || message.via.count !== 1) return false;
  if (!equalBytes(sentBy, 0, sentBy.length, bytes, message.viaSentByStart, message.viaSentByEnd)) return false;
  if (!readBranch(branch, bytes, message.viaBranchStart, message.viaBranchEnd)) return false;
  // A provisional answer is no answer yet, and nothing waits for it.
  if (message.status < 200) return true;
  const isRight = message.cseq === branch.generation;
  const isTaken = isRight && takePong(engine, keepalive, flow, branch.slot, branch.generation, receivedAtUs);
  if (!isTaken) countAside(engine.options.metrics, ASIDE_PINGS_UNKNOWN);
  return true;
}

function takePong(
  engine: Engine,
  keepalive: Keepalive,
  flow: TransportFlow,
  row: number,
  number: number,
  receivedAtUs: number,
): boolean {
  const { state, sentUs } = keepalive;
  if (row >= state.length || state[row] !== PING_SENT || keepalive.number[row] !== number) return false;
  if (wayOf(engine, keepalive, row) !== flow.id) return false;
  state[row] = PING_NONE;
  countAside(engine.options.metrics, ASIDE_PINGS_ANSWERED);
  // Both modulo 2^32; a stamp before the send, as clocks have it, is no time at all.
  const roundTripUs = (receivedAtUs - sentUs[row]!) >>> 0;
  const tookUs = roundTripUs < HALF_RANGE ? roundTripUs : 0;
  recordPing(engine.options.metrics, tookUs);
  if (engine.observer !== null) tellKeepaliveEnded(engine, row, tookUs);
  return true;
}

/** The flow that the row's last keepalive left through: what comes back another way says nothing of that one. */
function wayOf({ lines }: Engine, { plan, through }: Keepalive, row: number): number {
  if (plan.per === 'socket') return row;
  return through === null ? flowOfRow(row, lines) : through[row]!;
}

/** A socket's goes on once it has begun; a context's for as long as it has a binding. */
function isOwed({ contexts, nowUs }: Engine, { plan }: Keepalive, row: number): boolean {
  return plan.per === 'socket' || contexts.boundUntilUs[row]! > nowUs;
}

function sendKeepalive(engine: Engine, keepalive: Keepalive, row: number): void {
  const { outbox, id } = keepalive.plan.per === 'context' ? ownRouteOf(engine, row) : engine.flows[row]!;
  const ping = pingOf(engine, row);
  const start = asideRoom(outbox, ping === null ? STUN_HEADER_BYTES : ping.longestBytes);
  if (start < 0) {
    retry(engine, keepalive, row);
    return;
  }
  settle(engine, keepalive, row);
  const number = (keepalive.number[row]! + 1) | 0;
  keepalive.number[row] = number;
  if (keepalive.through !== null) keepalive.through[row] = id;
  const end = compose(engine, keepalive, row, outbox.slab, start);
  keepalive.state[row] = PING_QUEUED;
  queueAside(outbox, start, end, ASIDE_PING, row);
  outbox.again[(outbox.end - 1) & outbox.mask] = number & BYTE;
  schedule(engine, keepalive, row);
}

/** The one before has had its time. */
function settle(engine: Engine, { state }: Keepalive, row: number): void {
  if (state[row] === PING_SENT) {
    countAside(engine.options.metrics, ASIDE_PINGS_LOST);
    if (engine.observer !== null) tellKeepaliveEnded(engine, row, NO_PONG);
  }
  state[row] = PING_NONE;
}

function compose(engine: Engine, keepalive: Keepalive, row: number, slab: Uint8Array, at: number): number {
  const ping = pingOf(engine, row);
  const number = keepalive.number[row]!;
  if (keepalive.plan.kind === 'stun') {
    return writeBindingRequest(slab, at, row, number, stunLow(keepalive, row, number));
  }
  if (ping === null) {
    for (let i = 0; i < CRLFCRLF.length; i++) slab[at + i] = CRLFCRLF[i]!;
    return at + CRLFCRLF.length;
  }
  const { fields, options } = engine;
  const context = keepalive.plan.per === 'context' ? row : flowOfRow(row, engine.lines);
  const identity = contextOfRow(context, options.workerIndex, options.workerCount);
  fields.index = options.plan.identities.first + identity;
  fields.fromTag = mixBits(engine.fromTagSeed, identity);
  fields.cseq = number;
  fields.slot = row;
  fields.generation = number;
  return composeText(ping, fields, keepalive.branch, slab, at);
}

/** The last word of the transaction id, which only we can make: RFC 5389 §6 wants it hard to guess. */
function stunLow({ stunSeed }: Keepalive, high: number, middle: number): number {
  return mixBits(mixBits(stunSeed, high), middle) >>> 0;
}

/** RFC 5626 §4.4: at random within the last part of the interval, so that phones do not fall into step. */
function schedule({ nowUs }: Engine, keepalive: Keepalive, row: number): void {
  const { everyUs, leastUs } = keepalive.plan;
  setRow(keepalive.wheel, row, nowUs + leastUs + spread(keepalive, row, everyUs - leastUs));
}

function retry({ nowUs }: Engine, keepalive: Keepalive, row: number): void {
  const { wheel, plan } = keepalive;
  setRow(wheel, row, nowUs + wheel.tickUs + spread(keepalive, row, Math.floor(plan.everyUs / RETRY_PART)));
}

/** A whole number below `lengthUs`, another one for each keepalive. */
function spread({ spreadSeed, number }: Keepalive, row: number, lengthUs: number): number {
  const bits = mixBits(mixBits(spreadSeed, row), number[row]!);
  return Math.floor(((bits >>> (32 - SPREAD_BITS)) / 2 ** SPREAD_BITS) * lengthUs);
}
