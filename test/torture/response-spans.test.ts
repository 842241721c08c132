// What RFC 4475 tortures parsers with, in answers to REGISTER that are well-formed: not only that the parser takes them, but
// that it finds the parts where they are. What a client makes of them, and of malformed ones, is in responses.test.ts.

import { describe, expect, it } from 'vitest';
import { contactRowTexts, type Parsed, parseText, response } from '../support/sip-text.ts';

const ok = (text: string): Parsed => {
  const parsed = parseText(text);
  expect(parsed.result).toBe('ok');
  return parsed;
};

describe('what the parser finds in an answer', () => {
  it('3.1.1.1 everything folded, spaced out and abbreviated at once', () => {
    const { message, text, bytes } = ok(
      [
        'SIP/2.0 200 OK',
        'TO :',
        ' sip:alice@test.example ;   tag    = t1',
        'from   : "The \\"A\\" \\\\"       <sip:alice@test.example>',
        '  ;',
        '  tag = f1',
        'Call-ID: c1@192.0.2.1',
        'Content-Length   : 000',
        'cseq: 0009',
        '  REGISTER',
        'v:  SIP  / 2.0  /   UDP',
        '    192.0.2.2;branch=z9hG4bK1 , SIP / 2.0 / TCP   hop2.example  ;',
        '  branch  =   z9hG4bK2  ,',
        ' SIP  /    2.0   / UDP  hop3.example   ; branch=',
        ' z9hG4bK3',
        'Subject:',
        'X-New:   some value',
        ' that goes on',
        'm:"One \\"of\\" one" <sip:alice@192.0.2.1> ; fresh =',
        '      value ;',
        '  flag ; q = 0.5',
        '',
        '',
      ].join('\n'),
    );
    expect(text(message.toTagStart, message.toTagEnd)).toBe('t1');
    expect(text(message.fromTagStart, message.fromTagEnd)).toBe('f1');
    expect([message.cseq, message.contentLength, message.via.count]).toEqual([9, 0, 3]);
    expect(text(message.viaBranchStart, message.viaBranchEnd)).toBe('z9hG4bK1');
    expect(contactRowTexts(bytes, message.contact)).toHaveLength(1);
  });

  it('3.1.1.2 odd tokens, a quoted NUL and UTF-8 in display names', () => {
    const from = 'From: "\\\\x00Жü\\"" <sip:a@b>;!odd*~-%=%;tag=.~x\'+`*%!-_';
    const { message, text } = ok(response({ instead: { From: from } }));
    expect(text(message.fromTagStart, message.fromTagEnd)).toBe(".~x'+`*%!-_");
  });

  it('3.1.1.4 an escaped NUL does not cut a URI short', () => {
    const { message, text } = ok(response({ instead: { To: 'To: sip:alice%00bob@test.example;tag=t1' } }));
    expect(text(message.toUriStart, message.toUriEnd)).toBe('sip:alice%00bob@test.example');
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
    const { message, text } = ok(response({ instead: { 'SIP/2.0': 'SIP/2.0 200 Да: 10 * 20 \\xfe\\xff' } }));
    expect(text(message.phraseStart, message.phraseEnd)).toMatch(/: 10 \* 20 \xfe\xff$/);
  });

  it('3.1.1.13 an empty phrase', () => {
    const { message } = ok(response({ instead: { 'SIP/2.0': 'SIP/2.0 100 ' } }));
    expect([message.status, message.phraseEnd - message.phraseStart]).toEqual([100, 0]);
  });

  it('3.1.2.4, 3.1.2.5 overlarge scalars that nothing hangs on', () => {
    const { message } = ok(response({ extra: 'Retry-After: 99999999999999999999\nWarning: 1812 nest "Full"' }));
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
