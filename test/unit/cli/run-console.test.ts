import { describe, expect, it } from 'vitest';
import { chooseStyle, createRunConsole } from '../../../src/cli/run-console.ts';
import type { RunSettings } from '../../../src/cli/run-settings.ts';
import type { Terminal, TextStream } from '../../../src/cli/terminal.ts';
import { wantsColor } from '../../../src/cli/terminal.ts';
import { createMetricsBlock } from '../../../src/metrics/index.ts';
import { loadScenario } from '../../../src/scenario/index.ts';

const SETTINGS: RunSettings = {
  workers: null,
  seed: null,
  runId: null,
  waitTargetUs: 0,
  allowPublic: false,
  dns: null,
  onInvalid: 'fail',
  out: null,
  format: 'text',
  style: 'auto',
  color: 'auto',
  quiet: false,
  verbose: false,
};

const PLAN = loadScenario({
  file: 's.yaml',
  text: `version: 1
name: demo
target: embedded
identities: { count: 1, user: u, domain: test.example }
load: { rate: 1/s, duration: 1s }
flow: [register]
`,
});

const terminalOf = (isTty: boolean, environment: Terminal['environment'] = {}) => {
  let written = '';
  const err: TextStream = { write: (text) => (written += text), isTty, columns: 80 };
  const terminal: Terminal = {
    out: err,
    err,
    environment,
    readInput: () => 0,
    beforeLongRead: () => undefined,
    onSignal: () => () => {},
  };
  return { terminal, written: () => written };
};

describe('--style auto', () => {
  it.each([
    ['a terminal', true, {}, {}, 'full'],
    ['a pipe', false, {}, {}, 'basic'],
    ['a dumb terminal', true, { TERM: 'dumb' }, {}, 'basic'],
    ['-q', true, {}, { quiet: true }, 'none'],
    ['-q with --style full', true, {}, { quiet: true, style: 'full' as const }, 'none'],
    ['--style none', true, {}, { style: 'none' as const }, 'none'],
  ])('%s', (_, isTty, environment, settings, style) => {
    expect(chooseStyle({ ...SETTINGS, ...settings }, terminalOf(isTty, environment).terminal)).toBe(style);
  });
});

describe('colours', () => {
  it.each([
    ['a terminal', 'auto', true, {}, true],
    ['a pipe', 'auto', false, {}, false],
    ['NO_COLOR', 'auto', true, { NO_COLOR: '1' }, false],
    ['an empty NO_COLOR', 'auto', true, { NO_COLOR: '' }, true],
    ['--color always to a pipe', 'always', false, { NO_COLOR: '1' }, true],
    ['--color never', 'never', true, {}, false],
  ] as const)('%s', (_, choice, isTty, environment, wanted) => {
    const { terminal } = terminalOf(isTty, environment);
    expect(wantsColor(choice, terminal.err, terminal.environment)).toBe(wanted);
  });
});

describe('what is seen while a run lasts', () => {
  it('in a log: one line a look, no escape sequences, ten seconds apart in CI', () => {
    const { terminal, written } = terminalOf(false, { CI: 'true' });
    const console = createRunConsole(PLAN, SETTINGS, terminal);
    console.notice('hello');
    console.progress?.look([createMetricsBlock(1)], 1_000_000);
    console.finish();
    expect(console.progress?.everyMs).toBe(10_000);
    expect(written()).toMatch(/^hello\n00:01 warmup .*\n$/);
    expect(written()).not.toContain('\u001b');
  });

  it('on a terminal: the block is taken away before anything else is written, and at the end', () => {
    const { terminal, written } = terminalOf(true);
    const console = createRunConsole(PLAN, { ...SETTINGS, color: 'never' }, terminal);
    console.progress?.look([createMetricsBlock(1)], 1_000_000);
    const block = written();
    console.warning('careful');
    const afterWarning = written().slice(block.length);
    expect([afterWarning.startsWith('\u001b'), afterWarning.endsWith('warning: careful\n')]).toEqual([true, true]);
    console.finish();
    expect(written().slice(block.length)).toBe(afterWarning);
  });

  it('with -q: warnings only', () => {
    const { terminal, written } = terminalOf(false);
    const console = createRunConsole(PLAN, { ...SETTINGS, quiet: true }, terminal);
    console.notice('hello');
    console.warning('careful');
    expect([console.progress, written()]).toEqual([null, 'warning: careful\n']);
  });
});
