import { describe, expect, it } from 'vitest';
import { COUNTER_EXPIRED_BEFORE_REFRESH, mergeBlocks } from '../../../src/metrics/index.ts';
import { counted, numbersOf, timesOf } from './books.ts';
import { drive, type Run, SENT_BY } from './driver.ts';
import { accept, answer, answering, readRequest } from './messages.ts';
import { createPlan, pause, query, refresh, register, SECOND, unregister, waitFor, wildcard } from './plans.ts';

const OWN = `<sip:u000@${SENT_BY}>`;

/** One register that is answered with 200 and these headers. */
const registered = (...headers: readonly string[]): Run =>
  drive({ plan: createPlan(), peer: answering((request) => answer(request, '200 OK', ...headers)) });

const outcomesOf = (run: Run): Readonly<Record<string, number>> => numbersOf(run, 'register').outcomes;
const grantedSeconds = (run: Run): number => run.engine.contexts.grantedSeconds[0]!;

describe('RFC 3261 §10.2.4: our binding in a 200', () => {
  it.each([
    ['the expires parameter', [`Contact: ${OWN};expires=77`], 77],
    ['the parameter before the header', [`Contact: ${OWN};expires=77`, 'Expires: 99'], 77],
    ['the header when there is no parameter', [`Contact: ${OWN}`, 'Expires: 99'], 99],
    ['what was asked for when there is neither', [`Contact: ${OWN}`], 1800],
    ['3600 for a parameter that is no number', [`Contact: ${OWN};expires=soon`], 3600],
    [
      'the one of ours among many',
      [
        `Contact: <sip:u001@${SENT_BY}>;expires=1, "x, y" <sip:u000@192.0.2.1>;expires=2`,
        `m: ${OWN};q=0.5;expires=3, <sip:u000@127.0.0.1>;expires=4`,
      ],
      3,
    ],
    [
      '19.1.4 ours as other bytes: escapes, case of scheme and host',
      ['Contact: <SIP:%750%30%30@127.0.0.1:40000>;expires=6'],
      6,
    ],
    ['a form without angle brackets', [`Contact: sip:u000@${SENT_BY};expires=8`], 8],
    ['the first of two that are ours', [`Contact: ${OWN};expires=5`, `Contact: ${OWN};expires=6`], 5],
  ])('10.2.4 grants %s', (_, headers, expected) => {
    const run = registered(...headers);
    expect(outcomesOf(run)).toEqual({ succeeded: 1 });
    expect(grantedSeconds(run)).toBe(expected);
  });

  it.each([
    ['no Contact', []],
    ['only others', [`Contact: <sip:u001@${SENT_BY}>;expires=60`]],
    ['another port', ['Contact: <sip:u000@127.0.0.1:5060>;expires=60']],
    ['19.1.4 a user in capitals', [`Contact: <sip:U000@${SENT_BY}>;expires=60`]],
    ['19.1.4 a transport parameter that is not ours', [`Contact: <sip:u000@${SENT_BY};transport=tcp>;expires=60`]],
    ['a granted interval of 0', [`Contact: ${OWN};expires=0`]],
    ['an Expires header of 0', [`Contact: ${OWN}`, 'Expires: 0']],
    ['a Contact that cannot be read', ['Contact: <sip:u000']],
    ['a star', ['Contact: *']],
  ])('10.2.4 binding-missing for %s', (_, headers) => {
    const run = registered(...headers);
    expect(outcomesOf(run)).toEqual({ 'binding-missing': 1 });
    expect(run.engine.contexts.boundUntilUs[0]).toBeLessThan(0);
  });

  it('10.2.2 a register that asks for 0 succeeds without a binding', () => {
    const run = drive({
      plan: createPlan({ flow: [register(0)] }),
      peer: answering((request) => answer(request, '200 OK')),
    });
    expect(outcomesOf(run)).toEqual({ succeeded: 1 });
  });

  it('10.2.2 unregister and wildcard succeed with a 200 without contacts, or with those of others', () => {
    const plan = createPlan({ flow: [register(), unregister, wildcard] });
    for (const others of [[], ['Contact: <sip:u000@192.0.2.1>;expires=5']]) {
      const peer = answering((request) =>
        readRequest(request).cseq === 1 ? accept(request) : answer(request, '200 OK', ...others),
      );
      const run = drive({ plan, peer });
      expect(numbersOf(run, 'unregister').outcomes).toEqual({ succeeded: 1 });
      expect(numbersOf(run, 'wildcard').outcomes).toEqual({ succeeded: 1 });
      expect(run.engine.contexts.boundUntilUs[0]).toBeLessThan(0);
    }
  });

  it('10.2.3 a query has no Contact and no Expires, succeeds with any 200, and leaves the binding as it is', () => {
    const plan = createPlan({ flow: [register(), query] });
    const peer = answering((request) =>
      readRequest(request).cseq === 1 ? accept(request) : answer(request, '200 OK'),
    );
    const run = drive({ plan, peer });
    const last = readRequest(run.sent.at(-1)!.text);
    expect(last.values('Contact').concat(last.values('Expires'))).toEqual([]);
    expect(numbersOf(run, 'query').outcomes).toEqual({ succeeded: 1 });
    expect(run.engine.contexts.boundUntilUs[0]).toBe(1000 + 1800 * SECOND);
  });

  it('10.2.4 the granted interval drives ofExpires, counted from the 200', () => {
    const flow = [register(1800), waitFor({ kind: 'ofExpires', fraction: 0.5 }), refresh()];
    const peer = answering((request) => answer(request, '200 OK', `Contact: ${OWN};expires=60`));
    const run = drive({ plan: createPlan({ flow }), peer });
    expect(run.sent.map(({ atUs }) => atUs)).toEqual([0, 30 * SECOND + 1000]);
    expect(counted(run, COUNTER_EXPIRED_BEFORE_REFRESH)).toBe(0);
  });

  it('counts a refresh that comes after the binding has expired', () => {
    const plan = createPlan({ flow: [register(2), pause(3 * SECOND), refresh()] });
    const run = drive({ plan, peer: answering(accept) });
    expect(counted(run, COUNTER_EXPIRED_BEFORE_REFRESH)).toBe(1);
    expect(numbersOf(run, 'refresh').outcomes).toEqual({ succeeded: 1 });
  });
});

