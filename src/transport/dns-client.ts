// Asks name servers for NAPTR, SRV and A records with their time to live, which Node's own resolver tells only of addresses
// (docs/adr/0013-dns-packet.md). Servers are asked one after the other, the whole list a few times over; the first answer that
// says something is taken. CNAMEs are followed, within the answer and beyond it, a bounded number of times and never in a circle.
//
// Left out on purpose: search lists and everything else that is a system's own way of finding hosts (resolve.ts asks the system
// where no name server knows a host), IPv6 addresses of hosts, DNSSEC.

import type { Answer, DecodedPacket } from 'dns-packet';
import { exchange, sameName } from './dns-exchange.ts';
import type { DnsClient, DnsReply, DnsServer, NaptrReply, NoReply, QueryType, SrvReply } from './dns-reply.ts';

export interface DnsClientOptions {
  /** At least one. */
  readonly servers: readonly DnsServer[];
  /** How long one question to one server may take, and how often the list is gone through. */
  readonly timeoutMs?: number;
  readonly rounds?: number;
}

const TIMEOUT_MS = 2_000;
const ROUNDS = 2;
const MOST_SERVERS = 3;
/** As many as BIND follows. */
const MOST_CNAMES = 16;
const MOST_RECORDS = 256;

const RCODE_MASK = 0xf;
const NOERROR = 0;
const NXDOMAIN = 3;
const RCODES = ['NOERROR', 'FORMERR', 'SERVFAIL', 'NXDOMAIN', 'NOTIMP', 'REFUSED'];

export const createDnsClient = (options: DnsClientOptions): DnsClient => {
  const { timeoutMs = TIMEOUT_MS, rounds = ROUNDS } = options;
  const servers = options.servers.slice(0, MOST_SERVERS);
  const askAll = async (name: string, type: QueryType): Promise<DecodedPacket | NoReply> => {
    let trouble: NoReply = { kind: 'silent', why: 'there is no name server to ask' };
    for (let round = 0; round < rounds; round++) {
      for (const server of servers) {
        const { packet, trouble: why } = await exchange(server, { name, type, id: randomId() }, timeoutMs);
        const where = `${server.address}:${server.port}`;
        if (packet === null) {
          if (trouble.kind === 'silent') trouble = { kind: 'silent', why: `${where}: ${why}` };
          continue;
        }
        const code = (packet.flags ?? 0) & RCODE_MASK;
        if (code === NOERROR || code === NXDOMAIN) return packet;
        trouble = { kind: 'failed', why: `${where} says ${RCODES[code] ?? `error ${code}`}` };
      }
      // A server that answers with a failure would give the same again.
      if (trouble.kind === 'failed') return trouble;
    }
    return trouble;
  };
  return { ask: (name, type) => follow(askAll, name, type) };
};

const randomId = (): number => Math.floor(Math.random() * 0x10000);

type AskAll = (name: string, type: QueryType) => Promise<DecodedPacket | NoReply>;

/** Down the chain of CNAMEs, asking anew where an answer leaves it open. */
const follow = async (askAll: AskAll, asked: string, type: Exclude<QueryType, 'CNAME'>): Promise<DnsReply> => {
  let name = asked;
  let ttlSeconds: number | null = null;
  const seen = new Set<string>();
  for (let links = 0; links <= MOST_CNAMES; ) {
    const reply = await askAll(name, type);
    if ('kind' in reply) return reply;
    const answers = (reply.answers ?? []).slice(0, MOST_RECORDS);
    const before = name;
    for (; links <= MOST_CNAMES; links++) {
      const link = answers.find((answer) => answer.type === 'CNAME' && sameName(answer.name, name));
      if (link === undefined || link.type !== 'CNAME') break;
      if (seen.has(link.data.toLowerCase())) return { kind: 'failed', why: `its CNAME records lead in a circle` };
      seen.add(link.data.toLowerCase());
      ttlSeconds = shorter(ttlSeconds, link.ttl ?? 0);
      name = link.data;
    }
    const records = answers.filter((answer) => answer.type === type && sameName(answer.name, name));
    if (records.length > 0) return toReply(type, records, ttlSeconds);
    const isMissing = ((reply.flags ?? 0) & RCODE_MASK) === NXDOMAIN;
    // Either the end of the chain, or a link whose target the server did not look up itself.
    if (isMissing || name === before) {
      const why = isMissing ? 'no such name' : `no ${type} record`;
      return { kind: 'none', why, ttlSeconds: shorter(ttlSeconds, negativeTtl(reply)) };
    }
  }
  return { kind: 'failed', why: `more than ${MOST_CNAMES} CNAME records lead from it` };
};

const shorter = (a: number | null, b: number | null): number | null =>
  a === null || b === null ? (a ?? b) : Math.min(a, b);

/** RFC 2308 §5: that there is nothing holds as long as the zone's SOA record says. */
const negativeTtl = (packet: DecodedPacket): number | null => {
  const soa = packet.authorities?.find((record) => record.type === 'SOA');
  if (soa === undefined || soa.type !== 'SOA') return null;
  return Math.min(soa.ttl ?? 0, soa.data.minimum ?? 0);
};

const toReply = (type: Exclude<QueryType, 'CNAME'>, records: readonly Answer[], chainTtl: number | null): DnsReply => {
  let ttlSeconds = chainTtl;
  for (const record of records) if ('ttl' in record) ttlSeconds = shorter(ttlSeconds, Number(record.ttl ?? 0));
  switch (type) {
    case 'A':
      return {
        kind: 'a',
        ttlSeconds,
        addresses: records.flatMap((record) => (record.type === 'A' ? [record.data] : [])),
      };
    case 'SRV':
      return {
        kind: 'srv',
        ttlSeconds,
        records: records.flatMap((record) => (record.type === 'SRV' ? [srvOf(record.data)] : [])),
      };
    case 'NAPTR':
      return {
        kind: 'naptr',
        ttlSeconds,
        records: records.flatMap((record) => (record.type === 'NAPTR' ? [naptrOf(record.data)] : [])),
      };
  }
};

type SrvData = Extract<Answer, { type: 'SRV' }>['data'];
type NaptrData = Extract<Answer, { type: 'NAPTR' }>['data'];

const srvOf = ({ priority, weight, port, target }: SrvData): SrvReply['records'][number] => ({
  priority: priority ?? 0,
  weight: weight ?? 0,
  port,
  host: target === '' ? '.' : target,
});

const naptrOf = ({ order, preference, flags, services, replacement }: NaptrData): NaptrReply['records'][number] => ({
  order,
  preference,
  flags: String(flags),
  service: String(services),
  replacement,
});
