import { describe, expect, it } from 'vitest';
import {
  addressOfRecordCount,
  advance,
  bindingCount,
  bindingsOf,
  countersOf,
  type Registrar,
} from '../../../src/registrar/index.ts';
import { openFile } from './from-file.ts';
import { exchange, header, open, type RequestParts, request, statusOf } from './harness.ts';

const SECOND = 1_000_000;
const A = '<sip:a@127.0.0.2>';
const B = '<sip:b@127.0.0.3:5070;transport=udp>';

const send = (registrar: Registrar, parts: RequestParts, nowUs = 0): number =>
  statusOf(exchange(registrar, request(parts), nowUs));
const contactsOf = (registrar: Registrar, user = 'u1'): string[] =>
  bindingsOf(registrar, user).map((binding) => binding.contact);

describe('RFC 3261 §10.3(7): the interval of a contact', () => {
  const granted = (parts: RequestParts): string[] => header(exchange(open(), request(parts)), 'Contact');

  it('is its expires parameter, else the Expires header, else the default', () => {
    expect(granted({ contact: [`${A};expires=100`, B], expires: 200 })).toEqual([
      `${A};expires=100`,
      `${B};expires=200`,
    ]);
    expect(granted({ contact: A })).toEqual([`${A};expires=1800`]);
  });

  it('10.2 malformed reads as 3600, and too large as the largest', () => {
    expect(granted({ contact: A, expires: 'abc' })).toEqual([`${A};expires=3600`]);
    expect(granted({ contact: `${A};expires=abc` })).toEqual([`${A};expires=3600`]);
    expect(granted({ contact: A, expires: '99999999999' })).toEqual([`${A};expires=7200`]);
    const registrar = open({ maxExpiresSeconds: 4294967295 });
    const answer = exchange(registrar, request({ contact: `${A};expires=99999999999` }));
    expect(header(answer, 'Contact')).toEqual([`${A};expires=4294967295`]);
  });

  it.each([
    ['expires: { min: 5000s }', 5_000],
    ['expires: { min: 60s }', 3_600],
    ['expires: { min: 5000s, default: 6000s }', 6_000],
    ['expires: { max: 60s }', 60],
  ])('is never below the minimum where none is asked for: %s', (settings, seconds) => {
    const answer = exchange(openFile(settings), request({ contact: A }));
    expect(header(answer, 'Contact')).toEqual([`${A};expires=${seconds}`]);
  });

  it('is shortened to the maximum', () => {
    expect(granted({ contact: A, expires: 7201 })).toEqual([`${A};expires=7200`]);
  });

  it('gets 423 with Min-Expires when above 0 and below the minimum', () => {
    const registrar = open();
    const answer = exchange(registrar, request({ contact: A, expires: 59 }));
    expect(statusOf(answer)).toBe(423);
    expect(header(answer, 'Min-Expires')).toEqual(['60']);
    expect(contactsOf(registrar)).toEqual([]);
    expect(send(registrar, { contact: A, expires: 60 })).toBe(200);
    expect(send(registrar, { contact: A, expires: 0, cseq: 2 })).toBe(200);
  });

  it('never gets 423 from an hour on, however high the minimum', () => {
    const registrar = open({ minExpiresSeconds: 7000 });
    expect(send(registrar, { contact: A, expires: 3599 })).toBe(423);
    expect(send(registrar, { contact: A, expires: 3600 })).toBe(200);
  });
});