describe('RFC 3261 §8.1.3.1: other final answers', () => {
  it.each([202, 204, 299])('8.1.3.1 any 2xx is a success: %d', (status) => {
    const run = drive({
      plan: createPlan(),
      peer: answering((request) => accept(request).replace('200 OK', `${status} Fine`)),
    });
    expect(outcomesOf(run)).toEqual({ succeeded: 1 });
  });

  it.each([300, 302, 305, 400, 403, 404, 408, 423, 480, 499, 500, 503, 600, 603, 699])(
    '8.1.3.1 %d ends the attempt and the flow under its own number',
    (status) => {
      const plan = createPlan({ flow: [register(), refresh(), unregister] });
      const run = drive({ plan, peer: answering((request) => answer(request, `${status} Some Reason`)) });
      expect(outcomesOf(run)).toEqual({ [`status-${status}`]: 1 });
      expect(numbersOf(run, 'refresh')).toEqual({ started: 0, skipped: 1, challenged: 0, outcomes: {} });
      expect(run.sent.length).toBe(1);
      expect(timesOf(run, 'register', 'failureLatency')).toEqual({ count: 1, sum: 1000, min: 1000, max: 1000 });
      expect(timesOf(run, 'register', 'latency').count).toBe(0);
      expect(timesOf(run, 'register', 'wire').count).toBe(0);
    },
  );

  it.each([
    ['302 Moved', 'Contact: <sip:other.example>'],
    ['405 Method Not Allowed', 'Allow: OPTIONS'],
    ['420 Bad Extension', 'Unsupported: path, gruu'],
    ['421 Extension Required', 'Require: sec-agree'],
    ['423 Interval Too Brief', 'Min-Expires: 9999999999'],
    ['439 First Hop Lacks Outbound Support', ''],
    ['482 Loop Detected', ''],
    ['494 Security Agreement Required', 'Security-Server: ipsec-3gpp;q=0.1'],
    ['503 Service Unavailable', 'Retry-After: 5'],
  ])('8.1.3.1 the words of %s have the header that says more', (status, header) => {
    const peer = answering((request) => answer(request, status, 'Supported: outbound', header || 'Allow-Events: reg'));
    const run = drive({ plan: createPlan(), peer });
    const [code, ...phrase] = status.split(' ');
    expect(mergeBlocks([run.metrics]).failureTexts).toEqual([
      { status: Number(code), phrase: phrase.join(' '), header, count: 1 },
    ]);
  });

  it.each([420, 439, 482, 494])(
    '21.4 %d ends the attempt under its own number, and is not tried again by itself',
    (status) => {
      const usual = {
        policy: 'fixed',
        baseUs: 1_000_000,
        capUs: 1_000_000,
        jitter: 0,
        tries: 3,
        retryAfterCapUs: 1,
        on: null,
      } as const;
      const flow = [{ ...register(), onFailure: 'retry' as const, retry: usual }];
      const peer = answering((request) => answer(request, `${status} No`, 'Retry-After: 1'));
      const run = drive({ plan: createPlan({ flow, retryBudget: 1 }), peer });
      expect(numbersOf(run, 'register').outcomes).toEqual({ [`status-${status}`]: 1 });
      expect(run.sent.length).toBe(1);
    },
  );

  it('8.1.3.2 a status that nobody knows is an outcome of its own, and its class is what it can be expected by', () => {
    for (const [status, word] of [
      [397, '3xx'],
      [499, '4xx'],
      [599, '5xx'],
      [698, '6xx'],
    ] as const) {
      const plan = createPlan({ flow: [{ ...register(), expect: [word] }] });
      const run = drive({ plan, peer: answering((request) => answer(request, `${status} Odd`)) });
      expect(mergeBlocks([run.metrics]).total.register).toMatchObject({
        succeeded: 1,
        outcomes: { [`status-${status}`]: 1 },
      });
    }
  });

  it('keeps the words of a failure: phrase, and P-Registrar-Error before Warning', () => {
    const peer = answering(
      (request, _now, number) =>
        [
          answer(request, '403 Not Welcome', 'Warning: 399 host "first"'),
          answer(request, '403 Not Welcome', 'Warning: 399 host "first"', 'P-Registrar-Error: second'),
          answer(request, '500 '),
        ][number]!,
    );
    const run = drive({ plan: createPlan({ load: { starts: 3 } }), peer });
    const texts = mergeBlocks([run.metrics]).failureTexts.map(({ status, phrase, header }) => [status, phrase, header]);
    expect(texts).toContainEqual([403, 'Not Welcome', expect.stringContaining('399 host "first"')]);
    expect(texts).toContainEqual([403, 'Not Welcome', expect.stringContaining('second')]);
    expect(texts).toContainEqual([500, '', '']);
  });
});
