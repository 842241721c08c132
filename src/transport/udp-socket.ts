// Opens a UDP socket through the C library and asks it about itself. Cold: runs once a socket, and at the end of a run.

import { assert } from '../std/index.ts';
import type { OpenOptions } from './datagram.ts';
import { errnoName } from './errno.ts';
import {
  AF_INET,
  IP_RECVERR,
  IPPROTO_IP,
  type Libc,
  SO_MEMINFO,
  SO_RCVBUF,
  SO_RCVBUFFORCE,
  SO_REUSEADDR,
  SO_SNDBUF,
  SO_SNDBUFFORCE,
  SO_TIMESTAMPNS,
  SOCK_CLOEXEC,
  SOCK_DGRAM,
  SOCK_NONBLOCK,
  SOCKADDR_BYTES,
  SOL_SOCKET,
  SOL_UDP,
  UDP_SEGMENT,
} from './libc.ts';
import { createNativeBlock, type NativeBlock } from './native-block.ts';
import { openError, reconnectError } from './open-error.ts';
import { swapAddress, swapPort } from './send-queue.ts';

export interface OpenedSocket {
  readonly fd: number;
  readonly localAddress: number;
  readonly localPort: number;
  readonly receiveBufferBytes: number;
  readonly sendBufferBytes: number;
}

/** SO_MEMINFO gives an array of 32-bit numbers; the ninth counts dropped datagrams. */
const MEMINFO_BYTES = 36;
const MEMINFO_DROPS = 8;
const SCRATCH_BYTES = 64;
/** Where the length lies that getsockopt and getsockname read and write. */
const LENGTH_OFFSET = 48;

/** Memory for one option or address at a time. */
export const createScratch = (libc: Libc): NativeBlock => createNativeBlock(libc, SCRATCH_BYTES);

export const openUdpSocket = (libc: Libc, options: OpenOptions): OpenedSocket => {
  const fd = libc.socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0) throw openError(errnoName(libc.errno()), options);
  const scratch = createScratch(libc);
  try {
    return setUp(libc, fd, scratch, options);
  } catch (error) {
    libc.close(fd);
    throw error;
  }
};

const setUp = (libc: Libc, fd: number, scratch: NativeBlock, options: OpenOptions): OpenedSocket => {
  setOption(libc, fd, scratch, { level: SOL_SOCKET, name: SO_TIMESTAMPNS, value: 1 });
  // A server's socket does not ask for ICMP errors: they would make calls for other peers fail, and there is nobody to
  // tell. An unconnected socket that has not asked for them gets none.
  if (options.remote !== null) setOption(libc, fd, scratch, { level: IPPROTO_IP, name: IP_RECVERR, value: 1 });
  sizeBuffer(libc, fd, scratch, [SO_RCVBUFFORCE, SO_RCVBUF], options.receiveBufferBytes);
  sizeBuffer(libc, fd, scratch, [SO_SNDBUFFORCE, SO_SNDBUF], options.sendBufferBytes);
  // The kernel lets a second socket have the place only if both say so. The first says it when it has the place to itself.
  const shares = { level: SOL_SOCKET, name: SO_REUSEADDR, value: 1 };
  if (options.sharedPort === 'joined') setOption(libc, fd, scratch, shares);
  writeAddress(scratch, options.localAddress, options.localPort);
  if (libc.bind(fd, scratch.address, SOCKADDR_BYTES) < 0) throw openError(errnoName(libc.errno()), options);
  if (options.sharedPort === 'opened') setOption(libc, fd, scratch, shares);
  if (options.remote !== null) {
    writeAddress(scratch, options.remote.address, options.remote.port);
    if (libc.connect(fd, scratch.address, SOCKADDR_BYTES) < 0) throw openError(errnoName(libc.errno()), options);
  }
  scratch.words[LENGTH_OFFSET / 4] = SOCKADDR_BYTES;
  const named = libc.getsockname(fd, scratch.address, scratch.address + LENGTH_OFFSET);
  assert(named === 0, 'a bound socket has a name');
  return {
    fd,
    localAddress: swapAddress(scratch.words[1] ?? 0),
    localPort: swapPort((scratch.words[0] ?? 0) >>> 16),
    receiveBufferBytes: grantedBytes(libc, fd, scratch, SO_RCVBUF),
    sendBufferBytes: grantedBytes(libc, fd, scratch, SO_SNDBUF),
  };
};