describe('RFC 3261 §10.3(7): adding, refreshing, removing', () => {
  it('adds what is not there and lists every binding in the order of arrival', () => {
    const registrar = open();
    expect(send(registrar, { contact: A })).toBe(200);
    const answer = exchange(registrar, request({ contact: B, callId: 'call-2' }), 10 * SECOND);
    expect(header(answer, 'Contact')).toEqual([`${A};expires=1790`, `${B};expires=1800`]);
    expect(bindingCount(registrar)).toBe(2);
    expect(addressOfRecordCount(registrar)).toBe(1);
  });

  it('refreshes by a higher CSeq, with the new interval from now on', () => {
    const registrar = open();
    send(registrar, { contact: A });
    const answer = exchange(registrar, request({ contact: A, cseq: 2, expires: 600 }), 100 * SECOND);
    expect(header(answer, 'Contact')).toEqual([`${A};expires=600`]);
    expect(bindingsOf(registrar, 'u1')).toEqual([
      { contact: 'sip:a@127.0.0.2', params: '', callId: 'call-1', cseq: 2, expiresAtUs: 700 * SECOND },
    ]);
    expect(countersOf(registrar)).toMatchObject({ bindingsAdded: 1, bindingsRefreshed: 1 });
  });

  it('takes over what a refresh says differently: parameters, spelling of the URI, Call-ID', () => {
    const registrar = open();
    send(registrar, { contact: '<sip:a@Host.example>;q=0.1' });
    send(registrar, { contact: '<sip:%61@host.example>;q=0.9;x="a;expires=1;b"', callId: 'call-2', cseq: 1 });
    expect(bindingsOf(registrar, 'u1')).toMatchObject([
      { contact: 'sip:%61@host.example', params: ';q=0.9;x="a;expires=1;b"', callId: 'call-2', cseq: 1 },
    ]);
  });

  it('removes one binding by expires=0 and leaves the others', () => {
    const registrar = open();
    send(registrar, { contact: [A, B] });
    const answer = exchange(registrar, request({ contact: `${A};expires=0`, cseq: 2 }));
    expect(header(answer, 'Contact')).toEqual([`${B};expires=1800`]);
    expect(countersOf(registrar).bindingsRemoved).toBe(1);
  });

  it('removing what is not there succeeds and changes nothing', () => {
    const registrar = open();
    expect(send(registrar, { contact: A, expires: 0 })).toBe(200);
    expect(bindingCount(registrar)).toBe(0);
    expect(addressOfRecordCount(registrar)).toBe(0);
  });

  it('adds, refreshes and removes in one request', () => {
    const registrar = open();
    send(registrar, { contact: [A, B] });
    expect(send(registrar, { contact: [`${A};expires=0, ${B};expires=90`, '<sip:c@h>'], cseq: 2 })).toBe(200);
    expect(contactsOf(registrar)).toEqual(['sip:b@127.0.0.3:5070;transport=udp', 'sip:c@h']);
  });

  it('19.1.4 finds the binding by URI comparison, not by bytes', () => {
    const registrar = open();
    send(registrar, { contact: '<sip:%61lice@HOST.example;Transport=UDP>' });
    send(registrar, { contact: '<sip:alice@host.example;transport=udp>', cseq: 2 });
    expect(bindingCount(registrar)).toBe(1);
    send(registrar, { contact: '<sip:alice@host.example:5060;transport=udp>', cseq: 3 });
    send(registrar, { contact: '<sip:Alice@host.example;transport=udp>', cseq: 4 });
    expect(bindingCount(registrar)).toBe(3);
  });

  it('10.2.1 keeps contacts of any scheme', () => {
    const registrar = open();
    send(registrar, { contact: ['<mailto:a@example.com>', '<tel:+1555>'] });
    expect(contactsOf(registrar)).toEqual(['mailto:a@example.com', 'tel:+1555']);
  });
});

