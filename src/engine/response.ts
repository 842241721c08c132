// @hot
// A datagram from the network: is it an answer to one of our transactions, and what does it mean for the attempt? Whatever
// the bytes are, the result is a count; nothing here throws. What is no response is for incoming.ts.

import {
  addCounter,
  COUNTER_MALFORMED,
  COUNTER_STRAY,
  countResponse,
  OUTCOME_BINDING_MISSING,
  OUTCOME_RSPAUTH_WRONG,
  OUTCOME_SUCCEEDED,
  PROCEDURE_QUERY,
  PROCEDURE_REFRESH,
  PROCEDURE_REGISTER,
  TARGET_RESPONSES,
} from '../metrics/index.ts';
import {
  learnShape,
  METHOD_REGISTER,
  matchShape,
  mayBeStun,
  PARSE_OK,
  parseMessage,
  readBranch,
  readRow,
} from '../sip/index.ts';
import { equalBytes } from '../std/index.ts';
import { finishAttempt } from './attempt.ts';
import { meetChallenge } from './authenticate.ts';
import { takeAuthenticationInfo } from './authentication-info.ts';
import { bind, unbind } from './bindings.ts';
import { complete, proceed } from './client-transaction.ts';
import { noteGrant } from './confirmations.ts';
import { addWire } from './contexts.ts';
import { noteAccepted } from './exosip2.ts';
import { sendAgain } from './exosip2-answers.ts';
import { failAttempt } from './failure.ts';
import { takePeerKeepalive, takeRequest } from './incoming.ts';
import { meetTooBrief } from './interval-too-brief.ts';
import { takeOptionsAnswer, takeStun } from './keepalive.ts';
import { learnFromVia } from './mappings.ts';
import { countHeaders, outcomeBy, readBindings, readListed, readOwn } from './read-bindings.ts';
import { followRedirect } from './redirects.ts';
import { passRefusal, replaceContact, takeDeleted } from './replacement.ts';
import type { ResponseReader } from './response-reader.ts';
import { takeServiceRoute } from './service-routes.ts';
import type { Engine } from './state.ts';
import { PHASE_VERIFYING } from './state.ts';
import { countPlace, failOver, flowIdOfSlot } from './targets.ts';
import { tellAnswered } from './tell-observer.ts';
import { isLive, isPending, NOT_SENT } from './transactions.ts';
import type { TransportFlow } from './transport-flows.ts';
import { compareBinding } from './verify.ts';

const LETTER_S = 0x53;

/**
 * One datagram that came on this flow; `receivedAtUs` is when the kernel got it, never later than the `now` of the advance that
 * follows.
 */
export function receiveDatagram(
  engine: Engine,
  receivedAtUs: number,
  flow: number,
  bytes: Uint8Array,
  start: number,
  end: number,
): void {
  const { metrics, reader, transactions, branch } = engine;
  // What it sets going, Timer K above all, counts from here and not from the last time that we were called.
  if (receivedAtUs > engine.nowUs) engine.nowUs = receivedAtUs;
  // Answers begin with SIP/2.0, and pay one comparison for all that doesn't.
  if (bytes[start] !== LETTER_S && takeOther(engine, receivedAtUs, flow, bytes, start, end)) return;
  if (!readResponse(reader, bytes, start, end)) {
    addCounter(metrics, COUNTER_MALFORMED, 1);
    return;
  }
  const { shape } = reader;
  const text = shape === null ? bytes : shape.bytes;
  if (!isOurs(engine, flow, text)) {
    const isTaken = takeStranger(engine, receivedAtUs, engine.flows[flow]!, text);
    if (!isTaken) addCounter(metrics, COUNTER_STRAY, 1);
    return;
  }
  // Where the answers of a shape are this socket's already, they say the same of it, unless its NAT has changed.
  if (shape?.owner !== flow || engine.repairs !== null || engine.speakers !== null)
    learnFromVia(engine, flow, reader.message, text);
  if (shape === null) learnShape(reader.shapes, bytes, start, end);
  else shape.owner = flow;
  countResponse(metrics, reader.message.status);
  if (engine.targets !== null || engine.redirects !== null) countPlace(engine, metrics, flow, TARGET_RESPONSES);
  if (isPending(transactions, branch.slot)) answer(engine, branch.slot, receivedAtUs, text);
}

