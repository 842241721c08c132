// UDP ports for peers: one that is free now, and whether somebody listens on one.

import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';

/** A UDP port of 127.0.0.1 that nothing used a moment ago. */
export const findFreePort = async (): Promise<number> => {
  const socket = createSocket('udp4');
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  const { port } = socket.address();
  socket.close();
  await once(socket, 'close');
  return port;
};

/** Linux tells which UDP ports are bound; the port stands in hexadecimal after the address. */
export const isBound = (port: number): boolean => {
  const hex = port.toString(16).toUpperCase().padStart(4, '0');
  return readFileSync('/proc/net/udp', 'utf8').includes(`0100007F:${hex} `);
};
