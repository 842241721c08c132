import { describe, expect, it } from 'vitest';
import { bindingsOf, type Registrar } from '../../../src/registrar/index.ts';
import { give, openFile, SECOND } from './from-file.ts';
import { header, type RequestParts, request, type Sent, statusOf } from './harness.ts';

const A = '<sip:a@127.0.0.2>';
const INSTANCE = '+sip.instance="<urn:uuid:00000000-0000-1000-8000-000A95A0E128>"';
const OTHER = '+sip.instance="<urn:uuid:11111111-0000-1000-8000-000A95A0E128>"';
const ask = (registrar: Registrar, parts: RequestParts, nowUs = 0): Sent | null =>
  give(registrar, request({ contact: A, ...parts }), nowUs)[0] ?? null;

describe('RFC 3327 Path', () => {
  const PATHS = ['Path: <sip:p2.example;lr>,<sip:p1.example;lr>', 'Path: <sip:p0.example;lr>'];

  it('RFC 3327 §5.3 is stored in its order for each contact and copied into the 200', () => {
    const registrar = openFile('path: accept');
    const answer = ask(registrar, { headers: [...PATHS, 'Supported: gruu , path'] });
    expect(header(answer, 'Path')).toEqual(['<sip:p2.example;lr>,<sip:p1.example;lr>', '<sip:p0.example;lr>']);
    expect(bindingsOf(registrar, 'u1')[0]?.path).toBe('<sip:p2.example;lr>,<sip:p1.example;lr>,<sip:p0.example;lr>');
  });

  it('follows the latest request, and goes with its binding', () => {
    const registrar = openFile('path: accept');
    for (let round = 0; round < 200; round++) {
      const path = `<sip:p${'x'.repeat((round * 7) % 300)}.example;lr>`;
      const headers = ['k: path', `Path: ${path}`];
      expect(statusOf(ask(registrar, { headers, cseq: 2 * round + 1 }))).toBe(200);
      expect(bindingsOf(registrar, 'u1').map((binding) => binding.path)).toEqual([path]);
      if (round % 3 === 0) ask(registrar, { cseq: 2 * round + 2, expires: 0 });
    }
  });

  it('RFC 3327 §5.3 without support: kept and not told, or refused with 420', () => {
    const lenient = openFile('path: accept');
    const kept = ask(lenient, { headers: PATHS });
    expect([statusOf(kept), header(kept, 'Path')]).toEqual([200, []]);
    expect(bindingsOf(lenient, 'u1')[0]?.path).toContain('p1.example');
    const strict = openFile('path: strict');
    const refused = ask(strict, { headers: PATHS });
    expect([statusOf(refused), header(refused, 'Unsupported')]).toEqual([420, ['path']]);
    expect(statusOf(ask(strict, { headers: [] }))).toBe(200);
  });

  it('8.2.2.3 may be required where it is on; what else is required is listed alone', () => {
    const registrar = openFile('path: accept');
    expect(statusOf(ask(registrar, { headers: ['Require: path'] }))).toBe(200);
    const refused = ask(registrar, { headers: ['Require: path, foo', 'Require: bar'], cseq: 2 });
    expect([statusOf(refused), header(refused, 'Unsupported')]).toEqual([420, ['foo', 'bar']]);
    expect(statusOf(ask(openFile(''), { headers: ['Require: path'] }))).toBe(420);
  });

  it('off is not stored', () => {
    const registrar = openFile('');
    ask(registrar, { headers: [...PATHS, 'Supported: path'] });
    expect(bindingsOf(registrar, 'u1')[0]).not.toHaveProperty('path');
  });
});

