// 3xx answers in virtual time: which Contact is followed, how far, and what of a request changes on the way.

import { describe, expect, it } from 'vitest';
import { reportError } from '../../../src/engine/index.ts';
import type { MetricsBlock } from '../../../src/metrics/index.ts';
import * as layout from '../../../src/metrics/layout.ts';
import type { PlanRedirects, RedirectRule } from '../../../src/scenario/index.ts';
import { counted, numbersOf } from './books.ts';
import { type DriveOptions, drive, md5, type Peer, type Run, SENT_BY, SILENT } from './driver.ts';
import { accept, answer, readRequest, requestsOf } from './messages.ts';
import { createPlan, type PlanParts, pause, refresh, register, SECOND, unregister } from './plans.ts';

const LOOPBACK = 0x7f_00_00_01;
const TARGET = { address: LOOPBACK, port: 5060 };
const ANYWHERE: readonly RedirectRule[] = [{ kind: 'range', address: 0, bits: 0, port: null }];

const planOf = (redirects: Partial<PlanRedirects>, parts: PlanParts = {}) =>
  createPlan({ redirects: { follow: 3, to: null, ...redirects }, ...parts });

const driveFrom = (options: DriveOptions): Run =>
  drive({ peers: [TARGET], ...options, engine: { redirects: { names: [] }, ...options.engine } });

const moved = (request: string, contacts: readonly string[], status = '302 Moved Temporarily'): string =>
  answer(request, status, ...contacts.map((contact) => `Contact: ${contact}`));

/** What the socket to each target or place says; null: nothing. */
const byPlace =
  (...says: readonly (((request: string) => string) | null)[]): Peer =>
  (request, nowUs, flow = 0) => {
    const made = says[flow]?.(request);
    return made === undefined ? [] : [{ atUs: nowUs + 1000, bytes: made }];
  };

const sendsTo =
  (...contacts: string[]) =>
  (request: string): string =>
    moved(request, contacts);

const lineOf = (request: string): string => readRequest(request).startLine;
const startLines = (run: Run): string[] => run.sent.map(({ text }) => lineOf(text));
const flowsOf = (run: Run): number[] => run.sent.map(({ flow }) => flow);

const FATES = {
  followed: layout.COUNTER_REDIRECTS_FOLLOWED,
  limit: layout.COUNTER_REDIRECTS_LIMIT,
  loop: layout.COUNTER_REDIRECTS_LOOP,
  notAllowed: layout.COUNTER_REDIRECTS_NOT_ALLOWED,
  unusable: layout.COUNTER_REDIRECTS_UNUSABLE,
  noRoom: layout.COUNTER_REDIRECTS_NO_ROOM,
};

/** What became of the redirects; what did not occur is left out. */
const fatesOf = ({ metrics }: { metrics: MetricsBlock }): Record<string, number> =>
  Object.fromEntries(
    Object.entries(FATES)
      .map(([name, counter]) => [name, metrics.counters[counter]!] as const)
      .filter(([, count]) => count > 0),
  );

