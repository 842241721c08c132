// Addresses in answers: a registrar names other sockets of this machine wherever an answer can name one. Nothing is ever sent
// to any of them; all datagrams go to the target, and there is never more than one request for one response.

import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { composeAnswer, ok, type SipRequest } from '../integration/hostile-message.ts';
import { countRequests } from '../integration/hostile-own-lines.ts';
import type { Script } from '../integration/hostile-peer.ts';
import { BOTH_SOCKETS, runAgainst, TEST_MS } from '../integration/hostile-run.ts';

const COUNT = 40;
const ADDRESSES = ['127.0.0.1', '127.0.0.2', '127.0.0.77'] as const;

interface Trap {
  readonly socket: Socket;
  /** `address:port`. */
  readonly place: string;
}

let traps: Trap[] = [];
let caught: string[] = [];

beforeEach(async () => {
  caught = [];
  traps = await Promise.all(ADDRESSES.map(openTrap));
});
afterEach(() => {
  for (const { socket } of traps) socket.close();
});

const openTrap = async (address: string): Promise<Trap> => {
  const socket = createSocket('udp4');
  socket.bind(0, address);
  await once(socket, 'listening');
  const place = `${address}:${socket.address().port}`;
  socket.on('message', (bytes) => caught.push(`${place}: ${bytes.toString('latin1')}`));
  return { socket, place };
};

const uri = (trap: Trap): string => `<sip:x@${trap.place};transport=udp;lr>`;

/** The headers that name an address, all of the trap. */
const headersOf = (trap: Trap): readonly string[] => [
  `Record-Route: ${uri(trap)}`,
  `Route: ${uri(trap)}`,
  `Path: ${uri(trap)}`,
  `Service-Route: ${uri(trap)}`,
  `Alternate-Server: ${uri(trap)}`,
  `Alert-Info: ${uri(trap)}`,
  `Error-Info: ${uri(trap)}`,
  `P-Associated-URI: ${uri(trap)}`,
  `Reply-To: ${uri(trap)}`,
  `Refer-To: ${uri(trap)}`,
  `Contact: ${uri(trap)};expires=5`,
];

/** Our Via as if the request had come from the trap (RFC 3261 §18.2.1, RFC 3581 §4), and asking to answer there. */
const viaOf = (request: SipRequest, trap: Trap): string => {
  const [address, port] = trap.place.split(':');
  return request.via.replace(';rport', `;rport=${port};received=${address};maddr=${address}`);
};

/** Final answers to the request that name the trap wherever they can. */
const namingAnswer = (request: SipRequest, status: number, trap: Trap): string => {
  const challenge = `Digest realm="r", nonce="n", domain="sip:${trap.place}", opaque="sip:${trap.place}"`;
  const name = status === 407 ? 'Proxy-Authenticate' : 'WWW-Authenticate';
  const challenges = status === 401 || status === 407 ? [`${name}: ${challenge}`] : [];
  const headers = [...headersOf(trap), 'Retry-After: 0', 'Min-Expires: 1', ...challenges];
  return composeAnswer(request, { status, via: viaOf(request, trap), headers });
};

const FINALS = [200, 300, 301, 302, 305, 380, 401, 407, 420, 423, 494, 500, 503, 600, 604] as const;
/** The flow's requests and those of the clean-up that no response asks for. */
const UNASKED = 2 * COUNT;

describe('addresses in answers', () => {
  it.each(BOTH_SOCKETS)(
    '8.1.3.4 redirections, routes, Vias and contacts name other sockets: they hear nothing, over %s',
    async (sockets) => {
      let responses = 0;
      const script: Script = (request, reply, number) => {
        const trap = traps[number % traps.length]!;
        reply(namingAnswer(request, FINALS[number % FINALS.length]!, trap));
        responses++;
      };
      const flow = ['register', 'refresh', 'unregister'];
      const parts = {
        count: COUNT,
        flow,
        cleanup: 'unregister',
        sockets,
        quickTimers: false,
        drainSeconds: 5,
      } as const;
      const { summary, peer } = await runAgainst(script, parts);
      expect(caught).toEqual([]);
      expect(summary.transactions.malformed).toBe(0);
      const requests = countRequests(peer.requests);
      expect(requests).toBeGreaterThan(summary.transactions.requestsSent);
      expect(requests, 'one request for one response at most').toBeLessThanOrEqual(UNASKED + responses);
      const { 401: challenges = 0, 407: proxyChallenges = 0 } = summary.transactions.responses;
      const started = Object.values(summary.totals).reduce((sum, procedure) => sum + procedure.started, 0);
      expect(summary.transactions.requestsSent - started).toBeLessThanOrEqual(challenges + proxyChallenges);
    },
    TEST_MS,
  );

  it(
    '8.1.3.3 an answer that a trap itself sends is not even heard, and the trap gets nothing for it',
    async () => {
      const script: Script = (request, reply) => {
        const port = Number(/127\.0\.0\.1:(\d+)/.exec(request.via)![1]);
        for (const { socket } of traps) socket.send(composeAnswer(request, { status: 302 }), port, '127.0.0.1');
        reply(ok(request));
      };
      const { summary } = await runAgainst(script, { count: COUNT, quickTimers: false, drainSeconds: 5 });
      expect(caught).toEqual([]);
      expect(summary.totals.register?.outcomes).toEqual({ succeeded: COUNT });
      expect(summary.transactions).toMatchObject({ stray: 0, responses: { 200: COUNT } });
    },
    TEST_MS,
  );
});
