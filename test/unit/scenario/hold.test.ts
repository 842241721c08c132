import { describe, expect, it } from 'vitest';
import { describePlan, flowFacts, loadScenario, planWarnings, proceduresOf } from '../../../src/scenario/index.ts';
import { parseShareRange } from '../../../src/scenario/share-range.ts';
import { UserError } from '../../../src/std/index.ts';

const text = (flow: string, rest = '', load = 'rate: 10/s, starts: 10, duration: 1h') => `version: 1
identities: { count: 10, user: "u{index}", domain: test.example }
load: { ${load} }
flow: ${flow}
${rest}`;

const load = (flow: string, rest = '', limits?: string) =>
  loadScenario({ file: 'x.yaml', text: text(flow, rest, limits) });

const complaints = (flow: string, rest = ''): readonly string[] => {
  try {
    load(flow, rest);
    return [];
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return error.problems.map(({ place, message }) => `${place?.line}:${place?.column}: ${message}`);
  }
};

describe('the step hold', () => {
  it('is planned with its range, margin and cap, and refreshes as it is told', () => {
    const step =
      '{hold: {for: 1h, refreshAt: 80-95%, margin: 5s, cap: 900s, expires: 60s, headers: {Supported: path}}}';
    expect(load(`[register, ${step}]`).flow[1]).toEqual({
      kind: 'hold',
      forUs: 3_600_000_000,
      leastShare: 0.8,
      mostShare: 0.95,
      marginUs: 5_000_000,
      capUs: 900_000_000,
      refresh: {
        kind: 'attempt',
        procedure: 'refresh',
        expiresSeconds: 60,
        headers: [{ name: 'Supported', value: [{ kind: 'text', text: 'path' }] }],
      },
    });
  });

  it('goes on asking for what the register or refresh before it asked for', () => {
    const asked = (flow: string) =>
      load(flow).flow.flatMap((step) => (step.kind === 'hold' ? [step.refresh.expiresSeconds] : []));
    expect(asked('[register, {hold: {for: 1h}}]')).toEqual([3600]);
    expect(
      asked(
        '[{register: {expires: 60s}}, {wait: 1s}, {hold: {for: 1h}}, {hold: {for: 1h, expires: 90s}}, {hold: {for: 1h}}]',
      ),
    ).toEqual([60, 90, 90]);
    expect(
      asked(
        '[{register: {expires: 60s}}, {repeat: {times: 2, steps: [{refresh: {expires: 30s}}]}}, {hold: {for: 1h}}]',
      ),
    ).toEqual([30]);
    expect(asked('[{register: {expires: 60s}}, {register: {expires: 0s}}, {hold: {for: 1h}}]')).toEqual([60]);
  });

  it.each([
    ['[register, {hold: {}}]', '4:19: "for" is missing in hold; for example for: 1h'],
    ['[register, hold]', '4:18: hold needs to be told more; write "- hold: {for: 1h}"'],
    ['[register, {hold: {for: 0s}}]', '4:31: "0s" is no time; write more than 0s'],
    ['[register, {hold: {for: 1h, refreshAt: 0%}}]', '4:46: "0%" would refresh without a rest; write at least 1%'],
    ['[register, {hold: {for: 1h, refreshAt: 95-80%}}]', '4:46: "95-80%" ends before it begins'],
    [
      '[register, {hold: {for: 1h, refreshAt: 80}}]',
      '4:46: "80" is not a share or a range of shares; write 90% or 80-95%',
    ],
    [
      '[register, {hold: {for: 1h, refreshat: 80%}}]',
      '4:35: unknown key "refreshat" in hold; did you mean "refreshAt"?',
    ],
    ['[{hold: {for: 1h}}]', '4:1: the flow never talks to the registrar; add a step such as register'],
  ])('%s is refused with its place', (flow, complaint) => {
    expect(complaints(flow)).toEqual([complaint]);
  });

  it.each([
    ['90%', 0.9, 0.9],
    ['80-95%', 0.8, 0.95],
    ['80%-95.5%', 0.8, 0.955],
    ['80 - 95 %', 0.8, 0.95],
    ['110%', 1.1, 1.1],
    ['1000%', 10, 10],
  ])('refreshAt %s is understood', (written, least, most) => {
    expect(parseShareRange(written)).toEqual({ ok: true, value: { least, most } });
  });

  it.each(['', '%', '-5%', '5-%', '80-95', '1e2%', '1001%', '80-95-99%', '0.5%'])(
    'refreshAt %s is refused',
    (written) => {
      expect(parseShareRange(written).ok).toBe(false);
    },
  );

  it('is told of apart in the facts of a flow: its refreshes are an estimate', () => {
    const { flow } = load(
      '[{register: {expires: 60s}}, {repeat: {times: 2, steps: [{hold: {for: 10m, refreshAt: 50%}}]}}]',
    );
    expect(flowFacts(flow)).toEqual({
      attempts: { register: 1, refresh: 0, unregister: 0, wildcard: 0, query: 0 },
      attemptCount: 1,
      stepCount: 3,
      waitUs: 1_200_000_000,
      heldUs: 1_200_000_000,
      heldCount: 40,
      hasHold: true,
    });
    expect(proceduresOf(flow)).toEqual(['register', 'refresh']);
  });

  it('is described, and attempts are counted for as long as the run lasts', () => {
    const plan = load('[{register: {expires: 60s}}, {hold: {for: 10h, refreshAt: 40-60%, margin: 5s, cap: 50s}}]');
    const lines = describePlan(plan);
    expect(lines).toContain('hold for 10h (of 60s at 40-60%, at least 5s before the end, at most every 50s)');
    // An hour of the ten, with two refreshes a minute for each of ten phones.
    expect(lines).toContain('about 1,210 (1 per start, and the refreshes of its holds)');
  });

  it('lets all starts fall into the warm-up: what is measured is the fleet', () => {
    const limits = 'rate: 10/s, starts: 10, warmup: 5s, duration: 60s';
    const plan = load('[{register: {expires: 10s}}, {hold: {for: 1h}}]', '', limits);
    expect(planWarnings(plan)).toEqual([]);
    expect(() => load('[register]', '', limits)).toThrow('nothing would be measured');
  });
});

