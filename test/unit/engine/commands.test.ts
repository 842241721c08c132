// Contexts that start by command: one attempt each, with a user, credentials and Contact of its own.

import { describe, expect, it } from 'vitest';
import { commandAttempt, forgetContext, isIdle, LONGEST_COMMAND_BYTES } from '../../../src/engine/index.ts';
import { COUNTER_STRAY } from '../../../src/metrics/index.ts';
import type { AttemptStep } from '../../../src/scenario/index.ts';
import { counted } from './books.ts';
import type { Act } from './commanded.ts';
import { alice, bob, command, commandOf, driveCommands, END_US } from './commanded.ts';
import { md5, SILENT } from './driver.ts';
import { accept, accepting, answer, answering, readRequest, requestsOf } from './messages.ts';
import { query, refresh, register, SECOND, unregister } from './plans.ts';

describe('an engine that takes commands', () => {
  it('sends nothing by itself, and goes on until it is stopped', () => {
    const run = driveCommands([]);
    expect([run.sent.length, run.endedUs]).toEqual([0, END_US]);
  });

  it('makes the attempt that it was told to, at once, in the name of that context', () => {
    const run = driveCommands([[5 * SECOND, command(5 * SECOND, 2, commandOf(register(600), alice, 7))]]);
    const [request] = requestsOf(run);
    expect(run.sent.map(({ atUs }) => atUs)).toEqual([5 * SECOND]);
    expect(request?.startLine).toBe('REGISTER sip:test.example SIP/2.0');
    expect(request?.value('To')).toBe('<sip:alice@test.example>');
    expect(request?.callId).toBe('run-a-7');
    expect(request?.value('User-Agent')).toBe('phone');
    expect(run.told).toEqual([{ context: 2, outcome: 'succeeded', endUs: 5 * SECOND + 1000 }]);
  });

  it('10.2.4 keeps Call-ID and From tag from command to command of one context, and CSeq rises', () => {
    const run = driveCommands([
      [SECOND, command(SECOND, 0, commandOf(register(), alice, 1))],
      [2 * SECOND, command(2 * SECOND, 0, commandOf(refresh(), alice, 1))],
      [3 * SECOND, command(3 * SECOND, 0, commandOf(unregister, alice, 1))],
    ]);
    const requests = requestsOf(run);
    expect(new Set(requests.map(({ callId, fromTag }) => `${callId} ${fromTag}`)).size).toBe(1);
    expect(requests.map(({ cseq }) => cseq)).toEqual([1, 2, 3]);
    expect(run.told.map(({ outcome }) => outcome)).toEqual(['succeeded', 'succeeded', 'succeeded']);
  });

  it('10.2.8 meets a 423 in the name of that context, and asks for as long in its next command, until it is forgotten', () => {
    const peer = answering((request) =>
      readRequest(request).value('Expires') === '60'
        ? answer(request, '423 Brief', 'Min-Expires: 7200')
        : accept(request),
    );
    const again = (atUs: number, number: number): Act => [atUs, command(atUs, 1, commandOf(register(60), bob, number))];
    const forget: Act = [3 * SECOND, (engine) => forgetContext(engine, 3 * SECOND, 1)];
    const run = driveCommands([again(SECOND, 5), again(2 * SECOND, 5), forget, again(4 * SECOND, 6)], { peer });
    const requests = requestsOf(run);
    expect(requests.map(({ value }) => value('Expires'))).toEqual(['60', '7200', '7200', '60', '7200']);
    expect(new Set(requests.map(({ value }) => value('To')))).toEqual(new Set(['<sip:bob@other.example>']));
    expect(run.told.map(({ outcome }) => outcome)).toEqual(['succeeded', 'succeeded', 'succeeded']);
    expect(run.transactions.map(({ outcome }) => outcome)).toHaveLength(5);
  });

  it('keeps several contexts apart: users, domains, Call-IDs, tags and branches', () => {
    const run = driveCommands([
      [SECOND, command(SECOND, 0, commandOf(register(), alice, 1))],
      [SECOND, command(SECOND, 3, commandOf(register(), bob, 2))],
    ]);
    const requests = requestsOf(run);
    expect(requests.map(({ startLine }) => startLine)).toEqual([
      'REGISTER sip:test.example SIP/2.0',
      'REGISTER sip:other.example SIP/2.0',
    ]);
    for (const value of ['callId', 'fromTag', 'branch', 'contact'] as const) {
      expect(new Set(requests.map((request) => request[value])).size).toBe(2);
    }
  });

  it('22.2 answers a challenge with the credentials of the context that was challenged', () => {
    const challenging = answering((request) =>
      readRequest(request).credentials === null
        ? answer(request, '401 Unauthorized', 'WWW-Authenticate: Digest realm="test.example", nonce="n1"')
        : accept(request),
    );
    const acts: readonly Act[] = [
      [SECOND, command(SECOND, 0, commandOf(register(), alice, 1))],
      [SECOND, command(SECOND, 1, commandOf(register(), bob, 2))],
    ];
    const run = driveCommands(acts, { peer: challenging });
    const answers = requestsOf(run).flatMap(({ credentials }) => (credentials === null ? [] : [credentials]));
    expect(answers.map((each) => each.get('username'))).toEqual(['"alice"', '"bob"']);
    const expected = [
      md5(`${md5('alice:test.example:secret')}:n1:${md5('REGISTER:sip:test.example')}`),
      md5(`${md5('bob:test.example:b0b')}:n1:${md5('REGISTER:sip:other.example')}`),
    ];
    expect(answers.map((each) => each.get('response'))).toEqual(expected.map((digest) => `"${digest}"`));
    expect(run.transactions.map(({ context, cseq, outcome }) => [context, cseq, outcome])).toEqual([
      [0, 1, 'answered'],
      [1, 1, 'answered'],
      [0, 2, 'answered'],
      [1, 2, 'answered'],
    ]);
  });

  it('tells of a request without an answer how often it was sent again, and why it ended', () => {
    const run = driveCommands([[0, command(0, 0, commandOf(query, alice))]], { peer: SILENT });
    expect(run.transactions).toEqual([
      {
        context: 0,
        cseq: 1,
        requestUri: null,
        flow: 0,
        sentAtUs: 0,
        retransmissions: 10,
        endUs: 32 * SECOND,
        outcome: 'timeout',
      },
    ]);
    expect(run.told).toEqual([{ context: 0, outcome: 'timeout', endUs: 32 * SECOND }]);
  });

  it('refuses a request that would not fit, and stays idle', () => {
    const text = 'x'.repeat(LONGEST_COMMAND_BYTES);
    const step: AttemptStep = { ...register(), headers: [{ name: 'X-Long', value: [{ kind: 'text', text }] }] };
    let taken = true;
    let idle = false;
    const run = driveCommands([
      [
        SECOND,
        (engine) => {
          taken = commandAttempt(engine, SECOND, 0, commandOf(step, alice));
          idle = isIdle(engine, 0);
        },
      ],
    ]);
    expect([taken, idle, run.sent.length]).toEqual([false, true, 0]);
  });
});

