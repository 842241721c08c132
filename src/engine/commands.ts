// Contexts that start by command instead of by schedule: the library's registrations, one context each. An engine that was created
// with `commanded` has no starts of its own; everything else, from transactions and timers to digest and bindings, is the same code
// with the same tables.
//
// A command brings what under load follows from the plan and a number: who speaks (speakers.ts), the request's text, and the
// step. It is written into places that belong to this context alone, while the context is idle, so nothing under way changes:
//
//   speakers[c]          user, credentials, Contact, keepalive     flow.templates[c]    the request
//   instructions[2 c]    the attempt                         contexts, challenges stay: CSeq, nonce, binding
//
// Left out on purpose: what to do after an attempt has ended. Whoever commands decides that.

import { OUTCOME_ABORTED } from '../metrics/index.ts';
import type { AttemptStep, RunPlan } from '../scenario/index.ts';
import type { CompiledText, RegisterTemplate, TemplatePiece } from '../sip/index.ts';
import { compileText, createRegisterTemplate, UUID_BYTES, writeUuid } from '../sip/index.ts';
import { assert, decodeUtf8, mixBits, writeHex } from '../std/index.ts';
import { endFlow, finishAttempt } from './attempt.ts';
import { createAuthenticator } from './authenticator.ts';
import { unbind } from './bindings.ts';
import { forgetChallenges } from './challenges.ts';
import { terminate } from './client-transaction.ts';
import { commandPosition, commandTemplate, LONGEST_COMMAND_BYTES, setCommand } from './command-program.ts';
import {
  CONTEXT_CHALLENGED,
  CONTEXT_IDLE,
  CONTEXT_READY,
  CONTEXT_REPEATING,
  CONTEXT_TALKING,
  NO_TRANSACTION,
} from './contexts.ts';
import { forgetDevice, noteAccepted } from './exosip2.ts';
import { beginFlow } from './flow.ts';
import { forgetInterval, RAISED_BYTES_MOST } from './intervals.ts';
import { forgetKeepalive } from './keepalive.ts';
import type { OwnContacts } from './own-contacts.ts';
import { createOwnContacts } from './own-contacts.ts';
import { removeReady } from './ready-queue.ts';
import type { RequestFacts } from './request-text.ts';
import { managedPieces, pingPieces, registerPieces, userPieces } from './request-text.ts';
import { isMoving, latestContactHost } from './speaker-contact.ts';
import type { Speaker } from './speakers.ts';
import type { Engine } from './state.ts';
import { longestCredentials, REDIRECTED_BYTES_MOST } from './state.ts';
import { flowOf } from './transport-flows.ts';

const TAG_DIGITS = 8;
const TAG_SALT = 3;
/** By so much a request may grow when its Contacts say another address: as many as a step may list. */
const MOVED_BYTES_MOST = 16 * '255.255.255.255:65535'.length;

/** One attempt of one context. */
export interface Command {
  /** A plan of this identity alone: its user, domain, credentials and Request-URI. Timers and all else are the engine's. */
  readonly plan: RunPlan;
  readonly step: AttemptStep;
  /** Whom the context stands for; it is in Call-ID and From tag, and no other of the engine's life has it. */
  readonly number: number;
  readonly userAgent: string;
  readonly displayName: string | null;
  /** The device makes it by itself; default: it was asked to. */
  readonly isAutomatic?: boolean;
}

/** True when the context may be commanded. */
export function isIdle({ contexts }: Engine, context: number): boolean {
  return contexts.state[context] === CONTEXT_IDLE;
}

/** Makes the context begin the attempt in the next turn. It must be idle. False when the request would be too long to send. */
export function commandAttempt(engine: Engine, nowUs: number, context: number, command: Command): boolean {
  assert(engine.speakers !== null, 'the engine takes commands');
  assert(isIdle(engine, context), 'a context is commanded only when it is idle');
  if (!speak(engine, context, command, latestContactHost(engine, context))) return false;
  setCommand(engine.flowProgram, context, command.step, command.isAutomatic === true);
  engine.nowUs = Math.max(engine.nowUs, nowUs);
  beginFlow(engine, context, engine.nowUs);
  engine.contexts.position[context] = commandPosition(context);
  return true;
}

/** Writes what the context says, with this in its own Contact. False when that would be too long to send. */
function speak(engine: Engine, context: number, command: Command, contactHost: string): boolean {
  const flow = flowOf(engine, context);
  const sentBy = decodeUtf8(flow.sentBy, 0, flow.sentBy.length);
  const facts = { sentBy, contactHost };
  const template = templateOf(engine, command, facts);
  const moves = isMoving(command.plan, command.step);
  const more = (moves ? MOVED_BYTES_MOST : 0) + (engine.redirects === null ? 0 : REDIRECTED_BYTES_MOST);
  if (longestOf(template, command) + more > LONGEST_COMMAND_BYTES) return false;
  const contactFacts = { runId: engine.options.runId, seed: engine.options.seed, sentBy: contactHost };
  const known = (piece: TemplatePiece): TemplatePiece => knownPiece(piece, command.number, '');
  engine.speakers![context] = {
    plan: command.plan,
    user: compileText(userPieces(command.plan.identities)),
    authenticator: createAuthenticator(command.plan),
    contact: compileText(managedPieces(command.plan, contactFacts).map(known)),
    variant: createVariants(engine, command, facts),
    contactHost,
    moves,
    moveTo: (host) => void speak(engine, context, command, host),
    ping: pingTextOf(engine, command, facts),
  };
  const own = createOwnContacts(command.plan, command.step, contactFacts, known);
  (flow.ownContacts as OwnContacts[])[commandTemplate(context)] = own;
  (flow.templates as RegisterTemplate[])[commandTemplate(context)] = template;
  return true;
}

