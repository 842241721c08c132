import { describe, expect, it } from 'vitest';
import { seenAddresses } from '../../../src/engine/index.ts';
import { COUNTER_VERIFY_CHECKED, COUNTER_VERIFY_MISSING, mergeBlocks } from '../../../src/metrics/index.ts';
import { counted, numbersOf } from './books.ts';
import { drive, type Peer, type Run } from './driver.ts';
import { accept, answer, readRequest } from './messages.ts';
import { createPlan, type PlanParts, pause, refresh, register, repeat, SECOND, unregister } from './plans.ts';

/** The answer as a registrar behind a NAT gives it: RFC 3581 §4. */
const seenAt = (text: string, where: string): string => {
  const [address, port] = where.split(':');
  return text.replace(';rport', `;rport=${port};received=${address}`);
};

const CHALLENGE = 'WWW-Authenticate: Digest realm="test.example", nonce="n1"';

/** Challenges what has no credentials, and sees requests where `nat` says. */
const registrar =
  (nat: (nowUs: number) => string, isChallenging = false): Peer =>
  (text, nowUs) => {
    const isRefused = isChallenging && readRequest(text).credentials === null;
    const right = isRefused ? answer(text, '401 Unauthorized', CHALLENGE) : accept(text);
    return [{ atUs: nowUs + 1000, bytes: seenAt(right, nat(nowUs)) }];
  };

const NAT = '203.0.113.7:1024';
const natted = (): string => NAT;

const run = (parts: PlanParts, peer: Peer): Run => drive({ plan: createPlan(parts), peer });
const contactsOf = ({ sent }: Run): readonly string[] => sent.map(({ text }) => readRequest(text).contact);
const natOf = ({ metrics }: Run): { changes: number; repairs: number } => {
  const { changes, repairs } = mergeBlocks([metrics]).nat;
  return { changes, repairs };
};

