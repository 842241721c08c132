// The checkers of what a request says and of why it is made.

import { describe, expect, it } from 'vitest';
import type { Observer } from '../../../src/sim/observer.ts';
import { SENT_BY, SILENT } from '../engine/driver.ts';
import { accept, accepting, answer, answering } from '../engine/messages.ts';
import { createPlan, pause, query, refresh, register, SECOND, unregister, wildcard } from '../engine/plans.ts';
import type { WatchOptions } from './watched.ts';
import { changed, heard, numbered, watch } from './watched.ts';

const ONE = numbered(createPlan());
const FLOW = numbered(
  createPlan({
    flow: [register(60), query, pause(SECOND), refresh(60), unregister, register(60), wildcard],
    identities: { count: 3 },
    load: { starts: 6, startsPerPeriod: 2 },
    cleanup: 'unregister',
  }),
);

const told =
  (options: Partial<WatchOptions>): (() => unknown) =>
  () =>
    watch({ plan: ONE, peer: accepting(), ...options });

/** Changes every request in the same way. */
const replacing = (from: string | RegExp, to: string) => changed((text) => text.replace(from, to));

describe('RFC 3261 §10.2: requests', () => {
  it('every procedure, a cleanup and several phones are right', () => {
    const tally = watch({ plan: FLOW, peer: accepting() });
    expect(tally).toMatchObject({ attempts: 36, outcomes: { succeeded: 36 }, requests: 36, ambiguous: 0 });
  });

  it.each<readonly [string, string | RegExp, string]>([
    ['no Via', /Via: [^\r]*\r\n/, ''],
    ['two Via values', 'Via: ', 'Via: SIP/2.0/UDP 192.0.2.1, '],
    ['a sent-by that is not ours', `UDP ${SENT_BY}`, 'UDP 127.0.0.2:40000'],
    ['a branch without the cookie (§8.1.1.7)', 'branch=z9hG4bK', 'branch=abcdefg'],
    ['no Max-Forwards (§8.1.1.6)', /Max-Forwards: 70\r\n/, ''],
    ['no From tag (§8.1.1.3)', /(From: [^;\r]*);tag=\w+/, '$1'],
    ['a To tag (§8.1.1.2)', /(To: <[^>]*>)/, '$1;tag=x'],
    ['From of somebody else', /From: <sip:u000/, 'From: <sip:u001'],
    ['no Call-ID', /Call-ID: [^\r]*\r\n/, ''],
    ['another method in CSeq', 'CSeq: 1 REGISTER', 'CSeq: 1 OPTIONS'],
    ['another method', /^REGISTER/, 'OPTIONS'],
    ['a user in the Request-URI', 'REGISTER sip:', 'REGISTER sip:u000@'],
    ['a body', /Content-Length: 0\r\n\r\n/, 'Content-Length: 4\r\n\r\nbody'],
    ['another Contact', 'Contact: <sip:u000@', 'Contact: <sip:u001@'],
    ['two Contacts', 'Contact: ', 'Contact: <sip:u000@192.0.2.1>, '],
    ['no Contact', /Contact: [^\r]*\r\n/, ''],
    ['another interval', 'Expires: 1800', 'Expires: 1801'],
    ['no interval', /Expires: [^\r]*\r\n/, ''],
    ['a step of no plan', 'X-Step: 0', 'X-Step: 7'],
    ['a broken line', 'Expires: ', 'Expires\r\n: '],
  ])('request-form: %s', (_title, from, to) => {
    expect(told({ tamper: replacing(from, to) })).toThrow(/^request-form: /);
  });

  it('request-form: a wildcard with an interval (§10.2.2)', () => {
    const plan = numbered(createPlan({ flow: [wildcard] }));
    expect(told({ plan })).not.toThrow();
    expect(told({ plan, tamper: replacing('Expires: 0', 'Expires: 60') })).toThrow(/^request-form: /);
    expect(told({ plan, tamper: replacing('Contact: *', 'Contact: <sip:u000@127.0.0.1:40000>') })).toThrow(
      /^request-form: /,
    );
  });

  it('request-form: a query with a Contact (§10.2.3)', () => {
    const plan = numbered(createPlan({ flow: [query] }));
    expect(told({ plan, tamper: replacing('CSeq', 'Contact: <sip:u000@127.0.0.1:40000>\r\nCSeq') })).toThrow(
      /^request-form: /,
    );
  });
});

describe('RFC 3261 §8.1.1.4, §8.1.1.5, §10.2: identity', () => {
  const plan = numbered(createPlan({ flow: [register(60), refresh(60), refresh(60)] }));
  const later = (from: string | RegExp, to: string) =>
    changed((text, number) => (number === 2 ? text.replace(from, to) : text));

  it.each<readonly [string, string | RegExp, string]>([
    ['a CSeq that stands still', 'CSeq: 3', 'CSeq: 2'],
    ['a CSeq that jumps', 'CSeq: 3', 'CSeq: 4'],
    ['another Call-ID', /Call-ID: /, 'Call-ID: x'],
    ['another From tag', /(From: [^\r]*);tag=/, '$1;tag=x'],
  ])('cseq: %s', (_title, from, to) => {
    expect(told({ plan, tamper: later(from, to) })).toThrow(/^cseq: /);
  });

  it('cseq: a first request that does not begin with 1', () => {
    expect(told({ tamper: replacing('CSeq: 1', 'CSeq: 2') })).toThrow(/^cseq: /);
  });

  it('cseq: two phones with one Call-ID', () => {
    const two = numbered(createPlan({ identities: { count: 2 }, load: { starts: 2 } }));
    expect(told({ plan: two })).not.toThrow();
    expect(told({ plan: two, tamper: replacing(/Call-ID: [^\r]*/, 'Call-ID: same') })).toThrow(/^cseq: /);
  });
});

