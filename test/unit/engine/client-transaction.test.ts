import { describe, expect, it } from 'vitest';
import {
  COUNTER_OVERTAKEN,
  COUNTER_REQUESTS_SENT,
  COUNTER_RETRANSMISSIONS,
  COUNTER_STRAY,
} from '../../../src/metrics/index.ts';
import { counted, numbersOf, responsesOf, timesOf } from './books.ts';
import { drive, type Peer, rowsInUse, SILENT } from './driver.ts';
import { accept, accepting, answer, answering, readRequest, requestsOf, timesOfSending } from './messages.ts';
import { createPlan, refresh, register, SECOND, unregister } from './plans.ts';

const secondsOf = (run: Parameters<typeof timesOfSending>[0]): readonly number[] =>
  timesOfSending(run).map((us) => us / SECOND);

describe('RFC 3261 §17.1.2.2: the client transaction towards a silent peer', () => {
  const run = drive({ plan: createPlan() });

  it('17.1.2.2 Timer E sends at 0, 0.5, 1.5, 3.5, 7.5 … 31.5 s, 11 times in all', () => {
    expect(secondsOf(run)).toEqual([0, 0.5, 1.5, 3.5, 7.5, 11.5, 15.5, 19.5, 23.5, 27.5, 31.5]);
    expect(counted(run, COUNTER_REQUESTS_SENT)).toBe(1);
    expect(counted(run, COUNTER_RETRANSMISSIONS)).toBe(10);
    expect(counted(run, COUNTER_OVERTAKEN), 'all were sent before').toBe(0);
  });

  it('17.1.2.2 Timer F ends the attempt with timeout after exactly 64*T1', () => {
    expect(numbersOf(run, 'register').outcomes).toEqual({ timeout: 1 });
    expect(timesOf(run, 'register', 'latency')).toEqual({ count: 1, sum: 32e6, min: 32e6, max: 32e6 });
    expect(run.endedUs).toBe(32 * SECOND);
  });

  it('17.1.2.2 all eleven datagrams are the same bytes', () => {
    expect(new Set(run.sent.map(({ text }) => text)).size).toBe(1);
  });

  it.each([
    [{ t1Us: 1 * SECOND, t2Us: 4 * SECOND }, [0, 1, 3, 7, 11, 15, 19, 23, 27, 31, 35, 39, 43, 47, 51, 55, 59, 63]],
    [{ t1Us: 500_000, t2Us: 3 * SECOND }, [0, 0.5, 1.5, 3.5, 6.5, 9.5, 12.5, 15.5, 18.5, 21.5, 24.5, 27.5, 30.5]],
    [{ t1Us: 2 * SECOND, t2Us: 16 * SECOND }, [0, 2, 6, 14, 30, 46, 62, 78, 94, 110, 126]],
  ])('17.1.2.2 Timer E doubles from T1 to T2 and F is 64*T1 for %j', (timers, expected) => {
    const other = drive({ plan: createPlan({ timers, drainUs: 200 * SECOND }) });
    expect(secondsOf(other)).toEqual(expected);
    expect(other.endedUs).toBe(64 * timers.t1Us);
  });

  it('17.1.2.2 with T1 equal to T2 it sends every T1, and not at the moment of Timer F', () => {
    const other = drive({ plan: createPlan({ timers: { t1Us: SECOND, t2Us: SECOND }, drainUs: 200 * SECOND }) });
    expect(secondsOf(other)).toEqual(Array.from({ length: 64 }, (_, number) => number));
  });
});