describe('a redirect that is followed', () => {
  it('RFC 3261 §8.1.3.4 goes on at its Contact: that Request-URI, the next CSeq, another branch, and all else as it was', () => {
    const run = driveFrom({
      plan: planOf({}),
      peer: byPlace(sendsTo('<sip:u000@127.0.0.1:5070;lr;method=INVITE?Subject=x>;q=0.5'), accept),
    });
    const [first, second] = requestsOf(run);
    expect(startLines(run)).toEqual(['REGISTER sip:test.example SIP/2.0', 'REGISTER sip:127.0.0.1:5070;lr SIP/2.0']);
    expect(flowsOf(run)).toEqual([0, 1]);
    for (const name of ['From', 'To', 'Call-ID', 'Contact', 'Expires']) {
      expect(second!.values(name)).toEqual(first!.values(name));
    }
    expect([first!.cseq, second!.cseq]).toEqual([1, 2]);
    expect(second!.branch).not.toBe(first!.branch);
    expect(second!.value('Via')).toContain(`UDP ${SENT_BY};`);
    expect(numbersOf(run, 'register').outcomes).toEqual({ succeeded: 1 });
    expect(fatesOf(run)).toEqual({ followed: 1 });
    expect(run.metrics.responses[302]).toBe(1);
    expect(counted(run, layout.COUNTER_REDIRECTED_REQUESTS)).toBe(1);
    expect(counted(run, layout.COUNTER_REDIRECTED_RESPONSES)).toBe(1);
  });

  it('RFC 3261 §20.10 takes the best q first, of equals the first one, and one without q as 1', () => {
    const run = driveFrom({
      plan: planOf({}),
      peer: byPlace(sendsTo('<sip:127.0.0.1:5071>;q=0.9, <sip:127.0.0.1:5072>', '<sip:127.0.0.1:5073>;q=1.0'), accept),
    });
    expect(startLines(run)[1]).toBe('REGISTER sip:127.0.0.1:5072 SIP/2.0');
    const least = driveFrom({
      plan: planOf({}),
      peer: byPlace(sendsTo('<sip:127.0.0.1:5071>;q=0.001', '<sip:127.0.0.1:5072>;q=0.01'), accept),
    });
    expect(startLines(least)[1]).toBe('REGISTER sip:127.0.0.1:5072 SIP/2.0');
  });

  it('RFC 3261 §21.3 follows 300, 301, 302 and 305, and never 380', () => {
    for (const status of ['300 Multiple Choices', '301 Moved Permanently', '302 Moved Temporarily']) {
      const run = driveFrom({
        plan: planOf({}),
        peer: byPlace((request) => moved(request, ['<sip:127.0.0.1:5070>'], status), accept),
      });
      expect(numbersOf(run, 'register').outcomes).toEqual({ succeeded: 1 });
    }
    const run = driveFrom({
      plan: planOf({}),
      peer: byPlace((request) => moved(request, ['<sip:127.0.0.1:5070>'], '380 Alternative Service'), accept),
    });
    expect(numbersOf(run, 'register').outcomes).toEqual({ 'status-380': 1 });
    expect(fatesOf(run)).toEqual({});
  });

  it('RFC 3261 §21.3.4 repeats the request through the proxy of a 305, its Request-URI unchanged', () => {
    const run = driveFrom({
      plan: planOf({}),
      peer: byPlace((request) => moved(request, ['<sip:127.0.0.1:5070;lr>'], '305 Use Proxy'), accept),
    });
    expect(startLines(run)).toEqual(Array(2).fill('REGISTER sip:test.example SIP/2.0'));
    expect(flowsOf(run)).toEqual([0, 1]);
  });

  it('RFC 3261 §22.1 answers the challenge of the place it leads to, with its Request-URI as digest-uri (RFC 7616 §3.4)', () => {
    const challenge = (request: string): string =>
      readRequest(request).credentials?.get('nonce') === '"n2"'
        ? accept(request)
        : answer(request, '401 Unauthorized', 'WWW-Authenticate: Digest realm="two", nonce="n2", qop="auth"');
    const first = (request: string): string =>
      readRequest(request).credentials === null
        ? answer(request, '401 Unauthorized', 'WWW-Authenticate: Digest realm="one", nonce="n1"')
        : moved(request, ['<sip:127.0.0.1:5070>']);
    const run = driveFrom({
      plan: planOf({}, { identities: { password: 'secret' } }),
      peer: byPlace(first, challenge),
    });
    const last = requestsOf(run).at(-1)!;
    const own = last.allCredentials.find((credentials) => credentials.get('realm') === '"two"')!;
    const plain = (name: string): string => own.get(name)!.replaceAll('"', '');
    expect(plain('uri')).toBe('sip:127.0.0.1:5070');
    const ha1 = md5('u000:two:secret');
    const ha2 = md5('REGISTER:sip:127.0.0.1:5070');
    expect(plain('response')).toBe(md5(`${ha1}:n2:${plain('nc')}:${plain('cnonce')}:auth:${ha2}`));
    expect(numbersOf(run, 'register').outcomes).toEqual({ succeeded: 1 });
  });

  it('RFC 7616 §3.4.3 hashes the body with the Request-URI that it led to, where qop is auth-int', () => {
    const step = { ...register(), body: { type: 'text/plain', text: [{ kind: 'user' }] } } as const;
    const protectedPlace = (request: string): string =>
      readRequest(request).credentials === null
        ? answer(request, '401 Unauthorized', 'WWW-Authenticate: Digest realm="two", nonce="n2", qop="auth-int"')
        : accept(request);
    const run = driveFrom({
      plan: planOf({}, { identities: { password: 'secret' }, flow: [step] }),
      peer: byPlace(sendsTo('<sip:127.0.0.1:5070>'), protectedPlace),
    });
    const { credentials } = requestsOf(run).at(-1)!;
    const plain = (name: string): string => credentials!.get(name)!.replaceAll('"', '');
    const ha2 = md5(`REGISTER:sip:127.0.0.1:5070:${md5('u000')}`);
    const middle = `n2:${plain('nc')}:${plain('cnonce')}:auth-int`;
    expect(plain('response')).toBe(md5(`${md5('u000:two:secret')}:${middle}:${ha2}`));
    expect(run.sent.at(-1)!.text.endsWith('\r\n\r\nu000')).toBe(true);
  });

  it.each([
    ['socket', 1],
    ['context', 0],
  ] as const)('keepalives for each %s go through flow %d', (per, flow) => {
    const keepalive = { kind: 'crlf', per, everyUs: 10 * SECOND, leastUs: 10 * SECOND } as const;
    const run = driveFrom({
      plan: planOf({}, { keepalive, flow: [register(), pause(35 * SECOND), unregister] }),
      peer: (request, nowUs, at = 0) => {
        if (request === '\r\n\r\n') return [];
        const says = at === 0 ? sendsTo('<sip:127.0.0.1:5070>')(request) : accept(request);
        return [{ atUs: nowUs + 1000, bytes: says }];
      },
    });
    const pings = run.sent.filter(({ text }) => text === '\r\n\r\n');
    expect(pings.length).toBeGreaterThanOrEqual(3);
    expect(new Set(pings.map((ping) => ping.flow))).toEqual(new Set([flow]));
  });

  it('RFC 3581 §4 has the Contact repaired that the redirect told about', () => {
    const seen = (request: string): string =>
      moved(request, ['<sip:127.0.0.1:5070>']).replace(';rport', ';rport=7000;received=203.0.113.9');
    const run = driveFrom({ plan: planOf({}, { nat: 'direct' }), peer: byPlace(seen, accept) });
    const [first, second] = requestsOf(run);
    expect(first!.contact).toBe(`sip:u000@${SENT_BY}`);
    expect(second!.contact).toBe('sip:u000@203.0.113.9:7000');
    expect(numbersOf(run, 'register').outcomes).toEqual({ succeeded: 1 });
  });

  it('begins each attempt at the registrar again, whatever an earlier one was told', () => {
    const run = driveFrom({
      plan: planOf({}, { flow: [register(), refresh(), unregister] }),
      peer: byPlace((request) => moved(request, ['<sip:127.0.0.1:5070>'], '301 Moved Permanently'), accept),
    });
    expect(flowsOf(run)).toEqual([0, 1, 0, 1, 0, 1]);
    expect(requestsOf(run).map(({ cseq }) => cseq)).toEqual([1, 2, 3, 4, 5, 6]);
    expect(fatesOf(run)).toEqual({ followed: 3 });
  });

  it('RFC 3261 §17.1.2.2 retransmits to where it led, byte for byte, and times out there', () => {
    const run = driveFrom({ plan: planOf({}), peer: byPlace(sendsTo('<sip:127.0.0.1:5070>'), null) });
    expect(flowsOf(run)).toEqual([0, ...Array(11).fill(1)]);
    expect(numbersOf(run, 'register').outcomes).toEqual({ timeout: 1 });
  });

  it('RFC 3261 §10.2.8 asks for longer where a 423 comes from there', () => {
    const brief = (request: string): string =>
      readRequest(request).value('Expires') === '7200'
        ? accept(request)
        : answer(request, '423 Interval Too Brief', 'Min-Expires: 7200');
    const run = driveFrom({ plan: planOf({}), peer: byPlace(sendsTo('<sip:127.0.0.1:5070>'), brief) });
    expect(startLines(run).slice(1)).toEqual(Array(2).fill('REGISTER sip:127.0.0.1:5070 SIP/2.0'));
    expect(numbersOf(run, 'register').outcomes).toEqual({ succeeded: 1 });
  });

  it('takes its lag from the first request, and its wire time from all of them', () => {
    const run = driveFrom({ plan: planOf({}), peer: byPlace(sendsTo('<sip:127.0.0.1:5070>'), accept) });
    const statOf = (kind: number, stat: number): number =>
      run.metrics.stats[layout.histogramOf(0, 0, kind) * layout.STATS_PER_HISTOGRAM + stat]!;
    expect(statOf(layout.KIND_LAG, layout.STAT_COUNT)).toBe(1);
    expect(statOf(layout.KIND_WIRE, layout.STAT_SUM)).toBe(2000);
  });

  it('leads to another target of the run through its own sockets, and fails over from none it was led to (RFC 3263 §4.3)', () => {
    const unavailable = (request: string): string => answer(request, '503 Service Unavailable');
    const run = driveFrom({
      plan: planOf({}),
      engine: { targets: { count: 2, priority: [1, 2], weight: [1, 1] } },
      peers: [TARGET, { address: LOOPBACK, port: 5061 }],
      peer: byPlace(sendsTo('<sip:127.0.0.1:5061>'), unavailable),
    });
    expect(flowsOf(run)).toEqual([0, 1]);
    expect(numbersOf(run, 'register').outcomes).toEqual({ 'status-503': 1 });
    expect(counted(run, layout.COUNTER_REDIRECTED_REQUESTS)).toBe(0);
  });

  it('many phones, each told its own user, go to one place with one Request-URI (RFC 3261 §10.2: it has no user part)', () => {
    const plan = planOf(
      {},
      {
        identities: { count: 200 },
        load: { starts: 200, startsPerPeriod: 200, periodUs: SECOND },
      },
    );
    const own = (request: string): string => {
      const user = /u\d+/.exec(readRequest(request).value('To'))![0];
      return moved(request, [`<sip:${user}@127.0.0.1:5070>`]);
    };
    const run = driveFrom({ plan, peer: byPlace(own, accept) });
    expect(numbersOf(run, 'register').outcomes).toEqual({ succeeded: 200 });
    expect(new Set(startLines(run)).size).toBe(2);
    expect(Math.max(...flowsOf(run))).toBe(1);
  });
});

