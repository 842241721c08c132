// A name server on loopback, over UDP and TCP on one port, that says what a test has written down, and misbehaves where it is
// told to.

import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';
import { type Answer, decode, encode, type Packet } from 'dns-packet';

/** What is said to one question. */
export type Said =
  | { readonly answers: readonly Answer[]; readonly authorities?: readonly Answer[] }
  | { readonly rcode: number; readonly authorities?: readonly Answer[] }
  /** Over UDP only that the answer is too long. */
  | { readonly truncated: readonly Answer[] }
  | 'silence'
  /** First what is no answer to the question, then one that is. */
  | { readonly rubbishThen: readonly Answer[] };

/** By `TYPE name`; what is not there is NXDOMAIN. */
export type Zone = Record<string, Said>;

export interface DnsServer {
  /** `127.0.0.1:port` */
  readonly address: string;
  readonly port: number;
  /** `udp SRV _sip._udp.x.example`, in the order in which they came. */
  readonly asked: string[];
  close(): Promise<void>;
}

const NXDOMAIN = 3;
const AUTHORITATIVE = 0x0400;
const TRUNCATED = 0x0200;
const ADDRESS = '127.0.0.1';
const TRIES = 20;

export const startDnsServer = async (zone: Zone): Promise<DnsServer> => {
  const asked: string[] = [];
  for (let left = TRIES; ; left--) {
    const server = await tryStart(zone, asked);
    if (server !== null) return server;
    if (left === 0) throw new Error('no port is free both for UDP and TCP');
  }
};

/** Null when the port that UDP got is taken for TCP. */
const tryStart = async (zone: Zone, asked: string[]): Promise<DnsServer | null> => {
  const udp = createSocket('udp4');
  await new Promise<void>((resolve) => udp.bind({ address: ADDRESS, port: 0 }, resolve));
  const { port } = udp.address();
  udp.on('message', (bytes, peer) => {
    for (const packet of answersTo(zone, asked, 'udp', bytes)) udp.send(packet, peer.port, peer.address);
  });
  const tcp = createServer((socket) => {
    socket.on('error', () => {});
    socket.on('data', (bytes) => {
      for (const packet of answersTo(zone, asked, 'tcp', bytes.subarray(2))) {
        const length = Buffer.alloc(2);
        length.writeUInt16BE(packet.length);
        // In pieces, as a network may.
        socket.write(length.subarray(0, 1));
        socket.write(Buffer.concat([length.subarray(1), packet]));
      }
    });
  });
  const listens = await new Promise<boolean>((resolve) => {
    tcp.once('error', () => resolve(false));
    tcp.listen(port, ADDRESS, () => resolve(true));
  });
  const close = async (): Promise<void> => {
    await new Promise<void>((resolve) => udp.close(resolve));
    if (listens) await new Promise<void>((resolve) => tcp.close(() => resolve()));
  };
  if (listens) return { address: `${ADDRESS}:${port}`, port, asked, close };
  await close();
  return null;
};

const answersTo = (zone: Zone, asked: string[], over: 'udp' | 'tcp', bytes: Buffer): readonly Buffer[] => {
  const query = decode(bytes);
  const [question] = query.questions ?? [];
  if (question === undefined) return [];
  const key = `${question.type} ${question.name}`;
  asked.push(`${over} ${key}`);
  const said = zone[key] ?? { rcode: NXDOMAIN };
  if (said === 'silence') return [];
  const base: Packet = { type: 'response', id: query.id ?? 0, flags: AUTHORITATIVE, questions: [question] };
  if ('rubbishThen' in said) {
    const right = { ...base, answers: [...said.rubbishThen] };
    const other = [{ ...question, name: 'another.example' }];
    return [
      Buffer.from('rubbish'),
      encode({ ...right, id: (base.id ?? 0) ^ 1 }),
      encode({ ...right, questions: other }),
      encode({ ...right, type: 'query' }),
      encode(right),
    ];
  }
  if ('truncated' in said) {
    return over === 'udp'
      ? [encode({ ...base, flags: AUTHORITATIVE | TRUNCATED })]
      : [encode({ ...base, answers: [...said.truncated] })];
  }
  const authorities = [...(said.authorities ?? [])];
  if ('rcode' in said) return [encode({ ...base, flags: AUTHORITATIVE | said.rcode, authorities })];
  return [encode({ ...base, answers: [...said.answers], authorities })];
};

export const aRecord = (name: string, data: string, ttl = 60): Answer => ({ type: 'A', name, ttl, data });

export const cnameRecord = (name: string, data: string, ttl = 60): Answer => ({ type: 'CNAME', name, ttl, data });

export interface SrvFields {
  readonly priority?: number;
  readonly weight?: number;
  readonly port: number;
  readonly target: string;
  readonly ttl?: number;
}

export const srvRecord = (name: string, { priority = 10, weight = 1, port, target, ttl = 60 }: SrvFields): Answer => ({
  type: 'SRV',
  name,
  ttl,
  data: { priority, weight, port, target },
});

export const naptrRecord = (name: string, services: string, replacement: string, order = 10): Answer => ({
  type: 'NAPTR',
  name,
  ttl: 60,
  data: { order, preference: 10, flags: 's', services, regexp: '', replacement },
});