describe('RFC 5626 outbound', () => {
  const flow = (uri: string, regId: number, instance = INSTANCE): string => `<${uri}>;reg-id=${regId};${instance}`;
  const headers = ['Supported: path, outbound'];
  const contacts = (registrar: Registrar): string[] => bindingsOf(registrar, 'u1').map(({ contact }) => contact);

  it('RFC 5626 §6 a new contact of the same instance and reg-id takes the place of the old one', () => {
    const registrar = openFile('outbound: true');
    const first = ask(registrar, { contact: flow('sip:a@h:1', 1), headers });
    expect([statusOf(first), header(first, 'Require')]).toEqual([200, ['outbound']]);
    ask(registrar, { contact: flow('sip:a@h:2', 2), headers, callId: 'c2' });
    ask(registrar, { contact: flow('sip:a@h:3', 1, OTHER), headers, callId: 'c3' });
    ask(registrar, { contact: flow('sip:a@h:9', 1), headers, callId: 'c4' });
    expect(contacts(registrar)).toEqual(['sip:a@h:9', 'sip:a@h:2', 'sip:a@h:3']);
    ask(registrar, { contact: flow('sip:elsewhere', 2), headers, callId: 'c5', expires: 0 });
    expect(contacts(registrar)).toEqual(['sip:a@h:9', 'sip:a@h:3']);
  });

  it('RFC 5626 §6 without Supported, or without an instance, the reg-id means nothing', () => {
    const registrar = openFile('outbound: true');
    const plain = ask(registrar, { contact: flow('sip:a@h:1', 1) });
    expect([statusOf(plain), header(plain, 'Require')]).toEqual([200, []]);
    ask(registrar, { contact: flow('sip:a@h:2', 1), callId: 'c2' });
    ask(registrar, { contact: '<sip:a@h:3>;reg-id=1', headers, callId: 'c3' });
    expect(contacts(registrar)).toEqual(['sip:a@h:1', 'sip:a@h:2', 'sip:a@h:3']);
  });

  it('RFC 5626 §6 more than one reg-id in a request is 400', () => {
    const both = `${flow('sip:a@h:1', 1)}, ${flow('sip:a@h:2', 2)}`;
    expect(statusOf(ask(openFile('outbound: true'), { contact: both, headers }))).toBe(400);
  });

  it('RFC 5626 §6, §11.6 behind a proxy that does not say ob it is 439', () => {
    const via = 'Via: SIP/2.0/UDP 10.0.0.1;branch=z9hG4bKp\r\nVia: SIP/2.0/UDP 127.0.0.2:40000;rport;branch=z9hG4bKu';
    const contact = flow('sip:a@h:1', 1);
    const behind = (path: string[]): number =>
      statusOf(ask(openFile('outbound: true'), { via, contact, headers: [...headers, ...path] }));
    expect(behind([])).toBe(439);
    expect(behind(['Path: <sip:edge.example;lr>'])).toBe(439);
    expect(behind(['Path: <sip:edge.example;lr;ob>'])).toBe(200);
    const answer = ask(openFile('outbound: true'), { via, contact, headers: ['Supported: path'] });
    expect([statusOf(answer), header(answer, 'Require')]).toEqual([200, []]);
  });
});

