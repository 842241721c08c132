// Runs over loopback in which one registrar sends phones to another (RFC 3261 §8.1.3.4), and what hostile ones make of it: a loop, a
// port where nobody listens, five hundred Contacts, garbage.

import { afterEach, describe, expect, it, vi } from 'vitest';
import { challenge, digest } from './hostile-auth-runs.ts';
import { composeAnswer, ok, type SipRequest } from './hostile-message.ts';
import { type Script, type ScriptedPeer, startScriptedPeer } from './hostile-peer.ts';
import { BOTH_SOCKETS, endOf, type HostileEnd, type RunParts, startRun } from './hostile-run.ts';

vi.setConfig({ testTimeout: 60_000 });

const COUNT = 40;

const peers: ScriptedPeer[] = [];
afterEach(async () => {
  await Promise.all(peers.splice(0).map((peer) => peer.stop()));
});

const peerOf = async (script: Script): Promise<ScriptedPeer> => {
  const peer = await startScriptedPeer(script);
  peers.push(peer);
  return peer;
};

const moved = (request: SipRequest, ...contacts: readonly string[]): string =>
  composeAnswer(request, {
    status: 302,
    phrase: 'Moved Temporarily',
    headers: contacts.map((contact) => `Contact: ${contact}`),
  });

const runAt = async ({ port }: ScriptedPeer, parts: RunParts = {}): Promise<HostileEnd> =>
  endOf(startRun(port, { count: COUNT, ...parts, args: ['--set', 'redirects.follow=3', ...(parts.args ?? [])] }));

const NOTHING = { followed: 0, limit: 0, loop: 0, notAllowed: 0, unusable: 0, noRoom: 0, requests: 0, responses: 0 };

describe.each(BOTH_SOCKETS)('redirects over %s', (sockets) => {
  it('RFC 3261 §8.1.3.4 lead to a second registrar, which challenges and accepts, from the same address and port', async () => {
    const second = await peerOf((request, reply) =>
      reply(request.authorization === null ? challenge(request, digest('n1')) : ok(request)),
    );
    const first = await peerOf((request, reply) => reply(moved(request, `<sip:test.example:${second.port}>`)));
    const { summary, exitCode } = await runAt(first, {
      sockets,
      quickTimers: false,
      args: ['--set', 'local.socketsPerWorker=2', '--workers', '2'],
    });
    expect(exitCode).toBe(0);
    expect(summary.totals.register).toMatchObject({ started: COUNT, succeeded: COUNT, challenged: COUNT });
    const { responses, ...redirects } = summary.transactions.redirects;
    expect({ ...NOTHING, ...redirects }).toEqual({ ...NOTHING, followed: COUNT, requests: 2 * COUNT });
    // A retransmission on a busy machine is answered too.
    expect(responses).toBeGreaterThanOrEqual(2 * COUNT);
    expect(summary.targets).toMatchObject([{ requests: COUNT }]);
    const placeOf = ({ via, callId }: SipRequest): string => `${callId} ${/UDP ([^;]+)/.exec(via)?.[1]}`;
    expect(new Set(second.requests.map(placeOf))).toEqual(new Set(first.requests.map(placeOf)));
    expect(second.requests.every(({ text }) => text.startsWith(`REGISTER sip:test.example:${second.port} SIP`))).toBe(
      true,
    );
  });

  it('RFC 3261 §18.4 lead to a port where nobody listens: unreachable, and the others go on', async () => {
    const nobody = await peerOf(() => {});
    nobody.leave();
    const first = await peerOf((request, reply) =>
      reply(/u0*[02468]*@/.test(request.to) ? moved(request, `<sip:127.0.0.1:${nobody.port}>`) : ok(request)),
    );
    const { summary } = await runAt(first, { sockets });
    const { outcomes } = summary.totals.register!;
    expect(Object.keys(outcomes).sort()).toEqual(['succeeded', 'unreachable']);
    expect(summary.transactions.redirects.followed).toBe(outcomes.unreachable);
  });
});

describe('redirects that lead nowhere', () => {
  const endAt = async (script: Script, parts: RunParts = {}): Promise<HostileEnd['summary']> =>
    (await runAt(await peerOf(script), parts)).summary;

  it('RFC 3261 §8.1.3.4 to itself: a loop is noticed at once, and ends as status-302', async () => {
    const peer = await peerOf((request, reply) =>
      reply(moved(request, '<sip:test.example>', `<sip:test.example>;q=0.5`)),
    );
    const { summary } = await runAt(peer);
    expect(summary.totals.register!.outcomes).toEqual({ 'status-302': COUNT });
    expect(summary.transactions.redirects).toEqual({ ...NOTHING, loop: COUNT });
    expect(new Set(peer.requests.map(({ via }) => via)).size).toBe(COUNT);
  });

  it('RFC 3261 §8.1.3.4 between two that send phones to each other', async () => {
    let first: ScriptedPeer | null = null;
    const second = await peerOf((request, reply) =>
      reply(moved(request, `<sip:test.example:${first!.port}>`, '<sip:test.example>')),
    );
    first = await peerOf((request, reply) => reply(moved(request, `<sip:test.example:${second.port}>`)));
    const { summary } = await runAt(first, { args: ['--set', 'redirects.follow=10'] });
    expect(summary.totals.register!.outcomes).toEqual({ 'status-302': COUNT });
    expect(summary.transactions.redirects).toMatchObject({ followed: 2 * COUNT, loop: COUNT });
  });

  it('to 500 strangers, in one answer: not allowed, and nothing is sent there', async () => {
    const strangers = Array.from({ length: 500 }, (_, i) => `<sip:198.51.100.${i % 250}:${5060 + i}>;q=0.${i % 10}`);
    const summary = await endAt((request, reply) => reply(moved(request, strangers.join(', '))));
    expect(summary.totals.register!.outcomes).toEqual({ 'status-302': COUNT });
    expect(summary.transactions.redirects).toEqual({ ...NOTHING, notAllowed: COUNT });
  });

  it.each([
    ['a star', ['*']],
    ['no Contact', []],
    ['a Contact without a URI', ['<>;q=1']],
    ['garbage', ['\u0000\u0001@@@<<<;;;q=,,,', 'sip:']],
    ['60 kB of one Contact', [`<sip:127.0.0.1;x=${'y'.repeat(60_000)}>`]],
  ])('with %s', async (_what, contacts) => {
    const summary = await endAt((request, reply) => reply(moved(request, ...contacts)), { count: 5 });
    const { outcomes } = summary.totals.register!;
    // What is no message at all has no answer.
    expect(['status-302', 'timeout']).toContain(Object.keys(outcomes)[0]);
    expect(Object.values(outcomes)).toEqual([5]);
    expect(summary.transactions.redirects.followed).toBe(0);
  });

  it('with more sockets than a worker may have, if each place had as many as the target: refused before the load', async () => {
    const peer = await peerOf((request, reply) => reply(ok(request)));
    const args = ['--set', 'redirects.follow=1', '--set', 'local.socketsPerWorker=112'];
    const { exitCode, stderr } = await startRun(peer.port, { count: 200, args }).ended;
    expect(exitCode).toBe(2);
    expect(stderr).toContain('112 sockets to each of 1 target and 8 places that redirects may lead to are 1008');
    expect(peer.requests).toHaveLength(0);
  });
});
