import { expect, it } from 'vitest';
import type { CredentialsOptions } from '../../../src/client/credential-store.ts';
import { createCredentialStore } from '../../../src/client/credential-store.ts';
import { UserError } from '../../../src/std/index.ts';

it('gives a user his own credentials and nobody else’s', () => {
  const store = createCredentialStore();
  store.add({ username: 'alice', password: 'a' });
  store.add({ username: 'bob', password: 'b' });
  expect(store.of('alice').map(({ password }) => password)).toEqual(['a']);
  expect(store.of('Alice')).toEqual([]);
  expect(store.of('carol')).toEqual([]);
});

it('replaces what a user had, removes one user or all, and tells every change by its version', () => {
  const store = createCredentialStore();
  const versions = [store.version()];
  const note = (): void => void versions.push(store.version());
  store.add({ username: 'alice', password: 'a' });
  note();
  store.add({ username: 'alice', password: 'b' });
  note();
  expect(store.of('alice').map(({ password }) => password)).toEqual(['b']);
  expect([store.remove('carol'), store.remove('alice')]).toEqual([0, 1]);
  note();
  store.clear();
  note();
  expect(new Set(versions).size).toBe(versions.length);
});

it('keeps a user’s credentials by realm, and removes them by realm or all together', () => {
  const store = createCredentialStore();
  store.add({ username: 'alice', password: 'a', realm: 'one' });
  store.add({ username: 'alice', password: 'b' });
  store.add({ username: 'alice', userid: 'al', ha1: 'AB'.repeat(16), realm: 'two' });
  store.add({ username: 'alice', password: 'c', realm: 'one' });
  expect(store.of('alice')).toEqual([
    { username: 'alice', userid: 'alice', password: 'b', ha1: null, realm: null },
    {
      username: 'alice',
      userid: 'al',
      password: null,
      ha1: { digits: 'ab'.repeat(16), algorithm: 'MD5' },
      realm: 'two',
    },
    { username: 'alice', userid: 'alice', password: 'c', ha1: null, realm: 'one' },
  ]);
  expect([store.remove('alice', 'one'), store.remove('alice', 'none'), store.remove('alice')]).toEqual([1, 0, 2]);
});

it.each<CredentialsOptions>([
  { username: 'alice' },
  { username: 'alice', password: 'a', ha1: 'ab'.repeat(16), realm: 'one' },
  { username: 'alice', ha1: 'ab'.repeat(16) },
  { username: 'alice', ha1: 'MD5', realm: 'one' },
  { username: 'alice', ha1: 'ab'.repeat(16), realm: 'one', algorithm: 'SHA-256' },
  { username: 'alice', password: 'a', algorithm: 'MD5' },
  { username: 'alice', userid: 'al\r\n', password: 'a' },
  { username: '', password: 'a' },
  { username: 'alice', password: '' },
  { username: 'alice', password: 'a\r\nb' },
])('refuses %o', (credentials) => {
  expect(() => createCredentialStore().add(credentials)).toThrow(UserError);
});

it('says first that an ha1 is no hash, then that it lacks its realm', () => {
  const adding =
    (ha1: string): (() => void) =>
    () =>
      createCredentialStore().add({ username: 'alice', ha1 });
  expect(adding('MD5')).toThrow('credentials: ha1 is not 32 hexadecimal digits, as MD5 gives them');
  expect(adding('ab'.repeat(16))).toThrow('credentials: ha1 was made for one realm; name it');
});
