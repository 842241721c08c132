// URI comparison: the examples of RFC 3261 §19.1.4, and each rule by itself.

import { describe, expect, it } from 'vitest';
import { createUriPair, sameUri } from '../../../src/sip/index.ts';
import { sipBytes } from '../../support/sip-text.ts';

const pair = createUriPair();

const same = (a: string, b: string): boolean => {
  const left = sipBytes(`<${a}>`);
  const right = sipBytes(`"" <${b}>`);
  const there = sameUri(pair, left, 1, left.length - 1, right, 4, right.length - 1);
  expect(sameUri(pair, right, 4, right.length - 1, left, 1, left.length - 1)).toBe(there);
  return there;
};

describe('19.1.4 the same URI', () => {
  it.each([
    ['sip:%61lice@atlanta.com;transport=TCP', 'sip:alice@AtLanTa.CoM;Transport=tcp'],
    ['sip:carol@chicago.com', 'sip:carol@chicago.com;newparam=5'],
    ['sip:carol@chicago.com', 'sip:carol@chicago.com;security=on'],
    ['sip:carol@chicago.com;newparam=5', 'sip:carol@chicago.com;security=on'],
    [
      'sip:biloxi.com;transport=tcp;method=REGISTER?to=sip:bob%40biloxi.com',
      'sip:biloxi.com;method=REGISTER;transport=tcp?to=sip:bob%40biloxi.com',
    ],
    [
      'sip:alice@atlanta.com?subject=project%20x&priority=urgent',
      'sip:alice@atlanta.com?priority=urgent&subject=project%20x',
    ],
    ['SIP:a@b', 'sip:a@b'],
    ['sip:a%3Bb@c', 'sip:a%3bb@c'],
    ['sip:a:%70w@c', 'sip:a:pw@c'],
    ['sip:a@b;lr', 'sip:a@b;LR'],
    ['sip:a@[2001:DB8::1]', 'sip:a@[2001:db8::1]'],
    ['sip:a@b;maddr=x', 'sip:a@b;MADDR=X'],
    ['tel:+1', 'tel:+1'],
    ['sip:%a', 'sip:%a'],
  ])('%s and %s', (a, b) => {
    expect(same(a, b)).toBe(true);
  });
});

describe('19.1.4 different URIs', () => {
  it.each([
    ['SIP:ALICE@AtLanTa.CoM;Transport=udp', 'sip:alice@AtLanTa.CoM;Transport=UDP'],
    ['sip:bob@biloxi.com', 'sip:bob@biloxi.com:5060'],
    ['sip:bob@biloxi.com', 'sip:bob@biloxi.com;transport=udp'],
    ['sip:bob@biloxi.com', 'sip:bob@biloxi.com:6000;transport=tcp'],
    ['sip:carol@chicago.com', 'sip:carol@chicago.com?Subject=next%20meeting'],
    ['sip:bob@phone21.boxesbybob.com', 'sip:bob@192.0.2.4'],
    ['sip:a@b;security=on', 'sip:a@b;security=off'],
    ['sip:a@b', 'sips:a@b'],
    ['sip:a@b', 'sip:b'],
    ['sip:a@b', 'sip:a:@b'],
    ['sip:a:pw@b', 'sip:a:Pw@b'],
    ['sip:a@b:1', 'sip:a@b:2'],
    ['sip:a@b;user=phone', 'sip:a@b'],
    ['sip:a@b;ttl=1', 'sip:a@b'],
    ['sip:a@b;method=REGISTER', 'sip:a@b'],
    ['sip:a@b;maddr=x', 'sip:a@b'],
    ['sip:a%3Bb@c', 'sip:a;b@c'],
    ['sip:a@b?x=1', 'sip:a@b?x=2'],
    ['sip:a@b?x=1&y=1', 'sip:a@b?x=1&x=1'],
    ['sip:a@b', 'sip:aa@b'],
    ['sip:a@b', 'sip:a%@b'],
    ['tel:+1', 'TEL:+1'],
    ['sip:a@b', 'tel:a@b'],
    ['sip:a@b', 'nothing'],
  ])('%s and %s', (a, b) => {
    expect(same(a, b)).toBe(false);
  });

  it('is not transitive: carol with security on and off are both carol without', () => {
    expect(same('sip:c@d;security=on', 'sip:c@d')).toBe(true);
    expect(same('sip:c@d;security=off', 'sip:c@d')).toBe(true);
    expect(same('sip:c@d;security=on', 'sip:c@d;security=off')).toBe(false);
  });

  it('beyond the bound on parameters only equal bytes are the same', () => {
    const many = (count: number, last: string): string =>
      `sip:a@b${Array.from({ length: count }, (_, i) => `;p${i}`).join('')}${last}`;
    expect(same(many(31, ';x'), many(31, ';X'))).toBe(true);
    expect(same(many(32, ';x'), many(32, ';X'))).toBe(false);
    expect(same(many(32, ';x'), many(32, ';x'))).toBe(true);
  });
});