/** What begins like no answer: a keepalive of the peer's, or what comes back for one of ours. False: a request, or malformed. */
function takeOther(
  engine: Engine,
  receivedAtUs: number,
  flow: number,
  bytes: Uint8Array,
  start: number,
  end: number,
): boolean {
  if (takePeerKeepalive(engine, bytes, start, end)) return true;
  return mayBeStun(bytes[start]!) && takeStun(engine, engine.flows[flow]!, receivedAtUs, bytes, start, end);
}

/** The message in the reader, which answers no transaction. False: a stray. */
function takeStranger(engine: Engine, receivedAtUs: number, flow: TransportFlow, text: Uint8Array): boolean {
  if (engine.reader.message.isResponse) return takeOptionsAnswer(engine, flow, receivedAtUs, text);
  return takeRequest(engine, flow, text);
}

/** Leaves the message in the reader. False: malformed. */
function readResponse(reader: ResponseReader, bytes: Uint8Array, start: number, end: number): boolean {
  const shape = matchShape(reader.shapes, bytes, start, end);
  reader.shape = shape;
  reader.message = shape === null ? reader.parsed : shape.message;
  if (shape !== null) return true;
  return parseMessage(bytes, start, end, reader.parsed) === PARSE_OK;
}

/**
 * Whether it answers a transaction in use, whose row is then in `engine.branch`. RFC 3261 §8.1.3.3: an answer with more than
 * one Via is not for us; §18.1.2: nor is one with another sent-by; §17.1.3: branch and CSeq method must match. Nor is one that
 * came on another flow than its request went out on: answers come to the address and port that the request's Via names.
 */
function isOurs(engine: Engine, flow: number, text: Uint8Array): boolean {
  const { transactions, branch } = engine;
  const { message, shape } = engine.reader;
  const { viaBranchStart, viaBranchEnd } = message;
  // An answer that is like one of ours up to the branch needs no second look at what stands there.
  const isRead =
    shape !== null && shape.owner === flow
      ? readRow(branch, text, viaBranchStart)
      : isForFlow(engine, flow, text) && readBranch(branch, text, viaBranchStart, viaBranchEnd);
  return (
    isRead &&
    isLive(transactions, branch.slot, branch.generation) &&
    flowIdOfSlot(engine, branch.slot) === flow &&
    transactions.cseq[branch.slot] === message.cseq
  );
}

function isForFlow(engine: Engine, flow: number, text: Uint8Array): boolean {
  const { message } = engine.reader;
  const { sentBy } = engine.flows[flow]!;
  return (
    message.isResponse &&
    message.via.count === 1 &&
    message.cseqMethod === METHOD_REGISTER &&
    equalBytes(sentBy, 0, sentBy.length, text, message.viaSentByStart, message.viaSentByEnd)
  );
}

/** The first final answer, or a provisional one, of a pending transaction. */
function answer(engine: Engine, slot: number, receivedAtUs: number, bytes: Uint8Array): void {
  const { transactions, contexts } = engine;
  const { status } = engine.reader.message;
  if (status < 200) {
    proceed(engine, slot);
    return;
  }
  const context = transactions.context[slot]!;
  const credentials = transactions.credentials[slot]!;
  const firstSentUs = transactions.firstSentUs[slot]!;
  if (firstSentUs !== NOT_SENT) {
    addWire(contexts, context, Math.max(0, receivedAtUs - firstSentUs));
  }
  if (engine.observer !== null) tellAnswered(engine, slot, receivedAtUs);
  complete(engine, slot);
  // RFC 3263 §4.3, RFC 3261 §21.5.4: another server may be able to do it.
  if (status === 503 && engine.targets !== null && failOver(engine, engine.targets, context)) return;
  if (status === 401 || status === 407) meetChallenge(engine, context, credentials, receivedAtUs, bytes);
  else if (status < 300) {
    if (engine.exosip !== null) noteAccepted(engine.exosip, context);
    takeInfo(engine, slot, bytes);
    succeed(engine, slot, receivedAtUs, bytes);
  } else if (engine.replacements !== null && passRefusal(engine, engine.replacements, context)) return;
  else if (status === 423) meetTooBrief(engine, context, receivedAtUs, bytes);
  else if (status < 400) meetRedirect(engine, context, status, receivedAtUs, bytes);
  else if (status !== 606 || !sendAgain(engine, context)) failAttempt(engine, context, status, receivedAtUs, bytes);
}

