import { describe, expect, it } from 'vitest';
import type { Registrar } from '../../../src/registrar/index.ts';
import {
  advance,
  answeredCount,
  appliedRules,
  bindingsOf,
  countersOf,
  registrarEvents,
} from '../../../src/registrar/index.ts';
import { at, give, MS, openFile, SECOND } from './from-file.ts';
import { header, type RequestParts, request, type Sent, statusOf } from './harness.ts';

const A = '<sip:a@127.0.0.2>';

const statuses = (sent: readonly Sent[]): number[] => sent.map(statusOf);
const ask = (registrar: Registrar, parts: RequestParts = {}, nowUs = 0): number[] =>
  statuses(give(registrar, request({ contact: A, ...parts }), nowUs));
const rule = (when: string, action = 'answer: {status: 480}'): string => `rules: [{when: {${when}}, do: {${action}}}]`;
const expectBooksToClose = (registrar: Registrar): void => {
  const counters = countersOf(registrar);
  expect(counters.datagrams).toBe(counters.requests + counters.responses + counters.keepAlives);
  expect(counters.requests).toBe(counters.answered + counters.retransmissionsAnswered + counters.dropped);
  const { droppedAcks, droppedAway, droppedByRule, droppedOutboxFull, droppedQueueFull } = counters;
  const { absorbed, droppedTooLong, droppedUnanswerable } = counters;
  expect(counters.dropped).toBe(
    droppedAcks +
      droppedAway +
      droppedByRule +
      droppedOutboxFull +
      droppedQueueFull +
      absorbed +
      droppedTooLong +
      droppedUnanswerable,
  );
  expect(counters.answered).toBe(Object.values(counters.byStatus).reduce((sum, count) => sum + count, 0));
};

describe('which requests a rule applies to', () => {
  it('users by the number at the end of their name, both ends included', () => {
    const registrar = openFile(rule('users: 10-12'));
    const users = [
      'u9',
      'u00000010',
      'u11',
      'phone12',
      'u13',
      '10',
      'u',
      'u1000000000000000000010',
      `u${'0'.repeat(30)}12`,
    ];
    expect(users.map((user) => ask(registrar, { user })[0])).toEqual([200, 480, 480, 480, 200, 480, 200, 200, 480]);
  });

  it('users by a pattern for all of the name', () => {
    const registrar = openFile(rule('users: "a*b?c"'));
    const users = ['abxc', 'axxbxc', 'abc', 'abxcd', 'a**b?c', 'aabbbxbyc', 'Abxc'];
    expect(users.map((user) => ask(registrar, { user })[0])).toEqual([480, 480, 200, 200, 480, 480, 200]);
  });

  it('a share of users is the same users each time, and another seed has others', () => {
    const hit = (seed: number, callId: string): string => {
      const registrar = openFile(rule('userShare: 30%'), seed);
      return Array.from({ length: 100 }, (_, i) => ask(registrar, { user: `u${i}`, callId })[0] === 480).join();
    };
    expect(hit(1, 'c1')).toBe(hit(1, 'c2'));
    expect(hit(1, 'c1')).not.toBe(hit(2, 'c1'));
    const count = hit(1, 'c1').split('true').length - 1;
    expect([count > 15, count < 45]).toEqual([true, true]);
  });

  it('a share of requests is drawn from the seed and the transaction: the same ones again in the same registrar', () => {
    const play = (): string => {
      const registrar = openFile(rule('share: 25%'));
      return Array.from({ length: 200 }, (_, i) => ask(registrar, { branch: `z9hG4bKs${i}`, cseq: i + 1 })[0]).join();
    };
    expect(play()).toBe(play());
    const hit = play().split('480').length - 1;
    expect([hit > 25, hit < 75]).toEqual([true, true]);
  });

  it('a time from the first datagram on', () => {
    const registrar = openFile(rule('from: 10s, to: 20s'));
    const times = [100, 109.9, 110, 119.9, 120];
    expect(times.map((seconds, i) => ask(registrar, { cseq: i + 1 }, seconds * SECOND)[0])).toEqual([
      200, 200, 480, 480, 200,
    ]);
  });

  it('a number of requests', () => {
    const registrar = openFile(rule('times: 2'));
    expect([1, 2, 3].map((cseq) => ask(registrar, { cseq })[0])).toEqual([480, 480, 200]);
  });

  it('what a request wants: each procedure, as the registrar holds bindings', () => {
    const requests: Record<string, RequestParts> = {
      register: { contact: A },
      refresh: { contact: A, cseq: 2 },
      unregister: { contact: A, expires: 0, cseq: 3 },
      wildcard: { contact: '*', expires: 0, cseq: 4 },
      query: { contact: [], cseq: 5 },
      options: { method: 'OPTIONS', contact: [] },
    };
    for (const wanted of Object.keys(requests)) {
      const registrar = openFile(rule(`procedure: ${wanted}`));
      const hit = Object.entries(requests).filter(([, parts]) => ask(registrar, parts)[0] === 480);
      expect(hit.map(([name]) => name)).toEqual(wanted === 'register' ? ['register', 'refresh'] : [wanted]);
      if (wanted === 'register') expect(bindingsOf(registrar, 'u1')).toEqual([]);
    }
  });

  it('requests with credentials, or without', () => {
    const headers = ['Authorization: Digest username="u1", realm="r", nonce="n", uri="sip:x", response="0"'];
    const registrar = openFile(rule('credentials: true'));
    expect([ask(registrar), ask(registrar, { headers, cseq: 2 })]).toEqual([[200], [480]]);
    const other = openFile(rule('credentials: false'));
    expect([ask(other), ask(other, { headers, cseq: 2 })]).toEqual([[480], [200]]);
  });

  it('the first rule that applies decides, and each is counted under its name', () => {
    const registrar = openFile('rules: [{when: {users: 1-5}, do: drop}, {name: rest, do: {answer: {status: 403}}}]');
    expect([ask(registrar, { user: 'u5' }), ask(registrar, { user: 'u6' })]).toEqual([[], [403]]);
    expect(appliedRules(registrar)).toEqual([
      { name: 'drop, users 1-5', applied: 1 },
      { name: 'rest', applied: 1 },
    ]);
    expect(registrarEvents(registrar)).toEqual([
      'rule 1 (drop, users 1-5): applied once',
      'rule 2 (rest): applied once',
    ]);
    expectBooksToClose(registrar);
  });
});