/** The kernel lets a connected UDP socket be connected again, and its own address and port stay. */
export const reconnectUdpSocket = (
  libc: Libc,
  fd: number,
  scratch: NativeBlock,
  remote: { readonly address: number; readonly port: number },
): void => {
  writeAddress(scratch, remote.address, remote.port);
  if (libc.connect(fd, scratch.address, SOCKADDR_BYTES) === 0) return;
  throw reconnectError(errnoName(libc.errno()), remote);
};

const writeAddress = (scratch: NativeBlock, address: number, port: number): void => {
  scratch.words.fill(0, 0, SOCKADDR_BYTES / 4);
  scratch.words[0] = AF_INET | (swapPort(port) << 16);
  scratch.words[1] = swapAddress(address);
};

type Option = { readonly level: number; readonly name: number; readonly value: number };

const trySetOption = (libc: Libc, fd: number, scratch: NativeBlock, option: Option): boolean => {
  scratch.words[0] = option.value;
  return libc.setsockopt(fd, option.level, option.name, scratch.address, 4) === 0;
};

const setOption = (libc: Libc, fd: number, scratch: NativeBlock, option: Option): void => {
  const set = trySetOption(libc, fd, scratch, option);
  assert(set, `a UDP socket has option ${option.name} of level ${option.level}`);
};

/** The forced form goes beyond the system's limit but needs CAP_NET_ADMIN; the other is cut to the limit in silence. */
const sizeBuffer = (
  libc: Libc,
  fd: number,
  scratch: NativeBlock,
  [forced, plain]: readonly [number, number],
  value: number,
): void => {
  if (trySetOption(libc, fd, scratch, { level: SOL_SOCKET, name: forced, value })) return;
  setOption(libc, fd, scratch, { level: SOL_SOCKET, name: plain, value });
};

/** The kernel doubles what was asked for, to cover its own overhead, and reports the double (socket(7)). */
const grantedBytes = (libc: Libc, fd: number, scratch: NativeBlock, name: number): number => {
  scratch.words[LENGTH_OFFSET / 4] = 4;
  const read = libc.getsockopt(fd, SOL_SOCKET, name, scratch.address, scratch.address + LENGTH_OFFSET);
  assert(read === 0, 'a socket knows its buffer sizes');
  return (scratch.words[0] ?? 0) / 2;
};

/** Whether the kernel has UDP_SEGMENT. One that hasn't (before 4.18) would overlook the control message that asks for it. */
export const knowsSegments = (libc: Libc, fd: number, scratch: NativeBlock): boolean => {
  scratch.words[LENGTH_OFFSET / 4] = 4;
  return libc.getsockopt(fd, SOL_UDP, UDP_SEGMENT, scratch.address, scratch.address + LENGTH_OFFSET) === 0;
};

/**
 * How many datagrams the kernel dropped because the receive queue was full. Asking the socket is exact at any time; the
 * control message SO_RXQ_OVFL carries the same counter but only with the next datagram, which may never come.
 */
export const readDrops = (libc: Libc, fd: number, scratch: NativeBlock): number => {
  scratch.words[LENGTH_OFFSET / 4] = MEMINFO_BYTES;
  const read = libc.getsockopt(fd, SOL_SOCKET, SO_MEMINFO, scratch.address, scratch.address + LENGTH_OFFSET);
  return read === 0 ? (scratch.words[MEMINFO_DROPS] ?? 0) : 0;
};
