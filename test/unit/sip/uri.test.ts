// The parts of SIP URIs, and what an operator is told about his.

import { describe, expect, it } from 'vitest';
import {
  createHostPort,
  createSipUri,
  parseHostPort,
  parseSipUri,
  parseTargetUri,
  URI_MALFORMED,
  URI_OK,
  URI_OTHER_SCHEME,
} from '../../../src/sip/index.ts';
import { sipBytes, spanText } from '../../support/sip-text.ts';

const partsOf = (text: string) => {
  const bytes = sipBytes(`"${text}"`);
  const uri = createSipUri();
  const result = parseSipUri(bytes, 1, bytes.length - 1, uri);
  const part = (start: number, end: number) => spanText(bytes, start, end);
  return {
    result,
    isSips: uri.isSips,
    port: uri.port,
    user: part(uri.userStart, uri.userEnd),
    password: part(uri.passwordStart, uri.passwordEnd),
    host: part(uri.hostStart, uri.hostEnd),
    params: part(uri.paramsStart, uri.paramsEnd),
    headers: part(uri.headersStart, uri.headersEnd),
  };
};

const NONE = { isSips: false, port: -1, user: null, password: null, params: null, headers: null };

describe('parseSipUri', () => {
  it('19.1.1 takes all parts apart', () => {
    expect(partsOf('SIPS:alice:secret@atlanta.example:5061;transport=tcp;lr?subject=x&y=z')).toEqual({
      result: URI_OK,
      isSips: true,
      user: 'alice',
      password: 'secret',
      host: 'atlanta.example',
      port: 5061,
      params: 'transport=tcp;lr',
      headers: 'subject=x&y=z',
    });
  });

  it.each([
    ['sip:test.example', { host: 'test.example' }],
    ['sip:a@192.0.2.1:0', { user: 'a', host: '192.0.2.1', port: 0 }],
    ['sip:a@[2001:db8::10]', { user: 'a', host: '[2001:db8::10]' }],
    ['sip:[2001:db8::10]:5070', { host: '[2001:db8::10]', port: 5070 }],
    ['sip:[2001:db8::10:5070]', { host: '[2001:db8::10:5070]' }],
    ['sip:user;par=u%40example.net@example.com', { user: 'user;par=u%40example.net', host: 'example.com' }],
    ['sip:a?b/c&=+$,@h;p', { user: 'a?b/c&=+$,', host: 'h', params: 'p' }],
    ['sip:null-%00-null@h', { user: 'null-%00-null', host: 'h' }],
    ['sip:h?x=y;z', { host: 'h', headers: 'x=y;z' }],
    ['sip:a:@h', { user: 'a', password: '', host: 'h' }],
  ])('19.1.1 %s', (text, parts) => {
    expect(partsOf(text)).toEqual({ result: URI_OK, ...NONE, ...parts });
  });

  it.each(['tel:+12015550123', 'isbn:2983792873', 'http://x', 'sipx:a'])('%s is another scheme', (text) => {
    expect(partsOf(text).result).toBe(URI_OTHER_SCHEME);
  });

  it.each([
    '',
    'sip',
    ':a',
    'sip:',
    'sip:@h',
    'sip::pw@h',
    'sip:a@',
    'sip:a@:5060',
    'sip:h:',
    'sip:h:65536',
    'sip:h:50 60',
    'sip:a b@h',
    'sip:a@b@c',
    'sip:h:5060x',
    'sip:2001:db8::10',
    'sip:[2001:db8::10',
    'sip:[]',
    'sip:[::g]',
    'sip:<h>',
  ])('%j is malformed', (text) => {
    expect(partsOf(text).result).toBe(URI_MALFORMED);
  });
});

describe('parseHostPort', () => {
  const hostPort = createHostPort();
  const parse = (text: string): unknown => {
    const bytes = sipBytes(`5${text}5`);
    if (!parseHostPort(bytes, 1, bytes.length - 1, hostPort)) return null;
    return [spanText(bytes, hostPort.hostStart, hostPort.hostEnd), hostPort.port];
  };

  it('25.1 takes names, IPv4 and bracketed IPv6, with a port or without', () => {
    expect(parse('host_1.test-x.example.')).toEqual(['host_1.test-x.example.', -1]);
    expect(parse('192.0.2.1:5060')).toEqual(['192.0.2.1', 5060]);
    expect(parse('[::1]:65535')).toEqual(['[::1]', 65535]);
  });

  it.each(['', ':1', 'a:', 'a:b', 'a:65536', 'a :1', 'a: 1', 'a/b', '[::1', '[::1]x', '::1', 'a:1:2'])(
    '%j is refused',
    (text) => {
      expect(parse(text)).toBeNull();
    },
  );
});

describe('parseTargetUri', () => {
  it('gives the parts as strings', () => {
    expect(parseTargetUri('sip:alice@Test.example:5070;Transport=UDP;lr;x=y')).toEqual({
      ok: true,
      uri: {
        scheme: 'sip',
        user: 'alice',
        host: 'Test.example',
        port: 5070,
        transport: 'udp',
        otherParameters: ['lr', 'x'],
      },
    });
    expect(parseTargetUri('sips:[2001:db8::1]')).toEqual({
      ok: true,
      uri: { scheme: 'sips', user: null, host: '2001:db8::1', port: null, transport: null, otherParameters: [] },
    });
  });

  it.each([
    ['127.0.0.1', 'no SIP URI'],
    ['localhost:5060', 'does not begin with sip:'],
    ['sip:', 'no SIP URI'],
    ['sip:a b', 'no SIP URI'],
    ['sip:host:0', 'port 0'],
    ['sip:host:65536', 'no SIP URI'],
    ['sip:a:secret@host', 'password'],
    ['sip:host?x=y', 'header part'],
    ['sip:host;', 'empty parameter'],
    ['sip:host;;lr', 'empty parameter'],
    ['sip:host;transport', 'one transport'],
    ['sip:host;transport=', 'one transport'],
    ['sip:host;transport=udp;transport=tcp', 'one transport'],
  ])('%s: the error tells of "%s"', (text, expected) => {
    const result = parseTargetUri(text);
    expect(result.ok ? 'no error' : result.error).toContain(expected);
  });
});