describe('drop', () => {
  it('takes a request for never received, its retransmissions too, and stores nothing', () => {
    const registrar = openFile('rules: [{do: drop}]');
    const text = request({ contact: A });
    expect([give(registrar, text), give(registrar, text, 500 * MS)]).toEqual([[], []]);
    expect([bindingsOf(registrar, 'u1'), countersOf(registrar).droppedByRule]).toEqual([[], 2]);
    expectBooksToClose(registrar);
  });

  it('per datagram draws anew for each copy, of answered requests as well', () => {
    const registrar = openFile('rules: [{when: {share: 50%, per: datagram}, do: drop}]');
    const text = request({ contact: A });
    const heard = Array.from({ length: 100 }, (_, i) => give(registrar, text, i * MS).length);
    const count = heard.filter((answers) => answers > 0).length;
    expect([count > 30, count < 70]).toEqual([true, true]);
    expect(bindingsOf(registrar, 'u1')).toHaveLength(1);
    expectBooksToClose(registrar);
  });

  it('17.2.2 dropAnswer obeys and is silent once: a retransmission gets the answer', () => {
    const registrar = openFile('rules: [{do: dropAnswer}]');
    const text = request({ contact: A });
    expect(give(registrar, text)).toEqual([]);
    expect(bindingsOf(registrar, 'u1')).toHaveLength(1);
    expect(statuses(give(registrar, text, 500 * MS))).toEqual([200]);
    expectBooksToClose(registrar);
  });
});