describe('a redirect that is not followed', () => {
  it('RFC 3261 §8.1.3.4: none is, unless the scenario asks for it', () => {
    const run = drive({ plan: createPlan(), peers: [TARGET], peer: byPlace(sendsTo('<sip:127.0.0.1:5070>')) });
    expect(numbersOf(run, 'register').outcomes).toEqual({ 'status-302': 1 });
    expect(run.sent).toHaveLength(1);
    expect(run.engine.redirects).toBeNull();
    expect(fatesOf(run)).toEqual({});
  });

  it('leads back to where the attempt was: the same URI is never tried twice (RFC 3261 §8.1.3.4)', () => {
    const itself = driveFrom({ plan: planOf({}), peer: byPlace(sendsTo('<sip:TEST.example>')) });
    expect(itself.sent).toHaveLength(1);
    expect(fatesOf(itself)).toEqual({ loop: 1 });
    const circle = driveFrom({
      plan: planOf({ follow: 10 }),
      peer: byPlace(
        sendsTo('<sip:127.0.0.1:5070>'),
        sendsTo('<sip:127.0.0.1:5071>'),
        sendsTo('<sip:test.example>', '<sip:127.0.0.1:5070>'),
      ),
    });
    expect(flowsOf(circle)).toEqual([0, 1, 2]);
    expect(fatesOf(circle)).toEqual({ followed: 2, loop: 1 });
    expect(numbersOf(circle, 'register').outcomes).toEqual({ 'status-302': 1 });
  });

  it('is one too many for redirects.follow', () => {
    const next = (request: string): string => {
      const port = Number(/:(\d+) SIP/.exec(lineOf(request))?.[1] ?? 5069);
      return moved(request, [`<sip:127.0.0.1:${port + 1}>`]);
    };
    const run = driveFrom({ plan: planOf({ follow: 2 }), peer: byPlace(next, next, next, next) });
    expect(flowsOf(run)).toEqual([0, 1, 2]);
    expect(fatesOf(run)).toEqual({ followed: 2, limit: 1 });
    expect(numbersOf(run, 'register').outcomes).toEqual({ 'status-302': 1 });
  });

  it.each([
    ['no Contact', []],
    ['a star', ['*']],
    ['sips:, which needs TLS', ['<sips:127.0.0.1:5070>']],
    ['another scheme', ['<tel:+15551234>', '<mailto:a@b.example>']],
    ['another transport', ['<sip:127.0.0.1:5070;transport=tcp>']],
    ['IPv6', ['<sip:[::1]:5070>']],
    ['an empty maddr', ['<sip:127.0.0.1;maddr=>', '<sip:127.0.0.1;maddr>']],
    ['port 0', ['<sip:127.0.0.1:0>']],
    ['no host', ['<sip:>', '<sip:u@>']],
    ['no URI', ['<>']],
    ['garbage', ['@@@;;;=,,<<sip:']],
    ['a URI that is too long', [`<sip:127.0.0.1;x=${'y'.repeat(300)}>`]],
    ['a backslash, which would end a quoted string', ['<sip:127.0.0.1:5070;x=\\>']],
    ['bytes that are no ASCII', ['<sip:127.0.0.1:5070;x=\u00e9>']],
    ['this network', ['<sip:0.0.0.0:5070>']],
    ['a broadcast', ['<sip:255.255.255.255>']],
    ['a multicast group', ['<sip:224.0.1.75>']],
  ])('has %s', (_what, contacts) => {
    const run = driveFrom({ plan: planOf({ to: ANYWHERE }), peer: byPlace(sendsTo(...contacts)) });
    expect(run.sent).toHaveLength(1);
    expect(fatesOf(run)).toEqual({ unusable: 1 });
    expect(numbersOf(run, 'register').outcomes).toEqual({ 'status-302': 1 });
  });

  it('has a Contact that cannot be used beside one that can, which is taken', () => {
    const run = driveFrom({
      plan: planOf({}),
      peer: byPlace(sendsTo('<sips:a.example>', '<sip:127.0.0.1:5070>;q=0.1'), accept),
    });
    expect(fatesOf(run)).toEqual({ followed: 1 });
  });

  it('lists 500 Contacts: the first 128 are looked at, whatever they are', () => {
    const list = Array.from({ length: 500 }, (_, i) => `<sip:198.51.100.1:${i + 1}>`);
    const run = driveFrom({ plan: planOf({}), peer: byPlace(sendsTo(...list)) });
    expect(fatesOf(run)).toEqual({ notAllowed: 1 });
    const late = driveFrom({
      plan: planOf({}),
      peer: byPlace(sendsTo(...list.slice(0, 127), '<sip:127.0.0.1:5070>'), accept),
    });
    expect(fatesOf(late)).toEqual({ followed: 1 });
    const tooLate = driveFrom({ plan: planOf({}), peer: byPlace(sendsTo(...list, '<sip:127.0.0.1:5070>'), accept) });
    expect(fatesOf(tooLate)).toEqual({ notAllowed: 1 });
  });
});

