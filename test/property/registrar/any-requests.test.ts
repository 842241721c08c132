import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  addressOfRecordCount,
  advance,
  bindingCount,
  bindingsOf,
  countersOf,
  createRegistrar,
  drain,
  type Registrar,
  receive,
  released,
} from '../../../src/registrar/index.ts';
import {
  authorization,
  drainAll,
  exchange,
  header,
  OPTIONS,
  open,
  request,
  statusOf,
} from '../../unit/registrar/harness.ts';

const SECOND = 1_000_000;

const expectCountsToAddUp = (registrar: Registrar): void => {
  const counters = countersOf(registrar);
  const { requests, answered, retransmissionsAnswered, dropped } = counters;
  expect(counters.datagrams).toBe(requests + counters.responses + counters.keepAlives);
  expect(requests).toBe(answered + retransmissionsAnswered + dropped);
  expect(dropped).toBe(
    counters.droppedUnanswerable + counters.droppedAcks + counters.droppedOutboxFull + counters.droppedTooLong,
  );
  const byStatus = Object.values(counters.byStatus).reduce((sum, count) => sum + count, 0);
  expect(answered).toBe(byStatus);
  const { bindingsAdded, bindingsRemoved, bindingsExpired } = counters;
  expect(bindingsAdded - bindingsRemoved - bindingsExpired).toBeGreaterThanOrEqual(bindingCount(registrar));
};

const SEEDS: readonly string[] = [
  request({ contact: ['<sip:u1@127.0.0.2:40000;transport=udp>;q=0.5;expires=90', '"B" <sip:b@h>'], expires: 600 }),
  request({ contact: '*', expires: 0, cseq: 77 }),
  request({ headers: [authorization({ nonce: '0'.repeat(32) })], contact: '<sip:a@h?x=y>' }),
  request({ method: 'OPTIONS', headers: ['Require: path', 'v: SIP/2.0/TCP b'] }),
  request({ to: 'To: sip:u%31@test.example;x=";"', from: 'f: "a\\"" <sip:a@b>;tag=1', contact: 'sip:a@b;expires=5' }),
  request({ via: 'Via: SIP / 2.0 / UDP 127.0.0.2 : 5061 ;branch=1;rport=2' }),
];

/** A seed with some bytes overwritten, cut out or repeated. */
const mutated = fc
  .record({
    seed: fc.nat(SEEDS.length - 1),
    edits: fc.array(
      fc.record({
        at: fc.nat(600),
        kind: fc.constantFrom('set', 'cut', 'repeat'),
        byte: fc.oneof(fc.nat(255), fc.constantFrom(...Buffer.from('\r\n <>;,":@%=*0'))),
        length: fc.integer({ min: 1, max: 40 }),
      }),
      { maxLength: 6 },
    ),
  })
  .map(({ seed, edits }) => {
    let bytes = [...Buffer.from(SEEDS[seed] ?? '', 'latin1')];
    for (const { at, kind, byte, length } of edits) {
      const from = bytes.length === 0 ? 0 : at % bytes.length;
      if (kind === 'set') bytes[from] = byte;
      else if (kind === 'cut') bytes = [...bytes.slice(0, from), ...bytes.slice(from + length)];
      else bytes = [...bytes.slice(0, from + length), ...bytes.slice(from)];
    }
    return Uint8Array.from(bytes);
  });

