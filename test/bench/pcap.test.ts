// The reader of capture files that the benchmark of times and the tests share, on files written by hand.

import { expect, it } from 'vitest';
import { microsecondsOf, type Packet, udpPayloadStart, visitPackets } from '../../bench/capture/pcap.mjs';
import { captureFileOf, packetOf } from '../support/capture-file.ts';

const TEXTS = ['REGISTER one', 'REGISTER two, and longer', 'SIP/2.0 200 OK'];
const sentAtUs = (index: number): number => 7_000_000 + index * 250_000;
const PACKETS = TEXTS.map((text, index) => packetOf({ atUs: sentAtUs(index), from: '10.0.0.1', to: '10.0.0.2', text }));

/** Each payload with its time, and what the reader gives back. */
const read = (file: Buffer): readonly unknown[] => {
  const seen: unknown[] = [];
  const visit = (packet: Packet): void => {
    const text = file.toString('latin1', udpPayloadStart(file, packet.start), packet.end);
    seen.push([microsecondsOf(packet), text, packet.isWhole]);
  };
  return [seen, visitPackets(file, visit)];
};

it('gives every packet in order, with its stamp and its payload', () => {
  const file = captureFileOf(PACKETS);
  const expected = TEXTS.map((text, index) => [sentAtUs(index), text, true]);
  expect(read(file)).toEqual([expected, { count: 3, end: file.length }]);
});

it('leaves out what tcpdump was still writing, wherever it is cut, and says where that begins', () => {
  const file = captureFileOf(PACKETS);
  const lastAt = file.length - PACKETS[2]!.length;
  for (let end = lastAt; end < file.length; end++) {
    expect(read(file.subarray(0, end))[1]).toEqual({ count: 2, end: lastAt });
  }
});

it('finds nothing in a file that has no more than a part of its header', () => {
  for (const bytes of [0, 1, 23])
    expect(read(captureFileOf([]).subarray(0, bytes))).toEqual([[], { count: 0, end: 0 }]);
  expect(read(captureFileOf([]))).toEqual([[], { count: 0, end: 24 }]);
});

it('says of a packet that less was kept of it than was on the wire', () => {
  const short = packetOf({ atUs: 1, from: '10.0.0.1', to: '10.0.0.2', text: 'REGISTER' }, 3);
  expect(read(captureFileOf([short]))[0]).toEqual([[1, 'REGIS', false]]);
});

it('refuses a file with microsecond stamps, and what is no capture file', () => {
  const microseconds = captureFileOf([]);
  microseconds.writeUInt32LE(0xa1b2c3d4, 0);
  expect(() => read(microseconds)).toThrow('nanosecond');
  expect(() => read(Buffer.from('version: 1\nname: no capture at all'))).toThrow('nanosecond');
});
