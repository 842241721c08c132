// One question to one name server, over UDP and, where the answer was cut short, over TCP (RFC 1035 §4.2, RFC 7766 §5). The socket
// is connected, so that only the server can answer, and what is no answer to this very question is passed over: it may be
// forged, late or garbage. An exchange ends at its deadline at the latest, whatever comes in.
//
// Left out on purpose: EDNS. 512 bytes are enough for most answers, and TCP for the others.

import { createSocket } from 'node:dgram';
import { connect, isIPv6 } from 'node:net';
import { type DecodedPacket, decode, encode } from 'dns-packet';
import type { DnsServer, QueryType } from './dns-reply.ts';

export interface DnsQuery {
  readonly name: string;
  readonly type: QueryType;
  /** 16 bits; the answer must carry the same. */
  readonly id: number;
}

/** A message that answers the query, or why there is none. */
export type Exchanged =
  | { readonly packet: DecodedPacket; readonly trouble: null }
  | { readonly packet: null; readonly trouble: string };

/** Each message on TCP is preceded by its length, 16 bits. */
const LENGTH_BYTES = 2;
const RECURSION_DESIRED = 0x0100;

/** Never rejects. */
export const exchange = async (server: DnsServer, query: DnsQuery, timeoutMs: number): Promise<Exchanged> => {
  const untilMs = performance.now() + timeoutMs;
  const short = await exchangeUdp(server, query, timeoutMs);
  if (short.packet === null || !short.packet.flag_tc) return short;
  return exchangeTcp(server, query, Math.max(1, untilMs - performance.now()));
};

const questionBytes = ({ name, type, id }: DnsQuery): Buffer =>
  encode({ type: 'query', id, flags: RECURSION_DESIRED, questions: [{ type, name, class: 'IN' }] });

/** Null when the bytes are no answer to the query; whatever they are, nothing is thrown. */
export const readAnswer = (bytes: Buffer, query: DnsQuery): DecodedPacket | null => {
  let packet: DecodedPacket;
  try {
    packet = decode(bytes);
  } catch {
    return null;
  }
  const [question] = packet.questions ?? [];
  if (packet.id !== query.id || !packet.flag_qr) return null;
  if (question === undefined || question.type !== query.type) return null;
  return sameName(question.name, query.name) ? packet : null;
};

export const sameName = (a: string, b: string): boolean => plain(a) === plain(b);

const plain = (name: string): string => name.replace(/\.$/, '').toLowerCase();

const exchangeUdp = ({ address, port }: DnsServer, query: DnsQuery, timeoutMs: number): Promise<Exchanged> =>
  new Promise((resolve) => {
    const socket = createSocket(isIPv6(address) ? 'udp6' : 'udp4');
    const settle = (exchanged: Exchanged): void => {
      clearTimeout(timer);
      socket.removeAllListeners();
      // An ICMP error may still come in while it closes.
      socket.on('error', () => {});
      socket.close();
      resolve(exchanged);
    };
    const timer = setTimeout(() => settle(nothing(`no answer within ${timeoutMs} ms`)), timeoutMs);
    socket.on('error', (error) => settle(nothing(errorText(error))));
    socket.on('message', (bytes) => {
      const packet = readAnswer(bytes, query);
      if (packet !== null) settle({ packet, trouble: null });
    });
    // Node gives a failed connect to this callback, and a successful one too.
    socket.connect(port, address, ((error?: Error) => {
      if (error === undefined) socket.send(questionBytes(query));
      else settle(nothing(errorText(error)));
    }) as () => void);
  });

const exchangeTcp = ({ address, port }: DnsServer, query: DnsQuery, timeoutMs: number): Promise<Exchanged> =>
  new Promise((resolve) => {
    const socket = connect({ host: address, port });
    let received = Buffer.alloc(0);
    const settle = (exchanged: Exchanged): void => {
      clearTimeout(timer);
      socket.removeAllListeners();
      socket.on('error', () => {});
      socket.destroy();
      resolve(exchanged);
    };
    const timer = setTimeout(() => settle(nothing('cut short over UDP, and no answer over TCP')), timeoutMs);
    socket.on('error', (error) => settle(nothing(`cut short over UDP, and over TCP ${errorText(error)}`)));
    socket.on('close', () => settle(nothing('cut short over UDP, and over TCP the connection was closed')));
    socket.on('connect', () => {
      const question = questionBytes(query);
      const length = Buffer.alloc(LENGTH_BYTES);
      length.writeUInt16BE(question.length);
      socket.write(Buffer.concat([length, question]));
    });
    // At most 64 kB and a length: more than the length announces is not looked at.
    socket.on('data', (bytes) => {
      received = Buffer.concat([received, bytes]);
      if (received.length < LENGTH_BYTES) return;
      const end = LENGTH_BYTES + received.readUInt16BE(0);
      if (received.length < end) return;
      const packet = readAnswer(received.subarray(LENGTH_BYTES, end), query);
      settle(
        packet === null
          ? nothing('cut short over UDP, and over TCP no answer to the question')
          : { packet, trouble: null },
      );
    });
  });

const nothing = (trouble: string): Exchanged => ({ packet: null, trouble });

const errorText = (error: Error): string => ('code' in error ? String(error.code) : error.message);
