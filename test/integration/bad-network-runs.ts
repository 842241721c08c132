// Runs against a registrar that is not there, goes away or keeps silent, over either kind of sockets, and what each of them must
// come to. Which belong to every day and which to the long suite is for the test files to say.

import { setTimeout as pause } from 'node:timers/promises';
import { expect } from 'vitest';
import { EXIT } from '../../src/std/index.ts';
import { findFreePort } from '../interop/free-port.ts';
import { waitUntil } from '../interop/wait-until.ts';
import { ok } from './hostile-message.ts';
import { type Script, startScriptedPeer } from './hostile-peer.ts';
import { endOf, runAgainst, type Sockets, startRun } from './hostile-run.ts';

const SECOND_US = 1_000_000;
const COUNT = 400;
/** With the timers of RFC 3261 nothing but ICMP can end an attempt in these runs. */
const PARTS = { count: COUNT, ratePerSecond: 200, quickTimers: false } as const;

const silence: Script = () => {};
const always: Script = (request, reply) => reply(ok(request));

export const refusesPrecheck = async (sockets: Sockets): Promise<void> => {
  const port = await findFreePort();
  const { exitCode, summary, stderr } = await endOf(startRun(port, { precheck: 'register', sockets }));
  expect(exitCode).toBe(EXIT.UNREACHABLE);
  expect(summary.verdict).toBe('unreachable');
  expect(summary.transactions.datagramsSent).toBe(0);
  expect(stderr).toContain(`nobody listens on 127.0.0.1:${port}`);
};

export const isNeverThere = async (sockets: Sockets): Promise<void> => {
  const port = await findFreePort();
  const { exitCode, summary } = await endOf(startRun(port, { sockets, flow: ['register', 'unregister'] }));
  expect(exitCode).toBe(EXIT.UNREACHABLE);
  expect(summary.totals.register?.outcomes).toEqual({ unreachable: 20 });
  expect(summary.totals.unregister).toMatchObject({ started: 0, skipped: 20 });
  expect(summary.totals.register?.failureLatencyUs.max).toBeLessThan(SECOND_US);
};

export const isNotThereForMany = async (sockets: Sockets): Promise<void> => {
  const port = await findFreePort();
  const { exitCode, summary } = await endOf(startRun(port, { sockets, count: 5_000, ratePerSecond: 5_000 }));
  expect(summary.totals.register?.outcomes).toEqual({ unreachable: 5_000 });
  expect(exitCode).toBe(EXIT.UNREACHABLE);
};

export const comesThreeSecondsLater = async (sockets: Sockets): Promise<void> => {
  const port = await findFreePort();
  const run = startRun(port, { precheck: 'register', sockets, args: ['--wait-target', '20s'] });
  await waitUntil('regstorm waits', 10_000, () => run.child.stderr().includes('waiting for'));
  await pause(3_000);
  const peer = await startScriptedPeer(always, port);
  const { exitCode, summary } = await endOf(run);
  await peer.stop();
  expect(exitCode).toBe(EXIT.PASS);
  expect(summary.totals.register?.outcomes).toEqual({ succeeded: 20 });
  expect(peer.requests.filter(({ contact }) => contact === null).length).toBeGreaterThan(0);
};

export const goesAndComesBack = async (sockets: Sockets): Promise<void> => {
  let answered = 0;
  let answeredBefore = 0;
  const peer = await startScriptedPeer((request, reply) => {
    if (answered === COUNT / 4 && answeredBefore === 0) {
      // Before this answer, not after the last: a socket that closes takes what it has not sent yet with it.
      answeredBefore = answered;
      peer.leave();
      // It stays away for longer than a few starts are apart; how long exactly decides nothing here.
      setTimeout(() => void peer.comeBack(), 700);
      return;
    }
    reply(ok(request));
    answered++;
  });
  const { exitCode, summary } = await endOf(startRun(peer.port, { ...PARTS, sockets }));
  await peer.stop();
  const { outcomes, failureLatencyUs } = summary.totals.register!;
  expect(Object.keys(outcomes).sort()).toEqual(['succeeded', 'unreachable']);
  expect(outcomes.unreachable).toBeGreaterThan(20);
  expect(failureLatencyUs.max).toBeLessThan(SECOND_US);
  // An answer may have met an attempt that ICMP had just ended.
  expect(outcomes.succeeded! + summary.transactions.stray).toBe(answered);
  expect(outcomes.succeeded).toBeGreaterThan(answeredBefore);
  expect(exitCode).toBe(EXIT.PASS);
};

export const goesForGood = async (sockets: Sockets): Promise<void> => {
  const peer = await startScriptedPeer((request, reply, number) => {
    reply(ok(request));
    if (number === COUNT / 4) peer.leave();
  });
  const { exitCode, summary } = await endOf(startRun(peer.port, { ...PARTS, sockets }));
  const { started, outcomes, failureLatencyUs } = summary.totals.register!;
  expect(started).toBe(COUNT);
  expect(Object.keys(outcomes).sort()).toEqual(['succeeded', 'unreachable']);
  expect(outcomes.unreachable).toBeGreaterThanOrEqual((3 * COUNT) / 4);
  expect(failureLatencyUs.max).toBeLessThan(SECOND_US);
  // No threshold asks for more than one success.
  expect(exitCode).toBe(EXIT.PASS);
};

export const goesWithoutAnswering = async (sockets: Sockets): Promise<void> => {
  // It has taken half of the requests without answering any of them.
  const peer = await startScriptedPeer((_request, _reply, number) => {
    if (number === COUNT / 2) peer.leave();
  });
  const { exitCode, summary } = await endOf(startRun(peer.port, { ...PARTS, sockets }));
  expect(summary.totals.register?.outcomes).toEqual({ unreachable: COUNT });
  expect(exitCode).toBe(EXIT.UNREACHABLE);
};

export const isSilent = async (sockets: Sockets): Promise<void> => {
  const { exitCode, summary, stderr, peer } = await runAgainst(silence, { precheck: 'register', sockets });
  expect(stderr).toContain('did not answer the precheck; the load goes on');
  expect(exitCode).toBe(EXIT.UNREACHABLE);
  expect(summary.totals.register?.outcomes).toEqual({ timeout: 20 });
  // What the precheck sent is in no count.
  const loadDatagrams = peer.requests.filter(({ contact }) => contact !== null).length;
  expect(summary.transactions.datagramsSent).toBe(loadDatagrams);
  expect(loadDatagrams).toBeLessThan(peer.requests.length);
};
