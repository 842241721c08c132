// Questions about hosts that only the system can answer: what address a name has, who the name servers are, what they say, and
// whether an address is our own. Which question follows from which answer is RFC 3263's business (src/scenario/locate.ts).
//
// Left out on purpose: IPv6.

import { createSocket } from 'node:dgram';
import { promises as dns, getServers } from 'node:dns';
import { readFileSync } from 'node:fs';
import { parseIpv4 } from './addresses.ts';
import type { AddressReply, DnsClient, DnsReply, DnsServer } from './dns-reply.ts';

export interface NameQuestion {
  readonly name: string;
  readonly type: 'NAPTR' | 'SRV' | 'A';
}

export interface NameResolver {
  /** The system's own table names the host, so that no name server needs to be asked for it. */
  knowsHost(host: string): boolean;
  /** Never rejects; how long it may take is in dns-client.ts. */
  ask(question: NameQuestion): Promise<DnsReply>;
}

export interface NameResolverOptions {
  /** `address:port` of the one name server to ask, whatever the system's configuration says; null: the system's. */
  readonly server: string | null;
  /** Where the system has its table of hosts. */
  readonly hostsFile?: string;
  readonly timeoutMs?: number;
}

const HOSTS_FILE = process.platform === 'win32' ? 'C:\\Windows\\System32\\drivers\\etc\\hosts' : '/etc/hosts';
const DNS_PORT = 53;

/** Reads the hosts file once. A server that is named is asked for everything: then the file and the system count for nothing. */
export const createNameResolver = (options: NameResolverOptions): NameResolver => {
  const isOwn = options.server === null;
  const hosts = isOwn ? readHosts(options.hostsFile ?? HOSTS_FILE) : new Map<string, readonly string[]>();
  const servers = isOwn ? getServers().map(parseServer) : [parseServer(options.server)];
  let client: DnsClient | null = null;
  const askServers = async ({ name, type }: NameQuestion): Promise<DnsReply> => {
    // Loaded for a name alone: most targets are addresses.
    const { createDnsClient } = await import('./dns-client.ts');
    client ??= createDnsClient({
      servers,
      ...(options.timeoutMs === undefined ? {} : { timeoutMs: options.timeoutMs }),
    });
    return client.ask(name, type);
  };
  return {
    knowsHost: (host) => isOwn && knownAddresses(hosts, host).length > 0,
    ask: async (question) => {
      const { name, type } = question;
      const known = type === 'A' && isOwn ? knownAddresses(hosts, name) : [];
      if (known.length > 0) return { kind: 'a', addresses: known, ttlSeconds: null };
      // RFC 6761 §6.4: no name server needs to be asked for a name that nobody can have.
      if (isOwn && isReserved(name, 'invalid')) return { kind: 'none', why: 'no such name', ttlSeconds: null };
      const reply = await askServers(question);
      // The system may have other ways: search lists, multicast DNS, a directory. It tells no time to live.
      return type === 'A' && isOwn && (reply.kind === 'none' || reply.kind === 'failed')
        ? await askSystem(name, reply)
        : reply;
    },
  };
};

const isReserved = (name: string, domain: string): boolean => {
  const plain = name.toLowerCase().replace(/\.$/, '');
  return plain === domain || plain.endsWith(`.${domain}`);
};

/** RFC 6761 §6.3: localhost is this machine, whatever a name server says. */
const knownAddresses = (hosts: ReadonlyMap<string, readonly string[]>, host: string): readonly string[] =>
  hosts.get(host.toLowerCase()) ?? (isReserved(host, 'localhost') ? ['127.0.0.1'] : []);

/** The IPv4 lines of a text like /etc/hosts, by name in lower case. */
export const parseHosts = (text: string): ReadonlyMap<string, readonly string[]> => {
  const hosts = new Map<string, readonly string[]>();
  for (const line of text.split('\n')) {
    const [address = '', ...names] = line.replace(/#.*/, '').trim().split(/\s+/);
    if (parseIpv4(address) < 0) continue;
    for (const name of names) hosts.set(name.toLowerCase(), [...(hosts.get(name.toLowerCase()) ?? []), address]);
  }
  return hosts;
};

const readHosts = (path: string): ReadonlyMap<string, readonly string[]> => {
  try {
    return parseHosts(readFileSync(path, 'utf8'));
  } catch {
    // A system without one knows no hosts.
    return new Map();
  }
};

/** `127.0.0.1:5353`, `127.0.0.1`, `[::1]:53`, `::1`. */
const parseServer = (text: string): DnsServer => {
  const [, bracketed, bare, port] = /^(?:\[([^\]]+)\]|([^:]+))(?::(\d+))?$/.exec(text) ?? [];
  return { address: bracketed ?? bare ?? text, port: port === undefined ? DNS_PORT : Number(port) };
};

const askSystem = async (host: string, otherwise: DnsReply): Promise<AddressReply | DnsReply> => {
  try {
    const found = await dns.lookup(host, { family: 4, all: true });
    return { kind: 'a', addresses: found.map(({ address }) => address), ttlSeconds: null };
  } catch {
    return otherwise;
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