describe('warnings about holds', () => {
  const warnings = (flow: string, limits?: string) => planWarnings(load(flow, '', limits)).join('\n');

  it.each([
    [
      '[register, {hold: {for: 2h, refreshAt: 90-110%}}]',
      'refreshAt 110% is not before the end of the granted interval',
    ],
    [
      '[register, {hold: {for: 60s}}]',
      'a hold of 60s ends before its first refresh, which is due 48m after a 200 that grants 3600s',
    ],
    ['[{register: {expires: 8s}}, {hold: {for: 60s, margin: 5s}}]', 'margin 5s is more than half of the 8s asked for'],
    ['[{hold: {for: 2h}}, register]', 'the flow begins with hold, and no context has a binding at its first start'],
  ])('%s', (flow, warning) => {
    expect(warnings(flow)).toContain(warning);
  });

  it('a load without a duration, whose rates would leave the holds out', () => {
    const warned = warnings('[{register: {expires: 60s}}, {hold: {for: 2h}}]', 'rate: 10/s, starts: 10');
    expect(warned).toContain('the load has no duration, so rates are taken over the time of its starts alone');
  });

  it('contexts that would be started again while they hold', () => {
    const warned = warnings('[{register: {expires: 60s}}, {hold: {for: 10m}}]', 'rate: 10/s, duration: 1h');
    expect(warned).toContain(
      'with waits and holds of 10m about 6000 contexts are in their flow at a time, but there are 10',
    );
  });

  it('none where all is well, a refresh long after the hold among it', () => {
    expect(warnings('[{register: {expires: 60s}}, {hold: {for: 10m, refreshAt: 80-95%}}, refresh]')).toBe('');
  });
});

describe('profile exosip2', () => {
  it('clamps what is asked for to 30 s, and decides when holds refresh', () => {
    const flow =
      '[{register: {expires: 5s}}, {refresh: {expires: 0s}}, {repeat: {times: 2, steps: [{hold: {for: 1h}}]}}, {refresh: {expires: 60s}}]';
    const plan = load(flow, 'profile: exosip2');
    expect(plan.profile).toBe('exosip2');
    expect(plan.flow).toMatchObject([
      { expiresSeconds: 30 },
      { expiresSeconds: 0 },
      { steps: [{ leastShare: 0.9, mostShare: 0.9, marginUs: 6e6, capUs: 9e8, refresh: { expiresSeconds: 30 } }] },
      { expiresSeconds: 60 },
    ]);
    expect(load(flow).profile).toBe('rfc3261');
    expect(load(flow).flow[0]).toMatchObject({ expiresSeconds: 5 });
  });

  it('refuses what its devices cannot be told', () => {
    expect(complaints('[register, {hold: {for: 1h, refreshAt: 80%}}]', 'profile: exosip2')).toEqual([
      '4:46: profile exosip2 refreshes when its devices do; leave refreshAt out, or use profile rfc3261',
    ]);
    expect(complaints('[register]', 'profile: exosip')).toEqual([
      '5:10: "exosip" is not known for profile; did you mean "exosip2"?',
    ]);
  });

  it('makes another work of a scenario, and so another hash', () => {
    expect(load('[register]', 'profile: exosip2').hash).not.toBe(load('[register]').hash);
    expect(load('[register]', 'profile: rfc3261').hash).toBe(load('[register]').hash);
  });
});

describe('verify', () => {
  it('is a share of the contexts; its thresholds need it', () => {
    expect(load('[register]').verify).toBeNull();
    const gates = 'thresholds: ["verify.missing: count == 0", "verify.checked: ratio > 90%"]';
    const plan = load('[register]', `verify: { sample: 1% }\n${gates}`);
    expect(plan.verify).toEqual({ sampleShare: 0.01 });
    expect(plan.thresholds.map(({ scope, metric, unit }) => [scope, metric, unit])).toEqual([
      ['verify', 'missing', 'count'],
      ['verify', 'checked', 'ratio'],
    ]);
    expect(complaints('[register]', gates)).toHaveLength(2);
    expect(complaints('[register]', gates)[0]).toContain('the scenario has no verify');
  });

  it.each([
    ['verify: { sample: 0% }', '5:19: "0%" of the contexts are none; leave verify out'],
    ['verify: { sample: 101% }', '5:19: "101%" is more than 100%'],
    ['verify: 1%', '5:9: verify takes keys and values, found the text "1%"'],
    ['verify: {}', '5:1: "sample" is missing in verify; for example sample: 1%'],
  ])('%s is refused', (rest, complaint) => {
    expect(complaints('[register]', rest)).toEqual([complaint]);
  });
});
