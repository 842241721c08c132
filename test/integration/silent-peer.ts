// A UDP port of 127.0.0.1 on which nothing ever answers, and which is not refused either.

import { createSocket } from 'node:dgram';
import { once } from 'node:events';

export interface SilentPeer {
  readonly port: number;
  /** Resolves when something came in, now or earlier. */
  heard(): Promise<unknown>;
  close(): void;
}

export const openSilentPeer = async (): Promise<SilentPeer> => {
  const socket = createSocket('udp4');
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const first = once(socket, 'message');
  return { port: socket.address().port, heard: () => first, close: () => socket.close() };
};