describe('delay', () => {
  it('17.2.2 holds the answer back to the microsecond, and absorbs retransmissions meanwhile', () => {
    const registrar = openFile('rules: [{do: {delay: 700ms}}]');
    const text = request({ contact: A });
    expect(give(registrar, text)).toEqual([]);
    expect(advance(registrar, 1)).toBe(700 * MS);
    expect(give(registrar, text, 500 * MS)).toEqual([]);
    expect(at(registrar, 700 * MS - 1)).toEqual([]);
    const sent = at(registrar, 700 * MS);
    expect(statuses(sent)).toEqual([200]);
    expect(give(registrar, text, 800 * MS)).toEqual(sent);
    expect(countersOf(registrar).absorbed).toBe(1);
    expectBooksToClose(registrar);
  });

  it('sends held answers in the order of their times', () => {
    const registrar = openFile(
      'rules: [{when: {users: 1}, do: {delay: 30ms}}, {when: {users: 2}, do: {delay: 10ms}}, {do: {delay: 20ms}}]',
    );
    for (const user of ['u1', 'u2', 'u3']) ask(registrar, { user });
    const order = at(registrar, SECOND).map((sent) => /u\d/.exec(sent.text)?.[0]);
    expect(order).toEqual(['u2', 'u3', 'u1']);
  });

  it.each([
    ['uniform: [10ms, 20ms]', 15, 10, 20],
    ['normal: [100ms, 10ms]', 100, 50, 150],
    ['exponential: 50ms', 50, 0, 1_000],
  ])('%s has the mean it says, within its bounds', (kind, mean, least, most) => {
    const registrar = openFile(`rules: [{do: {delay: {${kind}}}}]`);
    const delays: number[] = [];
    for (let i = 0; i < 200; i++) {
      const nowUs = i * 100 * SECOND;
      ask(registrar, { cseq: i + 1 }, nowUs);
      const dueUs = advance(registrar, nowUs);
      delays.push((dueUs - nowUs) / MS);
      expect(at(registrar, dueUs)).toHaveLength(1);
    }
    const average = delays.reduce((sum, delay) => sum + delay, 0) / delays.length;
    expect(Math.abs(average - mean)).toBeLessThan(mean * 0.25);
    expect([Math.min(...delays) >= least, Math.max(...delays) <= most]).toEqual([true, true]);
  });

  it('17.2.2 an answer whose transaction is gone by then, after Timer J, is lost and counted', () => {
    const registrar = openFile('rules: [{do: {delay: 1h}}]');
    ask(registrar);
    expect(at(registrar, 33 * SECOND)).toEqual([]);
    expect(at(registrar, 3_600 * SECOND)).toEqual([]);
    expect(countersOf(registrar).answersWithheld).toBe(1);
  });

  it('17.2.2 an answer is held back whole even where those of transactions that gave way have not come due', () => {
    const registrar = openFile('rules: [{do: {delay: 3s}}]', 7, 2);
    for (let cseq = 1; cseq <= 20; cseq++) {
      const parts = { cseq, branch: `z9hG4bK-delayed-${cseq}` };
      expect(ask(registrar, parts, cseq * MS)).toEqual([]);
      expect(ask(registrar, parts, cseq * MS)).toEqual([]);
    }
    expect(at(registrar, 3 * SECOND + 18 * MS)).toEqual([]);
    expect(at(registrar, 4 * SECOND).map(({ text }) => /CSeq: (\d+)/.exec(text)?.[1])).toEqual(['19', '20']);
    const { absorbed, answered, answersWithheld } = countersOf(registrar);
    expect({ absorbed, answered, answersWithheld }).toEqual({ absorbed: 20, answered: 20, answersWithheld: 18 });
    expect(answeredCount(registrar)).toBe(2);
    expectBooksToClose(registrar);
  });
});

describe('the number of answered requests', () => {
  it.each([
    ['rules: [{do: drop}]', 0],
    ['rules: [{do: dropAnswer}]', 0],
    ['rules: [{do: {delay: 1h}}]', 0],
    ['rules: [{do: {delay: 1s}}]', 1],
    ['rules: [{do: duplicate}]', 1],
    ['', 1],
  ])('leaves out those that no answer was sent to: %s', (rules, answered) => {
    const registrar = openFile(rules);
    ask(registrar);
    at(registrar, 2 * SECOND);
    expect([countersOf(registrar).requests, answeredCount(registrar)]).toEqual([1, answered]);
  });

  it('leaves out answers that a restart lost', () => {
    const registrar = openFile('rules: [{do: {delay: 1h}}]\nrestarts: [{at: 1s, away: 1s}]');
    ask(registrar);
    at(registrar, 3 * SECOND);
    expect([countersOf(registrar).requests, answeredCount(registrar)]).toEqual([1, 0]);
  });
});

