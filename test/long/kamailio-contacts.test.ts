// regstorm against Kamailio: what a scenario says of Contacts is what Kamailio has stored of them, seen by `kamcmd ul.dump`.

import { afterEach, expect, it } from 'vitest';
import { COUNTS_ONLY, LONG_MS, scenario, start, stopStarted } from '../interop/kamailio-runs.ts';
import { describeWithPeers } from '../interop/peers.ts';
import { expectSumsToClose, runRegstorm } from '../interop/run-regstorm.ts';

afterEach(stopStarted);

const COUNT = 20;

describeWithPeers(['kamailio', 'kamcmd'], 'Kamailio and the Contacts of a scenario', () => {
  it(
    'RFC 3261 §10.2.1 several Contacts with q and intervals, RFC 5626 §4.1 instance, RFC 3327 Path: stored as sent',
    async () => {
      const { port, dump, storedContacts } = await start({ auth: 'digest-qop', usesPath: true });
      const step = `register:
      expires: 600s
      headers: { Supported: "path", Path: "<sip:edge.example;lr>" }
      contacts:
        - { uri: "{contact}", q: 0.75, instance: true, regId: 1 }
        - { uri: "sip:{user}@192.0.2.7:5080;transport=udp", q: 0.5, expires: 300s }
      require: { bindings: 2, granted: asked }`;
      const text = scenario({ port, count: COUNT, flow: [step] });
      const { exitCode, summary, stderr } = await runRegstorm(text, { args: COUNTS_ONLY });
      expect(exitCode, stderr).toBe(0);
      expectSumsToClose(summary);
      expect(summary.bindings).toMatchObject({ grantedLess: 0, missing: 0, zero: 0, more: 0, fewer: 0 });
      expect(summary.bindings.told.path).toEqual({ answers: COUNT, example: '<sip:edge.example;lr>' });
      expect(await storedContacts()).toBe(2 * COUNT);
      const stored = await dump();
      const managed = stored.filter(({ uri }) => uri.includes('@127.0.0.1:'));
      const listed = stored.filter(({ uri }) => uri.includes('@192.0.2.7:5080'));
      expect([managed.length, listed.length]).toEqual([COUNT, COUNT]);
      expect(new Set(managed.map(({ instance }) => instance)).size).toBe(COUNT);
      for (const { user, uri, q, expiresSeconds, path, instance, regId } of managed) {
        expect(uri).toMatch(new RegExp(`^sip:${user}@127\\.0\\.0\\.1:\\d+$`));
        expect([Number(q), path, regId]).toEqual([0.75, '<sip:edge.example;lr>', '1']);
        expect(instance).toMatch(/^<urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}>$/);
        expect(expiresSeconds).toBeGreaterThan(500);
      }
      for (const { user, uri, q, expiresSeconds } of listed) {
        expect(uri).toBe(`sip:${user}@192.0.2.7:5080;transport=udp`);
        expect(Number(q)).toBe(0.5);
        expect(expiresSeconds).toBeLessThanOrEqual(300);
      }
    },
    LONG_MS,
  );

  it(
    'RFC 3261 §10.2.2 a `*` that does not ask for 0 is refused, and a listed Contact is removed alone',
    async () => {
      const { port, dump } = await start();
      const two = 'contacts: [{ uri: "{contact}" }, { uri: "sip:{user}@192.0.2.7" }]';
      const flow = [`register: { ${two} }`, 'unregister', 'wildcard: { expires: 60s }'];
      const { summary } = await runRegstorm(scenario({ port, count: COUNT, flow }), { args: COUNTS_ONLY });
      expect(summary.totals.unregister?.succeeded).toBe(COUNT);
      expect(summary.totals.wildcard?.failures).toEqual({ 'status-400': COUNT });
      const stored = await dump();
      expect(stored.map(({ user, uri }) => uri === `sip:${user}@192.0.2.7`)).toEqual(stored.map(() => true));
      expect(stored).toHaveLength(COUNT);
    },
    LONG_MS,
  );

  it(
    'RFC 3261 §10.2.4 the own binding is found by its line, and one more that another run left is told',
    async () => {
      const { port } = await start();
      const text = `${scenario({ port, count: COUNT, flow: ['register: { require: { bindings: 1 } }'] })}contact: { line: true }\n`;
      const first = await runRegstorm(text, { args: COUNTS_ONLY });
      expect(first.exitCode, first.stderr).toBe(0);
      const second = await runRegstorm(text, { args: COUNTS_ONLY });
      expect(second.exitCode).toBe(20);
      expect(second.summary.totals.register?.failures).toEqual({ 'binding-count': COUNT });
      expect(second.summary.bindings.more).toBe(COUNT);
    },
    LONG_MS,
  );
});
