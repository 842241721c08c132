// Users from a file on the wire: what their rows say stands in their requests and credentials, and bindings are found by it. The
// expected responses are spelled out with Node's own hash.

import { createHash } from 'node:crypto';
import { expect, it } from 'vitest';
import { loadScenario, type RunPlan } from '../../../src/scenario/index.ts';
import { dryRun } from '../../../src/sim/index.ts';
import { encodeUtf8 } from '../../../src/std/index.ts';
import { numbersOf } from './books.ts';
import { drive, type Peer } from './driver.ts';
import { accept, accepting, answer, answering, type Request, readRequest, requestsOf } from './messages.ts';

const planOf = (csv: string, parts: { identities?: string; flow?: string; more?: string } = {}): RunPlan => {
  const { identities = '{ csv: u.csv, domain: test.example }', flow = '[register, refresh]', more = '' } = parts;
  const target = more.includes('target') ? '' : 'target: sip:192.0.2.1:5060\n';
  const text = `version: 1\n${target}${more}identities: ${identities}\nload: { rate: 100/s, starts: 3 }\nflow: ${flow}\n`;
  return loadScenario({ file: 'x.yaml', text, readTable: (name) => ({ name, bytes: encodeUtf8(csv) }) });
};

const md5 = (text: string): string => createHash('md5').update(text, 'utf8').digest('hex');
const unquoted = (request: Request, name: string): string =>
  (request.credentials?.get(name) ?? '').replace(/^"|"$/g, '');

const isRight = (request: Request, ha1: string): boolean => {
  const value = (name: string): string => unquoted(request, name);
  const entity = value('qop') === 'auth-int' ? `:${md5('')}` : '';
  const ha2 = md5(`REGISTER:${value('uri')}${entity}`);
  return value('response') === md5(`${ha1}:${value('nonce')}:${value('nc')}:${value('cnonce')}:${value('qop')}:${ha2}`);
};

const challenging = (realm: (request: Request) => string, qop = 'auth'): Peer =>
  answering((request) => {
    const read = readRequest(request);
    if (read.credentials !== null) return accept(request);
    return answer(
      request,
      '401 Unauthorized',
      `WWW-Authenticate: Digest realm="${realm(read)}", nonce="n1", qop="${qop}"`,
    );
  });

const answered = (requests: readonly Request[]): readonly Request[] =>
  requests.filter(({ credentials }) => credentials !== null);

it('RFC 3261 §10.2 From, To and Contact are those of the row, and headers say what its columns do', () => {
  const plan = planOf('user,ext\n+1415,7\nbob,\ncarla,12345\n', {
    flow: '[{ register: { headers: { X-Ext: "<{ext}>/{user}/{index:3}" } } }]',
  });
  const requests = requestsOf(drive({ plan, peer: accepting() }));
  expect(requests.map(({ value }) => value('X-Ext'))).toEqual(['<7>/+1415/000', '<>/bob/001', '<12345>/carla/002']);
  for (const [at, user] of ['+1415', 'bob', 'carla'].entries()) {
    expect(requests[at]!.value('To')).toBe(`<sip:${user}@test.example>`);
    expect(requests[at]!.contact).toBe(`sip:${user}@127.0.0.1:40000`);
    expect(requests[at]!.value('Call-ID')).toMatch(new RegExp(`-${at}$`));
  }
});

it('RFC 3261 §10.2.4 each finds its own binding in the answer, known forms included', () => {
  const rows = Array.from({ length: 60 }, (_, row) => `user-${'x'.repeat(row % 7)}${row}\n`).join('');
  const text = (starts: number): RunPlan => {
    const plan = planOf(`user\n${rows}`);
    return { ...plan, load: { ...plan.load, starts } };
  };
  const run = drive({ plan: text(60), peer: accepting() });
  expect(numbersOf(run, 'register')).toMatchObject({ started: 60, outcomes: { succeeded: 60 } });
  expect(numbersOf(run, 'refresh')).toMatchObject({ started: 60, outcomes: { succeeded: 60 } });
  const strangers = answering((request) =>
    answer(request, '200 OK', 'Contact: <sip:user-0@127.0.0.1:40000>;expires=3600'),
  );
  const outcomes = numbersOf(drive({ plan: text(60), peer: strangers }), 'register').outcomes;
  expect(outcomes).toEqual({ succeeded: 1, 'binding-missing': 59 });
});

it('RFC 7616 §3.4.2 each answers with the name and password of its row, one of them in UTF-8', () => {
  const plan = planOf('user,authUser,password\na,a1,one\nb,b1,"zwei, ""2"""\nc,c1,grüße\n');
  const requests = answered(requestsOf(drive({ plan, peer: challenging(() => 'r') })));
  const secrets = { a1: 'one', b1: 'zwei, "2"', c1: 'grüße' };
  expect(requests.map((request) => unquoted(request, 'username'))).toEqual(expect.arrayContaining(['a1', 'b1', 'c1']));
  for (const request of requests) {
    const name = unquoted(request, 'username') as keyof typeof secrets;
    expect(isRight(request, md5(`${name}:r:${secrets[name]}`))).toBe(true);
  }
  expect(requests).toHaveLength(6);
});