describe('RFC 3261 §10.3(7): Call-ID and CSeq', () => {
  it('the same Call-ID with an equal or lower CSeq fails with 500 and changes nothing', () => {
    for (const cseq of [5, 4, 0]) {
      for (const expires of [0, 600]) {
        const registrar = open();
        send(registrar, { contact: A, cseq: 5 });
        const before = bindingsOf(registrar, 'u1');
        expect(send(registrar, { contact: A, cseq, expires }, SECOND)).toBe(500);
        expect(bindingsOf(registrar, 'u1')).toEqual(before);
      }
    }
  });

  it('another Call-ID may have any CSeq', () => {
    const registrar = open();
    send(registrar, { contact: A, cseq: 5 });
    expect(send(registrar, { contact: A, cseq: 1, callId: 'call-2', expires: 90 })).toBe(200);
    expect(bindingsOf(registrar, 'u1')).toMatchObject([{ callId: 'call-2', cseq: 1 }]);
    expect(send(registrar, { contact: A, cseq: 1, callId: 'CALL-2', expires: 0 })).toBe(200);
    expect(bindingCount(registrar)).toBe(0);
  });

  it('one that fails takes all others with it', () => {
    const registrar = open();
    send(registrar, { contact: A, cseq: 5 });
    send(registrar, { contact: B, cseq: 9 });
    const before = bindingsOf(registrar, 'u1');
    expect(send(registrar, { contact: ['<sip:new@h>', `${A};expires=0`, B], cseq: 7 })).toBe(500);
    expect(bindingsOf(registrar, 'u1')).toEqual(before);
    expect(countersOf(registrar)).toMatchObject({ bindingsAdded: 2, bindingsRefreshed: 0, bindingsRemoved: 0 });
  });

  it('a contact that is too brief, or malformed, takes all others with it', () => {
    const registrar = open();
    expect(send(registrar, { contact: [A, `${B};expires=1`] })).toBe(423);
    expect(send(registrar, { contact: [A, '<sip:b@h'] })).toBe(400);
    expect(send(registrar, { contact: `${A},` })).toBe(400);
    expect(bindingCount(registrar)).toBe(0);
  });

  it('the same URI twice in one request fails: the second has no higher CSeq than the first', () => {
    const registrar = open();
    expect(send(registrar, { contact: [A, '<sip:%61@127.0.0.2>'] })).toBe(500);
    expect(bindingCount(registrar)).toBe(0);
    send(registrar, { contact: A });
    expect(send(registrar, { contact: [A, `${A};expires=0`], cseq: 2 })).toBe(500);
    expect(contactsOf(registrar)).toEqual(['sip:a@127.0.0.2']);
  });
});

describe('RFC 3261 §10.3(6): no Contact, and Contact: *', () => {
  it('without Contact the bindings are listed and stay as they are', () => {
    const registrar = open();
    send(registrar, { contact: [A, B], cseq: 5 });
    const before = bindingsOf(registrar, 'u1');
    const answer = exchange(registrar, request({ cseq: 1, expires: 0 }), 1_500_000);
    expect(header(answer, 'Contact')).toEqual([`${A};expires=1798`, `${B};expires=1798`]);
    expect(bindingsOf(registrar, 'u1')).toEqual(before);
  });

  it('* with Expires: 0 removes everything of this address-of-record only', () => {
    const registrar = open();
    send(registrar, { contact: [A, B] });
    send(registrar, { contact: A, callId: 'call-2', user: 'u2' });
    const answer = exchange(registrar, request({ contact: '*', expires: 0, callId: 'call-9' }));
    expect(statusOf(answer)).toBe(200);
    expect(header(answer, 'Contact')).toEqual([]);
    expect(contactsOf(registrar)).toEqual([]);
    expect(contactsOf(registrar, 'u2')).toHaveLength(1);
    expect(countersOf(registrar).bindingsRemoved).toBe(2);
  });

  it('* for an address-of-record without bindings succeeds', () => {
    expect(send(open(), { contact: '*', expires: 0 })).toBe(200);
  });

  it('* without Expires: 0, or beside another contact, gets 400', () => {
    for (const parts of [
      { contact: '*' },
      { contact: '*', expires: 1 },
      { contact: '*', expires: 'abc' },
      { contact: ['*', A], expires: 0 },
      { contact: [A, '*'], expires: 0 },
      { contact: ['*', '*'], expires: 0 },
      { contact: '*;expires=0' },
      { contact: `*, ${A}`, expires: 0 },
    ]) {
      const registrar = open();
      send(registrar, { contact: A, cseq: 1 });
      expect(send(registrar, { ...parts, cseq: 2 }), JSON.stringify(parts)).toBe(400);
      expect(bindingCount(registrar)).toBe(1);
    }
  });

  it('* with an old CSeq for one binding of the same Call-ID removes none', () => {
    const registrar = open();
    send(registrar, { contact: A, callId: 'call-2', cseq: 9 });
    send(registrar, { contact: B, cseq: 5 });
    expect(send(registrar, { contact: '*', expires: 0, cseq: 5 })).toBe(500);
    expect(bindingCount(registrar)).toBe(2);
    expect(send(registrar, { contact: '*', expires: 0, cseq: 6 })).toBe(200);
    expect(bindingCount(registrar)).toBe(0);
  });
});

