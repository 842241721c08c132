// The peers themselves, before regstorm is held against them: Kamailio stores what it is sent and forgets it when killed,
// SIPp answers as its scenarios say.

import { expect, it } from 'vitest';
import { isBound } from './free-port.ts';
import { type KamailioAuth, startKamailio } from './kamailio.ts';
import { sendOneRequest } from './one-request.ts';
import { describeWithPeers } from './peers.ts';
import { type SippBehaviour, startSippServer } from './sipp-server.ts';

const LONG_MS = 30_000;
const ANSWER_WITHIN_MS = 5_000;
const SILENCE_MS = 300;

describeWithPeers(['kamailio', 'kamcmd'], 'Kamailio as a peer', () => {
  it(
    'stores a binding, tells so, and has forgotten it after kill -9 and a start on the same port',
    async () => {
      const first = await startKamailio();
      expect((await sendOneRequest(first.port, 'alice', ANSWER_WITHIN_MS))?.statusLine).toBe('SIP/2.0 200 OK');
      expect(await first.storedContacts()).toBe(1);
      await first.kill();
      expect(isBound(first.port)).toBe(false);
      const second = await startKamailio({ port: first.port });
      expect(await second.storedContacts()).toBe(0);
      await second.stop();
      expect(isBound(first.port)).toBe(false);
    },
    LONG_MS,
  );

  it.each<[KamailioAuth, boolean]>([
    ['digest', false],
    ['digest-qop', true],
  ])(
    'with auth %s challenges, qop=auth: %s',
    async (auth, qop) => {
      const kamailio = await startKamailio({ auth });
      const answer = await sendOneRequest(kamailio.port, 'alice', ANSWER_WITHIN_MS);
      await kamailio.stop();
      expect(answer?.statusLine).toBe('SIP/2.0 401 Unauthorized');
      expect(answer?.text.includes('qop="auth"')).toBe(qop);
    },
    LONG_MS,
  );

  it(
    'with a least lifetime answers 423 and names it',
    async () => {
      const kamailio = await startKamailio({ minExpiresSeconds: 3_000 });
      const answer = await sendOneRequest(kamailio.port, 'alice', ANSWER_WITHIN_MS);
      await kamailio.stop();
      expect(answer?.statusLine).toMatch(/^SIP\/2\.0 423 /);
      expect(answer?.text).toContain('Min-Expires: 3000');
    },
    LONG_MS,
  );
});

describeWithPeers(['sipp'], 'SIPp as a registrar', () => {
  it.each<[SippBehaviour, string | null]>([
    ['200', 'SIP/2.0 200 OK'],
    ['404', 'SIP/2.0 404 Not Found'],
    ['503', 'SIP/2.0 503 Service Unavailable'],
    ['100-then-silence', 'SIP/2.0 100 Trying'],
    ['silence', null],
  ])(
    'behaviour %s answers %s',
    async (behaviour, expected) => {
      const server = await startSippServer(behaviour);
      const answer = await sendOneRequest(server.port, 'alice', expected === null ? SILENCE_MS : ANSWER_WITHIN_MS);
      await server.stop();
      expect(answer?.statusLine ?? null).toBe(expected);
      expect(isBound(server.port)).toBe(false);
    },
    LONG_MS,
  );
});
