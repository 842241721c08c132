// A client that behaves as a device of libeXosip2 does (docs/profiles.md), against peers that say what a test has them say. When it
// would act by itself is looked at, and not waited for.

import { describe, expect, it } from 'vitest';
import type { FailedEvent, RegistrationClient } from '../../src/index.ts';
import { RegistrationClient as Client } from '../../src/index.ts';
import { at, clientTools, failureOf, SHORT_TIMERS } from './client-peers.ts';
import { challenge, digest } from './hostile-auth-runs.ts';
import type { SipRequest } from './hostile-message.ts';
import { composeAnswer, ok } from './hostile-message.ts';
import type { Script } from './hostile-peer.ts';

const { startPeer, createClient } = clientTools();

const DEVICE = { profile: 'exosip2' } as const;

/** What `failed` tells, for the first failure. */
const firstFailure = (client: RegistrationClient): Promise<FailedEvent> =>
  new Promise((resolve) => client.once('failed', resolve));

const ncOf = ({ authorization }: SipRequest): string | undefined => /nc=(\w+)/.exec(authorization ?? '')?.[1];

const challenging: Script = (request, reply) =>
  reply(request.authorization === null ? challenge(request, digest('n1')) : ok(request));

describe('A client with profile exosip2', () => {
  it('10.2.1 asks for 30 s at least, and for nothing when it ends its binding', async () => {
    const peer = await startPeer((request, reply) => reply(ok(request)));
    const registration = await createClient(DEVICE).register({ ...at(peer), expires: 5, autoRefresh: false });
    await registration.refresh({ expires: 29 });
    await registration.refresh({ expires: 31 });
    await registration.unregister();
    expect(peer.requests.map(({ expires }) => expires)).toEqual(['30', '30', '31', '0']);
  });

  it('3.4 counts its nonce in decimal', async () => {
    const peer = await startPeer(challenging);
    const client = createClient(DEVICE);
    client.addCredentials({ username: 'alice', password: 'secret' });
    const registration = await client.register({ ...at(peer), autoRefresh: false });
    for (let number = 0; number < 10; number++) await registration.refresh();
    expect(peer.requests.map(ncOf).slice(-3)).toEqual(['00000009', '00000010', '00000011']);
  });

  it('22.1 sends credentials that were refused three times, and is tried again after two minutes', async () => {
    const peer = await startPeer((request, reply, number) => reply(challenge(request, digest(`n${number}`))));
    const client = createClient(DEVICE);
    client.addCredentials({ username: 'alice', password: 'wrong' });
    const failed = firstFailure(client);
    const { cause, attempt } = await failureOf(client.register(at(peer)));
    expect([cause, attempt.transactions.length]).toEqual(['auth-failed', 4]);
    expect(peer.requests.map(({ authorization }) => authorization !== null)).toEqual([false, true, true, true]);
    const { retryInSeconds } = await failed;
    expect(retryInSeconds).toBeGreaterThan(115);
    expect(retryInSeconds).toBeLessThanOrEqual(121);
  });

  it('22.2 with other credentials begins anew', async () => {
    const peer = await startPeer((request, reply) =>
      reply(isRight(request) ? ok(request) : challenge(request, digest('n1'))),
    );
    let isRight = (_: SipRequest): boolean => false;
    const client = createClient(DEVICE);
    client.addCredentials({ username: 'alice', password: 'wrong' });
    const request = client.buildInitialRegister({ ...at(peer), autoRefresh: false });
    await failureOf(request.send());
    isRight = ({ authorization }) => authorization !== null;
    client.addCredentials({ username: 'alice', password: 'right' });
    const report = await request.registration.refresh();
    expect(report.transactions.map(({ status }) => status)).toEqual([401, 200]);
  });

  it('backs off from a transport failure: 5 s after the first, 10 s after the second', async () => {
    const peer = await startPeer(() => {});
    peer.leave();
    const client = createClient(DEVICE);
    const waits: (number | null)[] = [];
    client.on('failed', ({ retryInSeconds }) => waits.push(retryInSeconds));
    const request = client.buildInitialRegister(at(peer));
    await failureOf(request.send());
    await failureOf(request.registration.refresh());
    expect(waits.map((wait) => Math.ceil(wait ?? 0))).toEqual([5, 10]);
  });

  it('leaves its credentials out of the request after a silence', async () => {
    let isSilent = false;
    const peer = await startPeer((request, reply, number) =>
      isSilent ? undefined : challenging(request, reply, number),
    );
    const client = createClient({ ...DEVICE, timers: SHORT_TIMERS });
    client.addCredentials({ username: 'alice', password: 'secret' });
    const registration = await client.register({ ...at(peer), autoRefresh: false });
    isSilent = true;
    expect((await failureOf(registration.refresh())).cause).toBe('timeout');
    isSilent = false;
    const report = await registration.refresh();
    expect(report.transactions.map(({ status }) => status)).toEqual([401, 200]);
  });

  it('refreshes by itself; brief periods each second', async () => {
    const peer = await startPeer((request, reply) =>
      reply(composeAnswer(request, { status: 200, contact: `${request.contact};expires=5` })),
    );
    const client = createClient(DEVICE);
    const refreshed = new Promise<boolean>((resolve) => {
      client.once('refreshed', ({ attempt }) => resolve(attempt.automatic));
    });
    const registration = await client.register(at(peer));
    expect(await refreshed).toBe(true);
    registration.remove();
  });

  it('does what the program says instead where it says so', async () => {
    const peer = await startPeer((request, reply) => reply(composeAnswer(request, { status: 500 })));
    const client = createClient({ ...DEVICE, retryAfter: () => null });
    const failed = firstFailure(client);
    await failureOf(client.register(at(peer)));
    expect((await failed).retryInSeconds).toBeNull();
  });

  it('is one of two: another profile is refused', () => {
    expect(() => new Client({ profile: 'exosip3' as never })).toThrow('exosip3');
  });
});