describe('RFC 3261 §17.1.2.2: provisional answers', () => {
  const trying = (atUs: number): Peer => {
    let isFirst = true;
    return (request) => {
      if (!isFirst) return [];
      isFirst = false;
      return [{ atUs, bytes: answer(request, '100 Trying') }];
    };
  };

  it.each([
    [0.1, [0, 0.5, 4.5, 8.5, 12.5, 16.5, 20.5, 24.5, 28.5]],
    [0.6, [0, 0.5, 1.5, 5.5, 9.5, 13.5, 17.5, 21.5, 25.5, 29.5]],
    [2, [0, 0.5, 1.5, 3.5, 7.5, 11.5, 15.5, 19.5, 23.5, 27.5, 31.5]],
    [31, [0, 0.5, 1.5, 3.5, 7.5, 11.5, 15.5, 19.5, 23.5, 27.5, 31.5]],
  ])('17.1.2.2 after a 1xx at %d s the running Timer E is left alone, and then is T2', (atSeconds, expected) => {
    const run = drive({ plan: createPlan(), peer: trying(atSeconds * SECOND) });
    expect(secondsOf(run)).toEqual(expected);
    expect(numbersOf(run, 'register').outcomes).toEqual({ 'timeout-after-provisional': 1 });
    expect(timesOf(run, 'register', 'latency').max).toBe(32 * SECOND);
  });

  it('17.1.2.2 a final answer after provisional ones ends the attempt as any other', () => {
    const peer: Peer = (request, nowUs) => [
      { atUs: nowUs + 10, bytes: answer(request, '100 Trying') },
      { atUs: nowUs + 20, bytes: answer(request, '183 Session Progress') },
      { atUs: nowUs + 30, bytes: accept(request) },
    ];
    const run = drive({ plan: createPlan(), peer });
    expect(numbersOf(run, 'register').outcomes).toEqual({ succeeded: 1 });
    expect(responsesOf(run)).toEqual({ 100: 1, 183: 1, 200: 1 });
    expect(timesOf(run, 'register', 'latency').max).toBe(30);
  });
});

describe('RFC 3261 §17.1.2.2: Completed and Timer K', () => {
  it('17.1.2.2 absorbs repeats of the answer: counted as responses, acted upon once', () => {
    const peer: Peer = (request, nowUs) =>
      [10, 20, 4 * SECOND].map((us) => ({ atUs: nowUs + us, bytes: accept(request) }));
    const run = drive({ plan: createPlan({ load: { starts: 2, periodUs: 10 * SECOND } }), peer });
    expect(numbersOf(run, 'register').outcomes).toEqual({ succeeded: 2 });
    expect(responsesOf(run)).toEqual({ 200: 6 });
    expect(run.sent.length).toBe(2);
  });

  it('17.1.2.2 a different final answer in Completed changes nothing', () => {
    const peer: Peer = (request, nowUs) => [
      { atUs: nowUs + 10, bytes: accept(request) },
      { atUs: nowUs + 20, bytes: answer(request, '403 Forbidden') },
      { atUs: nowUs + 30, bytes: answer(request, '100 Trying') },
    ];
    const run = drive({ plan: createPlan(), peer });
    expect(numbersOf(run, 'register').outcomes).toEqual({ succeeded: 1 });
  });

  it.each([1, 400_000, 1_400_000])('17.1.2.2 Timer K frees the row T4 after an answer that took %d us', (delayUs) => {
    const freedAt: number[] = [];
    drive({
      plan: createPlan(),
      peer: answering((request, _nowUs, number) => (number === 0 ? accept(request) : null), delayUs),
      watch: (engine, nowUs) => {
        if (rowsInUse(engine) === 0) freedAt.push(nowUs);
      },
    });
    expect(freedAt[0]).toBe(delayUs + 5 * SECOND);
  });

  it('17.1.2.2 sends nothing after the final answer, although Timer E would have been due', () => {
    const run = drive({
      plan: createPlan(),
      peer: answering((request, _, number) => (number === 1 ? accept(request) : null), 0),
    });
    expect(secondsOf(run)).toEqual([0, 0.5]);
  });

  it("17.1.2.2 does not keep the context's next transaction waiting", () => {
    const run = drive({ plan: createPlan({ flow: [register(), refresh(), unregister] }), peer: accepting(100) });
    expect(timesOfSending(run)).toEqual([0, 100, 200]);
    expect(run.endedUs).toBe(300);
  });

  it('ends with the flow and not with Timer K', () => {
    expect(drive({ plan: createPlan(), peer: accepting(100) }).endedUs).toBe(100);
  });
});

