import { expect, it } from 'vitest';
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

it.each([
  { username: '', password: 'a' },
  { username: 'alice', password: '' },
  { username: 'alice', password: 'a\r\nb' },
])('refuses %o', (credentials) => {
  expect(() => createCredentialStore().add(credentials)).toThrow(UserError);
});
