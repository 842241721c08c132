// A datagram is offered: a copy of a request that is under way, or a new request, which must be one that its context may make
// now. RFC 3261 §8.1.1.4 and §8.1.1.5 (Call-ID, CSeq), §8.1.1.7 (branch), §10.2 (one REGISTER at a time), §22 (credentials).

import { countsApart, isLoading } from '../../engine/index.ts';
import type { AttemptStep, RunPlan } from '../../scenario/index.ts';
import { checkCredentials } from './credentials.ts';
import { isSentAgain, settleOwed } from './fleet.ts';
import type { Place } from './holds.ts';
import { checkRefresh, dueAfterPauses, enterHold, findHold, isHeldStill, leaveHold } from './holds.ts';
import { learnLeast } from './intervals.ts';
import { countAttempt } from './ledger.ts';
import { textOf } from './messages.ts';
import type { Attempt, Carried, ContextPage, SocketBook, Transaction, World } from './model.ts';
import { isCommanded, noteOrderBegun } from './order-ends.ts';
import type { Request } from './request-form.ts';
import { readRequest } from './request-form.ts';
import { earn, isRetry, isRetryInstead, noteMaybeRetry, takeRetry } from './retries.ts';
import type { FoundStart, StartSearch } from './schedule.ts';
import { findStart } from './schedule.ts';
import { checkResend, startTimers, timeoutsOf } from './timers.ts';
import { endAttempt, endUnanswered, passPauses } from './transactions.ts';
import { beginQuery } from './verify.ts';
import { beginWalk, walkOn } from './walk.ts';
import { wrong } from './wrong.ts';

/** What ends an attempt whose last request was composed and never offered. */
export const UNSEEN_ENDS: readonly string[] = ['timeout', 'unreachable', 'aborted'];

export function takeOffered(world: World, socket: SocketBook, bytes: Uint8Array): void {
  const text = textOf(bytes);
  const branch = /;branch=([^;\s]+)/.exec(text)?.[1] ?? '';
  const isCleanup = !text.includes(`\r\n${world.facts.stepHeader}: `);
  const known = world.transactions.get(branch);
  if (known === undefined) {
    const transaction = takeRequest(world, socket, text);
    socket.queue.push({ bytes, transaction, isFirst: true, isCleanup });
    return;
  }
  checkCopy(world, socket, known, text);
  checkResend(world, known);
  socket.queue.push({ bytes, transaction: known, isFirst: false, isCleanup });
}

/** The same branch means the same request, of the same worker and from the same socket, and one that is still under way. */
function checkCopy(world: World, socket: SocketBook, known: Transaction, text: string): void {
  const { worker } = socket;
  world.ledger.checks += 4;
  if (known.worker !== worker) throw wrong('branch-unique', worker, `used by worker ${known.worker.index} too`, text);
  if (known.socket !== socket) {
    throw wrong('branch-unique', worker, `used from ${known.socket.sentBy} before`, text);
  }
  if (known.text !== text) {
    const rule = known.state === 'pending' ? 'retransmission-identical' : 'branch-unique';
    throw wrong(rule, worker, `other bytes under the same branch; first: ${known.text}`, text);
  }
  if (known.state === 'pending') return;
  const rule = known.endedBy === 'Timer F' ? 'timer-f' : 'terminated';
  throw wrong(rule, worker, `sent after ${known.endedBy} ended it`, text);
}

function takeRequest(world: World, socket: SocketBook, text: string): Transaction {
  const { worker } = socket;
  const request = readRequest(world, socket, text);
  const { page } = request;
  if (worker.isRunOver) throw wrong('terminated', worker, 'a request after the end of the run', text);
  const isGap = checkIdentity(world, request);
  checkOutstanding(world, request);
  if (isGap) closeUnseen(world, page);
  const isAnswer = page.stage === 'challenged' && isSameStep(page, request.step) && mustAnswer(page, request);
  const attempt = isAnswer ? page.attempt! : beginAttempt(world, request);
  if (isAnswer) settleOwed(page, attempt, text);
  if (isAnswer && page.owes === 'credentials') attempt.challenges++;
  if (isAnswer && (page.owes === 'replacement' || page.owes === 'elsewhere')) attempt.fresh.clear();
  if (isAnswer && page.owes === 'longer') {
    attempt.raises++;
    attempt.fresh.clear();
  }
  const isToChallenge = isAnswer && page.owes === 'credentials';
  const transaction = createTransaction(
    request,
    attempt,
    checkCredentials(world, request, { attempt, isToChallenge, isGap }),
  );
  if (attempt.replacing !== 1) learnLeast(page, request.step, request.parsed.expires);
  world.transactions.set(transaction.branch, transaction);
  startTimers(world, transaction);
  worker.pendingCount++;
  socket.owing.delete(page);
  page.stage = 'talking';
  page.challenge = null;
  page.otherwise = [];
  page.pending = transaction;
  page.undisturbed = socket.disturbances;
  page.device.startedUs = worker.turnUs;
  return transaction;
}

