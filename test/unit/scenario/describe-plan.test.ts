import { describe, expect, it } from 'vitest';
import { describePlan, loadScenario, planLength, planWarnings, type RunPlan } from '../../../src/scenario/index.ts';

const plan = (change: Record<string, string> = {}): RunPlan => {
  const lines: Record<string, string> = {
    version: '1',
    name: 'example',
    target: 'embedded',
    identities: '{ count: 50000, user: "u{index:8}", domain: test.example, password: secret }',
    load: '{ rate: 5000/s, duration: 10s, warmup: 2s }',
    flow: '[register, { wait: 2s }, { repeat: { times: 3, steps: [refresh, { wait: { uniform: [1s, 2s] } }] } }, unregister]',
    thresholds: '["register.latency: p99 < 50ms"]',
    ...change,
  };
  const text = Object.entries(lines).map(([key, value]) => `${key}: ${value}\n`);
  return loadScenario({ file: 'x.yaml', text: text.join('') });
};

describe('describePlan', () => {
  it('tells who, how much, how long and what', () => {
    expect(
      describePlan(plan())
        .replace(/\([0-9a-f]{16}\)/, '(hash)')
        .split('\n'),
    ).toEqual([
      'scenario    example (hash)',
      'target      embedded registrar, Request-URI sip:test.example',
      'contexts    50,000 at test.example, digest credentials',
      'load        5000/s starts, for 10s, warmup 2s',
      'flow        register, wait 2s, 3 x (refresh, wait 1s to 2s), unregister',
      'starts      60,000, of which 50,000 are measured',
      'attempts    300,000 (5 per start)',
      'requests    300,000 to 600,000, depending on challenges',
      'run time    12s of starts and at most 35s of drain',
      'thresholds  1',
    ]);
  });

  it('tells a run that only starts bound, and contexts that are never started', () => {
    const text = describePlan(
      plan({
        load: '{ rate: 10/m, starts: 7 }',
        identities: '{ count: 9, user: "u{index}", domain: test.example }',
        cleanup: 'wildcard',
        drain: '0s',
        flow: '[query, {wait: {exponential: 1s}}, {wait: {ofExpires: 50%}}, discard]',
        thresholds: '[]',
      }),
    );
    expect(text).toContain('contexts    9 (7 of them started) at test.example, no credentials');
    expect(text).toContain('load        10/m starts, at most 7');
    expect(text).toContain('flow        query, wait about 1s, wait 50% of the expiry time, discard');
    expect(text).toContain('requests    about 7\n');
    expect(text).toContain(
      'run time    about 37s: 36s of starts, then until the last flow ends, then cleanup by wildcard',
    );
    expect(text).toContain('thresholds  none');
  });
});

describe('the run time of a load that only starts bound', () => {
  const timeOf = (load: string, flow: string): string =>
    /run time {4}(.*)/.exec(describePlan(plan({ load, flow, cleanup: 'none' })))?.[1] ?? '';

  it('lasts until the last flow has ended, with no drain', () => {
    const flow = '[register, { wait: 55s }, refresh, { wait: 55s }, unregister]';
    expect(timeOf('{ rate: 20000/s, starts: 1000000 }', flow)).toBe(
      'about 160s: 50s of starts, then until the last flow ends',
    );
  });

  it.each([
    ['{ rate: 5000/s, starts: 1 }', 'about 0s: 0s of starts'],
    ['{ rate: 3/s, starts: 2 }', 'about 333ms: 333ms of starts'],
    ['{ rate: 10/s, starts: 126 }', 'about 12.5s: 12.5s of starts'],
    ['{ rate: 3/s, starts: 1000 }', 'about 333s: 333s of starts'],
  ])('is rounded as people do: %s', (load, text) => {
    expect(timeOf(load, '[register]')).toBe(`${text}, then until the last flow ends`);
  });
});

describe('planLength', () => {
  it('counts measured starts by their due time, and bounds them by starts', () => {
    expect(planLength(plan())).toMatchObject({ starts: 60_000, measuredStarts: 50_000, contextsStarted: 50_000 });
    expect(planLength(plan({ load: '{ rate: 5000/s, duration: 10s, warmup: 2s, starts: 11000 }' }))).toMatchObject({
      starts: 11_000,
      measuredStarts: 1_000,
    });
    expect(planLength(plan({ load: '{ rate: 5000/s, starts: 10 }' }))).toMatchObject({
      starts: 10,
      measuredStarts: 10,
    });
  });
});

