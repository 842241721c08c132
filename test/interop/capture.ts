// What was really on the wire: tcpdump on the loopback device during a run, and its file read back as SIP messages with
// the kernel's own time stamps. An independent witness: nothing of regstorm's parser or clocks is used here.

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startChild } from './child.ts';
import { peerPath } from './peers.ts';
import { waitUntil } from './wait-until.ts';

const READY_WITHIN_MS = 10_000;
const COMPLETE_WITHIN_MS = 10_000;
const MAGIC_NANOSECONDS = 0xa1b23c4d;
const FILE_HEADER_BYTES = 24;
const PACKET_HEADER_BYTES = 16;
const ETHERNET_BYTES = 14;
const UDP_BYTES = 8;

export interface CapturedMessage {
  readonly atUs: number;
  /** 0 for a request. */
  readonly status: number;
  readonly callId: string;
  readonly branch: string;
}

export interface Capture {
  /** Ends the capture once it holds `count` messages, and gives them in order. */
  readonly stop: (count: number) => Promise<readonly CapturedMessage[]>;
}

/** Capturing needs the right to open the device. */
export const mayCapture = (): boolean => process.getuid?.() === 0;

export const startCapture = async (port: number): Promise<Capture> => {
  const folder = mkdtempSync(join(tmpdir(), 'regstorm-capture-'));
  const file = join(folder, 'lo.pcap');
  const how = ['-i', 'lo', '-n', '-U', '--immediate-mode', '-B', '32768', '--time-stamp-precision=nano', '-Z', 'root'];
  const child = startChild(peerPath('tcpdump'), [...how, '-w', file, 'udp', 'port', String(port)]);
  const end = async (): Promise<void> => {
    await child.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await waitUntil('tcpdump listens', READY_WITHIN_MS, () => {
      if (!child.isRunning()) throw new Error(`tcpdump ended:\n${child.stderr()}`);
      return child.stderr().includes('listening on');
    });
  } catch (error) {
    await end();
    throw error;
  }
  const stop = async (count: number): Promise<readonly CapturedMessage[]> => {
    try {
      const isComplete = (): boolean => readCapture(readFileSync(file)).length >= count;
      await waitUntil(`tcpdump has seen ${count} messages`, COMPLETE_WITHIN_MS, isComplete);
      await child.stop();
      return readCapture(readFileSync(file));
    } finally {
      await end();
    }
  };
  return { stop };
};

/** Reads a capture file with nanosecond stamps of IPv4 over Ethernet; a packet cut off at the end is left out. */
export const readCapture = (file: Buffer): readonly CapturedMessage[] => {
  if (file.length < FILE_HEADER_BYTES) return [];
  if (file.readUInt32LE(0) !== MAGIC_NANOSECONDS) throw new Error('not a capture file with nanosecond stamps');
  const messages: CapturedMessage[] = [];
  for (let at = FILE_HEADER_BYTES; at + PACKET_HEADER_BYTES <= file.length; ) {
    const atUs = file.readUInt32LE(at) * 1e6 + file.readUInt32LE(at + 4) / 1e3;
    const start = at + PACKET_HEADER_BYTES;
    const next = start + file.readUInt32LE(at + 8);
    if (next > file.length) break;
    const ipHeaderBytes = (file.readUInt8(start + ETHERNET_BYTES) & 15) * 4;
    const text = file.toString('latin1', start + ETHERNET_BYTES + ipHeaderBytes + UDP_BYTES, next);
    messages.push({ atUs, ...readMessage(text) });
    at = next;
  }
  return messages;
};

const readMessage = (text: string): Omit<CapturedMessage, 'atUs'> => ({
  status: Number(/^SIP\/2\.0 (\d{3})/.exec(text)?.[1] ?? 0),
  callId: /^(?:Call-ID|i) *: *(\S+)/im.exec(text)?.[1] ?? '',
  branch: /;branch=([^;,\s]+)/.exec(text)?.[1] ?? '',
});

/**
 * Per Call-ID, the time on the wire of its one attempt: the sum over its transactions of first request to final response.
 * The generator's own turn between a challenge and the next request is not in it.
 */
export const wireTimesUs = (messages: readonly CapturedMessage[]): readonly number[] => {
  const sentAtUs = new Map<string, number>();
  const answered = new Set<string>();
  const sumUs = new Map<string, number>();
  for (const { atUs, status, callId, branch } of messages) {
    if (status === 0 && !sentAtUs.has(branch)) sentAtUs.set(branch, atUs);
    if (status < 200 || answered.has(branch)) continue;
    answered.add(branch);
    sumUs.set(callId, (sumUs.get(callId) ?? 0) + atUs - (sentAtUs.get(branch) ?? Number.NaN));
  }
  return [...sumUs.values()].sort((a, b) => a - b);
};
