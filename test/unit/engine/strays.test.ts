import { describe, expect, it } from 'vitest';
import { COUNTER_MALFORMED, COUNTER_STRAY } from '../../../src/metrics/index.ts';
import { counted, numbersOf, responsesOf } from './books.ts';
import { drive, type Peer, type Run } from './driver.ts';
import { accept, answer, readRequest } from './messages.ts';
import { createPlan, register, SECOND } from './plans.ts';

/** The peer sends these first, and the right answer a millisecond after. */
const opposite = (spoil: (right: string, request: string) => readonly (string | Uint8Array)[]): Run => {
  const peer: Peer = (request, nowUs) => {
    const right = accept(request);
    const early = spoil(right, request).map((bytes) => ({ atUs: nowUs + 10, bytes }));
    return [...early, { atUs: nowUs + 1000, bytes: right }];
  };
  return drive({ plan: createPlan(), peer });
};

const countsOf = (run: Run): { stray: number; malformed: number } => ({
  stray: counted(run, COUNTER_STRAY),
  malformed: counted(run, COUNTER_MALFORMED),
});

const VIA = /Via: .*\r\n/;

describe('answers that match no transaction are counted as strays and change nothing', () => {
  const digits = (text: string, from: number, count: number): string =>
    text.replace(/branch=z9hG4bK([0-9a-f]+)/, (_, hex: string) => {
      const other = (Number.parseInt(hex.slice(from, from + count), 16) + 1).toString(16).padStart(count, '0');
      return `branch=z9hG4bK${hex.slice(0, from)}${other}${hex.slice(from + count)}`;
    });

  it.each<[string, (right: string) => string]>([
    ['8.1.1.7 a branch of another shape', (right) => right.replace(/branch=[^;\r]+/, 'branch=z9hG4bK77ef4c2312983.1')],
    ['8.1.1.7 the magic cookie alone', (right) => right.replace(/branch=[^;\r]+/, 'branch=z9hG4bK')],
    ["8.1.1.7 another run's branch", (right) => digits(right, 0, 8)],
    ["8.1.1.7 another worker's branch", (right) => digits(right, 8, 2)],
    ['17.1.3 a row that is not in use', (right) => digits(right, 10, 6)],
    ['17.1.3 a row that does not exist', (right) => right.replace(/(branch=z9hG4bK.{10}).{6}/, '$1ffffff')],
    ['17.1.3 another generation of the row', (right) => digits(right, 16, 8)],
    [
      '17.1.3 a branch in capitals',
      (right) =>
        right.replace(/branch=z9hG4bK([0-9a-f]+)/, (_, hex: string) => `branch=z9hG4bK${hex.replace(/[0-9a-f]/, 'A')}`),
    ],
    ['17.1.3 no branch at all', (right) => right.replace(/;branch=[^;\r]+/, '')],
    ['17.1.3 another CSeq method', (right) => right.replace('1 REGISTER', '1 OPTIONS')],
    ['8.1.1.5 another CSeq number', (right) => right.replace('CSeq: 1 ', 'CSeq: 2 ')],
    ['18.1.2 another sent-by', (right) => right.replace(/UDP [^;]+;/, 'UDP 192.0.2.9:5060;')],
    ['8.1.3.3 two Via rows', (right) => right.replace(VIA, '$&Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKx\r\n')],
    [
      '8.1.3.3 two Via values in one row',
      (right) => right.replace(VIA, (via) => `${via.trimEnd()}, SIP/2.0/UDP 192.0.2.1\r\n`),
    ],
  ])('%s', (_, spoil) => {
    const run = opposite((right) => [spoil(right)]);
    expect(countsOf(run)).toEqual({ stray: 1, malformed: 0 });
    expect(responsesOf(run)).toEqual({ 200: 1 });
    expect(numbersOf(run, 'register').outcomes).toEqual({ succeeded: 1 });
  });

  it('a request instead of an answer, our own come back included', () => {
    const run = opposite((_, request) => [request, request.replaceAll('REGISTER', 'OPTIONS')]);
    expect(countsOf(run)).toEqual({ stray: 2, malformed: 0 });
    expect(numbersOf(run, 'register').outcomes).toEqual({ succeeded: 1 });
  });

  it('17.1.2.2 an answer after Timer F', () => {
    const peer: Peer = (request, nowUs) => (nowUs === 0 ? [{ atUs: 33 * SECOND, bytes: accept(request) }] : []);
    const run = drive({ plan: createPlan(), peer });
    expect(numbersOf(run, 'register').outcomes).toEqual({ timeout: 1 });
    expect(countsOf(run)).toEqual({ stray: 1, malformed: 0 });
  });

  it('17.1.2.2 a repeat of the answer after Timer K', () => {
    const peer: Peer = (request, nowUs) =>
      [10, 5 * SECOND + 9, 5 * SECOND + 11].map((us) => ({ atUs: nowUs + us, bytes: accept(request) }));
    const run = drive({ plan: createPlan(), peer });
    expect(responsesOf(run)).toEqual({ 200: 2 });
    expect(countsOf(run)).toEqual({ stray: 1, malformed: 0 });
  });

  it('17.1.3 an answer to the request before the challenge, once the next one is under way, is absorbed', () => {
    const plan = createPlan({ flow: [register(), register()] });
    const first: string[] = [];
    const peer: Peer = (request, nowUs) => {
      if (first.length === 0) first.push(answer(request, '403 Forbidden'));
      const isSecond = readRequest(request).cseq === 2;
      return [
        ...(isSecond ? [{ atUs: nowUs + 5, bytes: first[0]! }] : []),
        { atUs: nowUs + 10, bytes: accept(request) },
      ];
    };
    const run = drive({ plan, peer });
    expect(numbersOf(run, 'register').outcomes).toEqual({ succeeded: 2 });
    expect(responsesOf(run)).toEqual({ 200: 2, 403: 1 });
  });
});

