// A NAT on loopback: phones send to its inside port, and each of them has a port of its own on the outside, from which its datagrams
// reach the registrar and to which answers come back.

import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';

export interface LoopbackNat {
  /** Where phones send to. */
  readonly port: number;
  /** Outside addresses in use, `address:port`, by that of the phone. */
  readonly mappings: ReadonlyMap<string, string>;
  close(): void;
}

const OUTSIDE = '127.0.0.9';

export const openLoopbackNat = async (registrarPort: number): Promise<LoopbackNat> => {
  const inside = createSocket('udp4');
  const mappings = new Map<string, string>();
  const outside = new Map<string, Promise<Socket>>();
  const opened: Socket[] = [];
  const open = async (phone: string, port: number, address: string): Promise<Socket> => {
    const socket = createSocket('udp4');
    opened.push(socket);
    socket.on('message', (bytes) => inside.send(bytes, port, address));
    socket.bind(0, OUTSIDE);
    await once(socket, 'listening');
    mappings.set(phone, `${OUTSIDE}:${socket.address().port}`);
    return socket;
  };
  inside.on('message', async (bytes, { address, port }) => {
    const phone = `${address}:${port}`;
    const socket = outside.get(phone) ?? open(phone, port, address);
    outside.set(phone, socket);
    (await socket).send(bytes, registrarPort, '127.0.0.1');
  });
  inside.bind(0, '127.0.0.1');
  await once(inside, 'listening');
  return {
    port: inside.address().port,
    mappings,
    close: () => {
      inside.close();
      for (const socket of opened) socket.close();
    },
  };
};
