// What RFC 4475 tortures parsers with, in answers to REGISTER: a message of our own for each trait, with the result that a
// load client owes. Where RFC 4475 shows the trait in a request only, a registrar can still put it into an answer.

import { describe, expect, it } from 'vitest';
import { contactRowTexts, type Parsed, parseText, response } from '../support/sip-text.ts';

const ok = (text: string): Parsed => {
  const parsed = parseText(text);
  expect(parsed.result).toBe('ok');
  return parsed;
};

describe('well-formed, and taken', () => {
  it('3.1.1.1 everything folded, spaced out and abbreviated at once', () => {
    const { message, text, bytes } = ok(
      [
        'SIP/2.0 200 OK',
        'TO :',
        ' sip:alice@test.example ;   tag    = 1918181833n',
        'from   : "J Rosenberg \\\\\\""       <sip:alice@test.example>',
        '  ;',
        '  tag = 98asjd8',
        'Call-ID: wsinv.ndaksdj@192.0.2.1',
        'Content-Length   : 000',
        'cseq: 0009',
        '  REGISTER',
        'v:  SIP  / 2.0  /   UDP',
        '    192.0.2.2;branch=z9hG4bK1 , SIP / 2.0 / TCP   spindle.example  ;',
        '  branch  =   z9hG4bK9ikj8  ,',
        ' SIP  /    2.0   / UDP  192.168.255.111   ; branch=',
        ' z9hG4bK30239',
        'Subject:',
        'NewFangledHeader:   newfangled value',
        ' continued newfangled value',
        'm:"Quoted string \\"\\"" <sip:jdrosen@example.com> ; newparam =',
        '      newvalue ;',
        '  secondparam ; q = 0.33',
        '',
        '',
      ].join('\n'),
    );
    expect(text(message.toTagStart, message.toTagEnd)).toBe('1918181833n');
    expect(text(message.fromTagStart, message.fromTagEnd)).toBe('98asjd8');
    expect([message.cseq, message.contentLength, message.via.count]).toEqual([9, 0, 3]);
    expect(text(message.viaBranchStart, message.viaBranchEnd)).toBe('z9hG4bK1');
    expect(contactRowTexts(bytes, message.contact)).toHaveLength(1);
  });

  it('3.1.1.2 odd tokens, a quoted NUL and UTF-8 in display names', () => {
    const from = 'From: "\\\\\\x00Жü\\"" <sip:a@b>;!interesting-param0*~-%=%;tag=_token~1\'+`*%!-.';
    const { message, text } = ok(response({ instead: { From: from } }));
    expect(text(message.fromTagStart, message.fromTagEnd)).toBe("_token~1'+`*%!-.");
  });

  it('3.1.1.4 an escaped NUL does not cut a URI short', () => {
    const { message, text } = ok(response({ instead: { To: 'To: sip:null-%00-null@test.example;tag=839923423' } }));
    expect(text(message.toUriStart, message.toUriEnd)).toBe('sip:null-%00-null@test.example');
  });

  it('3.1.1.5 escapes in a header name make it another header', () => {
    const { message } = ok(response({ extra: 'C%6Fntact: <sip:a@b>' }));
    expect(message.contact.count).toBe(0);
  });

  it('3.1.1.7 very long values', () => {
    const long = 'a'.repeat(5000);
    const { message, text } = ok(
      response({
        instead: { From: `From: "${long}" <sip:${long}@b>;${long}=${long};tag=${long}` },
        extra: `${long}: ${long}`,
      }),
    );
    expect(text(message.fromTagStart, message.fromTagEnd)).toBe(long);
  });

  it('3.1.1.8 what follows the body in the datagram is ignored', () => {
    const { message } = ok(`${response()}${response()}`);
    expect(message.bodyEnd - message.bodyStart).toBe(0);
  });

  it('3.1.1.11 a binary body with line ends and NULs', () => {
    const { message } = ok(
      `${response({ instead: { 'Content-Length': 'Content-Length: 8' } })}\\x00\\x0d\\x0a\\x0d\\x0a\\xff"\\x00`,
    );
    expect(message.bodyEnd - message.bodyStart).toBe(8);
  });

  it('3.1.1.12 a phrase in UTF-8, or in bytes that are no UTF-8', () => {
    const { message, text } = ok(response({ instead: { 'SIP/2.0': 'SIP/2.0 200 = 2**3 * 5**2 но \\xfe\\xff' } }));
    expect(text(message.phraseStart, message.phraseEnd)).toMatch(/^= 2\*\*3 .*\xfe\xff$/);
  });

  it('3.1.1.13 an empty phrase', () => {
    const { message } = ok(response({ instead: { 'SIP/2.0': 'SIP/2.0 100 ' } }));
    expect([message.status, message.phraseEnd - message.phraseStart]).toEqual([100, 0]);
  });

  it('3.1.2.4, 3.1.2.5 overlarge scalars that nothing hangs on', () => {
    const { message } = ok(
      response({ extra: 'Retry-After: 949302838503028349304023988\nWarning: 1812 o "In Progress"' }),
    );
    expect(message.retryAfter).toBe(4294967295);
  });

  it('3.3.10 two Vias are both seen, so that the client can discard the message', () => {
    const { message } = ok(
      response({
        instead: {
          Via: 'Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK1\nVia: SIP/2.0/UDP 255.255.255.255;branch=z9hG4bK2',
        },
      }),
    );
    expect(message.via.count).toBe(2);
  });

  it('3.2.1 a branch that is nothing but the cookie', () => {
    const { message, text } = ok(response({ instead: { Via: 'Via: SIP/2.0/UDP 192.0.2.1;branch=z9hG4bK' } }));
    expect(text(message.viaBranchStart, message.viaBranchEnd)).toBe('z9hG4bK');
  });

  it('3.4.1 no branch at all, no tags', () => {
    const { message } = ok(
      response({ instead: { Via: 'Via: SIP/2.0/UDP 192.0.2.1', From: 'From: sip:a@b', To: 'To: <sip:a@b>' } }),
    );
    expect([message.viaBranchStart, message.fromTagStart, message.toTagStart]).toEqual([-1, -1, -1]);
  });
});