/** RFC 3261 §8.1.3.4: the attempt goes on where a 3xx says, if that is wanted. */
function meetRedirect(engine: Engine, context: number, status: number, receivedAtUs: number, bytes: Uint8Array): void {
  const { redirects } = engine;
  if (redirects !== null && followRedirect(engine, redirects, context, bytes)) return;
  failAttempt(engine, context, status, receivedAtUs, bytes);
}

function takeInfo(engine: Engine, slot: number, bytes: Uint8Array): void {
  const { reader } = engine;
  const { authenticationInfo, proxyAuthenticationInfo } = reader.message;
  reader.isProofWrong = false;
  if (authenticationInfo.count + proxyAuthenticationInfo.count > 0) takeAuthenticationInfo(engine, slot, bytes);
}

/** Whoever answered so does not know the secret, and the scenario wants to know it. */
function isUnproved({ reader, options }: Engine): boolean {
  return reader.isProofWrong && options.plan.auth.checkRspauth === true;
}

/** RFC 3261 §10.2.4: the 2xx lists all bindings; ours tells how long it lasts. */
function succeed(engine: Engine, slot: number, receivedAtUs: number, bytes: Uint8Array): void {
  const { contexts } = engine;
  const context = engine.transactions.context[slot]!;
  const instruction = engine.program.instructions[contexts.position[context]!]!;
  if (instruction.kind !== 'attempt') return;
  const { procedure, step, template } = instruction;
  const { reader, replacements } = engine;
  if (replacements !== null && takeDeleted(engine, replacements, context)) return;
  countHeaders(engine, bytes);
  if (engine.serviceRoutes !== null) takeServiceRoute(engine, engine.serviceRoutes, context, bytes);
  if (procedure === PROCEDURE_REGISTER || procedure === PROCEDURE_REFRESH) {
    const { granted, wanted } = readBindings(engine, context, step, template, bytes);
    // Asked for 0, a binding must not be there; else it must, and not as one that has ended.
    if (wanted > 0 && granted <= 0) {
      unbind(engine, context);
      failAttempt(engine, context, OUTCOME_BINDING_MISSING, receivedAtUs, bytes);
      return;
    }
    contexts.grantedSeconds[context] = Math.max(0, granted);
    if (granted > 0) bind(engine, context, receivedAtUs, granted);
    else unbind(engine, context);
    contexts.mayBeBound[context] = granted > 0 ? 1 : 0;
    if (engine.verification !== null || engine.exosip !== null) noteGrant(engine, slot, granted, receivedAtUs);
  } else if (engine.phase === PHASE_VERIFYING) {
    compareBinding(engine, context, readOwn(engine, context, template, bytes), receivedAtUs);
  } else {
    readListed(engine, step, bytes);
    if (procedure !== PROCEDURE_QUERY) {
      unbind(engine, context);
      contexts.mayBeBound[context] = 0;
    }
  }
  const outcome = isUnproved(engine) ? OUTCOME_RSPAUTH_WRONG : outcomeBy(step, reader.bindings);
  if (outcome !== OUTCOME_SUCCEEDED) failAttempt(engine, context, outcome, receivedAtUs, bytes);
  else if (replacements === null || !replaceContact(engine, replacements, context, template))
    finishAttempt(engine, context, outcome, receivedAtUs);
}
