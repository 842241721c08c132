// One run against a scripted peer, and what must hold however bad the peer is: the run ends in time, the sums close, a
// summary is written, and nobody is shown a stack trace.

import { expect } from 'vitest';
import type { RunResult } from '../../src/metrics/run-result.ts';
import { expectSumsToClose, type Run, type RunEnd, startRegstorm } from '../interop/run-regstorm.ts';
import { expectOurLinesOnly } from './hostile-own-lines.ts';
import { type Script, type ScriptedPeer, startScriptedPeer } from './hostile-peer.ts';

export type Sockets = 'udp-batch' | 'udp-dgram';
export const BOTH_SOCKETS: readonly Sockets[] = ['udp-batch', 'udp-dgram'];

export interface RunParts {
  readonly flow?: readonly string[];
  /** Contexts, and starts unless told otherwise. */
  readonly count?: number;
  readonly starts?: number;
  readonly ratePerSecond?: number;
  readonly precheck?: 'register' | 'none';
  readonly cleanup?: 'none' | 'unregister' | 'wildcard';
  readonly sockets?: Sockets;
  /** False: the timers of RFC 3261, by which Timer F is 32 s. */
  readonly quickTimers?: boolean;
  /** How long flows under way may go on after the last start. */
  readonly drainSeconds?: number;
  readonly args?: readonly string[];
  readonly withinMs?: number;
}

export interface HostileEnd extends RunEnd {
  readonly summary: RunResult;
}

/** Timer F fires after 64 × 20 ms. */
const QUICK_TIMERS = '{ T1: 20ms, T2: 80ms, T4: 100ms }';
const QUICK_TIMER_F_SECONDS = 1.28;
const TIMER_F_SECONDS = 32;
const DRAIN_SECONDS = 35;
/** What a busy machine may add to a run's length. */
const SLACK_SECONDS = 3;
/** Of a run whose last attempt ends with a quick Timer F; what the machine adds is generously in it. */
const WITHIN_MS = 20_000;
export const TEST_MS = 60_000;

export const scenarioFor = (port: number, parts: RunParts): string => {
  const { flow = ['register'], count = 20, ratePerSecond = 100, precheck = 'none', quickTimers = true } = parts;
  return `version: 1
name: hostile
target: sip:127.0.0.1:${port}
registrar: sip:test.example
identities: { count: ${count}, user: "u{index:8}", domain: test.example, password: secret }
load: { model: constant-rate, rate: ${ratePerSecond}/s, starts: ${parts.starts ?? count} }
precheck: ${precheck}
drain: ${parts.drainSeconds ?? DRAIN_SECONDS}s
cleanup: ${parts.cleanup ?? 'none'}
local: { sockets: ${parts.sockets ?? 'auto'} }
${quickTimers ? `timers: ${QUICK_TIMERS}\n` : ''}flow:
${flow.map((step) => `  - ${step}\n`).join('')}`;
};

export const startRun = (port: number, parts: RunParts): Run =>
  // The test machine may be busy: a late generator is no failure of what is tested here.
  startRegstorm(scenarioFor(port, parts), {
    args: ['--on-invalid', 'warn', ...(parts.args ?? [])],
    withinMs: parts.withinMs ?? WITHIN_MS,
  });

/** Waits for the end and checks what holds for every run. */
export const endOf = async (run: Run): Promise<HostileEnd> => {
  const end = await run.ended;
  expect(end.stderr).not.toMatch(/^\s+at /m);
  expect(end.stderr).not.toContain('internal error');
  const { summary } = end;
  if (summary === null) throw new Error(`no summary, exit code ${end.exitCode}:\n${end.stderr}`);
  expect(summary.exitCode, end.stderr).toBe(end.exitCode);
  expectSumsToClose(summary);
  return { ...end, summary };
};

export interface ScriptedRun extends HostileEnd {
  readonly peer: ScriptedPeer;
}

/** When a run ends at the latest, by its own plan: its starts, the drain, and for a clean-up one Timer F. */
const plannedSeconds = (parts: RunParts): number => {
  const { count = 20, ratePerSecond = 100, drainSeconds = DRAIN_SECONDS, quickTimers = true, cleanup = 'none' } = parts;
  const cleanupSeconds = cleanup === 'none' ? 0 : quickTimers ? QUICK_TIMER_F_SECONDS : TIMER_F_SECONDS;
  return (parts.starts ?? count) / ratePerSecond + drainSeconds + cleanupSeconds;
};

export const expectToEndOnTime = (summary: RunResult, parts: RunParts): void => {
  expect(summary.durationSeconds, 'the run ends by its own plan').toBeLessThan(plannedSeconds(parts) + SLACK_SECONDS);
};

/** Starts the peer, runs the scenario against it to the end, and stops the peer. */
export const runAgainst = async (script: Script, parts: RunParts = {}): Promise<ScriptedRun> => {
  const peer = await startScriptedPeer(script);
  try {
    const end = await endOf(startRun(peer.port, parts));
    expectToEndOnTime(end.summary, parts);
    expectOurLinesOnly(peer.requests);
    return { ...end, peer };
  } finally {
    await peer.stop();
  }
};
