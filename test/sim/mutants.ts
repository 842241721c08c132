// Deliberate bugs, to see whether the simulation's checkers notice: each a textual patch on one file of a built copy, and the
// rule that has to speak up. The product has no switch for any of them. A patch whose text is no longer found exactly once
// fails the test, so this list cannot rot in silence.

export interface Mutant {
  /** What is wrong, as a reviewer would put it. */
  readonly bug: string;
  /** In the build, without its folder. */
  readonly file: string;
  readonly find: string;
  readonly replace: string;
  /** How the violation begins, or the assertion that trips. */
  readonly caughtBy: RegExp;
}

export const MUTANTS: readonly Mutant[] = [
  {
    bug: 'Timer E fires a microsecond late',
    file: 'engine/timer-lists.js',
    find: 'lists.deadlineUs[slot] = nowUs + lists.durationsUs[list];',
    replace: 'lists.deadlineUs[slot] = nowUs + lists.durationsUs[list] + 1;',
    caughtBy: /^(timer-[ef]|rows):/,
  },
  {
    bug: 'Timer E doubles one time too many at first',
    file: 'engine/client-transaction.js',
    find: 'Math.min(fired + 1, lists - 1)',
    replace: 'Math.min(fired + 2, lists - 1)',
    caughtBy: /^timer-e:/,
  },
  {
    bug: 'In Proceeding Timer E goes on doubling instead of T2',
    file: 'engine/client-transaction.js',
    find: 'isProceeding ? lists - 1 : ',
    replace: '',
    caughtBy: /^timer-e:/,
  },
  {
    bug: 'Timer F is 63*T1',
    file: 'engine/state.js',
    find: '[64 * timers.t1Us, timers.t4Us]',
    replace: '[63 * timers.t1Us, timers.t4Us]',
    caughtBy: /^(timer-[ef]|rows|books|latency):/,
  },
  {
    bug: 'Timer F is 65*T1',
    file: 'engine/state.js',
    find: '[64 * timers.t1Us, timers.t4Us]',
    replace: '[65 * timers.t1Us, timers.t4Us]',
    caughtBy: /^(timer-[ef]|rows|books|latency):/,
  },
  {
    bug: 'Timer K is T2',
    file: 'engine/state.js',
    find: '[64 * timers.t1Us, timers.t4Us]',
    replace: '[64 * timers.t1Us, timers.t2Us]',
    caughtBy: /^(rows|books):/,
  },
  {
    bug: 'A final answer does not stop Timer E',
    file: 'engine/client-transaction.js',
    find: 'transactions.state[slot] = TX_COMPLETED;\n    clearTimer(engine.resendTimers, slot);',
    replace: 'transactions.state[slot] = TX_COMPLETED;',
    caughtBy: /^(terminated|timer-e|TypeError):/,
  },
  {
    bug: 'What is still queued is sent although its transaction has its answer',
    file: 'engine/engine.js',
    find: '? isLive(transactions, slot, outbox.generation[index]) && isPending(transactions, slot)',
    replace: '? true',
    caughtBy: /^(terminated|rows):/,
  },
  {
    bug: 'An answer for an older generation of a row is taken for the newer one',
    file: 'engine/transactions.js',
    find: ' && table.generation[slot] === generation',
    replace: '',
    caughtBy: /./,
  },
  {
    bug: 'The CSeq of an answer is not compared, nor its generation',
    file: 'engine/response.js',
    find: '        isLive(transactions, branch.slot, branch.generation) &&\n        flowIdOfSlot(engine, branch.slot) === flow &&\n        transactions.cseq[branch.slot] === message.cseq);',
    replace: '        isLive(transactions, branch.slot, transactions.generation[branch.slot]));',
    caughtBy: /./,
  },
  {
    bug: 'An answer with two Vias is taken',
    file: 'engine/response.js',
    find: 'message.via.count === 1 &&',
    replace: '',
    caughtBy: /^(books|one-reply):/,
  },
  {
    bug: 'nc is not raised',
    file: 'engine/challenges.js',
    find: 'nonceCount[context] = nonceCount[context] + 1;',
    replace: 'nonceCount[context] = Math.max(1, nonceCount[context]);',
    caughtBy: /^nonce-count:/,
  },
  {
    bug: 'nc begins at 2 with a fresh nonce',
    file: 'engine/challenges.js',
    find: 'nonceEnd))\n        place.nonceCount[context] = 0;',
    replace: 'nonceEnd))\n        place.nonceCount[context] = 1;',
    caughtBy: /^(nonce-count|challenge):/,
  },
  {
    bug: 'The CSeq is used again after a challenge',
    file: 'engine/client-transaction.js',
    find: 'contexts.cseq[context] + 1;',
    replace: 'contexts.cseq[context] + (contexts.challenges[context] > 0 ? 0 : 1);',
    caughtBy: /^(cseq|challenge):/,
  },
  {
    bug: 'A row is leaked when its transaction ends',
    file: 'engine/transactions.js',
    find: 'table.free += 1;',
    replace: '',
    caughtBy: /^rows:/,
  },
  {
    bug: 'An outcome is counted twice',
    file: 'engine/attempt.js',
    find: 'countOutcome(metrics, bank, procedure, outcome);',
    replace: 'countOutcome(metrics, bank, procedure, outcome);\n    countOutcome(metrics, bank, procedure, outcome);',
    caughtBy: /^books:/,
  },
  {
    bug: 'The wrong context is credited',
    file: 'engine/response.js',
    find: 'const context = transactions.context[slot];',
    replace: 'const context = transactions.context[slot] ^ (transactions.context[slot] + 1 < contexts.count ? 1 : 0);',
    caughtBy: /./,
  },
  {
    bug: 'A timeout is booked as a success',
    file: 'engine/engine.js',
    find: 'wasHeard ? OUTCOME_TIMEOUT_AFTER_PROVISIONAL : OUTCOME_TIMEOUT',
    replace: 'wasHeard ? OUTCOME_TIMEOUT_AFTER_PROVISIONAL : 0',
    caughtBy: /^(books|one-reply):/,
  },
  {
    bug: 'A 100 is forgotten: the timeout after it is booked as one without it',
    file: 'engine/engine.js',
    find: 'wasHeard ? OUTCOME_TIMEOUT_AFTER_PROVISIONAL : OUTCOME_TIMEOUT',
    replace: 'OUTCOME_TIMEOUT',
    caughtBy: /^books:/,
  },
  {
    bug: 'A retransmission is counted as a request',
    file: 'engine/engine.js',
    find: 'outbox.again[index] === FIRST_TIME',
    replace: 'outbox.again[index] >= FIRST_TIME',
    caughtBy: /^books:/,
  },
  {
    bug: 'A datagram that the kernel refused is counted as sent',
    file: 'engine/engine.js',
    find: '    outbox.first++;\n    if (slot < 0)\n        return;',
    replace:
      '    addCounter(engine.metrics, COUNTER_DATAGRAMS_SENT, 1);\n    outbox.first++;\n    if (slot < 0)\n        return;',
    caughtBy: /^books:/,
  },
  {
    bug: 'After a refusal of the kernel the attempt goes on',
    file: 'engine/engine.js',
    find: 'endTransaction(engine, slot, isPeerGone ? OUTCOME_UNREACHABLE : OUTCOME_SEND_ERROR, engine.nowUs);',
    replace: '',
    caughtBy: /./,
  },
  {
    bug: 'An error of the socket ends only one transaction',
    file: 'engine/engine.js',
    find: 'slot !== NO_SLOT; slot = next) {',
    replace: 'slot !== NO_SLOT; slot = NO_SLOT) {',
    caughtBy: /./,
  },
  {
    bug: 'The granted interval counts in milliseconds',
    file: 'engine/bindings.js',
    find: 'fromUs + grantedSeconds * US_PER_SECOND',
    replace: 'fromUs + grantedSeconds * 1000',
    caughtBy: /^(belief|agreement):/,
  },
  {
    bug: 'After an unregister the context believes in its binding still',
    file: 'engine/response.js',
    find: 'if (procedure !== PROCEDURE_QUERY) {\n            unbind(engine, context);',
    replace: 'if (procedure !== PROCEDURE_QUERY) {',
    caughtBy: /^(belief|agreement):/,
  },
  {
    bug: 'A binding that is not in the list is a success',
    file: 'engine/response.js',
    find: 'failAttempt(engine, context, OUTCOME_BINDING_MISSING, receivedAtUs, bytes);\n            return;',
    replace: '',
    caughtBy: /^(books|belief|one-reply):/,
  },
  {
    bug: 'A From tag for each request instead of each context',
    file: 'engine/compose.js',
    find: 'fields.fromTag = mixBits(engine.fromTagSeed, identity);',
    replace: 'fields.fromTag = mixBits(engine.fromTagSeed, transactions.cseq[slot]);',
    caughtBy: /./,
  },
  {
    bug: 'A retransmission has another cnonce',
    file: 'engine/credentials.js',
    find: ': fields.cseq;',
    replace: ': fields.cseq + engine.transactions.retransmitted[fields.slot];',
    caughtBy: /^retransmission-identical:/,
  },
  {
    bug: 'The digest of a retransmitted or later request is that of another user',
    file: 'engine/credentials.js',
    find: 'place.nonceCount[context]',
    replace: '1',
    caughtBy: /^(nonce-count|challenge):/,
  },
  {
    bug: 'A start that falls on a busy context starts it again',
    file: 'engine/starts.js',
    find: 'contexts.state[row] !== CONTEXT_IDLE',
    replace: 'false',
    caughtBy: /./,
  },
  {
    bug: 'A start of the schedule is lost when the outbox is full',
    file: 'engine/starts.js',
    find: 'addCounter(metrics, COUNTER_MISSED_CONTEXT_BUSY, 1);',
    replace: '',
    caughtBy: /^(books|starts):/,
  },
  {
    bug: 'A context speaks from another socket each time',
    file: 'engine/request-variants.js',
    find: 'flowOf(engine, context), context).templates',
    replace: 'engine.flows[engine.fields.cseq % engine.flows.length], context).templates',
    caughtBy: /^request-form:/,
  },
  {
    bug: 'A blocked socket holds up those behind it',
    file: 'engine/engine.js',
    find: '        count += drainFlow(engine, nthFlow(engine, turn), sink);',
    replace:
      '        {\n            count += drainFlow(engine, nthFlow(engine, turn), sink);\n' +
      '            if (nthFlow(engine, turn).outbox.offered < nthFlow(engine, turn).outbox.end) break;\n        }',
    caughtBy: /./,
  },
  {
    bug: 'An answer is taken whatever socket it comes to',
    file: 'engine/response.js',
    find: 'if (!isOurs(engine, flow, text)) {',
    replace: 'if (!engine.flows.some((_, other) => isOurs(engine, other, text))) {',
    caughtBy: /./,
  },
  {
    bug: 'The registrar tells a longer interval than it keeps',
    file: 'registrar/contact-lines.js',
    find: 'secondsLeft(expiresAtOf(bindings, row) - request.nowUs)',
    replace: 'secondsLeft(expiresAtOf(bindings, row) - request.nowUs) + 60',
    caughtBy: /^agreement:/,
  },
];