const createTransaction = (request: Request, attempt: Attempt, carried: ReadonlyMap<string, Carried>): Transaction => ({
  worker: request.page.worker,
  socket: request.page.socket,
  page: request.page,
  attempt,
  branch: request.branch,
  text: request.text,
  cseq: request.parsed.cseq,
  carried,
  askedSeconds: request.parsed.expires,
  state: 'pending',
  endedBy: '',
  isMaybeOver: false,
  isMaybeGone: false,
  heardUs: null,
  isMaybeHeard: false,
  copies: 1,
  sentUs: null,
  resend: { lowUs: 0, highUs: 0 },
  end: { lowUs: 0, highUs: 0 },
});

/** §8.1.1.4, §8.1.1.5, §10.2: one Call-ID and From tag for each context, CSeq one higher each time. True: some never left. */
function checkIdentity(world: World, { page, parsed, text }: Request): boolean {
  const { worker } = page;
  const { callId, fromTag, cseq } = parsed;
  world.ledger.checks += 3;
  const owner = world.pagesByCallId.get(callId);
  if (owner !== undefined && owner !== page) throw wrong('cseq', worker, `Call-ID of ${owner.user} too`, text);
  if (page.callId !== null && page.callId !== callId) throw wrong('cseq', worker, `Call-ID was ${page.callId}`, text);
  if (page.fromTag !== null && page.fromTag !== fromTag)
    throw wrong('cseq', worker, `From tag was ${page.fromTag}`, text);
  const isGap = cseq > page.cseq + 1;
  const mayHide = page.undisturbed !== page.socket.disturbances;
  if (cseq <= page.cseq || (isGap && !mayHide)) throw wrong('cseq', worker, `the one before was ${page.cseq}`, text);
  world.pagesByCallId.set(callId, page);
  page.callId = callId;
  page.fromTag = fromTag;
  page.cseq = cseq;
  return isGap;
}

/** §10.2: no new registration before the final answer to the one before, or its end. */
function checkOutstanding(world: World, { page, text }: Request): void {
  const { pending, worker } = page;
  world.ledger.checks++;
  if (pending === null) return;
  if (!pending.isMaybeOver) throw wrong('one-outstanding', worker, `CSeq ${pending.cseq} is still pending`, text);
  endUnanswered(world, pending, { by: 'Timer F', outcomes: timeoutsOf(pending), atUs: null });
}

/** A request between the last one seen and this one was composed and never left, so what it was for has failed. */
function closeUnseen(world: World, page: ContextPage): void {
  if (page.stage === 'challenged') endAttempt(world, page, [...UNSEEN_ENDS, ...page.otherwise], null);
  page.stage = 'idle';
  page.walk = null;
  page.retrying = null;
}

const isSameStep = (page: ContextPage, step: AttemptStep | null): boolean =>
  page.attempt !== null && page.attempt.step === step;

/** Where it hangs on something unseen whether the challenge leads on, the request itself tells. */
function mustAnswer(page: ContextPage, { text, parsed }: Request): boolean {
  const { challenge, otherwise, latest, owes, owedSeconds } = page;
  if (challenge?.leadsOn === 'yes' && otherwise.length === 0) return true;
  if (owes === 'longer') return parsed.expires === owedSeconds;
  if (owes !== 'credentials') return isSentAgain(page);
  return latest.some(({ nonce }) => text.includes(`nonce="${nonce}"`));
}

/** Each new request has a reason: a start that is due, the step after the one that succeeded, or the cleanup. */
function beginAttempt(world: World, request: Request): Attempt {
  const { page, step } = request;
  world.ledger.checks++;
  if (page.stage === 'challenged') closeChallenged(world, request);
  if (step === null)
    return request.parsed.contacts?.length === 0 ? beginQuery(world, request) : beginCleanup(world, request);
  const isAgain = isRetry(page, step) || (isRetryInstead(page, step) && !isStartDue(world, page, step));
  const hold = isAgain ? null : findHold(page, step);
  const intendedUs = isAgain ? takeRetry(world, request) : leave(world, request, step, hold);
  if (hold !== null) passPauses(page, enterHold(page, hold));
  const isHeld = isAgain ? page.retrying!.isHeld : hold !== null;
  if (isAgain) page.walk = page.retrying!.walk;
  const attempt: Attempt = {
    page,
    step,
    procedure: step.procedure,
    intendedUs,
    isHeld,
    challenges: 0,
    fresh: new Set(),
    raises: 0,
    repeats: 0,
    tries: isAgain ? page.retrying!.tries : 0,
    wireUs: 0,
  };
  page.attempt = attempt;
  if (!isAgain && page.retrying?.step === step) noteMaybeRetry(world, page.worker, attempt.procedure);
  else if (!isAgain) earn(page.worker);
  page.retrying = null;
  noteOrderBegun(page, attempt);
  countAttempt(world.ledger, attempt.procedure);
  return attempt;
}

const leave = (world: World, request: Request, step: AttemptStep, hold: Place | null): number | null =>
  hold === null ? leavePauses(world, request, step) : checkRefresh(world, request, hold);

/** It may have gone on instead of trying again (devices.ts). */
const mayBePastHold = ({ stage, retrying }: ContextPage): boolean =>
  stage === 'retrying' && retrying?.isHeld === true && !retrying.isSure;

