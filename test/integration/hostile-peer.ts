// A UDP peer that does what a script tells it: it is called with every request, and answers as often, as late and with
// whatever bytes it likes. It can go away, so that the host answers with ICMP, and come back on the same port.

import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { readRequest, type SipRequest } from './hostile-message.ts';

export type Reply = (bytes: string | Uint8Array) => void;
/** `number` counts the datagrams that this peer has received, from 1. */
export type Script = (request: SipRequest, reply: Reply, number: number) => void;

export interface ScriptedPeer {
  readonly port: number;
  /** In the order of their arrival, retransmissions included. */
  readonly requests: readonly SipRequest[];
  /** Closes the socket: from now on the host answers that the port is unreachable. */
  readonly leave: () => void;
  readonly comeBack: () => Promise<void>;
  /** Ends it, with the answers that were still to come. */
  readonly stop: () => Promise<void>;
}

const RECEIVE_BUFFER_BYTES = 4 << 20;

export const startScriptedPeer = async (script: Script, wantedPort = 0): Promise<ScriptedPeer> => {
  const requests: SipRequest[] = [];
  let socket: Socket | null = null;
  const answer = (bytes: Uint8Array, from: RemoteInfo): void => {
    const request = readRequest(bytes);
    requests.push(request);
    const reply: Reply = (text) => socket?.send(Buffer.from(text), from.port, from.address, ignoreRefusal);
    script(request, reply, requests.length);
  };
  const open = async (port: number): Promise<number> => {
    const opened = createSocket({ type: 'udp4', recvBufferSize: RECEIVE_BUFFER_BYTES, lookup: asIs as never });
    opened.on('message', answer);
    const listening = once(opened, 'listening');
    opened.bind(port, '127.0.0.1');
    await listening;
    socket = opened;
    return opened.address().port;
  };
  const leave = (): void => {
    socket?.close();
    socket = null;
  };
  const port = await open(wantedPort);
  const comeBack = async (): Promise<void> => void (await open(port));
  return { port, requests, leave, comeBack, stop: async () => leave() };
};

/** Without the resolver a datagram has left when send() returns, so a reply just before leaving is not lost. */
const asIs = (
  address: string,
  _options: unknown,
  callback: (error: null, address: string, family: number) => void,
): void => callback(null, address, 4);

/** The run may have ended, or the socket been closed, before the answer left. */
const ignoreRefusal = (): void => {};

/** How many requests, retransmissions left out, each Call-ID brought. */
export const requestsPerCallId = (requests: readonly SipRequest[]): ReadonlyMap<string, number> => {
  const numbers = new Map<string, Set<number>>();
  for (const { callId, cseq } of requests) numbers.set(callId, (numbers.get(callId) ?? new Set<number>()).add(cseq));
  return new Map([...numbers].map(([callId, seen]) => [callId, seen.size]));
};
