// IPv4 addresses as text and as unsigned 32-bit numbers in host order, and what kind of network they belong to.
// Left out on purpose: IPv6.

const OCTET = /^(?:0|[1-9][0-9]{0,2})$/;

export const formatIpv4 = (address: number): string =>
  `${(address >>> 24) & 255}.${(address >>> 16) & 255}.${(address >>> 8) & 255}.${address & 255}`;

/** -1 when the text is not four decimal octets. Leading zeros are refused: some systems read them as octal. */
export const parseIpv4 = (text: string): number => {
  const octets = text.split('.', 5);
  if (octets.length !== 4) return -1;
  let address = 0;
  for (const octet of octets) {
    const value = OCTET.test(octet) ? Number(octet) : 256;
    if (value > 255) return -1;
    address = address * 256 + value;
  }
  return address;
};

const within = (address: number, network: string, prefixBits: number): boolean => {
  const size = 2 ** (32 - prefixBits);
  return Math.floor(address / size) === Math.floor(parseIpv4(network) / size);
};

export const isLoopback = (address: string): boolean => {
  const value = parseIpv4(address);
  return value >= 0 && within(value, '127.0.0.0', 8);
};

/** What an address is where no host can be: nothing that is sent there has an answer from that address. */
export type Hostless = 'a multicast address' | 'the broadcast address';

/** Null where a host may be. RFC 1112 §4: 224.0.0.0/4 are groups; RFC 919 §7: everybody on this network. */
export const hostlessKind = (address: string): Hostless | null => {
  const value = parseIpv4(address);
  if (value < 0) return null;
  if (within(value, '224.0.0.0', 4)) return 'a multicast address';
  return value === BROADCAST ? 'the broadcast address' : null;
};

/** RFC 1112 §4: 240.0.0.0/4 was kept for later. Some use it inside; from outside it leads nowhere. */
export const isReservedAddress = (address: string): boolean => {
  const value = parseIpv4(address);
  return value >= 0 && within(value, '240.0.0.0', 4);
};

const BROADCAST = 0xffff_ffff;

/** 10.0.0.0/8 and 127.0.0.0/8 are the largest networks without public addresses. */
const SHORTEST_PRIVATE_BITS = 8;

/** Whether a network, by its first address and the bits that its addresses share, has a public address in it. */
export const isPublicNetwork = (address: number, bits: number): boolean => {
  // Of one that is no larger than that, the first and the last address tell what the others are.
  const last = address + 2 ** (32 - bits) - 1;
  return bits < SHORTEST_PRIVATE_BITS || isPublicAddress(formatIpv4(address)) || isPublicAddress(formatIpv4(last));
};

/**
 * Whether load sent there could reach somebody else's machine. RFC 1918 private networks, RFC 3927 link-local and RFC 6598
 * carrier space are not public, nor is RFC 2544's for benchmarks; the documentation ranges of RFC 5737 count as public, since nobody's test bed has them.
 */
export const isPublicAddress = (address: string): boolean => {
  const value = parseIpv4(address);
  if (value < 0) return true;
  const confined =
    within(value, '0.0.0.0', 8) ||
    within(value, '127.0.0.0', 8) ||
    within(value, '10.0.0.0', 8) ||
    within(value, '172.16.0.0', 12) ||
    within(value, '192.168.0.0', 16) ||
    within(value, '169.254.0.0', 16) ||
    within(value, '100.64.0.0', 10) ||
    within(value, '198.18.0.0', 15);
  return !confined;
};
