// The smallest possible client: one REGISTER over UDP, and the first line of whatever comes back. The harness tests use
// it to show that a peer behaves as asked before regstorm is held against it.

import { createSocket } from 'node:dgram';

export interface Answer {
  readonly statusLine: string;
  readonly text: string;
}

/** Sends one REGISTER to 127.0.0.1; null when nothing came back in time. */
export const sendOneRequest = async (port: number, user: string, withinMs: number): Promise<Answer | null> => {
  const socket = createSocket('udp4');
  const answer = await new Promise<Answer | null>((resolve) => {
    const timer = setTimeout(() => resolve(null), withinMs);
    socket.once('message', (bytes) => {
      clearTimeout(timer);
      const text = bytes.toString('latin1');
      resolve({ statusLine: text.split('\r\n', 1)[0] ?? '', text });
    });
    socket.bind(0, '127.0.0.1', () => socket.send(composeRegister(user, socket.address().port), port, '127.0.0.1'));
  });
  socket.close();
  return answer;
};

const composeRegister = (user: string, port: number): string =>
  [
    'REGISTER sip:test.example SIP/2.0',
    `Via: SIP/2.0/UDP 127.0.0.1:${port};branch=z9hG4bK-${user};rport`,
    'Max-Forwards: 70',
    `From: <sip:${user}@test.example>;tag=one`,
    `To: <sip:${user}@test.example>`,
    `Call-ID: ${user}-one`,
    'CSeq: 1 REGISTER',
    `Contact: <sip:${user}@127.0.0.1:${port}>`,
    'Expires: 1800',
    'Content-Length: 0',
    '',
    '',
  ].join('\r\n');