describe('any bytes', () => {
  it('never make it throw, are never read outside the datagram, and are counted exactly once', () => {
    fc.assert(
      fc.property(fc.array(mutated, { maxLength: 12 }), fc.boolean(), (datagrams, isGuarded) => {
        const registrar = open({ capacity: 3, transactionCapacity: 6, password: isGuarded ? 'secret' : null });
        datagrams.forEach((datagram, i) => {
          const before = countersOf(registrar);
          const answer = exchange(registrar, datagram, i * SECOND);
          const after = countersOf(registrar);
          const sent =
            after.answered + after.retransmissionsAnswered - before.answered - before.retransmissionsAnswered;
          expect(sent).toBe(answer === null ? 0 : 1);
          if (answer !== null) {
            expect(answer.text).toMatch(/^SIP\/2\.0 [2-5]\d\d [^\r\n]*\r\n/);
            // The bytes around the datagram are all 'X'; no answer of these seeds holds two of them.
            expect(answer.text).not.toContain('XX');
          }
          expectCountsToAddUp(registrar);
        });
        advance(registrar, 10_000 * SECOND);
        expect(bindingCount(registrar)).toBe(0);
        expect(addressOfRecordCount(registrar)).toBe(0);
        const { bindingsAdded, bindingsRemoved, bindingsExpired } = countersOf(registrar);
        expect(bindingsAdded).toBe(bindingsRemoved + bindingsExpired);
      }),
      { numRuns: 400 },
    );
  });

  it('of no meaning at all are dropped', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        const registrar = open();
        expect(exchange(registrar, bytes)).toBeNull();
        expectCountsToAddUp(registrar);
      }),
      { numRuns: 300 },
    );
  });

  it('a request cut anywhere gets 400 or nothing, or is whole', () => {
    for (const seed of SEEDS) {
      const whole = Buffer.from(seed, 'latin1');
      for (let end = 0; end < whole.length; end++) {
        const answer = exchange(open(), whole.subarray(0, end));
        if (answer !== null) expect(statusOf(answer)).toBe(400);
      }
    }
  });
});

// The same registrar, slow and obvious: RFC 3261 §10.3 over a list of objects. Contacts are compared as text, which is right
// for the ones that are generated here.
interface ModelBinding {
  uri: string;
  callId: string;
  cseq: number;
  expiresAt: number;
}

interface Step {
  readonly user: string;
  readonly callId: string;
  readonly cseq: number;
  readonly contacts: readonly { readonly uri: string; readonly expires: number | null }[];
  readonly star: boolean;
  readonly expires: number | null;
  readonly passSeconds: number;
}

class Model {
  readonly bindings = new Map<string, ModelBinding[]>();

  at(user: string, now: number): ModelBinding[] {
    const live = (this.bindings.get(user) ?? []).filter((binding) => binding.expiresAt > now);
    this.bindings.set(user, live);
    return live;
  }

  register(step: Step, now: number): number {
    const current = this.at(step.user, now);
    const isOld = (binding: ModelBinding): boolean => binding.callId === step.callId && step.cseq <= binding.cseq;
    if (step.star) {
      if (step.contacts.length > 0 || step.expires !== 0) return 400;
      if (current.some(isOld)) return 500;
      this.bindings.set(step.user, []);
      return 200;
    }
    let next = current.map((binding) => ({ ...binding }));
    for (const contact of step.contacts) {
      const asked = contact.expires ?? step.expires ?? OPTIONS.defaultExpiresSeconds;
      if (asked > 0 && asked < 3600 && asked < OPTIONS.minExpiresSeconds) return 423;
      const old = next.find((binding) => binding.uri === contact.uri);
      if (old !== undefined && isOld(old)) return 500;
      if (step.contacts.filter((other) => other.uri === contact.uri).indexOf(contact) > 0) return 500;
      const expiresAt = now + Math.min(asked, OPTIONS.maxExpiresSeconds) * SECOND;
      const binding = { uri: contact.uri, callId: step.callId, cseq: step.cseq, expiresAt };
      if (asked === 0) next = next.filter((other) => other !== old);
      else if (old === undefined) next.push(binding);
      else Object.assign(old, binding);
    }
    if (next.length > current.length && next.length > 4) return 403;
    this.bindings.set(step.user, next);
    return 200;
  }
}

const seconds = fc.option(fc.constantFrom(0, 30, 60, 61, 600, 7200, 100_000), { nil: null });
const step: fc.Arbitrary<Step> = fc.record({
  user: fc.constantFrom('a', 'b', 'c', 'd%'),
  callId: fc.constantFrom('c1', 'c2'),
  cseq: fc.nat(12),
  contacts: fc.array(
    fc.record({
      uri: fc.constantFrom('sip:1@h', 'sip:2@h', 'sip:3@h', 'sip:4@h', 'sip:5@h', 'sip:6@h'),
      expires: seconds,
    }),
    { maxLength: 4 },
  ),
  star: fc.boolean().chain((maybe) => (maybe ? fc.boolean() : fc.constant(false))),
  expires: seconds,
  passSeconds: fc.constantFrom(0, 1, 59, 60, 1799, 4000),
});