describe('how a contact is kept (RFC 4475 §3.3.12-14, §3.1.1.4)', () => {
  const echoed = (contact: string): string[] => header(exchange(open(), request({ contact })), 'Contact');

  it('cparam01: a parameter outside brackets stays outside', () => {
    expect(echoed('sip:+19725552222@gw1.example.net;unknownparam')).toEqual([
      '<sip:+19725552222@gw1.example.net>;unknownparam;expires=1800',
    ]);
  });

  it('cparam02: a parameter inside brackets stays inside', () => {
    expect(echoed('<sip:+19725552222@gw1.example.net;unknownparam>')).toEqual([
      '<sip:+19725552222@gw1.example.net;unknownparam>;expires=1800',
    ]);
  });

  it('regescrt: an escaped Route header in the URI stays in it', () => {
    expect(echoed('<sip:user@example.com?Route=%3Csip:sip.example.com%3E>')).toEqual([
      '<sip:user@example.com?Route=%3Csip:sip.example.com%3E>;expires=1800',
    ]);
  });

  it('regbadct: a bare URI with a question mark gets 400', () => {
    expect(send(open(), { contact: 'sip:user@example.com?Route=%3Csip:sip.example.com%3E' })).toBe(400);
  });

  it('escnull: %00 and %00%00 are two contacts', () => {
    const registrar = open();
    expect(send(registrar, { contact: ['<sip:%00@host5.example.com>', '<sip:%00%00@host5.example.com>'] })).toBe(200);
    expect(bindingCount(registrar)).toBe(2);
  });

  it('expires goes in any spelling and from any place, all else stays, quotes and folding included', () => {
    expect(echoed('"A, B;c" <sip:a@h> ; EXPIRES = 90 ;q=0.5;+sip.instance="<urn:uuid:1;2>" ;x\r\n ;y=1')).toEqual([
      '<sip:a@h>;q=0.5;+sip.instance="<urn:uuid:1;2>";x;y=1;expires=90',
    ]);
    expect(echoed('<sip:a@h>;expiresx=1;expires=90;expires2')).toEqual(['<sip:a@h>;expiresx=1;expires2;expires=90']);
  });
});

describe('expiry', () => {
  it('ends a binding exactly when its interval is over, for whoever asks', () => {
    const registrar = open();
    send(registrar, { contact: A, expires: 60 });
    send(registrar, { contact: B, callId: 'call-2', expires: 61 });
    const just = exchange(registrar, request({ callId: 'q' }), 60 * SECOND - 1);
    expect(header(just, 'Contact')).toEqual([`${A};expires=1`, `${B};expires=1`]);
    const over = exchange(registrar, request({ callId: 'q' }), 60 * SECOND);
    expect(header(over, 'Contact')).toEqual([`${B};expires=1`]);
    expect(countersOf(registrar).bindingsExpired).toBe(1);
  });

  it('a binding that is over no longer minds an old CSeq', () => {
    const registrar = open();
    send(registrar, { contact: A, expires: 60, cseq: 9 });
    expect(send(registrar, { contact: A, cseq: 3 }, 60 * SECOND)).toBe(200);
  });

  it('advance() alone counts and clears, and tells when it wants to be called', () => {
    const registrar = open();
    send(registrar, { contact: A, expires: 60 });
    send(registrar, { contact: A, callId: 'call-2', user: 'u2', expires: 7200 });
    let now = 0;
    const calls: number[] = [];
    while (bindingCount(registrar) > 0 && calls.length < 100) {
      const next = advance(registrar, now);
      expect(next).toBeGreaterThan(now);
      now = Math.min(next, 8000 * SECOND);
      calls.push(now);
      advance(registrar, now);
    }
    expect(now).toBe(7200 * SECOND);
    expect(calls.length).toBeLessThan(20);
    expect(countersOf(registrar).bindingsExpired).toBe(2);
    expect(addressOfRecordCount(registrar)).toBe(0);
    expect(advance(registrar, now)).toBe(Number.POSITIVE_INFINITY);
  });

  it('bindingCount() is exact between two ticks', () => {
    const registrar = open();
    send(registrar, { contact: A, expires: 60 }, 7);
    advance(registrar, 60 * SECOND + 6);
    expect(bindingCount(registrar)).toBe(1);
    advance(registrar, 60 * SECOND + 7);
    expect(bindingCount(registrar)).toBe(0);
    expect(bindingsOf(registrar, 'u1')).toEqual([]);
  });
});

