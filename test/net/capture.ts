// What a host's own interface saw: tcpdump in its namespace, and its file read back packet by packet. Every send of the host
// is in it, also what the network then lost. Its books count only when tcpdump says that it dropped nothing and when all
// that passed its filter is in the file; nothing of regstorm's parser or clocks is used.

import { readFileSync } from 'node:fs';
import { ipPayloadStart, microsecondsOf, visitPackets } from '../../bench/capture/pcap.mjs';
import { waitUntil } from '../interop/wait-until.ts';
import { startTcpdump } from '../support/tcpdump.ts';

const COMPLETE_WITHIN_MS = 15_000;
const RING_KIBIBYTES = 131_072;
const UDP_BYTES = 8;
const PROTOCOL_UDP = 17;

export interface CaptureEnd {
  readonly file: string;
  /** Packets in the file, packets that passed the filter, and packets that the kernel had no room for. */
  readonly captured: number;
  readonly received: number;
  readonly dropped: number;
}

export interface Capture {
  readonly stop: () => Promise<CaptureEnd>;
}

/** UDP and ICMP over IPv4, on one interface. */
export const startCapture = async (inside: readonly string[], device: string, file: string): Promise<Capture> => {
  const size = ['-s', '0', '-B', String(RING_KIBIBYTES)];
  const child = await startTcpdump(['-i', device, ...size, '-w', file, 'ip and (udp or icmp)'], inside);
  const stop = async (): Promise<CaptureEnd> => {
    // What still waits in the ring when tcpdump is told to end would be left out, so it is first asked how far it is.
    await waitUntil('tcpdump has read all that it received', COMPLETE_WITHIN_MS, () => {
      const { captured, received } = lastStatistics(child.stderr());
      child.signal('SIGUSR1');
      return captured > 0 && captured === received;
    });
    await child.stop();
    return { file, ...lastStatistics(child.stderr()) };
  };
  return { stop };
};

const lastStatistics = (text: string): Omit<CaptureEnd, 'file'> => {
  const last = (what: string): number =>
    Number([...text.matchAll(new RegExp(`(\\d+) packets? ${what}`, 'g'))].at(-1)?.[1] ?? 0);
  return { captured: last('captured'), received: last('received by filter'), dropped: last('dropped by kernel') };
};

export interface Packet {
  readonly atUs: number;
  /** `10.77.1.2:5060`; without a port for what is not UDP. */
  readonly from: string;
  readonly to: string;
  readonly isUdp: boolean;
  /** Of the UDP datagram; valid during the call only. */
  readonly payload: Buffer;
}

/** Calls `visit` with each packet in the order of the file; returns how many there were. */
export const readPackets = (file: string, visit: (packet: Packet) => void): number => {
  const bytes = readFileSync(file);
  const { count, end } = visitPackets(bytes, (packet) => {
    if (!packet.isWhole) throw new Error(`a packet in ${file} is cut short`);
    visit({ atUs: microsecondsOf(packet), ...readIpv4(bytes.subarray(packet.start, packet.end)) });
  });
  if (end === 0 || end !== bytes.length) throw new Error(`${file} is cut short`);
  return count;
};

/** RFC 791 §3.1: the protocol is in the tenth byte, both addresses from the thirteenth on. */
const readIpv4 = (packet: Buffer): Omit<Packet, 'atUs'> => {
  const isFragment = (packet.readUInt16BE(6) & 0x3fff) !== 0;
  if (isFragment) throw new Error('a fragment: the messages of this test are meant to fit into one packet');
  const [from, to] = [addressAt(packet, 12), addressAt(packet, 16)];
  const udp = packet.subarray(ipPayloadStart(packet, 0));
  if (packet.readUInt8(9) !== PROTOCOL_UDP) return { from, to, isUdp: false, payload: udp };
  return {
    from: `${from}:${udp.readUInt16BE(0)}`,
    to: `${to}:${udp.readUInt16BE(2)}`,
    isUdp: true,
    payload: udp.subarray(UDP_BYTES, udp.readUInt16BE(4)),
  };
};

const addressAt = (packet: Buffer, at: number): string => packet.subarray(at, at + 4).join('.');