describe('100', () => {
  it('8.2.6.1 trying comes first, without a To tag, and again for retransmissions until the final answer', () => {
    const registrar = openFile('rules: [{do: [trying, {delay: 2s}]}]');
    const text = request({ contact: A });
    const first = give(registrar, text);
    expect([statuses(first), header(first[0] ?? null, 'To')]).toEqual([[100], ['<sip:u1@test.example>']]);
    expect(give(registrar, text, SECOND)).toEqual(first);
    expect(statuses(at(registrar, 2 * SECOND))).toEqual([200]);
    expect(statuses(give(registrar, text, 3 * SECOND))).toEqual([200]);
    expect(countersOf(registrar).provisionals).toBe(1);
    expectBooksToClose(registrar);
  });

  it('hang says 100 for ever and stores nothing', () => {
    const registrar = openFile('rules: [{do: hang}]');
    const text = request({ contact: A });
    expect(
      statuses([...give(registrar, text), ...give(registrar, text, SECOND), ...at(registrar, 60 * SECOND)]),
    ).toEqual([100, 100]);
    expect(bindingsOf(registrar, 'u1')).toEqual([]);
    expectBooksToClose(registrar);
  });
});

describe('answers that are wrong', () => {
  it('duplicate sends the same bytes several times', () => {
    const registrar = openFile('rules: [{do: {duplicate: 3}}]');
    const sent = give(registrar, request({ contact: A }));
    expect([statuses(sent), new Set(sent.map(({ text }) => text)).size]).toEqual([[200, 200, 200], 1]);
    expect(countersOf(registrar).duplicatesSent).toBe(2);
    const delayed = openFile('rules: [{do: [duplicate, {delay: 5ms}]}]');
    ask(delayed);
    expect(statuses(at(delayed, SECOND))).toEqual([200, 200]);
  });

  it.each(['z9hG4bKabc;rport', 'z9hG4bKaba;rport', 'z9hG4bK-9'])(
    '17.1.3 wrongBranch differs in the branch alone (%s)',
    (branch) => {
      const via = `Via: SIP/2.0/UDP 127.0.0.2:40000;rport;branch=${branch}`;
      const right = give(openFile(''), request({ contact: A, via }))[0]?.text ?? '';
      const wrong = give(openFile('rules: [{do: wrongBranch}]'), request({ contact: A, via }))[0]?.text ?? '';
      const branchIn = (text: string): string => /branch=([^;\r]+)/.exec(text)?.[1] ?? '';
      expect(branchIn(right)).toBe(branch.split(';')[0]);
      expect(branchIn(wrong)).not.toBe(branchIn(right));
      expect(wrong.replace(branchIn(wrong), branchIn(right))).toBe(right);
    },
  );

  it('17.1.3 wrongCseq differs in the number alone', () => {
    for (const cseq of [1, 9, 123456789]) {
      const sent = give(openFile('rules: [{do: wrongCseq}]'), request({ contact: A, cseq }));
      const number = Number(/^(\d+) REGISTER$/.exec(header(sent[0] ?? null, 'CSeq')[0] ?? '')?.[1]);
      expect([statuses(sent), number === cseq, Number.isNaN(number)]).toEqual([[200], false, false]);
    }
  });

  it('garbage is no SIP, is the same for a retransmission, and the request was obeyed', () => {
    const registrar = openFile('rules: [{do: garbage}]');
    const text = request({ contact: A });
    const sent = give(registrar, text);
    expect(sent).toHaveLength(1);
    expect(sent[0]?.text).not.toContain('SIP/2.0');
    expect(give(registrar, text, SECOND)).toEqual(sent);
    expect(bindingsOf(registrar, 'u1')).toHaveLength(1);
  });

  it('10.3(8) ownContactMissing stores, and lists all contacts but those of the request', () => {
    const registrar = openFile('rules: [{when: {users: 1, from: 1s}, do: ownContactMissing}]');
    ask(registrar, { contact: '<sip:b@h>', callId: 'other' });
    const sent = give(registrar, request({ contact: A, cseq: 2 }), 2 * SECOND);
    expect(header(sent[0] ?? null, 'Contact')).toEqual(['<sip:b@h>;expires=3598']);
    expect(bindingsOf(registrar, 'u1')).toHaveLength(2);
    const query = give(registrar, request({ cseq: 3 }), 2 * SECOND);
    expect(header(query[0] ?? null, 'Contact')).toHaveLength(2);
  });

  it('10.3(8) notStored confirms registering, refreshing and removing, and does none of them', () => {
    const registrar = openFile('rules: [{when: {from: 1s}, do: notStored}]');
    const contacts = (parts: RequestParts): string[] =>
      header(give(registrar, request(parts), 2 * SECOND)[0] ?? null, 'Contact');
    ask(registrar, { contact: '<sip:b@h>;q=0.5', callId: 'other', expires: 600 });
    expect(contacts({ contact: `${A};q=0.3;expires=60`, cseq: 2 })).toEqual([
      '<sip:b@h>;q=0.5;expires=598',
      `${A};q=0.3;expires=60`,
    ]);
    expect(contacts({ contact: '<sip:b@h>', callId: 'other', cseq: 3, expires: 900 })).toEqual([
      '<sip:b@h>;expires=900',
    ]);
    expect(contacts({ contact: '<sip:b@h>', callId: 'other', cseq: 4, expires: 0 })).toEqual([]);
    expect(contacts({ contact: '*', callId: 'other', cseq: 5, expires: 0 })).toEqual([]);
    expect(bindingsOf(registrar, 'u1')).toEqual([
      { contact: 'sip:b@h', params: ';q=0.5', callId: 'other', cseq: 1, expiresAtUs: 600 * SECOND },
    ]);
    expect(contacts({ cseq: 6 })).toEqual(['<sip:b@h>;q=0.5;expires=598']);
  });

  it('10.2.4 grantedZero lists the contact with expires=0 and stores nothing', () => {
    const registrar = openFile('rules: [{do: grantedZero}]');
    const sent = give(registrar, request({ contact: A }));
    expect(header(sent[0] ?? null, 'Contact')).toEqual([`${A};expires=0`]);
    expect(bindingsOf(registrar, 'u1')).toEqual([]);
  });

  it('21.3 answers with a status, its usual phrase, and headers, and does nothing else', () => {
    const redirect = openFile('rules: [{do: {answer: {status: 302, headers: {Contact: "<sip:10.0.0.9>"}}}}]');
    const moved = give(redirect, request({ contact: A }))[0] ?? null;
    expect(moved?.text.split('\r\n')[0]).toBe('SIP/2.0 302 Moved Temporarily');
    expect([header(moved, 'Contact'), bindingsOf(redirect, 'u1')]).toEqual([['<sip:10.0.0.9>'], []]);
    const busy = openFile(
      'rules: [{do: {answer: {status: 503, phrase: Come back, headers: {Retry-After: 30, Warning: "399 r x"}}}}]',
    );
    const text = request({ contact: A });
    const refused = give(busy, text);
    expect(refused[0]?.text.split('\r\n')[0]).toBe('SIP/2.0 503 Come back');
    expect(header(refused[0] ?? null, 'Retry-After')).toEqual(['30']);
    expect(header(refused[0] ?? null, 'To')[0]).toMatch(/;tag=/);
    expect(give(busy, text, SECOND)).toEqual(refused);
    expect(countersOf(busy).byStatus).toEqual({ '503': 1 });
    expectBooksToClose(busy);
  });

  it('leaves malformed requests to their 400', () => {
    const registrar = openFile('rules: [{do: drop}]');
    expect(ask(registrar, { cseq: '1 OPTIONS' })).toEqual([400]);
  });
});