/** A further request in the turn at `atUs`, made from the last one: another branch, the next CSeq. */
const extra =
  (atUs: number, change: (text: string) => string = (text) => text) =>
  (said: Observer): Partial<Observer> => {
    let last = '';
    let isDone = false;
    return {
      onOffered: (worker, nowUs, bytes) => {
        last = Buffer.from(bytes).toString('latin1');
        said.onOffered(worker, nowUs, bytes);
      },
      onTurn: (worker, nowUs, isBlocked) => {
        if (!isDone && nowUs >= atUs && last !== '') {
          isDone = true;
          const next = last
            .replace(/CSeq: (\d+)/, (_, cseq: string) => `CSeq: ${Number(cseq) + 1}`)
            .replace(/branch=\w+/, 'branch=z9hG4bKextra');
          said.onOffered(worker, nowUs, Buffer.from(change(next), 'latin1'));
        }
        said.onTurn(worker, nowUs, isBlocked);
      },
    };
  };

describe('RFC 3261 §10.2: one REGISTER at a time, and each for a reason', () => {
  it('one-outstanding: a second one before the answer to the first', () => {
    expect(told({ peer: SILENT, tamper: extra(500_000) })).toThrow(/^one-outstanding: /);
  });

  it('one-outstanding: a first one that waits for a socket does not count', () => {
    const timers = { t1Us: 10_000, t2Us: 10_000, t4Us: 10_000 };
    const plan = numbered(createPlan({ timers, load: { starts: 3, periodUs: 700_000 } }));
    const takes = (nowUs: number): number => (nowUs < 100_000 || (nowUs > 650_000 && nowUs < 720_000) ? 0 : 10);
    expect(watch({ plan, peer: SILENT, takes }).attempts).toBe(3);
  });

  it('one-reply: a request after the flow has ended', () => {
    const plan = numbered(createPlan({ load: { starts: 2, periodUs: 10 * SECOND } }));
    expect(told({ plan, tamper: extra(1_000) })).toThrow(/^one-reply: .*nothing asks for this request/);
    expect(told({ tamper: extra(1_000) })).toThrow(/^terminated: .*after the end of the run/);
  });

  it('one-reply: the wrong step', () => {
    const plan = numbered(createPlan({ flow: [register(60), pause(SECOND), refresh(60)] }));
    expect(told({ plan, tamper: extra(1_000) })).toThrow(/^one-reply: .*stage walking/);
  });

  it('one-reply: a request in reply to an answer that is not ours, or is no reason for one', () => {
    const plan = numbered(createPlan({ load: { starts: 2, periodUs: 40 * SECOND } }));
    const refusing = answering((request) => answer(request, '503 No'));
    const foreign = answering((request) => answer(request, '503 No').replace('branch=z9hG4bK', 'branch=z9hG4bKx'));
    expect(watch({ plan, peer: foreign })).toMatchObject({ stray: 22, outcomes: { timeout: 2 } });
    expect(told({ plan, peer: foreign, tamper: extra(1_000) })).toThrow(/^one-outstanding: /);
    expect(told({ plan, peer: refusing, tamper: extra(1_000) })).toThrow(/^one-reply: /);
  });

  it('one-reply: a start that nobody planned, and one after the operator asked for the end', () => {
    const plan = numbered(createPlan({ load: { starts: 2, periodUs: 10 * SECOND } }));
    expect(told({ plan, tamper: extra(5 * SECOND) })).toThrow(/^one-reply: /);
    const tamper = (said: Observer): Partial<Observer> => ({
      onReceived: (worker, nowUs, arrival) => {
        said.onReceived(worker, nowUs, arrival);
        said.onStop(worker, nowUs, 0);
      },
    });
    expect(told({ plan, tamper })).toThrow(/^one-reply: /);
  });

  it('a start that was made before the operator asked for the end may leave the blocked socket after it', () => {
    const plan = numbered(createPlan({ load: { starts: 2, periodUs: 2 * SECOND } }));
    const takes = (nowUs: number): number => (nowUs > SECOND && nowUs < 3 * SECOND ? 0 : 10);
    const events = [{ kind: 'stop', atUs: 2_500_000, drainUs: 35 * SECOND } as const];
    expect(watch({ plan, peer: accepting(), takes, events })).toMatchObject({
      attempts: 2,
      outcomes: { succeeded: 2 },
    });
  });

  it('one-reply: a cleanup that nobody asked for, and one too early', () => {
    const bare = (text: string): string => text.replace(/X-Step: 0\r\n/, '').replace('Expires: 1800', 'Expires: 0');
    expect(told({ tamper: extra(1_000, bare) })).toThrow(/^request-form: .*nothing is to follow the run/);
    const plan = numbered(createPlan({ cleanup: 'unregister', flow: [register(), pause(SECOND)] }));
    expect(told({ plan })).not.toThrow();
    expect(told({ plan, tamper: extra(1_000, bare) })).toThrow(/^one-reply: .*cleanup that is not due/);
  });

  it('next-step: a step before its wait is over, and one that does not come', () => {
    const flow = [register(60), pause(SECOND), refresh(60)];
    const plan = numbered(createPlan({ flow }));
    const step = (text: string): string => text.replace('X-Step: 0', 'X-Step: 1');
    expect(told({ plan, tamper: extra(1_000, step) })).toThrow(/^next-step: .*due at 1001000/);
    const twice = numbered(createPlan({ flow: [register(60), refresh(60)] }));
    const tamper = heard(0, (request) => accept(request));
    expect(told({ plan: twice, peer: SILENT, tamper })).toThrow(/^next-step: .*owes its next step/);
  });
});
