// Reads the capture files that tcpdump writes with --time-stamp-precision=nano: IPv4 over Ethernet, which is what the
// loopback device has too. The one reader of the format, for benchmarks and tests (types: pcap.d.mts); what a payload means,
// and which message answers which, is for whoever asks, so that each of them stays a witness of its own.
//
//   file     header of 24 bytes, packets          magic number a1b23c4d in the order of the writing machine
//   packet   seconds, nanoseconds, kept bytes, bytes it had on the wire (four words of 32 bits), kept bytes
//   kept     Ethernet header, IPv4 header, UDP header, payload

const MAGIC_NANOSECONDS = 0xa1b23c4d;
const FILE_HEADER_BYTES = 24;
const PACKET_HEADER_BYTES = 16;
const ETHERNET_BYTES = 14;
const UDP_BYTES = 8;

/**
 * Calls `visit` for each packet that the file has whole, in order. `end` is where the last of them ends: behind it is what
 * tcpdump was still writing.
 */
export const visitPackets = (file, visit) => {
  if (file.length < FILE_HEADER_BYTES) return { count: 0, end: 0 };
  if (file.readUInt32LE(0) !== MAGIC_NANOSECONDS) throw new Error('not a capture file with nanosecond stamps');
  let count = 0;
  let at = FILE_HEADER_BYTES;
  for (; at + PACKET_HEADER_BYTES <= file.length; count += 1) {
    const kept = at + PACKET_HEADER_BYTES;
    const keptBytes = file.readUInt32LE(at + 8);
    const end = kept + keptBytes;
    if (end > file.length) break;
    const seconds = file.readUInt32LE(at);
    const nanoseconds = file.readUInt32LE(at + 4);
    visit({
      seconds,
      nanoseconds,
      start: kept + ETHERNET_BYTES,
      end,
      isWhole: keptBytes === file.readUInt32LE(at + 12),
    });
    at = end;
  }
  return { count, end: at };
};

/** Of the wall clock, with their fraction. */
export const microsecondsOf = ({ seconds, nanoseconds }) => seconds * 1e6 + nanoseconds / 1e3;

/** RFC 791 §3.1: the header's length stands in its first byte, in words of 32 bits. */
export const ipPayloadStart = (file, start) => start + (file[start] & 15) * 4;

/** RFC 768: eight bytes of header. */
export const udpPayloadStart = (file, start) => ipPayloadStart(file, start) + UDP_BYTES;
