// Reads the capture files that tcpdump writes with --time-stamp-precision=nano: IPv4 and UDP over Ethernet, which is what
// the loopback device has too. A packet that is cut off at the end of the file is left out: tcpdump was still writing.

const MAGIC_NANOSECONDS = 0xa1b23c4d;
const FILE_HEADER_BYTES = 24;
const PACKET_HEADER_BYTES = 16;
const ETHERNET_BYTES = 14;
const UDP_BYTES = 8;

/** Calls `visit(seconds, nanoseconds, start, end)` for each datagram's kept payload; returns how many there were. */
export const visitDatagrams = (file, visit) => {
  if (file.length < FILE_HEADER_BYTES) return 0;
  if (file.readUInt32LE(0) !== MAGIC_NANOSECONDS) throw new Error('not a capture file with nanosecond stamps');
  let count = 0;
  for (let at = FILE_HEADER_BYTES; at + PACKET_HEADER_BYTES <= file.length; count += 1) {
    const start = at + PACKET_HEADER_BYTES;
    const end = start + file.readUInt32LE(at + 8);
    if (end > file.length) break;
    // RFC 791: the header's length in its first byte, in words.
    const ipHeaderBytes = (file[start + ETHERNET_BYTES] & 15) * 4;
    visit(file.readUInt32LE(at), file.readUInt32LE(at + 4), start + ETHERNET_BYTES + ipHeaderBytes + UDP_BYTES, end);
    at = end;
  }
  return count;
};