describe('a context that is forgotten', () => {
  it('sends nothing more, ends as aborted, and a late answer is a stray', () => {
    const run = driveCommands(
      [
        [0, command(0, 1, commandOf(register(), alice, 1))],
        [SECOND, (engine) => forgetContext(engine, SECOND, 1)],
      ],
      { peer: accepting(2 * SECOND) },
    );
    expect(run.sent.map(({ atUs }) => atUs)).toEqual([0, 500_000]);
    expect(run.told).toEqual([{ context: 1, outcome: 'aborted', endUs: SECOND }]);
    expect(counted(run, COUNTER_STRAY)).toBe(2);
  });

  it('is a new phone for whoever gets its row: another Call-ID, CSeq from 1, no nonce of the one before', () => {
    const challenging = answering((request) =>
      readRequest(request).credentials === null
        ? answer(request, '401 Unauthorized', 'WWW-Authenticate: Digest realm="r", nonce="n1", qop="auth"')
        : accept(request),
    );
    const run = driveCommands(
      [
        [SECOND, command(SECOND, 0, commandOf(register(), alice, 1))],
        [2 * SECOND, (engine) => forgetContext(engine, 2 * SECOND, 0)],
        [3 * SECOND, command(3 * SECOND, 0, commandOf(register(), bob, 2))],
      ],
      { peer: challenging },
    );
    const requests = requestsOf(run);
    expect(requests.map(({ callId, cseq }) => `${callId} ${cseq}`)).toEqual([
      'run-a-1 1',
      'run-a-1 2',
      'run-a-2 1',
      'run-a-2 2',
    ]);
    expect(requests.map(({ credentials }) => credentials?.get('username') ?? null)).toEqual([
      null,
      '"alice"',
      null,
      '"bob"',
    ]);
    expect(requests[3]?.credentials?.get('nc')).toBe('00000001');
  });

  it('leaves no place in the queue of those who are ready', () => {
    const run = driveCommands([
      [SECOND, command(SECOND, 0, commandOf(register(), alice, 1))],
      [SECOND, command(SECOND, 1, commandOf(register(), bob, 2))],
      [SECOND, (engine) => forgetContext(engine, SECOND, 0)],
    ]);
    expect(requestsOf(run).map(({ callId }) => callId)).toEqual(['run-a-2']);
    expect(run.told.map(({ context }) => context)).toEqual([1]);
  });
});
