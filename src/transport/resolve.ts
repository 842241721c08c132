// Questions about hosts that only the system can answer: what address a name has, and whether an address is our own.
//
// Left out on purpose: IPv6, and SRV and NAPTR records (RFC 3263), for which a target is named with its port.

import { createSocket } from 'node:dgram';
import { promises as dns } from 'node:dns';
import { UserError } from '../std/index.ts';
import { parseIpv4 } from './addresses.ts';

/** The IPv4 address of a host name, by the system's own resolver (/etc/hosts included). */
export const resolveHost = async (host: string): Promise<{ readonly address: string }> => {
  if (parseIpv4(host) >= 0) return { address: host };
  try {
    const { address } = await dns.lookup(host, { family: 4 });
    return { address };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    throw new UserError('TARGET_UNRESOLVED', {
      message: `${host} has no IPv4 address (${code})`,
      hint: `check the name (\`getent ahostsv4 ${host}\`), or give an address as target: sip:192.0.2.1:5060`,
    });
  }
};

/**
 * Whether the address is one of this machine's: then generator and target share its processors. The system is asked by
 * binding to it, which is also right for all of 127.0.0.0/8.
 */
export const isLocalAddress = (address: string): Promise<boolean> => {
  if (parseIpv4(address) < 0) return Promise.resolve(false);
  return new Promise((resolve) => {
    const socket = createSocket('udp4');
    const settle = (local: boolean): void => {
      socket.close();
      resolve(local);
    };
    socket.once('error', () => settle(false));
    socket.once('listening', () => settle(true));
    socket.bind({ address, port: 0, exclusive: true });
  });
};
