// What a registrar makes of the Contacts of a step, and what its 2xx then means: for the attempt, for the binding, and for the
// counts of the run. Scenarios as an operator writes them.

import { describe, expect, it } from 'vitest';
import { mergeBlocks } from '../../../src/metrics/index.ts';
import { bindingResult } from '../../../src/metrics/merged-bindings.ts';
import type { BindingResult } from '../../../src/metrics/run-result.ts';
import { loadScenario } from '../../../src/scenario/index.ts';
import { numbersOf } from './books.ts';
import { drive, type Run, SENT_BY } from './driver.ts';
import { answer, answering, readRequest } from './messages.ts';

const BASE = `version: 1
target: sip:192.0.2.1
identities: { count: 1, user: "u{index:3}", domain: test.example }
load: { rate: 1/s, starts: 1 }
`;

/** `say` gives the headers of each 200. */
const play = (yaml: string, say: (request: string, number: number) => readonly string[]): Run => {
  const plan = loadScenario({ file: 'contacts.yaml', text: `${BASE}${yaml}` });
  return drive({
    plan,
    peer: answering((request, _, number) => answer(request, '200 OK', ...say(request, number))),
  });
};

const bindingsOf = (run: Run): BindingResult => bindingResult(mergeBlocks([run.metrics]).bindings);
const outcomesOf = (run: Run, procedure: 'register' | 'refresh' | 'unregister' | 'wildcard' | 'query' = 'register') =>
  numbersOf(run, procedure).outcomes;
const granted = (run: Run): number => run.engine.contexts.grantedSeconds[0]!;

const OWN = `<sip:u000@${SENT_BY}>`;
const OTHER = '<sip:u000@192.0.2.7:5080>';
const TWO = `flow:
  - register:
      expires: 600s
      contacts: [{ uri: "{contact}" }, { uri: "sip:{user}@192.0.2.7:5080", expires: 300s }]
`;

describe('RFC 3261 §10.2.4: several Contacts of one request', () => {
  it.each([
    ['each as asked for', [`Contact: ${OWN};expires=600, ${OTHER};expires=300`], { succeeded: 1 }, 300, {}],
    [
      'one granted less',
      [`Contact: ${OWN};expires=200`, `Contact: ${OTHER};expires=300`],
      { succeeded: 1 },
      200,
      { grantedLess: 1 },
    ],
    ['one missing', [`Contact: ${OWN};expires=600`], { 'binding-missing': 1 }, 0, { missing: 1, fewer: 1 }],
    ['one granted 0', [`Contact: ${OWN};expires=600, ${OTHER};expires=0`], { 'binding-missing': 1 }, 0, { zero: 1 }],
    [
      'one more than asked for',
      [`Contact: ${OWN};expires=600, ${OTHER};expires=300, <sip:x@y>;expires=9`],
      { succeeded: 1 },
      300,
      { more: 1 },
    ],
  ])('10.2.4 %s', (_, headers, outcomes, seconds, counts) => {
    const run = play(TWO, () => headers);
    expect(outcomesOf(run)).toEqual(outcomes);
    expect(granted(run)).toBe(seconds);
    expect(bindingsOf(run)).toMatchObject({ grantedLess: 0, missing: 0, zero: 0, more: 0, fewer: 0, ...counts });
  });

  it('10.2.4 without expires parameters the Expires header counts, and without that what each Contact asked for', () => {
    expect(granted(play(TWO, () => [`Contact: ${OWN}, ${OTHER}`, 'Expires: 100']))).toBe(100);
    expect(granted(play(TWO, () => [`Contact: ${OWN}, ${OTHER}`]))).toBe(300);
  });

  it('10.2.2 the clean-up removes every Contact that the flow may have bound', () => {
    const run = play(`${TWO}cleanup: unregister\n`, (_, number) =>
      number === 0 ? [`Contact: ${OWN};expires=600, ${OTHER};expires=300`] : [],
    );
    expect(readRequest(run.sent.at(-1)!.text).values('Contact')).toEqual([OWN, OTHER]);
    expect(readRequest(run.sent.at(-1)!.text).value('Expires')).toBe('0');
  });

  it('10.2.8 after a 423 every Contact that has an interval of its own asks for Min-Expires, but one that is to go', () => {
    const yaml = `flow:
  - register:
      expires: 60s
      contacts: [{ uri: "{contact}", expires: 30s }, { uri: "sip:a@b" }, { uri: "sip:c@d", expires: 0s }]
`;
    const plan = loadScenario({ file: 'contacts.yaml', text: `${BASE}${yaml}` });
    const run = drive({
      plan,
      peer: answering((request, _, number) =>
        number === 0
          ? answer(request, '423 Interval Too Brief', 'Min-Expires: 1200')
          : answer(request, '200 OK', `Contact: ${OWN};expires=1200, <sip:a@b>;expires=1200`),
      ),
    });
    const again = readRequest(run.sent[1]!.text);
    expect(again.values('Contact')).toEqual([`${OWN};expires=1200`, '<sip:a@b>', '<sip:c@d>;expires=0']);
    expect(again.value('Expires')).toBe('1200');
    expect(outcomesOf(run)).toEqual({ succeeded: 1 });
    expect(bindingsOf(run)).toMatchObject({ grantedLess: 0, more: 0, fewer: 0 });
  });

  it('10.3 five hundred bindings in one answer are read to the last, and counted', () => {
    const others = Array.from({ length: 499 }, (_, i) => `<sip:u000@192.0.2.7:${2000 + i}>;expires=${i + 1}`);
    const yaml = 'flow:\n  - register: { expires: 600s, require: { bindings: 500, granted: 77s } }\n';
    const run = play(yaml, () => [`Contact: ${others.join(', ')}`, `m: ${OWN};expires=77`]);
    expect(outcomesOf(run)).toEqual({ succeeded: 1 });
    expect(granted(run)).toBe(77);
    expect(bindingsOf(run)).toMatchObject({ grantedLess: 1, more: 0, fewer: 0 });
  });
});

