// What was really on the wire: tcpdump on the loopback device during a run, and its file read back as SIP messages with
// the kernel's own time stamps. An independent witness: nothing of regstorm's parser or clocks is used here.

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { microsecondsOf, udpPayloadStart, visitPackets } from '../../bench/capture/pcap.mjs';
import { startTcpdump } from '../support/tcpdump.ts';
import { waitUntil } from './wait-until.ts';

const COMPLETE_WITHIN_MS = 10_000;

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
  const removeFolder = (): void => rmSync(folder, { recursive: true, force: true });
  const how = ['-i', 'lo', '-U', '--immediate-mode', '-B', '32768', '-w', file, 'udp', 'port', String(port)];
  const child = await startTcpdump(how).catch((error: unknown) => {
    removeFolder();
    throw error;
  });
  const stop = async (count: number): Promise<readonly CapturedMessage[]> => {
    try {
      const isComplete = (): boolean => readCapture(readFileSync(file)).length >= count;
      await waitUntil(`tcpdump has seen ${count} messages`, COMPLETE_WITHIN_MS, isComplete);
      await child.stop();
      return readCapture(readFileSync(file));
    } finally {
      await child.stop();
      removeFolder();
    }
  };
  return { stop };
};

/** The messages of a capture file; a packet cut off at its end is left out. */
export const readCapture = (file: Buffer): readonly CapturedMessage[] => {
  const messages: CapturedMessage[] = [];
  visitPackets(file, (packet) => {
    const text = file.toString('latin1', udpPayloadStart(file, packet.start), packet.end);
    messages.push({ atUs: microsecondsOf(packet), ...readMessage(text) });
  });
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
