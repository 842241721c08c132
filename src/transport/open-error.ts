// What the operator is told when a socket can't be opened, the same for both kinds of transport.

import { type ErrorCode, UserError } from '../std/index.ts';
import { formatIpv4 } from './addresses.ts';
import type { OpenOptions } from './datagram.ts';

/** `code` is the name of the errno. */
export const openError = (code: string, options: OpenOptions): UserError => {
  const local = `port ${options.localPort} on ${formatIpv4(options.localAddress)}`;
  switch (code) {
    case 'EADDRINUSE':
      return problem(
        'PORT_IN_USE',
        options.localPort === 0 ? `no port is free on ${formatIpv4(options.localAddress)}` : `${local} is in use`,
        'choose another port (0 lets the system choose), or end the program that holds it: `ss -ulpn` names it',
      );
    case 'EADDRNOTAVAIL':
      return problem(
        'ADDRESS_UNAVAILABLE',
        `${formatIpv4(options.localAddress)} is not an address of this machine`,
        '`ip -4 address` lists those it has',
      );
    case 'EACCES':
    case 'EPERM':
      return problem(
        'ADDRESS_UNAVAILABLE',
        `the system does not permit ${options.remote === null ? local : `${local} to ${remoteOf(options)}`} (${code})`,
        'ports below 1024 need CAP_NET_BIND_SERVICE; a broadcast address cannot be a target',
      );
    case 'EMFILE':
    case 'ENFILE':
      return problem(
        'DESCRIPTORS',
        `no file descriptor is left for another socket (${code})`,
        'raise the limit (`ulimit -n 65536`) or use fewer sockets',
      );
    case 'ENETUNREACH':
    case 'EHOSTUNREACH':
    case 'EINVAL':
      if (options.remote === null) break;
      return problem(
        'TARGET_UNREACHABLE',
        `${formatIpv4(options.localAddress)} has no route to ${remoteOf(options)} (${code})`,
        '`ip route get ADDRESS` shows which way packets would take',
      );
  }
  return problem('TRANSPORT_UNAVAILABLE', `cannot open a UDP socket for ${local}: ${code}`, undefined);
};

/** A socket that was connected once cannot be connected to another peer. */
export const reconnectError = (
  code: string,
  { address, port }: { readonly address: number; readonly port: number },
): UserError =>
  problem('TARGET_UNREACHABLE', `there is no route to ${formatIpv4(address)}:${port} (${code})`, undefined);

const remoteOf = (options: OpenOptions): string =>
  options.remote === null ? 'anybody' : `${formatIpv4(options.remote.address)}:${options.remote.port}`;

const problem = (code: ErrorCode, message: string, hint: string | undefined): UserError =>
  new UserError(code, hint === undefined ? { message } : { message, hint });
