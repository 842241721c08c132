// Header names as operators write them.

import { describe, expect, it } from 'vitest';
import { canonicalHeaderName, isReservedHeader, isToken } from '../../../src/sip/index.ts';

describe('isToken', () => {
  it('25.1 takes exactly the characters of a token', () => {
    expect(isToken("aZ09-.!%*_+`'~")).toBe(true);
    for (const bad of ['', ' ', 'a b', 'a:', 'a\n', 'é', 'a@b', '"a"', 'a/b', 'a=b', 'a,b', 'a;b']) {
      expect(isToken(bad), bad).toBe(false);
    }
  });
});

describe('canonicalHeaderName', () => {
  it.each([
    ['m', 'Contact'],
    ['V', 'Via'],
    ['k', 'Supported'],
    ['CALL-ID', 'Call-ID'],
    ['cseq', 'CSeq'],
    ['www-authenticate', 'WWW-Authenticate'],
    ['user-AGENT', 'User-Agent'],
    ['x-my-header', 'X-My-Header'],
    ['Q', 'Q'],
  ])('7.3.3 %s is %s', (name, canonical) => {
    expect(canonicalHeaderName(name)).toBe(canonical);
  });
});

describe('isReservedHeader', () => {
  it.each(['Via', 'v', 'CONTACT', 'm', 'l', 'call-id', 'i', 'route', 'Authorization', 'expires', 'Content-Type', 'c'])(
    '%s belongs to regstorm',
    (name) => {
      expect(isReservedHeader(name)).toBe(true);
    },
  );

  it.each(['Supported', 'k', 'User-Agent', 'Require', 'Path', 'X-Test', 'Allow', 'Content-Disposition'])(
    '%s belongs to the scenario',
    (name) => {
      expect(isReservedHeader(name)).toBe(false);
    },
  );
});