/** The step after the pauses, or a new start, which has passed them too: when it was due; null: not known exactly. */
function leavePauses(world: World, request: Request, step: AttemptStep): number | null {
  const { page } = request;
  const isNext = (page.stage === 'walking' || mayBePastHold(page)) && page.nextStep === step;
  if (!isNext && isCommanded(world))
    throw wrong('command', page.worker, 'a request that nobody commanded', request.text);
  const intendedUs = isNext ? nextStep(world, request) : start(world, request, step);
  passPauses(page, page.pauses);
  page.pauses = [];
  leaveHold(page);
  return intendedUs;
}

/** Something else than the credentials asked for: the challenge was the last word, or should not have been. */
function closeChallenged(world: World, { page, text }: Request): void {
  if (page.challenge?.leadsOn === 'yes' && page.otherwise.length === 0) {
    throw wrong('challenge', page.worker, 'a challenge was to be answered first, in the same step', text);
  }
  endAttempt(world, page, page.owes === 'longer' ? page.otherwise : ['auth', ...page.otherwise], null);
}

/** When the step was due; null: not known exactly. */
function nextStep(world: World, request: Request): number | null {
  const { page, text } = request;
  const { worker, readyUs, pauses } = page;
  const isPaused = pauses.some(({ kind }) => kind !== 'discard');
  if (readyUs === null || (isPaused && !isLoading(worker.engine))) return null;
  const dueUs = dueAfterPauses(world, request);
  if (dueUs === null) return null;
  world.ledger.checks++;
  if (worker.turnUs < dueUs) throw wrong('next-step', worker, `a step that is due at ${dueUs}`, text);
  return dueUs;
}

/** The flow begins anew; returns when that was due. */
function start(world: World, { page, text }: Request, step: AttemptStep): number | null {
  const { worker } = page;
  const { plan } = world.facts;
  const walk = beginWalk(plan);
  const first = walkOn(walk);
  const mayBeOver = page.otherwise.length > 0 || (page.nextStep === null && !isHeldStill(page));
  const isBusy = (page.stage === 'walking' && !mayBeOver) || page.retrying?.isSure === true;
  // A flow that begins with a wait has begun some time ago.
  const isLater = first.pauses.some(({ kind }) => kind !== 'discard');
  const found = findStart(plan, isLater ? anyStart(page) : startOf(page)) ?? startHeldUp(plan, page);
  if (step !== first.step || found === null || isBusy || worker.areFlowsOver) {
    throw wrong('one-reply', worker, `in stage ${page.stage} nothing asks for this request`, text);
  }
  if (!isLater) page.nextStart = found.number + plan.identities.count;
  page.walk = walk;
  passPauses(page, first.pauses);
  return isLater ? null : found.intendedUs;
}

/** Whether the request may be that of a new start, its flow being over. */
function isStartDue({ facts }: World, page: ContextPage, step: AttemptStep): boolean {
  if (page.nextStep !== null || walkOn(beginWalk(facts.plan)).step !== step) return false;
  return findStart(facts.plan, startOf(page)) !== null;
}

/** One that was due since the last turn, or while the socket was blocked; and before the operator asked for the end. */
function startOf({ worker, socket, nextStart }: ContextPage): StartSearch {
  const { turnUs, stoppedUs } = worker;
  const { freeTurnUs, heldSinceUs } = socket;
  const sinceUs = heldSinceUs ?? turnUs;
  const nowUs = sinceUs < stoppedUs ? Math.min(turnUs, stoppedUs) : -1;
  return { number: nextStart, consumedUs: freeTurnUs, nowUs, heldUs: Math.max(0, nowUs - sinceUs) };
}

/** With a full outbox no start was made in the turn that ended a blockade: it is made in the next one. */
function startHeldUp(plan: RunPlan, page: ContextPage): FoundStart | null {
  const { reopened, freeTurnUs } = page.socket;
  if (reopened === null || reopened.turnUs !== freeTurnUs) return null;
  const found = findStart(plan, { ...startOf(page), consumedUs: reopened.freeBeforeUs });
  return found === null ? null : { ...found, intendedUs: null };
}

const anyStart = ({ worker, nextStart }: ContextPage): StartSearch => ({
  number: nextStart,
  consumedUs: -1,
  nowUs: worker.turnUs,
  heldUs: worker.turnUs,
});

/** Once for each context, after everything else. */
function beginCleanup(world: World, { page, text }: Request): Attempt {
  const { worker } = page;
  const { cleanup } = world.facts.plan;
  const isTime = countsApart(worker.engine) && worker.areFlowsOver;
  if (cleanup === 'none' || !isTime || page.hasBegunCleanup) {
    throw wrong('one-reply', worker, 'a cleanup that is not due', text);
  }
  page.hasBegunCleanup = true;
  const attempt: Attempt = {
    page,
    step: null,
    procedure: cleanup,
    intendedUs: null,
    isHeld: false,
    challenges: 0,
    fresh: new Set(),
    raises: 0,
    repeats: 0,
    tries: 0,
    wireUs: 0,
  };
  page.attempt = attempt;
  return attempt;
}
