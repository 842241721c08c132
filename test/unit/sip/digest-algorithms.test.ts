// Digest with every algorithm and qop: the vectors of the RFCs, and the formulas spelled out with node:crypto's createHash.

import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  ALGORITHM_MD5,
  ALGORITHM_MD5_SESS,
  ALGORITHM_SHA_256,
  ALGORITHM_SHA_256_SESS,
  ALGORITHM_SHA_512_256,
  ALGORITHM_SHA_512_256_SESS,
  createDigest,
  type Digest,
  digestBodyHash,
  digestHa1,
  digestHa2,
  digestHa2Int,
  digestHexBytes,
  digestResponse,
  digestResponseAuth,
  digestResponseAuthInt,
  digestSessionHa1,
  digestUserhash,
  hashAlgorithm,
  MOST_DIGEST_HEX_BYTES,
  setSpan,
} from '../../../src/sip/index.ts';
import { decodeLatin1, encodeUtf8 } from '../../../src/std/index.ts';

const ALGORITHMS = [
  ['MD5', ALGORITHM_MD5, 'md5'],
  ['MD5-sess', ALGORITHM_MD5_SESS, 'md5'],
  ['SHA-256', ALGORITHM_SHA_256, 'sha256'],
  ['SHA-256-sess', ALGORITHM_SHA_256_SESS, 'sha256'],
  ['SHA-512-256', ALGORITHM_SHA_512_256, 'sha512-256'],
  ['SHA-512-256-sess', ALGORITHM_SHA_512_256_SESS, 'sha512-256'],
] as const;

type Qop = 'none' | 'auth' | 'auth-int';

interface Case {
  readonly username: string;
  readonly realm: string;
  readonly password: string;
  readonly method: string;
  readonly uri: string;
  readonly nonce: string;
  readonly nc: string;
  readonly cnonce: string;
  readonly body: string;
  readonly qop: Qop;
}

/** One record for all: nothing of one computation may be left for the next. */
const digest = createDigest();

/** Through spans that lie in the middle of other bytes. */
const put = (span: Parameters<typeof setSpan>[0], text: string): void => {
  const bytes = encodeUtf8(`#${text}#`);
  setSpan(span, bytes, 1, bytes.length - 1);
};

const written = (write: (digest: Digest, out: Uint8Array, at: number) => number): string => {
  const out = new Uint8Array(MOST_DIGEST_HEX_BYTES + 2).fill(0xee);
  const end = write(digest, out, 1);
  expect([end, out[0], out[end]]).toEqual([1 + digestHexBytes(digest.algorithm), 0xee, 0xee]);
  return decodeLatin1(out, 1, end);
};

const isSession = (algorithm: number): boolean => algorithm !== hashAlgorithm(algorithm);

const respond = (algorithm: number, input: Case): string => {
  digest.algorithm = algorithm;
  for (const name of ['username', 'realm', 'password', 'method', 'uri', 'nonce', 'nc', 'cnonce', 'body'] as const) {
    put(digest[name], input[name]);
  }
  put(digest.ha1, written(digestHa1));
  if (isSession(algorithm)) put(digest.ha1, written(digestSessionHa1));
  put(digest.bodyHash, written(digestBodyHash));
  put(digest.ha2, written(input.qop === 'auth-int' ? digestHa2Int : digestHa2));
  if (input.qop === 'none') return written(digestResponse);
  return written(input.qop === 'auth' ? digestResponseAuth : digestResponseAuthInt);
};

const obvious = (algorithm: number, name: string, input: Case): string => {
  const h = (text: string): string => createHash(name).update(text, 'utf8').digest('hex');
  const { username, realm, password, method, uri, nonce, nc, cnonce, body, qop } = input;
  const secret = h(`${username}:${realm}:${password}`);
  const ha1 = isSession(algorithm) ? h(`${secret}:${nonce}:${cnonce}`) : secret;
  const ha2 = qop === 'auth-int' ? h(`${method}:${uri}:${h(body)}`) : h(`${method}:${uri}`);
  return qop === 'none' ? h(`${ha1}:${nonce}:${ha2}`) : h(`${ha1}:${nonce}:${nc}:${cnonce}:${qop}:${ha2}`);
};