describe('where a socket is seen (RFC 3581)', () => {
  it('RFC 3581 §4 rport and received of an answer are learned and told, and change nothing with nat: off', () => {
    const held = run({ flow: [register(), refresh()] }, registrar(natted));
    expect(seenAddresses(held.engine)).toEqual([{ local: '127.0.0.1:40000', seen: NAT }]);
    expect(contactsOf(held)).toEqual(['sip:u000@127.0.0.1:40000', 'sip:u000@127.0.0.1:40000']);
    expect(natOf(held)).toEqual({ changes: 0, repairs: 0 });
  });

  it('RFC 3581 §4 an answer without received, with a name in it, or with a port that is none tells nothing', () => {
    for (const value of [
      'rport=99',
      'rport=99;received=nat.example',
      'rport;received=10.0.0.1',
      'rport=0;received=10.0.0.1',
      'rport=70000;received=10.0.0.1',
      'rport=1;received=10.0.0.256',
      'rport=1x;received=10.0.0.1',
    ]) {
      const peer: Peer = (text, nowUs) => [{ atUs: nowUs + 1000, bytes: accept(text).replace(';rport', `;${value}`) }];
      const held = run({ nat: 'direct', flow: [register(), refresh()] }, peer);
      expect(seenAddresses(held.engine), value).toEqual([]);
      expect(numbersOf(held, 'refresh').outcomes).toEqual({ succeeded: 1 });
    }
  });

  it('direct: the Contact is repaired in the request that answers the challenge, and the binding is known by it', () => {
    const held = run(
      { nat: 'direct', identities: { password: 'secret' }, flow: [register(), refresh(), unregister] },
      registrar(natted, true),
    );
    expect(contactsOf(held)).toEqual([
      'sip:u000@127.0.0.1:40000',
      ...Array.from({ length: held.sent.length - 1 }, () => `sip:u000@${NAT}`),
    ]);
    expect(held.sent.length).toBeGreaterThan(3);
    for (const { text } of held.sent) expect(readRequest(text).value('Via')).toContain('UDP 127.0.0.1:40000;');
    expect(numbersOf(held, 'register').outcomes).toEqual({ succeeded: 1 });
    expect(natOf(held)).toEqual({ changes: 0, repairs: 1 });
  });

  it('direct: without a challenge the next request has it, of every context of the socket', () => {
    const parts = { identities: { count: 3 }, load: { starts: 3, startsPerPeriod: 3, periodUs: 300_000 } };
    const held = run({ nat: 'direct', ...parts, flow: [register(), pause(SECOND), refresh()] }, registrar(natted));
    expect(contactsOf(held).map((contact) => contact.split('@')[1])).toEqual([
      '127.0.0.1:40000',
      NAT,
      NAT,
      NAT,
      NAT,
      NAT,
    ]);
    expect(natOf(held)).toEqual({ changes: 0, repairs: 1 });
  });

  it('17.1.2.2 a retransmission keeps the Contact that its request had, though the mapping is known by then', () => {
    const parts = { identities: { count: 2 }, load: { starts: 2, startsPerPeriod: 2, periodUs: 20_000 } };
    // The first context is answered only when it asks for the third time; the second one at once.
    const copies = new Map<string, number>();
    const peer: Peer = (text, nowUs) => {
      const { callId } = readRequest(text);
      copies.set(callId, (copies.get(callId) ?? 0) + 1);
      const isAnswered = callId.endsWith('-1') || copies.get(callId)! >= 3;
      return isAnswered ? registrar(natted)(text, nowUs) : [];
    };
    const held = run({ nat: 'direct', ...parts, flow: [register(), refresh()] }, peer);
    const first = held.sent.filter(({ text }) => readRequest(text).callId.endsWith('-0'));
    expect(first.map(({ text }) => readRequest(text).contact.split('@')[1])).toEqual([
      '127.0.0.1:40000',
      '127.0.0.1:40000',
      '127.0.0.1:40000',
      NAT,
    ]);
    expect(numbersOf(held, 'register').outcomes).toEqual({ succeeded: 2 });
    expect(numbersOf(held, 'refresh').outcomes).toEqual({ succeeded: 2 });
  });

  it('direct: a NAT that changes is followed, a minute apart at the soonest, and each change is counted', () => {
    const flow = [repeat(20, refresh(), pause(10 * SECOND))];
    // Another port with every answer.
    const held = run(
      { nat: 'direct', flow },
      registrar((nowUs) => `203.0.113.7:${2000 + Math.floor(nowUs / SECOND)}`),
    );
    const { changes, repairs } = natOf(held);
    expect(changes).toBe(19);
    expect(repairs).toBe(4);
    const hosts = contactsOf(held).map((contact) => contact.split('@')[1]!);
    expect(new Set(hosts).size).toBe(5);
    expect(numbersOf(held, 'refresh').outcomes).toEqual({ succeeded: 20 });
  });

  it('10.2.3 direct: a verification looks for the Contact that was bound, whatever has been learned since', () => {
    const held = run({ nat: 'direct', flow: [register()], verify: { sampleShare: 1 } }, (text, nowUs) => {
      const { contact } = readRequest(text);
      const listed = contact === '' ? 'sip:u000@127.0.0.1:40000' : contact;
      const right = answer(text, '200 OK', `Contact: <${listed}>;expires=1800`);
      return [{ atUs: nowUs + 1000, bytes: seenAt(right, NAT) }];
    });
    expect(contactsOf(held)).toEqual(['sip:u000@127.0.0.1:40000', '']);
    expect([counted(held, COUNTER_VERIFY_CHECKED), counted(held, COUNTER_VERIFY_MISSING)]).toEqual([1, 0]);
  });

  it('direct: a socket that is seen where it is needs no repair', () => {
    const held = run(
      { nat: 'direct', flow: [register(), refresh()] },
      registrar(() => '127.0.0.1:40000'),
    );
    expect(natOf(held)).toEqual({ changes: 0, repairs: 0 });
    expect(new Set(contactsOf(held)).size).toBe(1);
  });

  it('advertise: Contacts and {contact} say where the phones are reached, Via where they are', () => {
    const header = { name: 'X-Here', value: [{ kind: 'contact' as const }] };
    const flow = [{ ...register(), headers: [header] }];
    const contactWith = (port: number | null): readonly (string | undefined)[] => {
      const held = run({ advertise: { host: 'sbc.example', port }, flow }, registrar(natted));
      const { contact, value } = readRequest(held.sent[0]!.text);
      expect(value('Via')).toMatch(/^SIP\/2\.0\/UDP 127\.0\.0\.1:40000;/);
      expect(numbersOf(held, 'register').outcomes).toEqual({ succeeded: 1 });
      return [contact, value('X-Here')];
    };
    expect(contactWith(5099)).toEqual(['sip:u000@sbc.example:5099', 'sip:u000@sbc.example:5099']);
    expect(contactWith(null)).toEqual(['sip:u000@sbc.example:40000', 'sip:u000@sbc.example:40000']);
  });
});