describe('RFC 5627 GRUU', () => {
  const headers = ['Supported: gruu'];
  const gruu = (sent: Sent | null, kind: string): string =>
    new RegExp(`;${kind}-gruu="([^"]+)"`).exec(header(sent, 'Contact').join('\n'))?.[1] ?? '';

  it('RFC 5627 §5.3 a contact with an instance gets both, the public one always the same, the other never', () => {
    const registrar = openFile('gruu: true');
    const contact = `${A};${INSTANCE}`;
    const first = ask(registrar, { contact, headers });
    expect(gruu(first, 'pub')).toBe('sip:u1@test.example;gr=urn:uuid:00000000-0000-1000-8000-000A95A0E128');
    expect(gruu(first, 'temp')).toMatch(/^sip:tgruu\.[0-9a-f]{16}@test\.example;gr$/);
    const second = ask(registrar, { contact, headers, cseq: 2 }, SECOND);
    expect(gruu(second, 'pub')).toBe(gruu(first, 'pub'));
    expect(gruu(second, 'temp')).not.toBe(gruu(first, 'temp'));
    const query = ask(registrar, { contact: [], headers, cseq: 3 }, SECOND);
    expect(gruu(query, 'pub')).toBe(gruu(first, 'pub'));
  });

  it('RFC 5627 §5.3 none without support, and none without an instance', () => {
    const registrar = openFile('gruu: true');
    expect(gruu(ask(registrar, { contact: `${A};${INSTANCE}` }), 'pub')).toBe('');
    expect(gruu(ask(registrar, { contact: '<sip:b@h>', headers, callId: 'c2' }), 'temp')).toMatch(/^sip:tgruu/);
    expect(header(ask(openFile('gruu: true'), { headers }), 'Contact')).toEqual([`${A};expires=3600`]);
  });

  it('19.1.1 an instance of other characters is escaped', () => {
    const answer = ask(openFile('gruu: true'), { contact: `${A};+sip.instance="<urn:x;é=%>"`, headers });
    expect(gruu(answer, 'pub')).toBe('sip:u1@test.example;gr=urn:x%3b%e9%3d%25');
  });

  it('RFC 5627 §5.1 a contact that leads back to the user, or is a GRUU, is 403', () => {
    const registrar = openFile('gruu: true');
    for (const contact of ['<sip:u1@test.example>', '<sip:tgruu.0@test.example;gr>', '<sip:x@TEST.example;gr=urn:y>']) {
      expect(statusOf(ask(registrar, { contact, headers }))).toBe(403);
    }
    expect(statusOf(ask(registrar, { contact: '<sip:u2@test.example>', headers }))).toBe(200);
  });
});

describe('lines of a 200', () => {
  it('RFC 3608 §6.1, RFC 7315 §4.1 Service-Route and P-Associated-URI as the file says, with the user', () => {
    const registrar = openFile(
      'serviceRoute: ["<sip:orig@s1;lr>", "<sip:s2;lr>"]\nassociatedUris: ["<sip:{user}@test.example>", "<tel:{user};x={user}>"]',
    );
    const answer = ask(registrar, { user: 'u%41b' });
    expect(header(answer, 'Service-Route')).toEqual(['<sip:orig@s1;lr>', '<sip:s2;lr>']);
    expect(header(answer, 'P-Associated-URI')).toEqual(['<sip:u%41b@test.example>', '<tel:u%41b;x=u%41b>']);
    const refused = ask(registrar, { contact: '*', cseq: 2 });
    expect([statusOf(refused), header(refused, 'Service-Route')]).toEqual([400, []]);
  });

  it('10.3 the number of contacts has a limit: a further one is refused, or the oldest gives way', () => {
    const uris = (registrar: Registrar): string[] => bindingsOf(registrar, 'u1').map(({ contact }) => contact);
    const refusing = openFile('contacts: {most: 2}');
    const replacing = openFile('contacts: {most: 2, beyond: replace}');
    for (const [i, registrar] of [refusing, replacing].entries()) {
      for (const [cseq, uri] of ['sip:a@h', 'sip:b@h', 'sip:a@h', 'sip:c@h'].entries()) {
        const status = statusOf(ask(registrar, { contact: `<${uri}>`, cseq: cseq + 1 }));
        expect(status).toBe(i === 0 && uri === 'sip:c@h' ? 403 : 200);
      }
    }
    expect([uris(refusing), uris(replacing)]).toEqual([
      ['sip:a@h', 'sip:b@h'],
      ['sip:b@h', 'sip:c@h'],
    ]);
    expect(statusOf(ask(replacing, { contact: '<sip:1@h>, <sip:2@h>, <sip:3@h>', cseq: 9 }))).toBe(403);
    expect(statusOf(ask(replacing, { contact: '<sip:c@h>, <sip:3@h>', cseq: 10 }))).toBe(200);
    expect(uris(replacing)).toEqual(['sip:c@h', 'sip:3@h']);
  });
});
