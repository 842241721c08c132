// What a registrar or proxy sends to phones without being asked: pings through a NAT (OPTIONS, CRLF, zero bytes), message waiting
// (NOTIFY), calls and what belongs to them. Each request is another transaction; the network may repeat, lose and damage it.

import type { Random } from '../std/index.ts';
import { encodeAscii } from '../std/index.ts';

const METHODS = [
  'OPTIONS',
  'OPTIONS',
  'OPTIONS',
  'NOTIFY',
  'NOTIFY',
  'INVITE',
  'ACK',
  'CANCEL',
  'BYE',
  'MESSAGE',
  'SPEAK',
];
const KEEPALIVES = ['\r\n', '\r\n\r\n', '\0\0\0\0'];
const MOST = 2 ** 31 - 1;

/** What comes to a client's socket. */
export function ask(random: Random): Uint8Array {
  if (random.chance(0.2)) return encodeAscii(random.pick(KEEPALIVES));
  const method = random.pick(METHODS);
  const number = random.between(0, MOST);
  return encodeAscii(
    [
      `${method} sip:phone@10.0.0.1 SIP/2.0`,
      ...drawVias(random, number).map((via) => `Via: ${via}`),
      `From: "Who, me?" <sip:proxy@sim.example>;tag=f${number}`,
      `To: <sip:phone@sim.example>${random.chance(0.3) ? ';tag=there' : ''}`,
      `Call-ID: ask-${number}@10.0.1.1`,
      `CSeq: ${random.between(0, MOST)} ${method}`,
      ...(random.chance(0.5) ? ['Max-Forwards: 70'] : []),
      'Content-Length: 0',
      '',
      '',
    ].join('\r\n'),
  );
}

/** With rport or without, by its address or by a name, alone or behind others. */
function drawVias(random: Random, number: number): readonly string[] {
  const host = random.pick(['10.0.1.1', '10.0.1.1:5060', 'proxy.sim.example']);
  const rport = random.chance(0.5) ? ';rport' : '';
  const top = `SIP/2.0/UDP ${host}${rport};branch=z9hG4bKask${number}`;
  const behind = Array.from(
    { length: random.between(0, 3) },
    (_, hop) => `SIP/2.0/TCP hop${hop}.sim.example;branch=z9hG4bKh${hop}`,
  );
  return random.chance(0.5) ? [top, ...behind] : [[top, ...behind].join(', ')];
}
