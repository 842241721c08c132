import { describe, expect, it } from 'vitest';
import type { RunPlan } from '../../../src/scenario/index.ts';
import { DRY_RUN_ROUNDS, type DryRunMessage, dryRun } from '../../../src/sim/index.ts';
import { drive } from '../engine/driver.ts';
import { accepting, readRequest } from '../engine/messages.ts';
import { createPlan, pause, query, refresh, register, repeat, SECOND, unregister, wildcard } from '../engine/plans.ts';

const OPTIONS = { runId: 'run-a', seed: 1, userAgent: 'test' };

const show = (plan: RunPlan): readonly DryRunMessage[] => dryRun(plan, OPTIONS);

/** Each message by its first line without the version: what a person reads first. */
const linesOf = (messages: readonly DryRunMessage[]): readonly string[] =>
  messages.map(({ direction, text }) =>
    direction === 'sent' ? `> CSeq ${readRequest(text).cseq}` : `< ${text.split('\r\n')[0]!.slice('SIP/2.0 '.length)}`,
  );

describe('a dry run', () => {
  const password = 'secret';

  it('22.2 shows challenge and credentials once, and the kept nonce from then on', () => {
    const flow = [register(), refresh(), unregister];
    const messages = show(createPlan({ flow, identities: { password } }));
    expect(linesOf(messages)).toEqual([
      '> CSeq 1',
      '< 401 Unauthorized',
      '> CSeq 2',
      '< 200 OK',
      '> CSeq 3',
      '< 200 OK',
      '> CSeq 4',
      '< 200 OK',
    ]);
    const sent = messages.filter(({ direction }) => direction === 'sent').map(({ text }) => readRequest(text));
    expect(sent.map(({ credentials }) => credentials?.get('nc'))).toEqual([
      undefined,
      '00000001',
      '00000002',
      '00000003',
    ]);
  });

  it('10.3 shows what the registrar decides: the binding as it is granted, and none after unregister', () => {
    const messages = show(createPlan({ flow: [register(90), query, wildcard, query] }));
    const answers = messages.filter(({ direction }) => direction === 'received').map(({ text }) => text);
    expect(answers[0]).toContain('\r\nContact: <sip:u000@127.0.0.1:5060>;expires=90\r\n');
    expect(answers[1]).toContain('Contact: <sip:u000@127.0.0.1:5060>');
    expect(answers[3]).not.toContain('Contact:');
  });

  it('has the very bytes that a run sends, apart from the local address', () => {
    const plan = createPlan({ flow: [register(), pause(SECOND), refresh(), unregister], cleanup: 'unregister' });
    const shown = show(plan).filter(({ direction }) => direction === 'sent');
    const sent = drive({ plan, peer: accepting() }).sent;
    expect(shown.map(({ text }) => text.replaceAll(':5060', ':40000'))).toEqual(sent.map(({ text }) => text));
    expect(shown.map(({ atUs }) => atUs)).toEqual(sent.map(({ atUs }) => atUs));
  });

  it('takes one start of one identity, however many the plan has', () => {
    const load = { starts: null, durationUs: 10 * SECOND, warmupUs: SECOND, startsPerPeriod: 1000 };
    const messages = show(createPlan({ load, identities: { count: 100_000, first: 500 } }));
    expect(messages.length).toBe(2);
    expect(readRequest(messages[0]!.text).value('To')).toBe('<sip:u500@test.example>');
  });

  it('makes two rounds of a loop, also of one inside another', () => {
    expect(DRY_RUN_ROUNDS).toBe(2);
    expect(show(createPlan({ flow: [repeat(1000, register(), repeat(50, refresh()))] })).length).toBe(2 * (2 + 4));
    expect(show(createPlan({ flow: [repeat(1, register())] })).length).toBe(2);
  });

  it('uses the local address and port that the plan names', () => {
    const ports = { firstPort: 6000, lastPort: 6001, socketsPerWorker: 1 };
    const local = {
      addresses: ['127.0.0.9', '127.0.0.10'],
      ...ports,
      sockets: 'auto',
      maxBurst: null,
      segmentation: false,
    } as const;
    expect(readRequest(show(createPlan({ local }))[0]!.text).contact).toBe('sip:u000@127.0.0.9:6000');
  });

  it('waits in virtual time, in which bindings expire', () => {
    const messages = show(createPlan({ flow: [register(60), pause(3600 * SECOND), query] }));
    expect(messages.at(-1)!.atUs).toBe(3600 * SECOND + 2_000);
    expect(messages.at(-1)!.text).not.toContain('Contact:');
  });

  it('10.3(1) shows the refusal when the Request-URI is not of the registrar', () => {
    const messages = show(createPlan({ requestUri: 'sip:other.example', flow: [register(), refresh()] }));
    expect(linesOf(messages)).toEqual(['> CSeq 1', '< 404 Domain Not Served']);
  });

  it('shows the same again for the same run id and seed', () => {
    const plan = createPlan({ flow: [register(), unregister], identities: { password } });
    expect(show(plan)).toEqual(show(plan));
  });
});