function longestOf({ head, tail }: RegisterTemplate, { plan }: Command): number {
  return head.longestBytes + tail.longestBytes + RAISED_BYTES_MOST + longestCredentials(plan);
}

/**
 * Ends what the context has under way as aborted and makes it a new phone: no binding, no nonce, CSeq from 1. Nothing is sent; a late
 * answer is a stray.
 */
export function forgetContext(engine: Engine, nowUs: number, context: number): void {
  engine.nowUs = Math.max(engine.nowUs, nowUs);
  const { contexts } = engine;
  endAttempt(engine, context);
  forgetChallenges(engine.challenges, context);
  unbind(engine, context);
  contexts.mayBeBound[context] = 0;
  if (engine.intervals !== null) forgetInterval(engine.intervals, context);
  contexts.grantedSeconds[context] = 0;
  contexts.cseq[context] = 0;
  if (engine.keepalive !== null) forgetKeepalive(engine.keepalive, context);
  if (engine.exosip !== null) forgetDevice(engine.exosip, context);
  engine.speakers![context] = null;
}

/** Other credentials from now on: no nonce and no H(A1) of the old ones is used again. */
export function forgetCredentials({ challenges, exosip }: Engine, context: number): void {
  forgetChallenges(challenges, context);
  // What the old ones have used up of its repetitions says nothing of the new ones.
  if (exosip !== null) noteAccepted(exosip, context);
}

function endAttempt(engine: Engine, context: number): void {
  const { contexts } = engine;
  const state = contexts.state[context]!;
  if (state === CONTEXT_IDLE) return;
  const isRepeating = state === CONTEXT_CHALLENGED || state === CONTEXT_REPEATING;
  if (state === CONTEXT_READY || isRepeating) removeReady(flowOf(engine, context).ready, context);
  const slot = contexts.transaction[context]!;
  if (slot !== NO_TRANSACTION) terminate(engine, slot);
  if (state === CONTEXT_TALKING || isRepeating) {
    finishAttempt(engine, context, OUTCOME_ABORTED, engine.nowUs);
  } else endFlow(engine, context);
}

/** What of a text is not the command's. */
interface Placed {
  readonly sentBy: string;
  readonly contactHost: string;
  readonly leastSeconds?: number;
}

/** The command's texts that answers asked for, each made once: a retransmission is composed of the same one. */
function createVariants(engine: Engine, command: Command, placed: Placed): Speaker['variant'] {
  const made = new Map<string, RegisterTemplate>();
  return (requestUri, leastSeconds) => {
    const uri = requestUri === null ? command.plan.requestUri : decodeUtf8(requestUri, 0, requestUri.length);
    const key = `${leastSeconds} ${uri}`;
    const known = made.get(key);
    if (known !== undefined) return known;
    const plan = { ...command.plan, requestUri: uri };
    const template = templateOf(engine, { ...command, plan }, { ...placed, leastSeconds });
    made.set(key, template);
    return template;
  };
}

/** The request as a text in which only branch, CSeq and credentials are open: whoever it is for is known. */
function templateOf(engine: Engine, command: Command, placed: Placed): RegisterTemplate {
  const { plan, step, number } = command;
  const pieces = registerPieces(plan, step, factsOf(engine, command, placed));
  const fromTag = fromTagOf(engine, number);
  return createRegisterTemplate(
    pieces.map((piece) => knownPiece(piece, number, fromTag)),
    engine.branch,
  );
}

function pingTextOf(engine: Engine, command: Command, placed: Placed): CompiledText | null {
  const { plan, number } = command;
  if (plan.keepalive?.kind !== 'options') return null;
  const fromTag = fromTagOf(engine, number);
  const pieces = pingPieces(plan, factsOf(engine, command, placed));
  return compileText(pieces.map((piece) => knownPiece(piece, number, fromTag)));
}

function factsOf({ options }: Engine, { userAgent, displayName }: Command, placed: Placed): RequestFacts {
  return { runId: options.runId, seed: options.seed, userAgent, displayName, ...placed };
}

function fromTagOf(engine: Engine, number: number): string {
  const fromTag = new Uint8Array(TAG_DIGITS);
  writeHex(fromTag, 0, mixBits(mixBits(engine.fromTagSeed, TAG_SALT), number), TAG_DIGITS);
  return decodeUtf8(fromTag, 0, TAG_DIGITS);
}

function knownPiece(piece: TemplatePiece, number: number, fromTag: string): TemplatePiece {
  if (piece.kind === 'index') return { kind: 'text', text: String(number).padStart(piece.width, '0') };
  if (piece.kind === 'instance') return { kind: 'text', text: uuidOf(piece.seed, number) };
  return piece.kind === 'fromTag' ? { kind: 'text', text: fromTag } : piece;
}

function uuidOf(seed: number, number: number): string {
  const uuid = new Uint8Array(UUID_BYTES);
  return decodeUtf8(uuid, 0, writeUuid(uuid, 0, seed, number));
}
