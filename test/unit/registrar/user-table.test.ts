// A registrar that knows its users: a password each, and nobody else's.

import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import type { Registrar } from '../../../src/registrar/index.ts';
import { createRegistrar, optionsFor } from '../../../src/registrar/index.ts';
import { createUserTable, findUser, NO_USER } from '../../../src/registrar/user-table.ts';
import { defaultBehaviour, type SubscriberUsers } from '../../../src/scenario/index.ts';
import { attachValues, createValues, encodeUtf8, repeatRows } from '../../../src/std/index.ts';
import { authorization, challengeValue, exchange, open, request, statusOf } from './harness.ts';

const usersOf = (...rows: readonly (readonly [user: string, password: string])[]): SubscriberUsers => {
  const values = createValues(rows.length, 2, 1000);
  const table = attachValues(values);
  let end = 0;
  for (const [cell, text] of rows.flat().map(encodeUtf8).entries()) {
    table.offsets[cell] = end;
    table.bytes.set(text, end);
    end += text.length;
    table.offsets[cell + 1] = end;
  }
  return { values, first: 0, count: rows.length, user: 0, authUser: 0, password: 1 };
};

const login = (registrar: Registrar, user: string, password: string, realm = 'test.example'): number => {
  const contact = `<sip:${user}@127.0.0.2>`;
  const nonce = challengeValue(exchange(registrar, request({ user, contact })), 'nonce') ?? '';
  const headers = [authorization({ nonce, user, password, realm })];
  return statusOf(exchange(registrar, request({ user, contact, cseq: 2, headers })));
};

it('RFC 3261 §10.3(3) takes the password of the user, and neither another one nor one of a user it does not know', () => {
  const registrar = open({ password: null, users: usersOf(['u1', 'one'], ['u2', 'two']) });
  expect(login(registrar, 'u1', 'one')).toBe(200);
  expect(login(registrar, 'u2', 'two')).toBe(200);
  expect(login(registrar, 'u2', 'one')).toBe(401);
  expect(login(registrar, 'u3', 'one')).toBe(401);
});

it('finds each of many, in the rows that count, and no other', () => {
  const rows = Array.from({ length: 500 }, (_, row) => [`u${row}`, 'p'] as const);
  const users = createUserTable({ ...usersOf(...rows.slice(0, 100)), first: 10, count: 50 });
  const find = (name: string): number => findUser(users, encodeUtf8(name), name.length);
  for (let row = 10; row < 60; row++) expect(find(`u${row}`)).toBe(row);
  expect(['u9', 'u60', 'u', 'U10'].map(find)).toEqual([NO_USER, NO_USER, NO_USER, NO_USER]);
});

it('rows over and over are a table of their own', () => {
  const { values } = usersOf(['a', '1'], ['bb', '22'], ['ccc', '333']);
  const table = attachValues(repeatRows(values, 1, 2, 5));
  const cell = (at: number): string =>
    new TextDecoder().decode(table.bytes.slice(table.offsets[at], table.offsets[at + 1]));
  expect(Array.from({ length: 10 }, (_, at) => cell(at))).toEqual([
    'bb',
    '22',
    'ccc',
    '333',
    'bb',
    '22',
    'ccc',
    '333',
    'bb',
    '22',
  ]);
});

const ha1Of = (hash: 'md5' | 'sha256', user: string, realm: string, password: string): string =>
  createHash(hash).update(`${user}:${realm}:${password}`).digest('hex');

/** As optionsFor makes them of what a scenario says of its users. */
const knowing = (users: SubscriberUsers): Registrar =>
  createRegistrar({
    ...optionsFor({ domain: 'test.example', password: null, users, capacity: 10, seed: 7 }, defaultBehaviour()),
    transactionCapacity: 256,
  });

describe('users of whom it knows H(A1) and no password', () => {
  const users = (hash: 'md5' | 'sha256', algorithm: 'MD5' | 'SHA-256'): SubscriberUsers => ({
    ...usersOf(['u1', ha1Of(hash, 'u1', 'office', 'one')], ['u2', ha1Of(hash, 'u2', 'office', 'two')]),
    ...{ password: -1, ha1: { column: 1, algorithm }, realm: 'office' },
  });

  it('RFC 7616 §3.4.2 are asked with the realm that it was made with, and let in by the password behind it', () => {
    const registrar = knowing(users('md5', 'MD5'));
    const challenge = exchange(registrar, request({ user: 'u1' }));
    expect([challengeValue(challenge, 'realm'), challengeValue(challenge, 'algorithm')]).toEqual(['office', 'MD5']);
    expect(login(registrar, 'u1', 'one', 'office')).toBe(200);
    expect(login(registrar, 'u2', 'two', 'office')).toBe(200);
    expect(login(registrar, 'u2', 'one', 'office')).toBe(401);
    expect(login(registrar, 'u3', 'one', 'office')).toBe(401);
  });

  it('RFC 7616 §3.4 are asked for the hash that it was made with', () => {
    const challenge = exchange(knowing(users('sha256', 'SHA-256')), request({ user: 'u1' }));
    expect(challengeValue(challenge, 'algorithm')).toBe('SHA-256');
  });

  it('RFC 7616 §3.4.2 are not let in by a response of another hash than it was made with', () => {
    const options = { password: null, users: users('sha256', 'SHA-256'), realm: 'office' };
    expect(login(open({ ...options, algorithms: ['MD5'] }), 'u1', 'one', 'office')).toBe(401);
  });
});

it('RFC 7616 §3.3 asks users with passwords with the realm that their file names', () => {
  const registrar = knowing({ ...usersOf(['u1', 'one']), realm: 'office' });
  expect(challengeValue(exchange(registrar, request({ user: 'u1' })), 'realm')).toBe('office');
  expect(login(registrar, 'u1', 'one', 'office')).toBe(200);
});
