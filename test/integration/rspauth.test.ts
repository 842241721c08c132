// Mutual authentication over sockets: whole runs against an embedded registrar that proves that it knows the password, or doesn't.

import { describe, expect, it, vi } from 'vitest';
import { expectSumsToClose } from '../interop/run-regstorm.ts';
import { scenario } from './cli-session.ts';

vi.setConfig({ testTimeout: 60_000 });

const { runScenario } = (await import(
  new URL('../../dist/index.js', import.meta.url).href
)) as typeof import('../../src/index.ts');

const COUNT = 100;

const run = async (auth: string, more = '') => {
  const target = `{ embedded: { auth: { ${auth} } } }`;
  const text = scenario({ target, count: COUNT, flow: ['register', 'refresh'], more });
  const result = await runScenario({ file: 'test.yaml', text, onInvalid: 'warn' });
  expectSumsToClose(result);
  return result;
};

describe('RFC 7616 §3.5: rspauth through a whole run', () => {
  it.each(['MD5', 'SHA-256-sess'])(
    'RFC 7616 §3.5 %s: every 200 proves it, and the next nonces are used',
    async (name) => {
      const result = await run(
        `algorithms: [${name}], nextNonce: true, rspauth: right`,
        'auth: { checkRspauth: true }',
      );
      expect(result.authentication).toEqual({
        answered: { [name]: COUNT },
        staleNonces: 0,
        nextNonces: 2 * COUNT,
        rspauth: { checked: 2 * COUNT, mismatches: 0 },
      });
      expect([result.verdict, result.totals.refresh?.succeeded]).toEqual(['pass', COUNT]);
    },
  );

  it('RFC 7616 §3.5 a registrar that does not know the password is noted, and fails nothing unless asked for', async () => {
    const noted = await run('rspauth: wrong');
    expect([noted.verdict, noted.authentication.rspauth]).toEqual([
      'pass',
      { checked: 2 * COUNT, mismatches: 2 * COUNT },
    ]);
    expect(noted.notes.join('\n')).toContain('200 answers with an rspauth that is wrong');
    const asked = await run('rspauth: wrong', 'auth: { checkRspauth: true }');
    expect([asked.verdict, asked.totals.register?.outcomes]).toEqual(['fail', { 'rspauth-wrong': COUNT }]);
  });
});