describe('planWarnings', () => {
  it('a sound plan has none', () => expect(planWarnings(plan())).toEqual([]));

  it('contexts that are still busy when their next start is due', () => {
    expect(planWarnings(plan({ identities: '{ count: 20000, user: "u{index}", domain: test.example }' }))).toEqual([
      'at 5000/s with waits of 6.5s about 32500 contexts are in their flow at a time, but there are 20000; starts on a ' +
        'context that is still busy are not made (contextBusy): raise identities.count above 32500 or lower the rate',
    ]);
  });

  it('no busy contexts where none is started twice', () => {
    const identities = '{ count: 20000, user: "u{index}", domain: test.example }';
    expect(planWarnings(plan({ identities, load: '{ rate: 5000/s, starts: 20000 }' }))).toEqual([]);
  });

  it('a measured window without a start', () => {
    expect(planWarnings(plan({ load: '{ rate: 1/h, duration: 1s, warmup: 1s }' }))).toEqual([
      'no start falls into the measured window, so every threshold stays undecided; raise the rate or the duration',
    ]);
  });

  it('starts that end long before the window does', () => {
    expect(planWarnings(plan({ load: '{ rate: 5000/s, duration: 10s, warmup: 1s, starts: 10000 }' }))).toEqual([
      'the 10000 starts are used up 1s into a window of 10s',
    ]);
    expect(planWarnings(plan({ load: '{ rate: 5000/s, duration: 10s, starts: 50000 }' }))).toEqual([]);
  });

  it('RFC 3261 §17.1.2.2 a drain shorter than Timer F', () => {
    expect(planWarnings(plan({ drain: '5s' }))).toEqual([
      'drain 5s is shorter than Timer F (64 * T1 = 32s): attempts without an answer at the end count as aborted instead ' +
        'of timeout',
    ]);
    expect(planWarnings(plan({ drain: '5s', timers: '{ T1: 50ms }' }))).toEqual([]);
  });

  it('a burst that the sockets asked for cannot make', () => {
    expect(planWarnings(plan({ local: '{ sockets: udp-dgram, maxBurst: 8 }' }))).toEqual([
      'local.maxBurst changes nothing: the sockets asked for, udp-dgram, hand over one datagram a call',
    ]);
    for (const local of ['{ sockets: udp-dgram }', '{ sockets: udp-batch, maxBurst: 8 }', '{ maxBurst: 8 }']) {
      expect(planWarnings(plan({ local }))).toEqual([]);
    }
  });

  it('segments that the sockets asked for cannot make', () => {
    expect(planWarnings(plan({ local: '{ sockets: udp-dgram, segmentation: true }' }))).toEqual([
      'local.segmentation changes nothing: the sockets asked for, udp-dgram, hand over one datagram a call',
    ]);
    for (const local of ['{ sockets: udp-dgram, segmentation: false }', '{ segmentation: true }']) {
      expect(planWarnings(plan({ local }))).toEqual([]);
    }
  });

  it('a refresh before any register, and one after the binding has expired', () => {
    expect(planWarnings(plan({ flow: '[refresh]', thresholds: '[]' }))).toEqual([
      'the flow begins with refresh, and no context has a binding at its first start; begin with register',
    ]);
    expect(
      planWarnings(
        plan({ flow: '[{register: {expires: 1s}}, {wait: 500ms}, {wait: 600ms}, refresh]', thresholds: '[]' }),
      ),
    ).toEqual(['refresh comes 1.1s after a binding of 1s was made, so it will have expired']);
  });

  it('a percentile that too few samples will leave undecided', () => {
    expect(
      planWarnings(
        plan({
          load: '{ rate: 50/s, duration: 10s }',
          thresholds: '["register.latency: p99.9 < 1s", "all.latency: p99 < 1s"]',
        }),
      ),
    ).toEqual([
      '"register.latency: p99.9 < 1s" needs 10000 samples and this run makes at most 500: it stays undecided',
    ]);
  });
});
