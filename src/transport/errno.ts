// The error numbers of Linux that UDP sockets give, with their names. The values are those of the generic Linux ABI (x86-64,
// arm64); udp-dgram gets names from Node and needs none of this.

export const EPERM = 1;
export const EINTR = 4;
export const EIO = 5;
export const EBADF = 9;
export const EAGAIN = 11;
export const ENOMEM = 12;
export const EACCES = 13;
export const EFAULT = 14;
export const EINVAL = 22;
export const ENFILE = 23;
export const EMFILE = 24;
export const EPIPE = 32;
export const ENONET = 64;
export const EPROTO = 71;
export const ENOTSOCK = 88;
export const EMSGSIZE = 90;
export const ENOPROTOOPT = 92;
export const EOPNOTSUPP = 95;
export const EADDRINUSE = 98;
export const EADDRNOTAVAIL = 99;
export const ENETDOWN = 100;
export const ENETUNREACH = 101;
export const ENOBUFS = 105;
export const ECONNREFUSED = 111;
export const EHOSTDOWN = 112;
export const EHOSTUNREACH = 113;

const NAMES: ReadonlyMap<number, string> = new Map([
  [EPERM, 'EPERM'],
  [EINTR, 'EINTR'],
  [EIO, 'EIO'],
  [EBADF, 'EBADF'],
  [EAGAIN, 'EAGAIN'],
  [ENOMEM, 'ENOMEM'],
  [EACCES, 'EACCES'],
  [EFAULT, 'EFAULT'],
  [EINVAL, 'EINVAL'],
  [ENFILE, 'ENFILE'],
  [EMFILE, 'EMFILE'],
  [EPIPE, 'EPIPE'],
  [ENONET, 'ENONET'],
  [EPROTO, 'EPROTO'],
  [ENOTSOCK, 'ENOTSOCK'],
  [EMSGSIZE, 'EMSGSIZE'],
  [ENOPROTOOPT, 'ENOPROTOOPT'],
  [EOPNOTSUPP, 'EOPNOTSUPP'],
  [EADDRINUSE, 'EADDRINUSE'],
  [EADDRNOTAVAIL, 'EADDRNOTAVAIL'],
  [ENETDOWN, 'ENETDOWN'],
  [ENETUNREACH, 'ENETUNREACH'],
  [ENOBUFS, 'ENOBUFS'],
  [ECONNREFUSED, 'ECONNREFUSED'],
  [EHOSTDOWN, 'EHOSTDOWN'],
  [EHOSTUNREACH, 'EHOSTUNREACH'],
]);

export const errnoName = (errno: number): string => NAMES.get(errno) ?? `errno ${errno}`;