describe('where redirects may lead', () => {
  const at = (address: number, bits: number, port: number | null = null): RedirectRule => ({
    kind: 'range',
    address,
    bits,
    port,
  });

  it.each([
    ['an address of the run, on another port', null, 'sip:127.0.0.1:5070', { followed: 1 }],
    ['a stranger’s address', null, 'sip:198.51.100.7', { notAllowed: 1 }],
    [
      'a maddr that is allowed, whatever the host (RFC 3263 §4)',
      null,
      'sip:x.example:5070;maddr=127.0.0.1',
      { followed: 1 },
    ],
    ['a maddr that is not', null, 'sip:127.0.0.1:5070;maddr=198.51.100.7', { notAllowed: 1 }],
    ['the registrar’s name, on another port', null, 'sip:Test.Example:5070', { followed: 1 }],
    ['a stranger’s name', null, 'sip:other.example', { notAllowed: 1 }],
    ['an address in a range', [at(0xc6_33_64_00, 24)], 'sip:198.51.100.7', { followed: 1 }],
    ['one beside it', [at(0xc6_33_64_00, 24)], 'sip:198.51.101.7', { notAllowed: 1 }],
    [
      'the run’s own address, which the list leaves out',
      [at(0xc6_33_64_00, 24)],
      'sip:127.0.0.1:5070',
      { notAllowed: 1 },
    ],
    ['a port that is listed', [at(LOOPBACK, 32, 5070)], 'sip:127.0.0.1:5070', { followed: 1 }],
    ['one that is not', [at(LOOPBACK, 32, 5070)], 'sip:127.0.0.1:5071', { notAllowed: 1 }],
    [
      'a name that is listed',
      [{ kind: 'name', host: 'reg2.example', port: null }],
      'sip:REG2.example.',
      { followed: 1 },
    ],
    [
      'another port of it',
      [{ kind: 'name', host: 'reg2.example', port: 5070 }],
      'sip:reg2.example:5071',
      { notAllowed: 1 },
    ],
    [
      'a listed name that nobody could locate',
      [{ kind: 'name', host: 'reg3.example', port: null }],
      'sip:reg3.example',
      { unusable: 1 },
    ],
  ] as const)('%s', (_what, to, uri, fates) => {
    const run = driveFrom({
      plan: planOf({ to: to as readonly RedirectRule[] | null }),
      engine: { redirects: { names: [{ host: 'reg2.example', address: 0xc6_33_64_09, port: 5080 }] } },
      peer: byPlace(sendsTo(`<${uri}>`), accept),
    });
    expect(fatesOf(run)).toEqual(fates);
    expect(numbersOf(run, 'register').outcomes).toEqual('followed' in fates ? { succeeded: 1 } : { 'status-302': 1 });
  });

  it('RFC 3261 §8.1.2: with a Route the next hop stays, and only the Request-URI changes', () => {
    const route = { route: '<sip:127.0.0.1:5060;lr>' };
    const run = driveFrom({
      plan: planOf({ to: [{ kind: 'name', host: 'reg2.example', port: null }] }, { phone: route as never }),
      peer: byPlace((request) =>
        lineOf(request).includes('reg2') ? accept(request) : moved(request, ['<sip:reg2.example>']),
      ),
    });
    expect(flowsOf(run)).toEqual([0, 0]);
    expect(startLines(run)[1]).toBe('REGISTER sip:reg2.example SIP/2.0');
    expect(requestsOf(run)[1]!.value('Route')).toBe('<sip:127.0.0.1:5060;lr>');
  });

  it('a place that cannot be opened ends its attempt with send-error, and no redirect leads there again', () => {
    const plan = planOf({}, { flow: [{ ...register(), onFailure: 'continue' }, refresh()] });
    const run = driveFrom({
      plan,
      peer: byPlace(sendsTo('<sip:127.0.0.1:5070>')),
      opens: () => false,
    });
    expect(numbersOf(run, 'register').outcomes).toEqual({ 'send-error': 1 });
    expect(numbersOf(run, 'refresh').outcomes).toEqual({ 'status-302': 1 });
    expect(fatesOf(run)).toEqual({ followed: 1, noRoom: 1 });
  });

  it('a dead port ends its attempts with unreachable (RFC 3261 §18.4), and the target’s own go on', () => {
    const run = driveFrom({
      plan: planOf({}, { identities: { count: 2 }, load: { starts: 2, startsPerPeriod: 2, periodUs: 1000 } }),
      peer: byPlace(
        (request) => (request.includes('u000@') ? moved(request, ['<sip:127.0.0.1:9>']) : answer(request, '200 OK')),
        null,
      ),
      events: [{ atUs: 2 * SECOND, act: (engine) => reportError(engine, 2 * SECOND, 1) }],
    });
    expect(numbersOf(run, 'register').outcomes).toEqual({ unreachable: 1, 'binding-missing': 1 });
  });

  it('a peer that names another place each time gets eight of them, and 63 Request-URIs', () => {
    const plan = planOf(
      { to: ANYWHERE },
      {
        identities: { count: 100 },
        load: { starts: 100, startsPerPeriod: 100, periodUs: SECOND },
      },
    );
    const numberIn = (request: string): number => Number(/u(\d+)@/.exec(readRequest(request).value('To'))![1]);
    const places = driveFrom({
      plan,
      peer: byPlace(
        (request) => moved(request, [`<sip:198.51.100.1:${6000 + numberIn(request)}>`]),
        ...Array(8).fill(accept),
      ),
    });
    expect(fatesOf(places)).toEqual({ followed: 8, noRoom: 92 });
    expect(places.engine.flows).toHaveLength(9);
    const uris = driveFrom({
      plan,
      peer: byPlace((request) => moved(request, [`<sip:198.51.100.1;n=${numberIn(request)}>`]), accept),
    });
    expect(fatesOf(uris)).toEqual({ followed: 63, noRoom: 37 });
  });

  it('costs a scenario that follows none no table and no flow', () => {
    const { engine } = driveFrom({ plan: createPlan(), peer: SILENT });
    expect(engine.redirects).toBeNull();
    expect(engine.flows).toHaveLength(1);
  });
});
