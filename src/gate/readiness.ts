// Is this machine ready for a run? Facts about it come in, one finding for each check goes out: what is, what is needed, and
// what mends it. A finding says `missing` only where the run could not go well; what costs precision is a warning.
//
//   readiness-facts.ts      what is known, and what a finding is
//   readiness.ts            the order of the checks, the verdict
//   readiness-sockets.ts    transport, target, sockets and their buffers, ports
//   readiness-machine.ts    descriptors, processors, memory, clocks, and what else goes on

import { EXIT } from '../std/index.ts';
import type { Check, Finding, ReadinessFacts } from './readiness-facts.ts';
import {
  clockFinding,
  descriptorsFinding,
  governorFinding,
  loadFinding,
  memoryFinding,
  processorsFinding,
  sleepFinding,
} from './readiness-machine.ts';
import {
  portRangeFinding,
  receiveBufferFinding,
  segmentsFinding,
  sendBufferFinding,
  socketsFinding,
  stampsFinding,
  targetFinding,
  transportFinding,
} from './readiness-sockets.ts';

export interface Readiness {
  readonly verdict: 'ready' | 'not-ready';
  readonly exitCode: number;
  readonly findings: readonly Finding[];
}

const CHECKS: readonly Check[] = [
  targetFinding,
  transportFinding,
  stampsFinding,
  socketsFinding,
  receiveBufferFinding,
  sendBufferFinding,
  portRangeFinding,
  descriptorsFinding,
  processorsFinding,
  memoryFinding,
  clockFinding,
  sleepFinding,
  governorFinding,
  loadFinding,
];

export const judgeReadiness = (facts: ReadinessFacts): Readiness => {
  const checks = facts.plan.segmentation ? [...CHECKS, segmentsFinding] : CHECKS;
  const findings = checks.map((check) => check(facts));
  const isReady = findings.every(({ status }) => status !== 'missing');
  return { verdict: isReady ? 'ready' : 'not-ready', exitCode: isReady ? EXIT.PASS : EXIT.USAGE, findings };
};
