export type { JudgeFacts } from './judge.ts';
export { judgeRun } from './judge.ts';
export type { Readiness } from './readiness.ts';
export { judgeReadiness } from './readiness.ts';
export type {
  Finding,
  FindingStatus,
  MachineReadiness,
  PlanNeeds,
  ReadinessFacts,
  ReadinessProblem,
  SocketFacts,
  TargetFacts,
} from './readiness-facts.ts';
export type { GateNumbers, JudgedThreshold } from './thresholds.ts';
export { evaluateThresholds } from './thresholds.ts';
export type { Validity, ValidityFacts } from './validity.ts';
export { judgeValidity } from './validity.ts';
export type { Decision, VerdictFacts } from './verdict.ts';
export { decideVerdict, withInternalErrors } from './verdict.ts';
