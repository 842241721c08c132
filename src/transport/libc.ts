// The C library through koffi: the calls that the batch transport makes, and the layouts of what they read and write.
//
// Every pointer crosses as a plain number (`uintptr_t`): addresses in user space are below 2^47, so a double holds them
// exactly, and a call with numbers only allocates nothing (0.04 µs and 0 bytes for clock_gettime; x86-64, Node 20.20, koffi
// 3.3.4). Who passes an address keeps the memory alive; see native-block.ts.
//
// Offsets are 32-bit words, because that is how the hot files read and write them. They hold for glibc on x86-64 and
// arm64, little-endian; anything else is refused with a reason, and udp-dgram serves there.
//
// koffi's binary is an optional package for each platform, so its import may fail; that too must only be a reason. Hence
// the import() instead of an import declaration.

export interface Libc {
  socket(family: number, type: number, protocol: number): number;
  bind(fd: number, address: number, length: number): number;
  connect(fd: number, address: number, length: number): number;
  getsockname(fd: number, address: number, length: number): number;
  setsockopt(fd: number, level: number, name: number, value: number, length: number): number;
  getsockopt(fd: number, level: number, name: number, value: number, length: number): number;
  close(fd: number): number;
  sendmmsg(fd: number, headers: number, count: number, flags: number): number;
  recvmmsg(fd: number, headers: number, count: number, flags: number, timeout: number): number;
  recvmsg(fd: number, header: number, flags: number): number;
  ppoll(fds: number, count: number, timeout: number, signals: number): number;
  clockGettime(clock: number, timespec: number): number;
  clockNanosleep(clock: number, flags: number, timespec: number, remaining: number): number;
  prctl(option: number, value: number): number;
  /** Of the call just made on this thread. Read it before anything else. */
  errno(): number;
  addressOf(memory: ArrayBuffer | Uint8Array): number;
}

export const AF_INET = 2;
export const SOCK_DGRAM = 2;
export const SOCK_NONBLOCK = 0o4000;
export const SOCK_CLOEXEC = 0o2000000;

export const SOL_SOCKET = 1;
export const SO_REUSEADDR = 2;
export const SO_SNDBUF = 7;
export const SO_RCVBUF = 8;
export const SO_SNDBUFFORCE = 32;
export const SO_RCVBUFFORCE = 33;
export const SO_TIMESTAMPNS = 35;
export const SO_MEMINFO = 55;
export const IPPROTO_IP = 0;
export const SOL_UDP = 17;
export const UDP_SEGMENT = 103;
export const IP_RECVERR = 11;

export const MSG_TRUNC = 0x20;
export const MSG_DONTWAIT = 0x40;
export const MSG_ERRQUEUE = 0x2000;

export const POLLIN = 0x1;
export const POLLOUT = 0x4;
export const POLLERR = 0x8;

export const CLOCK_REALTIME = 0;
export const CLOCK_MONOTONIC = 1;
export const CLOCK_THREAD_CPUTIME_ID = 3;
export const TIMER_ABSTIME = 1;
export const PR_SET_TIMERSLACK = 29;

/** struct timespec: seconds (64 bits), nanoseconds (64 bits). */
export const TIMESPEC_BYTES = 16;

/** struct sockaddr_in: family in host order, then port and address in network order. */
export const SOCKADDR_BYTES = 16;
export const SOCKADDR_WORDS = SOCKADDR_BYTES / 4;

/** struct iovec: base, length. */
export const IOVEC_BYTES = 16;
export const IOVEC_WORDS = IOVEC_BYTES / 4;

/** struct mmsghdr: a struct msghdr of 56 bytes, then the length that was sent or received. */
export const MMSGHDR_BYTES = 64;
export const MMSGHDR_WORDS = MMSGHDR_BYTES / 4;
export const MSG_NAME = 0;
export const MSG_NAMELEN = 2;
export const MSG_IOV = 4;
export const MSG_IOVLEN = 6;
export const MSG_CONTROL = 8;
export const MSG_CONTROLLEN = 10;
export const MSG_FLAGS = 12;
export const MSG_LEN = 14;

/** struct pollfd: descriptor, then events (low half) and returned events (high half). */
export const POLLFD_WORDS = 2;

/** struct cmsghdr: length (64 bits), level, type; the data follows; each starts on a multiple of 8 bytes. */
export const CMSG_LEVEL = 2;
export const CMSG_TYPE = 3;
export const CMSG_DATA = 4;
export const CMSG_HEADER_BYTES = CMSG_DATA * 4;

type Loaded = { readonly libc: Libc; readonly reason: null } | { readonly libc: null; readonly reason: string };
type Koffi = typeof import('koffi').default;

const REFUSED = (reason: string): Loaded => ({ libc: null, reason });
const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

const imported: Koffi | string = await import('koffi').then(
  (module) => module.default,
  (error) => textOf(error),
);

/** The C library, or why it cannot be used here. Loading it again costs a few symbol look-ups. */
export const loadLibc = (): Loaded => {
  if (process.platform !== 'linux') return REFUSED(`it needs Linux, this is ${process.platform}`);
  if (process.arch !== 'x64' && process.arch !== 'arm64') {
    return REFUSED(`it knows the memory layouts of x86-64 and arm64 only, this is ${process.arch}`);
  }
  if (typeof imported === 'string') return REFUSED(`the package koffi cannot be loaded: ${imported}`);
  try {
    return { libc: declare(imported), reason: null };
  } catch (error) {
    return REFUSED(`the GNU C library cannot be used: ${textOf(error)}`);
  }
};

const declare = (koffi: Koffi): Libc => {
  const library = koffi.load('libc.so.6');
  // Only glibc has this symbol; another C library under that name may have other layouts.
  library.func('const char *gnu_get_libc_version()')();
  return {
    socket: library.func('int socket(int family, int type, int protocol)'),
    bind: library.func('int bind(int fd, uintptr_t address, uint32_t length)'),
    connect: library.func('int connect(int fd, uintptr_t address, uint32_t length)'),
    getsockname: library.func('int getsockname(int fd, uintptr_t address, uintptr_t length)'),
    setsockopt: library.func('int setsockopt(int fd, int level, int name, uintptr_t value, uint32_t length)'),
    getsockopt: library.func('int getsockopt(int fd, int level, int name, uintptr_t value, uintptr_t length)'),
    close: library.func('int close(int fd)'),
    sendmmsg: library.func('int sendmmsg(int fd, uintptr_t headers, uint32_t count, int flags)'),
    recvmmsg: library.func('int recvmmsg(int fd, uintptr_t headers, uint32_t count, int flags, uintptr_t timeout)'),
    recvmsg: library.func('int64_t recvmsg(int fd, uintptr_t header, int flags)'),
    ppoll: library.func('int ppoll(uintptr_t fds, uint64_t count, uintptr_t timeout, uintptr_t signals)'),
    clockGettime: library.func('int clock_gettime(int clock, uintptr_t timespec)'),
    clockNanosleep: library.func('int clock_nanosleep(int clock, int flags, uintptr_t timespec, uintptr_t remaining)'),
    prctl: library.func('int prctl(int option, uint64_t value)'),
    errno: koffi.errno,
    addressOf: (memory) => Number(koffi.address(memory)),
  };
};