describe('RFC 3261 §10.3 against a slow and obvious model', () => {
  it('gives the same answers and keeps the same bindings, and a retransmission never changes any', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        const registrar = createRegistrar({ ...OPTIONS, maxContactsPerAor: 4, bindingCapacity: 1000 });
        const model = new Model();
        let now = 0;
        for (const one of steps) {
          now += one.passSeconds * SECOND;
          if (one.passSeconds % 2 === 1) advance(registrar, now);
          const contact = one.contacts.map(
            ({ uri, expires }) => `<${uri}>${expires === null ? '' : `;expires=${expires}`}`,
          );
          const text = request({
            user: one.user.replace('%', '%25'),
            callId: one.callId,
            cseq: one.cseq,
            contact: one.star ? [...contact, '*'] : contact,
            ...(one.expires === null ? {} : { expires: one.expires }),
          });
          const expected = model.register(one, now);
          const answer = exchange(registrar, text, now);
          expect(statusOf(answer)).toBe(expected);
          const bindings = model.at(one.user, now);
          expect(bindingsOf(registrar, one.user)).toEqual(
            bindings.map(({ uri, callId, cseq, expiresAt }) => ({
              contact: uri,
              params: '',
              callId,
              cseq,
              expiresAtUs: expiresAt,
            })),
          );
          if (expected === 200) {
            expect(header(answer, 'Contact')).toEqual(
              bindings.map(
                ({ uri, expiresAt }) => `<${uri}>;expires=${Math.max(1, Math.floor((expiresAt - now) / SECOND))}`,
              ),
            );
          }
          expect(exchange(registrar, text, now)).toEqual(answer);
          let total = 0;
          for (const user of model.bindings.keys()) total += model.at(user, now).length;
          expect(bindingCount(registrar)).toBe(total);
        }
        expectCountsToAddUp(registrar);
      }),
      { numRuns: 300 },
    );
  });
});

describe('the answer ring', () => {
  it('delivers every answer once, in order and unharmed, however receiving, draining and releasing are mixed', () => {
    const turn = fc.record({ receive: fc.nat(30), drain: fc.nat(30), release: fc.nat(30) });
    fc.assert(
      fc.property(fc.array(turn, { maxLength: 30 }), (turns) => {
        const registrar = open({ transactionCapacity: 20, outboxSlots: 25, capacity: 2000 });
        let next = 0;
        const held: { start: number; end: number; copy: string }[] = [];
        const seen: string[] = [];
        const textOf = (start: number, end: number): string =>
          Buffer.from(registrar.slab.subarray(start, end)).toString('latin1');
        for (const { receive: count, drain: most, release } of turns) {
          for (let i = 0; i < count; i++) {
            const bytes = Buffer.from(
              request({ callId: `call-${next++}-${'p'.repeat((next * 131) % 700)}` }),
              'latin1',
            );
            receive(registrar, 0, bytes, 0, bytes.length, 1, 1);
          }
          let room = most;
          drain(registrar, (start, end) => {
            if (room-- <= 0) return false;
            held.push({ start, end, copy: textOf(start, end) });
            return true;
          });
          for (const { start, end, copy } of held) expect(textOf(start, end)).toBe(copy);
          const done = Math.min(release, held.length);
          for (const { copy } of held.splice(0, done)) seen.push(copy);
          released(registrar, done);
        }
        const { answered, droppedOutboxFull } = countersOf(registrar);
        expect(answered + droppedOutboxFull).toBe(next);
        const calls = seen.map((text) => Number(/Call-ID: call-(\d+)-/.exec(text)?.[1]));
        expect(calls).toEqual([...calls].sort((a, b) => a - b));
        expect(new Set(calls).size).toBe(calls.length);
        released(registrar, held.length);
        expect(seen.length + held.length + drainAll(registrar).length).toBe(answered);
      }),
      { numRuns: 100 },
    );
  });
});