describe('RFC 5626 §6: several instances under one URI', () => {
  const FLOW = 'flow:\n  - register: { expires: 600s, contacts: [{ uri: "{contact}", instance: true, regId: 2 }] }\n';
  const another = 'urn:uuid:00000000-0000-4000-8000-000a95a0e128';
  const listed = (instance: string, seconds: number, more = ''): string =>
    `Contact: ${OWN}${instance === '' ? '' : `;+sip.instance="<${instance}>"`}${more};expires=${seconds}`;
  it.each<[string, (ours: string) => readonly string[], string, number]>([
    ['another one before ours', (ours) => [listed(another, 5), listed(ours, 500)], 'succeeded', 500],
    ['another one behind ours', (ours) => [listed(ours, 500), listed(another, 5)], 'succeeded', 500],
    ['another one alone', () => [listed(another, 5)], 'binding-missing', 0],
    ['a registrar that tells none', () => [listed('', 500)], 'succeeded', 500],
    ['ours in capitals', (ours) => [listed(another, 5), listed(ours.toUpperCase(), 500)], 'succeeded', 500],
    [
      'another reg-id of ours',
      (ours) => [listed(ours, 5, ';reg-id=1'), listed(ours, 500, ';reg-id=2')],
      'succeeded',
      500,
    ],
    ['a reg-id that is not told', (ours) => [listed(ours, 500)], 'succeeded', 500],
  ])('RFC 5626 §6 %s', (_, say, outcome, seconds) => {
    const run = play(FLOW, (request) => {
      const ours = /\+sip\.instance="<([^>]*)>"/.exec(readRequest(request).value('Contact') ?? '')?.[1];
      return say(ours ?? 'none');
    });
    expect(outcomesOf(run)).toEqual({ [outcome]: 1 });
    expect(granted(run)).toBe(seconds);
  });

  it('RFC 5626 §6 the same whether an answer is parsed or of a known shape', () => {
    const flow = `flow:
  - repeat:
      times: 40
      steps: [register: { expires: 600s, contacts: [{ uri: "{contact}", instance: true }], onFailure: continue }]
`;
    const run = play(flow, (request, number) => {
      const ours = /\+sip\.instance="<([^>]*)>"/.exec(request)?.[1] ?? 'none';
      return [listed(number % 2 === 0 ? ours : another, 500)];
    });
    expect(outcomesOf(run)).toEqual({ succeeded: 20, 'binding-missing': 20 });
  });
});

