// The witness itself: a small capture written by hand, and the books that follow from it. What the lossy links are judged by
// must notice a message too many, one too few, and a binding that nothing explains.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { captureFileOf, packetOf, type Sent } from '../support/capture-file.ts';
import { capturedBooks, differences, leaks, wireTimesUs } from './books.ts';
import { readPackets } from './capture.ts';
import type { RelayReport } from './relay-options.ts';
import { type ClientTally, type RegistrarTally, tallyClient, tallyRegistrar } from './tally.ts';

const CLIENT = '10.77.1.2';
const PEER = '10.77.1.1';
let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'regstorm-books-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const request = (atUs: number, branch: string, user: string, more = ''): Sent => ({
  atUs,
  from: CLIENT,
  to: PEER,
  text: `REGISTER sip:t SIP/2.0\r\nVia: SIP/2.0/UDP 10.77.1.2:4000;branch=${branch};rport\r\nTo: <sip:${user}@t>\r\n${more}\r\n`,
});

const answer = (atUs: number, status: number, branch: string, user: string): Sent => ({
  atUs,
  from: PEER,
  to: CLIENT,
  text: `SIP/2.0 ${status} X\r\nVia: SIP/2.0/UDP 10.77.1.2:4000;branch=${branch}\r\nTo: <sip:${user}@t>;tag=1\r\n\r\n`,
});

const write = (name: string, packets: readonly Buffer[]): string => {
  const file = join(folder, name);
  writeFileSync(file, captureFileOf(packets));
  return file;
};

const clientOf = (messages: readonly Sent[]): ClientTally =>
  tallyClient(
    write(
      'client.pcap',
      messages.map((sent) => packetOf(sent)),
    ),
    CLIENT,
  );
/** The same words, seen at the other end. */
const registrarOf = (messages: readonly Sent[]): RegistrarTally =>
  tallyRegistrar(
    write(
      'registrar.pcap',
      messages.map((sent) => packetOf(sent)),
    ),
    PEER,
  );

const S = 1_000_000;
const RUN: readonly Sent[] = [
  request(1 * S, 'z9hG4bK1', 'ann'),
  answer(1.1 * S, 401, 'z9hG4bK1', 'ann'),
  request(1.2 * S, 'z9hG4bK2', 'ann'),
  request(1.7 * S, 'z9hG4bK2', 'ann'),
  answer(1.8 * S, 200, 'z9hG4bK2', 'ann'),
  answer(1.9 * S, 200, 'z9hG4bK2', 'ann'),
  request(2 * S, 'z9hG4bK3', 'bob'),
  request(2.5 * S, 'z9hG4bK3', 'bob'),
];

describe('the books of a capture', () => {
  it('count requests, repeats, every copy of an answer, timeouts and successes', () => {
    expect(capturedBooks(clientOf(RUN))).toEqual({
      requestsSent: 3,
      retransmissions: 2,
      datagramsSent: 5,
      responses: { 200: 2, 401: 1 },
      stray: 0,
      unreadable: 0,
      timeouts: 1,
      succeeded: 1,
    });
  });

  it('call a copy after Timer K a stray, and an answer after Timer F too late', () => {
    const late = [...RUN, answer(6.9 * S, 200, 'z9hG4bK2', 'ann'), answer(34.1 * S, 200, 'z9hG4bK3', 'bob')];
    expect(capturedBooks(clientOf(late))).toMatchObject({ stray: 2, timeouts: 1, succeeded: 1, responses: { 200: 2 } });
    const inTime = [...RUN, answer(33.9 * S, 200, 'z9hG4bK3', 'bob')];
    expect(capturedBooks(clientOf(inTime))).toMatchObject({
      stray: 0,
      timeouts: 0,
      succeeded: 2,
      responses: { 200: 3 },
    });
  });

  it('notice a repeat whose bytes differ, and an answer to nobody', () => {
    expect(clientOf([...RUN, request(3.5 * S, 'z9hG4bK3', 'bob', 'X: 1\r\n')]).changedRepeats).toBe(1);
    expect(clientOf([...RUN, answer(3 * S, 200, 'z9hG4bK4', 'cat')]).strangers).toBe(1);
  });

  it('sum the wire time over the transactions of a success, from first send to first final answer', () => {
    expect(wireTimesUs(clientOf(RUN)).map(Math.round)).toEqual([700_000]);
  });

  it('are refused when a packet was cut short', () => {
    const read = (packets: readonly Buffer[]): number => readPackets(write('short.pcap', packets), () => {});
    const [first, second] = [packetOf(RUN[0]!), packetOf(RUN[1]!)];
    expect(read([first, second])).toBe(2);
    expect(() => read([packetOf(RUN[0]!, 3)])).toThrow('a packet');
    expect(() => read([first, second.subarray(0, -1)])).toThrow('cut short');
    expect(() => read([first, second.subarray(0, 5)])).toThrow('cut short');
  });
});

describe('what is stored against what succeeded', () => {
  const granted = (): RegistrarTally => registrarOf([...RUN, answer(2.1 * S, 200, 'z9hG4bK3', 'bob')]);

  it('is explained when the registrar sent a 200 and none arrived, or only a late one', () => {
    expect(differences(new Set(['ann', 'bob']), clientOf(RUN), granted())).toEqual([
      { user: 'bob', why: 'none of its 200 arrived' },
    ]);
    const late = clientOf([...RUN, answer(40 * S, 200, 'z9hG4bK3', 'bob')]);
    expect(differences(new Set(['ann', 'bob']), late, granted())).toEqual([
      { user: 'bob', why: 'its 200 came after another final answer, or after Timer F' },
    ]);
  });

  it('is not explained for a binding without a 200, and for a success without a binding', () => {
    expect(differences(new Set(['ann', 'cat']), clientOf(RUN), granted())).toEqual([{ user: 'cat', why: null }]);
    expect(differences(new Set(), clientOf(RUN), granted())).toEqual([{ user: 'ann', why: null }]);
  });
});

describe('hop by hop', () => {
  const link = {
    offered: 5,
    delivered: 5,
    lost: 0,
    lostInBurst: 0,
    lostInPartition: 0,
    duplicated: 0,
    heldBack: 0,
    corrupted: 0,
  };
  const report: RelayReport = {
    up: link,
    down: { ...link, offered: 3, delivered: 3 },
    sentUp: 5,
    sentDown: 3,
    clients: 1,
    mishaps: { pending: 0, overruns: 0, refused: 0, unreachable: 0, tooLong: 0, noUpstreamSocket: 0 },
    latenessUsMax: 0,
  };

  it('nothing leaks when every count meets the next one', () => {
    expect(leaks(clientOf(RUN), report, registrarOf(RUN))).toEqual([]);
  });

  it('names the place where something was lost', () => {
    expect(leaks(clientOf(RUN.slice(0, -1)), report, registrarOf(RUN))).toEqual(['client interface -> relay: 4, 5']);
    expect(leaks(clientOf(RUN), { ...report, sentDown: 2 }, registrarOf(RUN))).toEqual([
      'relay, downwards: what came + copies - lost on purpose = what left: 3, 2',
      'relay -> client interface: 2, 3',
    ]);
    expect(leaks(clientOf(RUN), report, registrarOf(RUN.slice(1)))).toEqual(['relay -> registrar interface: 5, 4']);
  });
});
