// A packet capture written by hand, with nanosecond stamps, of UDP over IPv4 over Ethernet.

export interface Sent {
  readonly atUs: number;
  readonly from: string;
  readonly to: string;
  readonly text: string;
}

const octets = (address: string): readonly number[] => address.split('.').map(Number);

/** One packet as it stands in the file; with `keptLess` the capture has left out so many of its last bytes. */
export const packetOf = ({ atUs, from, to, text }: Sent, keptLess = 0): Buffer => {
  const udp = Buffer.alloc(8 + text.length);
  udp.writeUInt16BE(4_000, 0);
  udp.writeUInt16BE(5_060, 2);
  udp.writeUInt16BE(udp.length, 4);
  udp.write(text, 8, 'latin1');
  const ip = Buffer.from([0x45, 0, 0, 0, 0, 0, 0, 0, 64, 17, 0, 0, ...octets(from), ...octets(to)]);
  const bytes = Buffer.concat([Buffer.alloc(14), ip, udp]);
  const header = Buffer.alloc(16);
  header.writeUInt32LE(Math.floor(atUs / 1e6), 0);
  header.writeUInt32LE((atUs % 1e6) * 1e3, 4);
  header.writeUInt32LE(bytes.length - keptLess, 8);
  header.writeUInt32LE(bytes.length, 12);
  return Buffer.concat([header, bytes.subarray(0, bytes.length - keptLess)]);
};

export const captureFileOf = (packets: readonly Buffer[]): Buffer => {
  const header = Buffer.alloc(24);
  header.writeUInt32LE(0xa1b23c4d, 0);
  return Buffer.concat([header, ...packets]);
};
