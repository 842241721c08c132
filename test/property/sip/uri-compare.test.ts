// Laws of URI comparison: reflexive, symmetric, and blind to case, escapes and order where RFC 3261 §19.1.4 says so.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createUriPair, sameUri } from '../../../src/sip/index.ts';
import { encodeAscii } from '../../../src/std/index.ts';

const pair = createUriPair();

const same = (a: string, b: string): boolean => {
  const left = encodeAscii(a);
  const right = encodeAscii(b);
  return sameUri(pair, left, 0, left.length, right, 0, right.length);
};

const word = fc.string({ minLength: 1, maxLength: 6, unit: fc.constantFrom(...'abcXYZ019-_') });
const parameter = fc.tuple(word, fc.option(word, { nil: null }));
interface Parts {
  readonly user: string | null;
  readonly host: string;
  readonly port: number | null;
  readonly parameters: readonly (readonly [name: string, value: string | null])[];
  readonly headers: readonly (readonly [name: string, value: string])[];
}

const parts: fc.Arbitrary<Parts> = fc.record({
  user: fc.option(word, { nil: null }),
  host: fc.constantFrom('test.example', '192.0.2.1', '[2001:db8::a]'),
  port: fc.option(fc.nat({ max: 65535 }), { nil: null }),
  parameters: fc.uniqueArray(parameter, { maxLength: 4, selector: ([name]) => name.toLowerCase() }),
  headers: fc.uniqueArray(fc.tuple(word, word), { maxLength: 3, selector: ([name]) => name.toLowerCase() }),
});

const write = (uri: Parts): string => {
  const user = uri.user === null ? '' : `${uri.user}@`;
  const port = uri.port === null ? '' : `:${uri.port}`;
  const parameters = uri.parameters.map(([name, value]) => `;${name}${value === null ? '' : `=${value}`}`).join('');
  const headers = uri.headers.map(([name, value]) => `${name}=${value}`).join('&');
  return `sip:${user}${uri.host}${port}${parameters}${headers === '' ? '' : `?${headers}`}`;
};

const escaped = (text: string): string =>
  [...text].map((c) => `%${c.charCodeAt(0).toString(16).padStart(2, '0')}`).join('');

const swapCase = (text: string): string =>
  [...text].map((c) => (c === c.toLowerCase() ? c.toUpperCase() : c.toLowerCase())).join('');

describe('19.1.4', () => {
  it('a URI is the same as itself with other case, escapes and order', () => {
    fc.assert(
      fc.property(parts, (uri) => {
        const other = write({
          ...uri,
          user: uri.user === null ? null : escaped(uri.user),
          host: swapCase(uri.host),
          parameters: uri.parameters
            .map(([name, value]): [string, string | null] => [
              swapCase(name),
              value === null ? null : escaped(swapCase(value)),
            ])
            .reverse(),
          headers: uri.headers.map(([name, value]): [string, string] => [escaped(name), swapCase(value)]).reverse(),
        });
        expect(same(write(uri), other), other).toBe(true);
        expect(same(other, write(uri))).toBe(true);
      }),
    );
  });

  it('is symmetric', () => {
    fc.assert(
      fc.property(parts, parts, (a, b) => {
        const near = { ...a, parameters: b.parameters };
        expect(same(write(a), write(near))).toBe(same(write(near), write(a)));
        expect(same(write(a), write(b))).toBe(same(write(b), write(a)));
      }),
    );
  });

  it('another user, host, port or header is another URI', () => {
    fc.assert(
      fc.property(parts, (uri) => {
        const text = write(uri);
        expect(same(text, write({ ...uri, user: `${uri.user ?? ''}x` }))).toBe(false);
        expect(same(text, write({ ...uri, host: 'other.example' }))).toBe(false);
        expect(same(text, write({ ...uri, port: uri.port === null ? 5060 : null }))).toBe(false);
        expect(same(text, write({ ...uri, headers: [...uri.headers, ['longername', 'x']] }))).toBe(false);
      }),
    );
  });
});
