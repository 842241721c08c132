// The types of pcap.mjs, for the tests that share it.

export interface Packet {
  readonly seconds: number;
  readonly nanoseconds: number;
  /** Of the IPv4 header in the file's bytes. */
  readonly start: number;
  readonly end: number;
  /** False when tcpdump kept less than what was on the wire. */
  readonly isWhole: boolean;
}

export interface Visited {
  readonly count: number;
  readonly end: number;
}

export function visitPackets(file: Buffer, visit: (packet: Packet) => void): Visited;
export function microsecondsOf(packet: Pick<Packet, 'seconds' | 'nanoseconds'>): number;
export function ipPayloadStart(file: Buffer, start: number): number;
export function udpPayloadStart(file: Buffer, start: number): number;