describe('bindings that a step requires', () => {
  const require = (what: string): string => `flow:\n  - register: { expires: 600s, require: ${what} }\n`;
  it.each([
    ['10.2.1.1 as much as asked for: met', '{ granted: asked }', [`Contact: ${OWN};expires=600`], 'succeeded'],
    [
      '10.2.1.1 as much as asked for: granted-less',
      '{ granted: asked }',
      [`Contact: ${OWN};expires=599`],
      'granted-less',
    ],
    ['10.2.1.1 at least a time: met', '{ granted: 60s }', [`Contact: ${OWN};expires=60`], 'succeeded'],
    ['10.2.1.1 at least a time: granted-less', '{ granted: 60s }', [`Contact: ${OWN};expires=59`], 'granted-less'],
    ['10.3 their number: met', '{ bindings: 2 }', [`Contact: ${OWN}, ${OTHER}`], 'succeeded'],
    ['10.3 their number: too many', '{ bindings: 1 }', [`Contact: ${OWN}, ${OTHER}`], 'binding-count'],
    ['10.3 their number: too few', '{ bindings: 2 }', [`Contact: ${OWN}`], 'binding-count'],
    ['10.3 their number: cannot be read', '{ bindings: 2 }', [`Contact: ${OWN}, <sip:x`], 'binding-count'],
  ])('%s', (_, what, headers, outcome) => {
    const run = play(require(what), () => headers);
    expect(outcomesOf(run)).toEqual({ [outcome]: 1 });
    // The binding is there all the same, and what was granted of it is known.
    expect(run.engine.contexts.boundUntilUs[0]).toBeGreaterThan(0);
  });

  it('10.2.3 a query, an unregister and a wildcard may require a number too', () => {
    const flow =
      'flow:\n  - query: { require: { bindings: 1 } }\n  - unregister: { require: { bindings: 0 } }\n  - wildcard\n';
    const good = play(flow, (_, number) => (number === 0 ? [`Contact: ${OWN}`] : []));
    expect([outcomesOf(good, 'query'), outcomesOf(good, 'unregister')]).toEqual([{ succeeded: 1 }, { succeeded: 1 }]);
    expect(bindingsOf(good)).toMatchObject({ more: 0, fewer: 0 });
    const bad = play(flow, () => [`Contact: ${OWN}`]);
    expect(outcomesOf(bad, 'unregister')).toEqual({ 'binding-count': 1 });
    expect(bindingsOf(bad)).toMatchObject({ more: 1, fewer: 0 });
  });

  it('10.2.2 a wildcard that leaves bindings behind succeeds, and they are counted', () => {
    const run = play('flow: [wildcard]\n', () => [`Contact: ${OWN}`]);
    expect(outcomesOf(run, 'wildcard')).toEqual({ succeeded: 1 });
    expect(bindingsOf(run)).toMatchObject({ more: 1 });
  });
});

describe('the own binding by its line', () => {
  const LINE = 'contact: { line: true }\nflow:\n  - register: { expires: 600s }\n';
  /** What the request says behind `;line=`. */
  const lineOf = (request: string): string => /;line=([0-9a-f]+)/.exec(request)![1]!;

  it('10.2.4 is found whatever a proxy made of host, port and case', () => {
    const run = play(LINE, (request) => [
      `Contact: <sip:u000@192.0.2.7>;expires=1, <sip:u000@192.0.2.7;line=0>;expires=2`,
      `Contact: <sip:gateway@203.0.113.1:9;transport=udp;LINE=${lineOf(request).toUpperCase()}>;expires=77`,
    ]);
    expect(outcomesOf(run)).toEqual({ succeeded: 1 });
    expect(granted(run)).toBe(77);
  });

  it('10.2.4 is missing where the line is another, be it at our own address', () => {
    const run = play(LINE, (request) => [`Contact: <sip:u000@${SENT_BY};line=${lineOf(request)}0>;expires=77`]);
    expect(outcomesOf(run)).toEqual({ 'binding-missing': 1 });
  });

  it('no two contexts of a run have the same one', () => {
    const yaml = LINE.replace('flow', 'seed: 3\nflow');
    const plan = loadScenario({
      file: 'contacts.yaml',
      text: `${BASE.replace('count: 1', 'count: 300').replace('starts: 1', 'starts: 300').replace('1/s', '300/s')}${yaml}`,
    });
    const run = drive({
      plan,
      peer: answering((request) => answer(request, '200 OK', `Contact: <sip:x@y;line=${lineOf(request)}>`)),
    });
    expect(numbersOf(run, 'register').outcomes).toEqual({ succeeded: 300 });
    expect(new Set(run.sent.map(({ text }) => lineOf(text))).size).toBe(300);
  });
});

describe('what a 200 tells beside its bindings', () => {
  const TOLD = [
    'Path: <sip:edge.example;lr;ob>',
    'Service-Route: <sip:orig@home.example;lr>',
    'P-Associated-URI: <sip:alice@test.example>, <tel:+4930>',
  ];
  it('RFC 3327 §5.3, RFC 3608 §6.1, RFC 5627 §4.2, RFC 7315 §4.1 is counted, with an example of each', () => {
    const run = play('contact: { instance: true, gruu: true }\nflow: [register, refresh]\n', () => [
      `Contact: ${OWN};pub-gruu="sip:u000@test.example;gr=urn:uuid:1";temp-gruu="sip:t@test.example;gr";expires=3600`,
      ...TOLD,
    ]);
    expect(bindingsOf(run).told).toEqual({
      path: { answers: 2, example: '<sip:edge.example;lr;ob>' },
      serviceRoute: { answers: 2, example: '<sip:orig@home.example;lr>' },
      pubGruu: { answers: 2, example: '"sip:u000@test.example;gr=urn:uuid:1"' },
      tempGruu: { answers: 2, example: '"sip:t@test.example;gr"' },
      associatedUri: { answers: 2, example: '<sip:alice@test.example>, <tel:+4930>' },
    });
  });

  it('nothing where nothing is told, and a long text is cut', () => {
    expect(bindingsOf(play('flow: [register]\n', () => [`Contact: ${OWN}`])).told).toEqual({});
    const long = play('flow: [register]\n', () => [`Contact: ${OWN}`, `Path: <sip:${'a'.repeat(500)};lr>`]);
    expect(bindingsOf(long).told.path?.example).toHaveLength(200);
  });
});

