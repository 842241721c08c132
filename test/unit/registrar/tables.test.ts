import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addAddress, createAddressTable, findAddress, setBindings } from '../../../src/registrar/address-table.ts';
import { createDateHeader, setDate } from '../../../src/registrar/date-header.ts';
import {
  createExpiryWheel,
  dueAt,
  fileRow,
  nextExpiryUs,
  overdueCount,
  takeDue,
  unfileRow,
} from '../../../src/registrar/expiry-wheel.ts';
import {
  closeOldest,
  createTransactionTable,
  findTransaction,
  isTransactionTableFull,
  openTransaction,
} from '../../../src/registrar/server-transactions.ts';
import { createTextStore, releaseText, TEXT_BYTES_MAX, takeText } from '../../../src/registrar/text-store.ts';
import { encodeAscii } from '../../../src/std/index.ts';

describe('text store', () => {
  it('never gives the same memory twice, and finds room again for what was released', () => {
    const lengths = fc.array(fc.record({ length: fc.nat(300), keep: fc.boolean() }), { maxLength: 200 });
    fc.assert(
      fc.property(lengths, (requests) => {
        const store = createTextStore(200);
        const held: { at: number; length: number; mark: number }[] = [];
        requests.forEach(({ length, keep }, index) => {
          const mark = (index % 250) + 1;
          const at = takeText(store, length);
          if (at !== 0) {
            store.bytes.fill(mark, at, at + length);
            held.push({ at, length, mark });
          }
          const oldest = held[0];
          if (!keep && oldest !== undefined) {
            held.shift();
            releaseText(store, oldest.at, oldest.length);
          }
          for (const { at: start, length: size, mark: expected } of held) {
            expect(store.bytes.subarray(start, start + size).every((byte) => byte === expected)).toBe(true);
          }
        });
      }),
      { numRuns: 60 },
    );
  });

  it('is full at its capacity, and cuts long free runs for short texts', () => {
    const store = createTextStore(64);
    const whole = takeText(store, TEXT_BYTES_MAX);
    expect(whole).toBeGreaterThan(0);
    expect(takeText(store, 1)).toBe(0);
    releaseText(store, whole, TEXT_BYTES_MAX);
    for (let i = 0; i < 64; i++) expect(takeText(store, 32), String(i)).toBeGreaterThan(0);
    expect(takeText(store, 0)).toBe(0);
  });

  it('refuses what is longer than it keeps', () => {
    expect(takeText(createTextStore(1000), TEXT_BYTES_MAX + 1)).toBe(0);
  });
});

describe('expiry wheel', () => {
  it('takes rows out once they are due and not before, over many turns, whatever is filed and unfiled between', () => {
    const step = fc.record({
      row: fc.integer({ min: 1, max: 12 }),
      inUs: fc.oneof(fc.integer({ min: 1, max: 50_000 }), fc.integer({ min: 1, max: 9_000_000_000 })),
      passUs: fc.oneof(fc.nat(30_000), fc.nat(3_000_000_000)),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const wheel = createExpiryWheel(12);
        const due = new Map<number, number>();
        let now = 0;
        for (const { row, inUs, passUs } of steps) {
          if (due.has(row)) unfileRow(wheel, row);
          fileRow(wheel, row, now + inUs);
          due.set(row, now + inUs);
          const first = Math.min(...due.values());
          expect(nextExpiryUs(wheel)).toBeLessThan(first + 20_000);
          now += passUs;
          const over = [...due.values()].filter((at) => at <= now).length;
          expect(overdueCount(wheel, now)).toBe(over);
          for (let taken = takeDue(wheel, now); taken !== 0; taken = takeDue(wheel, now)) {
            expect(dueAt(wheel, taken)).toBeLessThanOrEqual(now);
            expect(due.delete(taken)).toBe(true);
          }
          for (const at of due.values()) expect(at + 20_000).toBeGreaterThan(now);
          expect(wheel.count).toBe(due.size);
          expect(nextExpiryUs(wheel)).toBeGreaterThan(now);
        }
      }),
      { numRuns: 200 },
    );
  });
});

describe('address table', () => {
  it('finds what is in it after any mixture of adding, binding and making room, all with few different hashes', () => {
    const step = fc.record({ name: fc.nat(30), bind: fc.boolean() });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
        const table = createAddressTable(8, createTextStore(100));
        const bound = new Map<number, number>();
        for (const { name, bind } of steps) {
          const user = encodeAscii(`user${name}`);
          const hash = name % 5;
          let row = findAddress(table, hash, user, user.length);
          if (bound.has(name)) expect(row).toBe(bound.get(name));
          if (row === 0) row = addAddress(table, hash, user, user.length);
          if (row === 0) {
            expect(bound.size).toBe(8);
            continue;
          }
          setBindings(table, row, bind ? 1 : 0, bind ? 1 : 0);
          if (bind) bound.set(name, row);
          else bound.delete(name);
          expect(table.boundCount).toBe(bound.size);
          for (const [other, expected] of bound) {
            const text = encodeAscii(`user${other}`);
            expect(findAddress(table, other % 5, text, text.length)).toBe(expected);
          }
        }
      }),
      { numRuns: 200 },
    );
  });
});

describe('transaction table', () => {
  it('finds exactly those that are open, whatever their hashes', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 40 }), { maxLength: 150 }), (keys) => {
        const table = createTransactionTable(10, 500_000);
        let alive: number[] = [];
        for (const key of keys) {
          const low = (key % 7) * 0x10000001;
          const known = findTransaction(table, key, low);
          expect(known >= 0).toBe(alive.includes(key));
          if (known >= 0) continue;
          if (isTransactionTableFull(table)) {
            closeOldest(table);
            alive = alive.slice(1);
          }
          openTransaction(table, 0, key, low);
          alive.push(key);
        }
      }),
      { numRuns: 200 },
    );
  });
});

describe('Date header (RFC 3261 §20.17, RFC 1123)', () => {
  const dateOf = (epochUs: number): string => {
    const date = createDateHeader(epochUs);
    setDate(date, 0);
    return String.fromCharCode(...date.bytes);
  };

  it('is what the RFC prints', () => {
    expect(dateOf(1_289_690_940_000_000)).toBe('Sat, 13 Nov 2010 23:29:00 GMT');
  });

  it('agrees with the platform for any second from 1970 to 2255', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 9_007_199_253 }), (second) => {
        expect(dateOf(second * 1_000_000 + 999_999)).toBe(new Date(second * 1000).toUTCString());
      }),
      { numRuns: 2000 },
    );
  });

  it('moves on with time', () => {
    const date = createDateHeader(0);
    for (const us of [0, 999_999, 1_000_000, 86_400_000_000]) {
      setDate(date, us);
      expect(String.fromCharCode(...date.bytes)).toBe(new Date(us / 1000).toUTCString());
    }
  });
});
