// A registrar that knows its users: a password each, and nobody else's.

import { expect, it } from 'vitest';
import type { Registrar } from '../../../src/registrar/index.ts';
import { createUserTable, findUser, NO_USER } from '../../../src/registrar/user-table.ts';
import type { SubscriberUsers } from '../../../src/scenario/index.ts';
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

const login = (registrar: Registrar, user: string, password: string): number => {
  const contact = `<sip:${user}@127.0.0.2>`;
  const nonce = challengeValue(exchange(registrar, request({ user, contact })), 'nonce') ?? '';
  const headers = [authorization({ nonce, user, password })];
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
