// The library's client and 3xx answers, over real sockets on loopback.

import { describe, expect, it } from 'vitest';
import type { MessageReport } from '../../src/index.ts';
import { UserError } from '../../src/index.ts';
import { accepting, at, clientTools, failureOf, reasonOf } from './client-peers.ts';
import { challenge, digest } from './hostile-auth-runs.ts';
import { composeAnswer, ok, type SipRequest } from './hostile-message.ts';

const { startPeer, createClient } = clientTools();

const moved = (request: SipRequest, contact: string): string =>
  composeAnswer(request, { status: 302, phrase: 'Moved Temporarily', headers: [`Contact: ${contact}`] });

describe('A client that follows redirects', () => {
  it('RFC 3261 §8.1.3.4 goes on where the Contact says, and each transaction tells its URI and address', async () => {
    const second = await startPeer((request, reply) =>
      reply(request.authorization === null ? challenge(request, digest('n1')) : ok(request)),
    );
    const first = await startPeer((request, reply) => reply(moved(request, `<sip:alice@127.0.0.1:${second.port}>`)));
    const client = createClient({ followRedirects: 2 });
    const messages: MessageReport[] = [];
    client.on('message', (message) => messages.push(message));
    client.addCredentials({ username: 'alice', password: 'secret' });
    const request = client.buildInitialRegister(at(first));
    const { transactions } = await request.send();
    const there = `sip:127.0.0.1:${second.port}`;
    expect(transactions.map(({ status, requestUri, remote }) => [status, requestUri, remote.port])).toEqual([
      [302, 'sip:test.example', first.port],
      [401, there, second.port],
      [200, there, second.port],
    ]);
    expect(second.requests.map(({ text }) => text.split('\r\n')[0])).toEqual(
      Array(2).fill(`REGISTER ${there} SIP/2.0`),
    );
    expect(second.requests[1]?.authorization).toContain(`uri="${there}"`);
    expect(messages.filter(({ direction }) => direction === 'sent').map(({ remote }) => remote.port)).toEqual([
      first.port,
      second.port,
      second.port,
    ]);
    expect(client.statistics().redirects).toBe(1);
    // The next attempt asks the registrar again.
    await request.registration.refresh();
    expect(first.requests).toHaveLength(2);
  });

  it('RFC 3261 §8.1.3.4 asks for longer there after a 423 (§10.2.8), and sends the same bytes again while it hears nothing', async () => {
    let heard = 0;
    const second = await startPeer((request, reply) => {
      if (++heard === 1) return;
      reply(
        request.expires === '900'
          ? ok(request)
          : composeAnswer(request, { status: 423, headers: ['Min-Expires: 900'] }),
      );
    });
    const first = await startPeer((request, reply) => reply(moved(request, `<sip:127.0.0.1:${second.port}>`)));
    const client = createClient({ followRedirects: 1, timers: { t1Ms: 50 } });
    const report = await client.buildInitialRegister(at(first)).send();
    expect(report.grantedSeconds).toBe(900);
    expect(second.requests[1]?.text).toBe(second.requests[0]?.text);
  });

  it('RFC 3261 §8.1.3.4 follows none unless it is asked to, and none to a place that is not allowed', async () => {
    const second = await startPeer(accepting);
    const first = await startPeer((request, reply) => reply(moved(request, `<sip:127.0.0.2:${second.port}>`)));
    for (const options of [{}, { followRedirects: 3 }, { followRedirects: 3, redirectsTo: ['127.0.0.1'] }]) {
      const failure = await failureOf(createClient(options).buildInitialRegister(at(first)).send());
      expect(failure.cause).toBe('status-302');
    }
    expect(second.requests).toHaveLength(0);
  });

  it('locates the names that it is allowed to go to', async () => {
    const second = await startPeer(accepting);
    const first = await startPeer((request, reply) => reply(moved(request, `<sip:second.localhost:${second.port}>`)));
    const client = createClient({ followRedirects: 1, redirectsTo: ['second.localhost', 'nowhere.invalid'] });
    const report = await client.buildInitialRegister(at(first)).send();
    expect(report.transactions.at(-1)?.requestUri).toBe(`sip:second.localhost:${second.port}`);
    expect(second.requests).toHaveLength(1);
  });

  it.each([
    [{ followRedirects: 11 }, 'from 0 to 10'],
    [{ redirectsTo: ['127.0.0.1'] }, 'none is followed'],
    [{ followRedirects: 1, redirectsTo: ['203.0.113.0/24'] }, 'public addresses'],
    [{ followRedirects: 1, redirectsTo: ['sip:x'] }, 'is no place'],
  ])('refuses %j', async (options, words) => {
    const error = await reasonOf((async () => createClient(options))());
    expect(error).toBeInstanceOf(UserError);
    expect((error as UserError).message).toContain(words);
  });
});
