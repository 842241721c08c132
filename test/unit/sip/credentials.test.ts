// Credentials: what a registrar reads from an Authorization header.

import { describe, expect, it } from 'vitest';
import {
  ALGORITHM_MD5,
  ALGORITHM_SHA_256,
  CREDENTIALS_MALFORMED,
  CREDENTIALS_OK,
  CREDENTIALS_OTHER_SCHEME,
  createCredentials,
  parseCredentials,
} from '../../../src/sip/index.ts';
import { sipBytes, spanText } from '../../support/sip-text.ts';

const credentials = createCredentials();

const parse = (value: string) => {
  const bytes = sipBytes(`"${value}"`);
  const result = parseCredentials(bytes, 1, bytes.length - 1, credentials);
  return {
    result,
    username: spanText(bytes, credentials.usernameStart, credentials.usernameEnd),
    realm: spanText(bytes, credentials.realmStart, credentials.realmEnd),
    nonce: spanText(bytes, credentials.nonceStart, credentials.nonceEnd),
    uri: spanText(bytes, credentials.uriStart, credentials.uriEnd),
    response: spanText(bytes, credentials.responseStart, credentials.responseEnd),
    cnonce: spanText(bytes, credentials.cnonceStart, credentials.cnonceEnd),
    nc: spanText(bytes, credentials.ncStart, credentials.ncEnd),
    qop: spanText(bytes, credentials.qopStart, credentials.qopEnd),
    opaque: spanText(bytes, credentials.opaqueStart, credentials.opaqueEnd),
    qopAuth: credentials.qopAuth,
    algorithm: credentials.algorithm,
  };
};

const NEEDED = 'Digest username="u", realm="r", nonce="n", uri="sip:x", response="0a"';
const PLAIN = {
  result: CREDENTIALS_OK,
  username: 'u',
  realm: 'r',
  nonce: 'n',
  uri: 'sip:x',
  response: '0a',
  cnonce: null,
  nc: null,
  qop: null,
  opaque: null,
  qopAuth: false,
  algorithm: ALGORITHM_MD5,
};

describe('parseCredentials', () => {
  it('RFC 7616 §3.4 reads all parameters', () => {
    const rest = 'qop=auth, NC=0000000A, cnonce="c,\\"", opaque="o", algorithm=SHA-256, userhash=false';
    expect(parse(`${NEEDED}, ${rest}`)).toEqual({
      ...PLAIN,
      qop: 'auth',
      nc: '0000000A',
      cnonce: 'c,\\"',
      opaque: 'o',
      qopAuth: true,
      algorithm: ALGORITHM_SHA_256,
    });
  });

  it('RFC 2617 §3.2.2 reads those without qop, whatever stood in the record before', () => {
    expect(parse(NEEDED)).toEqual(PLAIN);
  });

  it('an empty nonce and response are there, as a first IMS REGISTER sends them', () => {
    const parsed = parse('Digest username="u", realm="r", nonce="", uri="sip:x", response=""');
    expect([parsed.result, parsed.nonce, parsed.response]).toEqual([CREDENTIALS_OK, '', '']);
  });

  it('RFC 4475 §3.3.7 another scheme is told apart from a malformed Digest', () => {
    expect(parse('NoOneKnowsThisScheme opaque-data=here').result).toBe(CREDENTIALS_OTHER_SCHEME);
    expect(parse('Basic dXNlcjpwYXNz').result).toBe(CREDENTIALS_OTHER_SCHEME);
  });

  it.each(['username="u", ', 'realm="r", ', 'nonce="n", ', 'uri="sip:x", '])('without %s it is malformed', (part) => {
    expect(parse(NEEDED.replace(part, '')).result).toBe(CREDENTIALS_MALFORMED);
  });

  it('without response it is malformed', () => {
    expect(parse('Digest username="u", realm="r", nonce="n", uri="sip:x"').result).toBe(CREDENTIALS_MALFORMED);
  });

  it.each([
    'username="v"',
    'realm="r"',
    'nonce="n"',
    'uri="sip:x"',
    'response="0a"',
    'nc=1, nc=2',
    'cnonce=1, cnonce=2',
    'qop=auth, qop=auth',
    'opaque=1, opaque=2',
    'algorithm=MD5, algorithm=MD5',
    'nc',
    'x="',
  ])('RFC 7616 §3 with %j added it is malformed', (extra) => {
    expect(parse(`${NEEDED}, ${extra}`).result).toBe(CREDENTIALS_MALFORMED);
  });
});