describe('bytes that are no SIP message are counted as malformed and change nothing', () => {
  it('empty, garbage, NULs and 64 kB of each', () => {
    const big = 65_507;
    const garbage = [
      new Uint8Array(1),
      new Uint8Array(big),
      new Uint8Array(big).fill(0xff),
      new Uint8Array(big).fill(0x0d),
      'SIP/2.0',
      'SIP/2.0 200 OK\r\n',
      'SIP/2.0 200 OK\r\n\r\n',
      'SIP/2.0 999 What\r\n\r\n',
      `SIP/2.0 200 ${'x'.repeat(big)}`,
      'hello\r\n\r\n',
    ];
    const run = opposite(() => garbage);
    expect(countsOf(run)).toEqual({ stray: 0, malformed: garbage.length });
    expect(numbersOf(run, 'register').outcomes).toEqual({ succeeded: 1 });
  });

  it('an answer cut off at every byte: never a right one before its empty line, and never an exception', () => {
    for (let at = 0; ; at += 1) {
      let length = 0;
      const run = opposite((right) => {
        length = right.length;
        return [right.slice(0, at)];
      });
      if (at >= length) break;
      expect(counted(run, COUNTER_MALFORMED), `cut at ${at}`).toBe(1);
      expect(numbersOf(run, 'register').outcomes).toEqual({ succeeded: 1 });
    }
  });

  it('an answer with a NUL in place of every byte: whatever it is taken for, the books close', () => {
    const length = accept(drive({ plan: createPlan(), peer: () => [] }).sent[0]!.text).length;
    for (let at = 0; at < length; at += 1) {
      const run = opposite((right) => [`${right.slice(0, at)}\0${right.slice(at + 1)}`]);
      expect(numbersOf(run, 'register').started).toBe(1);
    }
  });

  it('an answer with 64 kB of header is an answer', () => {
    const run = opposite((right) => [
      right.replace('Content-Length', `X-Long: ${'y'.repeat(60_000)}\r\nContent-Length`),
    ]);
    expect(responsesOf(run)).toEqual({ 200: 2 });
    expect(countsOf(run)).toEqual({ stray: 0, malformed: 0 });
  });
});