it.each(['auth', 'auth-int'])(
  'RFC 7616 §3.4.3 with domains of their own, uri and H(A2) with qop=%s are of the own one',
  (qop) => {
    const csv = 'user,domain,password\na,a.example,p\na,bb.example,p\nb,a.example,p\n';
    const plan = planOf(csv, { identities: '{ csv: u.csv }' });
    const requests = requestsOf(drive({ plan, peer: challenging(() => 'r', qop) }));
    const domains = new Map(['a.example', 'bb.example'].map((domain) => [domain, 0]));
    for (const request of requests) {
      const domain = /@([^>]+)>/.exec(request.value('To'))![1]!;
      domains.set(domain, domains.get(domain)! + 1);
      expect(request.startLine).toBe(`REGISTER sip:${domain} SIP/2.0`);
      if (request.credentials === null) continue;
      expect(unquoted(request, 'uri')).toBe(`sip:${domain}`);
      const user = /sip:([^@]+)@/.exec(request.value('To'))![1]!;
      expect(isRight(request, md5(`${user}:r:p`))).toBe(true);
    }
    expect(Object.fromEntries(domains)).toEqual({ 'a.example': 6, 'bb.example': 3 });
  },
);

it('RFC 3261 §22.3 with a realm in each row, a secret answers that realm and no other', () => {
  const ha1 = (user: string, realm: string): string => md5(`${user}:${realm}:p`);
  const csv = `user,realm,ha1\na,ra,${ha1('a', 'ra')}\nb,rb,${ha1('b', 'rb').toUpperCase()}\nc,"r""c",${ha1('c', 'r\\"c')}\n`;
  const realms: Readonly<Record<string, string>> = { a: 'ra', b: 'ra', c: 'r\\"c' };
  const peer = challenging((request) => realms[/sip:([^@]+)@/.exec(request.value('To'))![1]!]!);
  const run = drive({ plan: planOf(csv), peer });
  expect(numbersOf(run, 'register').outcomes).toEqual({ succeeded: 2, 'no-credentials': 1 });
  for (const request of answered(requestsOf(run))) {
    const user = unquoted(request, 'username');
    expect(isRight(request, ha1(user, realms[user]!))).toBe(true);
  }
});

it('RFC 3261 §10.2.8 after a 423 the row asks for longer, and a retransmission has the same bytes', () => {
  const csv = 'user\na\nbb\nccc\n';
  const brief: Peer = answering((request, _nowUs, number) => {
    if (number % 2 === 0) return null;
    const asked = Number(readRequest(request).value('Expires'));
    return asked < 7200 ? answer(request, '423 Interval Too Brief', 'Min-Expires: 7200') : accept(request);
  });
  const run = drive({ plan: planOf(csv, { flow: '[register]' }), peer: brief });
  expect(numbersOf(run, 'register')).toMatchObject({ started: 3, outcomes: { succeeded: 3 } });
  const byBranch = new Map<string, Set<string>>();
  for (const { text } of run.sent) {
    const { branch } = readRequest(text);
    byBranch.set(branch, (byBranch.get(branch) ?? new Set()).add(text));
  }
  expect([...byBranch.values()].map((texts) => texts.size)).toEqual(Array.from(byBranch, () => 1));
  expect(run.sent.length).toBeGreaterThan(byBranch.size);
});

it('the same user says the same in whichever worker it is', () => {
  const plan = planOf('user,password\na,1\nb,2\nc,3\n', { flow: '[register]' });
  const said = (workerCount: number): readonly string[] =>
    Array.from({ length: workerCount }, (_, workerIndex) =>
      drive({ plan, peer: accepting(), workerIndex, workerCount }),
    )
      .flatMap(({ sent }) => sent.map(({ text }) => readRequest(text).value('To')))
      .sort();
  expect(said(2)).toEqual(said(1));
  expect(said(1)).toEqual(['a', 'b', 'c'].map((user) => `<sip:${user}@test.example>`));
});

it('RFC 3261 §10.3(3) the embedded registrar knows the passwords of the file, by name, escapes decoded', () => {
  const run = (csv: string): readonly string[] =>
    dryRun(planOf(csv, { more: 'target: embedded\n', flow: '[register]' }), {
      runId: 'run-a',
      seed: 1,
      userAgent: 'test',
    })
      .filter(({ direction }) => direction === 'received')
      .map(({ text }) => text.slice(8, 11));
  expect(run('user,authUser,password\na,other@name,secret\nb,c,d\n')).toEqual(['401', '200']);
  expect(run('user,password\n%61b%23,secret\n')).toEqual(['401', '200']);
});
