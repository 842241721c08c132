// What a person sees while a run lasts, on standard error: notices, warnings and progress. Standard output is the summary's
// alone, so that it can be piped.
//
//   full    a live block, drawn again four times a second          a terminal
//   basic   a line every five seconds (ten in CI)                  a pipe or a log
//   none    no progress

import type { RunObserver } from '../coordinator/index.ts';
import type { MetricsBlock, Progress } from '../metrics/index.ts';
import { snapshot } from '../metrics/index.ts';
import { eraseLines, liveBlock, progressLine } from '../report/index.ts';
import type { RunPlan } from '../scenario/index.ts';
import { scheduleEndUs } from '../scenario/index.ts';
import { NEVER_US, US_PER_SECOND } from '../std/index.ts';
import type { RunSettings, Style } from './run-settings.ts';
import type { Terminal } from './terminal.ts';
import { wantsColor } from './terminal.ts';

const LIVE_EVERY_MS = 250;
const LINE_EVERY_MS = 5_000;
const LINE_EVERY_MS_IN_CI = 10_000;

export interface RunConsole extends RunObserver {
  /** Takes the live block off the screen: what follows is written below. */
  finish(): void;
}

export const chooseStyle = (settings: RunSettings, terminal: Terminal): Exclude<Style, 'auto'> => {
  if (settings.quiet) return 'none';
  if (settings.style !== 'auto') return settings.style;
  return terminal.err.isTty && terminal.environment.TERM !== 'dumb' ? 'full' : 'basic';
};

export const createRunConsole = (plan: RunPlan, settings: RunSettings, terminal: Terminal): RunConsole => {
  const style = chooseStyle(settings, terminal);
  const screen = createScreen(terminal);
  const write = (text: string): void => screen.above(`${text}\n`);
  const show =
    style === 'full' ? liveView(plan, settings, terminal, screen) : (now: Progress) => write(progressLine(now));
  let previous: Progress | null = null;
  const look = (blocks: readonly MetricsBlock[], elapsedUs: number): void => {
    previous = snapshot(blocks, elapsedUs, previous);
    show(previous);
  };
  return {
    notice: (text) => {
      if (!settings.quiet) write(text);
    },
    warning: (text) => write(`warning: ${text}`),
    progress: style === 'none' ? null : { everyMs: intervalMs(style, terminal), look },
    finish: screen.clear,
  };
};

const intervalMs = (style: 'full' | 'basic', { environment }: Terminal): number => {
  if (style === 'full') return LIVE_EVERY_MS;
  return environment.CI === undefined || environment.CI === '' ? LINE_EVERY_MS : LINE_EVERY_MS_IN_CI;
};

/** The part of the screen that is drawn again: it is taken away before anything else is written. */
interface Screen {
  draw(lines: readonly string[]): void;
  above(text: string): void;
  clear(): void;
}

const createScreen = ({ err }: Terminal): Screen => {
  let drawn = 0;
  const erasing = (): string => {
    const text = drawn === 0 ? '' : eraseLines(drawn);
    drawn = 0;
    return text;
  };
  return {
    draw: (lines) => {
      err.write(`${erasing()}${lines.join('\n')}\n`);
      drawn = lines.length;
    },
    above: (text) => err.write(erasing() + text),
    clear: () => {
      if (drawn > 0) err.write(erasing());
    },
  };
};

const liveView = (
  plan: RunPlan,
  settings: RunSettings,
  terminal: Terminal,
  screen: Screen,
): ((now: Progress) => void) => {
  const endUs = scheduleEndUs(plan.load);
  const plannedSeconds = endUs === NEVER_US ? null : endUs / US_PER_SECOND;
  const colour = wantsColor(settings.color, terminal.err, terminal.environment);
  return (now) =>
    screen.draw(liveBlock(now, { colour, columns: terminal.err.columns, name: plan.name, plannedSeconds }));
};
