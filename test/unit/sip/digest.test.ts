// Digest responses: the vectors of the RFCs, and the formulas spelled out with node:crypto.

import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  createDigest,
  DIGEST_HEX_BYTES,
  digestHa1,
  digestHa2,
  digestResponse,
  digestResponseAuth,
  setSpan,
} from '../../../src/sip/index.ts';
import { decodeLatin1, encodeUtf8 } from '../../../src/std/index.ts';

interface Case {
  readonly username: string;
  readonly realm: string;
  readonly password: string;
  readonly method: string;
  readonly uri: string;
  readonly nonce: string;
  readonly nc?: string;
  readonly cnonce?: string;
}

const digest = createDigest();

/** Through spans that lie in the middle of other bytes. */
const respond = (input: Case): string => {
  const put = (span: Parameters<typeof setSpan>[0], text: string): void => {
    const bytes = encodeUtf8(`#${text}#`);
    setSpan(span, bytes, 1, bytes.length - 1);
  };
  const ha1 = new Uint8Array(40);
  const ha2 = new Uint8Array(40);
  const out = new Uint8Array(40).fill(0xee);
  put(digest.username, input.username);
  put(digest.realm, input.realm);
  put(digest.password, input.password);
  put(digest.method, input.method);
  put(digest.uri, input.uri);
  put(digest.nonce, input.nonce);
  setSpan(digest.ha1, ha1, 3, digestHa1(digest, ha1, 3));
  setSpan(digest.ha2, ha2, 5, digestHa2(digest, ha2, 5));
  put(digest.nc, input.nc ?? '');
  put(digest.cnonce, input.cnonce ?? '');
  const end = input.nc === undefined ? digestResponse(digest, out, 1) : digestResponseAuth(digest, out, 1);
  expect([end, out[0], out[end]]).toEqual([1 + DIGEST_HEX_BYTES, 0xee, 0xee]);
  return decodeLatin1(out, 1, end);
};

const md5 = (text: string): string => createHash('md5').update(text, 'utf8').digest('hex');

const obvious = (input: Case): string => {
  const ha1 = md5(`${input.username}:${input.realm}:${input.password}`);
  const ha2 = md5(`${input.method}:${input.uri}`);
  return input.nc === undefined
    ? md5(`${ha1}:${input.nonce}:${ha2}`)
    : md5(`${ha1}:${input.nonce}:${input.nc}:${input.cnonce}:auth:${ha2}`);
};

const RFC_2617: Case = {
  username: 'Mufasa',
  realm: 'testrealm@host.com',
  password: 'Circle Of Life',
  method: 'GET',
  uri: '/dir/index.html',
  nonce: 'dcd98b7102dd2f0e8b11d0f600bfb0c093',
  nc: '00000001',
  cnonce: '0a4f113b',
};

const RFC_7616: Case = {
  username: 'Mufasa',
  realm: 'http-auth@example.org',
  password: 'Circle of Life',
  method: 'GET',
  uri: '/dir/index.html',
  nonce: '7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v',
  nc: '00000001',
  cnonce: 'f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ',
};

describe('digest response', () => {
  it('RFC 2617 §3.5', () => {
    expect(respond(RFC_2617)).toBe('6629fae49393a05397450978507c4ef1');
  });

  it('RFC 7616 §3.9.1 with MD5', () => {
    expect(respond(RFC_7616)).toBe('8ca523f5e9506fed4657c9700eebdbec');
  });

  it('RFC 2617 §3.2.2.1 without qop leaves nc, cnonce and qop out', () => {
    const input: Case = {
      username: 'u00000001',
      realm: 'test.example',
      password: 'secret',
      method: 'REGISTER',
      uri: 'sip:test.example',
      nonce: 'abc',
    };
    expect(respond(input)).toBe(obvious(input));
  });

  it('any input gives what the formulas give, with qop=auth and without', () => {
    const text = fc.string({ maxLength: 80, unit: 'grapheme' });
    const inputs = fc.record(
      { username: text, realm: text, password: text, method: text, uri: text, nonce: text },
      { requiredKeys: ['username', 'realm', 'password', 'method', 'uri', 'nonce'] },
    );
    fc.assert(
      fc.property(inputs, fc.option(fc.record({ nc: text, cnonce: text }), { nil: {} }), (base, extra) => {
        const input: Case = { ...base, ...extra };
        expect(respond(input)).toBe(obvious(input));
      }),
    );
  });
});
