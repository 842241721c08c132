// Challenges: what a client reads from a 401 or 407.

import { describe, expect, it } from 'vitest';
import {
  ALGORITHM_MD5,
  ALGORITHM_MD5_SESS,
  ALGORITHM_SHA_256,
  ALGORITHM_SHA_256_SESS,
  ALGORITHM_SHA_512_256,
  ALGORITHM_SHA_512_256_SESS,
  ALGORITHM_UNKNOWN,
  CHALLENGE_MALFORMED,
  CHALLENGE_OK,
  CHALLENGE_OTHER_SCHEME,
  createChallenge,
  parseChallenge,
} from '../../../src/sip/index.ts';
import { sipBytes, spanText } from '../../support/sip-text.ts';

const challenge = createChallenge();

const parse = (value: string) => {
  const bytes = sipBytes(`"${value}"`);
  const result = parseChallenge(bytes, 1, bytes.length - 1, challenge);
  return {
    result,
    realm: spanText(bytes, challenge.realmStart, challenge.realmEnd),
    nonce: spanText(bytes, challenge.nonceStart, challenge.nonceEnd),
    opaque: spanText(bytes, challenge.opaqueStart, challenge.opaqueEnd),
    stale: challenge.stale,
    algorithm: challenge.algorithm,
    qop: [challenge.hasQop, challenge.qopAuth, challenge.qopAuthInt],
  };
};

const PLAIN = {
  result: CHALLENGE_OK,
  realm: 'r',
  nonce: 'n',
  opaque: null,
  stale: false,
  algorithm: ALGORITHM_MD5,
  qop: [false, false, false],
};

describe('parseChallenge', () => {
  it('RFC 7616 §3.3 reads all parameters, in any order and case, with white space and folds', () => {
    const value =
      'DIGEST\n NONCE = "n=,\\"1" ,\tdomain="sip:a, sip:b", Realm="r e", opaque="", algorithm=MD5,\n qop="auth,auth-int" , stale=TRUE, x-new=1';
    expect(parse(value)).toEqual({
      result: CHALLENGE_OK,
      realm: 'r e',
      nonce: 'n=,\\"1',
      opaque: '',
      stale: true,
      algorithm: ALGORITHM_MD5,
      qop: [true, true, true],
    });
  });

  it('RFC 7616 §3.3 absent parameters have their defaults, whatever the challenge before said', () => {
    expect(parse('Digest realm="r",nonce="n"')).toEqual(PLAIN);
  });

  it.each([
    ['MD5', ALGORITHM_MD5],
    ['md5', ALGORITHM_MD5],
    ['"MD5"', ALGORITHM_MD5],
    ['MD5-sess', ALGORITHM_MD5_SESS],
    ['SHA-256', ALGORITHM_SHA_256],
    ['SHA-256-sess', ALGORITHM_SHA_256_SESS],
    ['SHA-512-256', ALGORITHM_SHA_512_256],
    ['SHA-512-256-sess', ALGORITHM_SHA_512_256_SESS],
    ['AKAv1-MD5', ALGORITHM_UNKNOWN],
    ['MD5-', ALGORITHM_UNKNOWN],
  ])('RFC 8760 §2.2 algorithm=%s is %d', (text, algorithm) => {
    expect(parse(`Digest realm="r", nonce="n", algorithm=${text}`)).toEqual({ ...PLAIN, algorithm });
  });

  it.each([
    ['"auth"', [true, true, false]],
    ['auth', [true, true, false]],
    ['"auth-int"', [true, false, true]],
    ['" auth-int , AUTH "', [true, true, true]],
    ['"auth-conf"', [true, false, false]],
    ['""', [true, false, false]],
  ])('RFC 7616 §3.3 qop=%s', (text, qop) => {
    expect(parse(`Digest realm="r", nonce="n", qop=${text}`)).toEqual({ ...PLAIN, qop });
  });

  it('RFC 7616 §3.3 anything but true is not stale', () => {
    expect(parse('Digest realm="r", nonce="n", stale=false').stale).toBe(false);
    expect(parse('Digest realm="r", nonce="n", stale="true"').stale).toBe(true);
    expect(parse('Digest realm="r", nonce="n", stale=truely').stale).toBe(false);
  });

  it('stray commas change nothing', () => {
    expect(parse('Digest ,realm="r",, nonce="n", ')).toEqual(PLAIN);
  });

  it.each(['Basic realm="r"', 'NTLM', 'Digestive realm="r", nonce="n"', 'NoOneKnowsThisScheme opaque="x'])(
    'RFC 4475 §3.3.7 %s is another scheme',
    (value) => {
      expect(parse(value).result).toBe(CHALLENGE_OTHER_SCHEME);
    },
  );

  it.each([
    '',
    '=',
    'Digest',
    'Digest ',
    'Digest realm="r"',
    'Digest nonce="n"',
    'Digest realm="r" nonce="n"',
    'Digest realm="r", nonce="n',
    'Digest realm="r", nonce=',
    'Digest realm="r", nonce="n", stale',
    'Digest realm="r", nonce="n", ="x"',
    'Digest realm="r", nonce="n"x',
    'Digest realm="r", nonce=n"x"',
    'Digest realm="r", nonce="n", nonce="n"',
    'Digest realm="r", nonce="n", realm="r"',
    'Digest realm="r", nonce="n", algorithm=MD5, algorithm=SHA-256',
    'Digest realm="r", nonce="n", qop="auth", qop="auth"',
    'Digest realm="r", nonce="n", opaque="a", opaque="a"',
    'Digest realm="r", nonce="n", stale=true, stale=false',
  ])('%j is malformed', (value) => {
    expect(parse(value).result).toBe(CHALLENGE_MALFORMED);
  });
});