describe('malformed, and dropped', () => {
  it.each([
    ['3.1.2.1 stray separators', { instead: { Via: 'Via: SIP/2.0/UDP 192.0.2.15;;,;,,' } }, 'via'],
    ['3.1.2.1 stray separators behind a tag', { instead: { To: 'To: "J" <sip:j@a>;tag=1;;' } }, 'to'],
    ['3.1.2.2 a body shorter than it says', { instead: { 'Content-Length': 'Content-Length: 9999' } }, 'truncated'],
    ['3.1.2.3 a negative length', { instead: { 'Content-Length': 'Content-Length: -999' } }, 'content-length'],
    ['3.1.2.5 a CSeq above 2^32', { instead: { CSeq: 'CSeq: 9292394834772304023312 REGISTER' } }, 'cseq'],
    ['3.1.2.6 an unterminated quote', { instead: { To: 'To: "Mr. J. User <sip:j@a>' } }, 'to'],
    ['3.1.2.14 spaces in an addr-spec', { instead: { To: 'To: "W, T" < sip:t@a >' } }, 'to'],
    ['3.1.2.15 a comma in an unquoted name', { instead: { From: 'From: Bell, Alexander <sip:a@b>;tag=43' } }, 'from'],
    ['3.1.2.16 another version', { instead: { 'SIP/2.0': 'SIP/7.0 200 OK' } }, 'version'],
    ['3.1.2.19 a status of 2^32 and more', { instead: { 'SIP/2.0': 'SIP/2.0 4294967301 better not' } }, 'status'],
    ['3.3.1 hardly any header', { without: 'Call-ID', instead: { From: 'X: y' } }, 'missing-header'],
    ['3.3.8 a second Call-ID', { extra: 'Call-ID: other' }, 'duplicate-header'],
    ['3.3.9 two lengths', { extra: 'l: 0' }, 'duplicate-header'],
  ])('%s', (_, change, expected) => {
    expect(parseText(response(change)).result).toBe(expected);
  });
});