describe('RFC 3261 §8.1.1, §10.2: what requests have in common', () => {
  const flow = [register(), refresh(), unregister];
  const load = { starts: 6, periodUs: 10 * SECOND };
  const run = drive({ plan: createPlan({ flow, load, identities: { count: 2 } }), peer: accepting() });
  const requests = requestsOf(run);

  it('10.2 CSeq rises by one for each request of a Call-ID, over flows', () => {
    for (const callId of new Set(requests.map((request) => request.callId))) {
      const cseqs = requests.filter((request) => request.callId === callId).map(({ cseq }) => cseq);
      expect(cseqs).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
    }
  });

  it('10.2 Call-ID and From tag of a context stay, and differ between contexts', () => {
    const pairs = new Set(requests.map(({ callId, fromTag }) => `${callId} ${fromTag}`));
    expect(pairs.size).toBe(2);
    expect(new Set(requests.map(({ fromTag }) => fromTag)).size).toBe(2);
  });

  it('8.1.1.7 every request has a branch of its own, which begins with the magic cookie', () => {
    const branches = requests.map(({ branch }) => branch);
    expect(new Set(branches).size).toBe(branches.length);
    for (const branch of branches) expect(branch.startsWith('z9hG4bK')).toBe(true);
  });

  it('8.1.1 has To and From of the address-of-record, Max-Forwards 70 and the registrar in the Request-URI', () => {
    const { startLine, value, contact } = requests[0]!;
    expect(startLine).toBe('REGISTER sip:test.example SIP/2.0');
    expect(value('To')).toBe('<sip:u000@test.example>');
    expect(value('From')).toMatch(/^<sip:u000@test\.example>;tag=[0-9a-f]{8}$/);
    expect(value('Max-Forwards')).toBe('70');
    expect(contact).toBe('sip:u000@127.0.0.1:40000');
  });

  it('10.2 a second run is no replay of the first: other Call-ID, From tag and branch', () => {
    const plan = createPlan();
    const [first, second] = ['run-a', 'run-b'].map(
      (runId) => requestsOf(drive({ plan, runId, peer: accepting() }))[0]!,
    );
    expect(second!.callId).not.toBe(first!.callId);
    expect(second!.fromTag).not.toBe(first!.fromTag);
    expect(second!.branch).not.toBe(first!.branch);
  });

  it('the same run id gives the same bytes, whatever the seed', () => {
    const plan = createPlan({ flow });
    const texts = [1, 2].map((seed) => drive({ plan, seed, peer: accepting() }).sent.map(({ text }) => text));
    expect(texts[1]).toEqual(texts[0]);
  });

  it('workers of one run never share a branch or a Call-ID', () => {
    const plan = createPlan({ identities: { count: 4 }, load: { starts: 4 } });
    const all = [0, 1].flatMap((workerIndex) =>
      requestsOf(drive({ plan, workerIndex, workerCount: 2, peer: accepting() })),
    );
    expect(new Set(all.map(({ branch }) => branch)).size).toBe(4);
    expect(new Set(all.map(({ callId }) => callId)).size).toBe(4);
  });
});

describe('rows of the transaction table', () => {
  it('17.1.2.2 (deviation) when none is free, the oldest Completed row gives way and its late repeat is a stray', () => {
    // One context and a flow of many requests within Timer K: more rows than the table has.
    const flow = Array.from({ length: 40 }, () => register());
    const first: string[] = [];
    const peer: Peer = (request, nowUs) => {
      if (first.length === 0) first.push(accept(request));
      const last = readRequest(request).cseq === 40;
      return [{ atUs: nowUs + 10, bytes: accept(request) }, ...(last ? [{ atUs: nowUs + 20, bytes: first[0]! }] : [])];
    };
    const run = drive({ plan: createPlan({ flow }), peer });
    expect(run.engine.transactions.capacity).toBeLessThan(40);
    expect(numbersOf(run, 'register').outcomes).toEqual({ succeeded: 40 });
    expect(responsesOf(run)).toEqual({ 200: 40 });
    expect(counted(run, COUNTER_STRAY)).toBe(1);
  });

  it('many contexts at once: free and used rows are all rows in every turn', () => {
    const plan = createPlan({ identities: { count: 50 }, load: { starts: 50, startsPerPeriod: 1000 } });
    const run = drive({ plan, peer: SILENT });
    expect(numbersOf(run, 'register').outcomes).toEqual({ timeout: 50 });
    expect(run.sent.length).toBe(550);
  });
});