describe('capacity', () => {
  it('holds ten thousand addresses-of-record and finds each of them', () => {
    const registrar = open({ capacity: 10_000 });
    for (let i = 0; i < 10_000; i++) {
      expect(send(registrar, { user: `user${i}`, contact: `<sip:user${i}@127.0.0.2>`, callId: `c${i}` })).toBe(200);
    }
    expect(addressOfRecordCount(registrar)).toBe(10_000);
    for (let i = 0; i < 10_000; i += 97) expect(contactsOf(registrar, `user${i}`)).toEqual([`sip:user${i}@127.0.0.2`]);
  });

  it('answers one address-of-record too many with 503, and goes on serving the others', () => {
    const registrar = open({ capacity: 3 });
    for (const user of ['a', 'b', 'c']) expect(send(registrar, { user, contact: A })).toBe(200);
    expect(send(registrar, { user: 'd', contact: A })).toBe(503);
    expect(countersOf(registrar).full).toBe(1);
    expect(send(registrar, { user: 'd' })).toBe(200);
    expect(send(registrar, { user: 'a', contact: A, cseq: 2 })).toBe(200);
    expect(send(registrar, { user: 'b', contact: A, cseq: 2, expires: 0 })).toBe(200);
    expect(send(registrar, { user: 'd', contact: A })).toBe(200);
    expect(contactsOf(registrar, 'b')).toEqual([]);
    expect(addressOfRecordCount(registrar)).toBe(3);
  });

  it('answers one contact too many with 403 and keeps what was', () => {
    const registrar = open({ maxContactsPerAor: 2 });
    expect(send(registrar, { contact: [A, B] })).toBe(200);
    expect(send(registrar, { contact: '<sip:c@h>', cseq: 2 })).toBe(403);
    expect(send(registrar, { contact: ['<sip:c@h>', `${A};expires=0`], cseq: 2 })).toBe(200);
    expect(contactsOf(registrar)).toEqual(['sip:b@127.0.0.3:5070;transport=udp', 'sip:c@h']);
    const many = Array.from({ length: 65 }, (_, i) => `<sip:u${i}@h>`);
    expect(send(registrar, { contact: many.join(', '), cseq: 3 })).toBe(403);
  });

  it('answers one binding too many over all with 503 and keeps what was', () => {
    const registrar = open({ bindingCapacity: 3 });
    expect(send(registrar, { contact: [A, B] })).toBe(200);
    expect(send(registrar, { user: 'u2', contact: [A, B] })).toBe(503);
    expect(contactsOf(registrar, 'u2')).toEqual([]);
    expect(send(registrar, { user: 'u2', contact: A })).toBe(200);
  });

  it('answers 503 when its text store is full, and has lost nothing afterwards', () => {
    const registrar = open({ capacity: 30, bindingCapacity: 60 });
    const long = (i: number): string[] => [1, 2].map((n) => `<sip:u${i}@127.0.0.${n};p=${'x'.repeat(1500)}>`);
    const statuses = Array.from({ length: 30 }, (_, i) => send(registrar, { user: `u${i}`, contact: long(i) }));
    const held = statuses.filter((status) => status === 200).length;
    expect(held).toBeGreaterThan(5);
    expect(statuses.slice(held).every((status) => status === 503)).toBe(true);
    expect(bindingCount(registrar)).toBe(held * 2);
    for (let i = 0; i < held; i++) send(registrar, { user: `u${i}`, contact: '*', expires: 0, cseq: 2 });
    for (let i = 0; i < held; i++) {
      expect(send(registrar, { user: `u${i}`, contact: long(i), cseq: 3 })).toBe(200);
    }
  });
});
