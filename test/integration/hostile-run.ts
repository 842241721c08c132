// One run against a scripted peer, and what must hold however bad the peer is: the run ends in time, the sums close, a
// summary is written, and nobody is shown a stack trace.

import { expect } from 'vitest';
import type { RunResult } from '../../src/metrics/run-result.ts';
import { expectSumsToClose, type Run, type RunEnd, startRegstorm } from '../interop/run-regstorm.ts';
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
  readonly sockets?: Sockets;
  /** False: the timers of RFC 3261, by which Timer F is 32 s. */
  readonly quickTimers?: boolean;
  readonly args?: readonly string[];
  readonly withinMs?: number;
}

export interface HostileEnd extends RunEnd {
  readonly summary: RunResult;
}

/** Timer F fires after 64 × 20 ms. */
const QUICK_TIMERS = '{ T1: 20ms, T2: 80ms, T4: 100ms }';
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

/** Starts the peer, runs the scenario against it to the end, and stops the peer. */
export const runAgainst = async (script: Script, parts: RunParts = {}): Promise<ScriptedRun> => {
  const peer = await startScriptedPeer(script);
  try {
    return { ...(await endOf(startRun(peer.port, parts))), peer };
  } finally {
    await peer.stop();
  }
};
