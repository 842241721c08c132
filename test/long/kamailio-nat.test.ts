// Phones whose NAT forgets them, against Kamailio: which of their Contacts are stored afterwards.

import { afterEach, expect, it } from 'vitest';
import { COUNTS_ONLY, LONG_MS, scenario, start, stopStarted } from '../interop/kamailio-runs.ts';
import { describeWithPeers } from '../interop/peers.ts';
import { expectSumsToClose, runRegstorm } from '../interop/run-regstorm.ts';

afterEach(stopStarted);

describeWithPeers(['kamailio', 'kamcmd'], 'Kamailio and phones whose NAT forgets them', () => {
  // What kamcmd can tell of in one answer.
  const PHONES = 60;
  const FLOW = ['register: { expires: 600s }', 'wait: 2s', 'refresh: { expires: 600s }', 'refresh: { expires: 600s }'];
  const portOf = (uri: string): string => /:(\d+)/.exec(uri.slice(uri.indexOf('@')))?.[1] ?? '';

  it.each(['off', 'direct', 'exosip'] as const)(
    'RFC 3581 §4 rebound phones, nat: %s: which Contacts are stored then',
    async (mode) => {
      const { port, dump } = await start({ auth: 'digest-qop' });
      const nat = `nat: { mode: ${mode}, rebind: { share: 30%, after: 1500ms } }\n`;
      const text = `${scenario({ port, count: PHONES, ratePerSecond: 60, flow: FLOW })}${nat}`;
      const { exitCode, summary, stderr } = await runRegstorm(text, {
        args: [...COUNTS_ONLY, '--workers', '1', '--seed', '1'],
      });
      expect(exitCode, stderr).toBe(0);
      const { rebound } = summary.contexts;
      expect(rebound).toBeGreaterThan(PHONES / 6);
      expect(summary.nat.deletions).toBe(mode === 'exosip' ? rebound : 0);
      expect(summary.nat.replacements).toBe(mode === 'exosip' ? rebound : 0);
      const contacts = await dump();
      // Of those that were rebound the old Contact is gone, beside the new one, or all there is.
      const onPort = (wanted: string): number => contacts.filter(({ uri }) => portOf(uri) === wanted).length;
      const sizes = [...new Set(contacts.map(({ uri }) => portOf(uri)))].map(onPort).sort((a, b) => b - a);
      const expected = { off: [PHONES], direct: [PHONES, rebound], exosip: [PHONES - rebound, rebound] }[mode];
      expect(sizes).toEqual([...expected].sort((a, b) => b - a));
      expectSumsToClose(summary);
    },
    LONG_MS,
  );
});