describe('RFC 3608: Service-Route in later requests, where the scenario asks for it', () => {
  const FLOW = 'route: service-route\nflow: [register, refresh, refresh, refresh]\n';
  const routes = (run: Run): readonly (readonly string[])[] =>
    run.sent.map(({ text }) => readRequest(text).values('Route'));
  const bound = `Contact: ${OWN};expires=3600`;

  it('RFC 3608 §6.1 keeps the order, follows each 2xx, and is cleared by one without it', () => {
    const told = [
      ['Service-Route: <sip:a;lr>, <sip:b;lr>', 'Service-Route: <sip:c;lr>'],
      ['Service-Route: <sip:d;lr>'],
      [],
    ];
    const run = play(FLOW, (_, number) => [bound, ...(told[number] ?? [])]);
    expect(routes(run)).toEqual([[], ['<sip:a;lr>, <sip:b;lr>, <sip:c;lr>'], ['<sip:d;lr>'], []]);
  });

  it('RFC 3608 §6.1 stands beside credentials, and is not sent unless the scenario asks for it', () => {
    const challenged = (yaml: string): Run => {
      const text = `${BASE.replace('domain:', 'password: secret, domain:')}${yaml}`;
      return drive({
        plan: loadScenario({ file: 'contacts.yaml', text }),
        peer: answering((request) =>
          readRequest(request).credentials === null
            ? answer(request, '401 Unauthorized', 'WWW-Authenticate: Digest realm="r", nonce="n"')
            : answer(request, '200 OK', bound, 'Service-Route: <sip:a;lr>'),
        ),
      });
    };
    const run = challenged(FLOW);
    expect(routes(run).slice(-3)).toEqual([['<sip:a;lr>'], ['<sip:a;lr>'], ['<sip:a;lr>']]);
    expect(outcomesOf(run, 'refresh')).toEqual({ succeeded: 3 });
    expect(routes(challenged('flow: [register, refresh]\n')).flat()).toEqual([]);
  });

  it('RFC 3608 §6.1 is dropped with a refused refresh and with a binding that has expired', () => {
    const plan = loadScenario({
      file: 'contacts.yaml',
      text: `${BASE.replace('starts: 1', 'starts: 2').replace('1/s', '1/10s')}route: service-route\nflow: [register, refresh]\n`,
    });
    const refused = drive({
      plan,
      peer: answering((request, _, number) =>
        number === 1 ? answer(request, '403 Forbidden') : answer(request, '200 OK', bound, 'Service-Route: <sip:a;lr>'),
      ),
    });
    expect(routes(refused)).toEqual([[], ['<sip:a;lr>'], [], ['<sip:a;lr>']]);
    const expired = play('route: service-route\nflow: [register, wait: 5s, refresh]\n', () => [
      `Contact: ${OWN};expires=2`,
      'Service-Route: <sip:a;lr>',
    ]);
    expect(routes(expired)).toEqual([[], []]);
  });

  it('what is too long, is folded, or finds the table full is counted and not sent', () => {
    const odd = [
      `Service-Route: <sip:${'a'.repeat(600)};lr>`,
      'Service-Route: <sip:a;lr>,\r\n <sip:b;lr>',
      'Service-Route: <sip:c;lr>',
    ];
    const run = play(FLOW, (_, number) => [bound, ...(odd[number] === undefined ? [] : [odd[number]])]);
    expect(routes(run)).toEqual([[], [], [], ['<sip:c;lr>']]);
    expect(bindingsOf(run)).toMatchObject({ routesLeft: 2 });
    const text = `${BASE.replace('count: 1', 'count: 70').replace('starts: 1', 'starts: 70').replace('1/s', '70/s')}${FLOW}`;
    const many = drive({
      plan: loadScenario({ file: 'contacts.yaml', text }),
      peer: answering((request) => {
        const { contact } = readRequest(request);
        return answer(request, '200 OK', `Contact: <${contact}>;expires=60`, `Service-Route: <${contact};lr>`);
      }),
    });
    expect(outcomesOf(many, 'refresh')).toEqual({ succeeded: 210 });
    expect(bindingsOf(many)).toMatchObject({ routesLeft: 6 * 4 });
    expect(many.sent.filter(({ text: sent }) => sent.includes('\r\nRoute: '))).toHaveLength(64 * 3);
  });
});