const RFC_7616_3_9_1: Case = {
  username: 'Mufasa',
  realm: 'http-auth@example.org',
  password: 'Circle of Life',
  method: 'GET',
  uri: '/dir/index.html',
  nonce: '7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v',
  nc: '00000001',
  cnonce: 'f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ',
  body: '',
  qop: 'auth',
};

const RFC_7616_3_9_2: Case = {
  username: 'J\u00e4s\u00f8n Doe',
  realm: 'api@example.org',
  password: 'Secret, or not?',
  method: 'GET',
  uri: '/doe.json',
  nonce: '5TsQWLVdgBdmrQ0XsxbDODV+57QdFR34I9HAbC/RVvkK',
  nc: '00000001',
  cnonce: 'NTg6RKcb9boFIAS3KrFK9BGeh+iDa/sm6jUMp2wds69v',
  body: '',
  qop: 'auth',
};

describe('digest algorithms', () => {
  it.each([
    ['MD5', ALGORITHM_MD5, '8ca523f5e9506fed4657c9700eebdbec'],
    ['SHA-256', ALGORITHM_SHA_256, '753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1'],
  ])('RFC 7616 §3.9.1 with %s', (_, algorithm, response) => {
    expect(respond(algorithm, RFC_7616_3_9_1)).toBe(response);
  });

  // The RFC's own value is of SHA-512 cut to 256 bits, which is another hash: an erratum is reported.
  it('RFC 7616 §3.9.2 with SHA-512-256 as it is, not as the RFC prints it', () => {
    const response = '3798d4131c277846293534c3edc11bd8a5e4cdcbff78b05db9d95eeb1cec68a5';
    expect(respond(ALGORITHM_SHA_512_256, RFC_7616_3_9_2)).toBe(response);
    expect(written(digestUserhash)).toBe('793263caabb707a56211940d90411ea4a575adeccb7e360aeb624ed06ece9b0b');
  });

  it.each([
    ['MD5', ALGORITHM_MD5, 'd41d8cd98f00b204e9800998ecf8427e'],
    ['SHA-256', ALGORITHM_SHA_256, 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'],
    ['SHA-512-256', ALGORITHM_SHA_512_256, 'c672b8d1ef56ed28ab87c3622c5114069bdd3ad7b8f9737498d0c01ecef0967a'],
  ])('RFC 8760 §2.6 (7) the empty body of auth-int has a hash too, with %s', (_, algorithm, hash) => {
    digest.algorithm = algorithm;
    put(digest.body, '');
    expect(written(digestBodyHash)).toBe(hash);
  });

  it('RFC 7616 §3.5 rspauth is a response with an empty method', () => {
    const input: Case = { ...RFC_7616_3_9_1, method: '' };
    const rspauth = obvious(ALGORITHM_SHA_256, 'sha256', input);
    expect(respond(ALGORITHM_SHA_256, input)).toBe(rspauth);
    expect(rspauth).not.toBe(respond(ALGORITHM_SHA_256, RFC_7616_3_9_1));
  });

  const text = fc.string({ maxLength: 80, unit: 'grapheme' });
  const long = fc.integer({ min: 0, max: 6_000 }).map((length) => 'x'.repeat(length));
  const inputs = fc.record({
    username: text,
    realm: text,
    password: text,
    method: text,
    uri: text,
    nonce: fc.oneof(text, long),
    nc: text,
    cnonce: text,
    body: fc.oneof(text, long),
    qop: fc.constantFrom<Qop>('none', 'auth', 'auth-int'),
  });

  it.each(ALGORITHMS)('RFC 7616 §3.4 %s gives what the formulas give, for any input and qop', (_, algorithm, name) => {
    fc.assert(
      fc.property(inputs, (input) => {
        expect(respond(algorithm, input)).toBe(obvious(algorithm, name, input));
        const { username, realm } = input;
        const hashed = createHash(name).update(`${username}:${realm}`, 'utf8').digest('hex');
        expect(written(digestUserhash)).toBe(hashed);
      }),
    );
  });
});
