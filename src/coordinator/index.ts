// What other folders may use of the coordinator.

export type { RunResult } from '../metrics/index.ts';
export { ERROR_CODES, EXIT, UserError } from '../std/index.ts';
export type { ProbeDone, RegistrarTaskOptions, TracedMessage } from '../worker/messages.ts';
export { cleanupPlan } from './derived-plan.ts';
export { checkDescriptors, descriptorsNeeded } from './descriptors.ts';
export { startRegistrar } from './embedded.ts';
export { processors, toolVersion } from './environment.ts';
export type { ReadinessOptions } from './gather-readiness.ts';
export { gatherReadiness } from './gather-readiness.ts';
export type { WorkerEntry } from './pool.ts';
export { createPool, DEFAULT_WORKER } from './pool.ts';
export { runProbe } from './probe.ts';
export type { ResultFolder } from './result-folder.ts';
export { abandonFolder, openResultFolder, pointLatestAt, RESULTS_ROOT, writeResultFile } from './result-folder.ts';
export { parseRunId, parseSeed, randomRunId, randomSeed } from './run-identity.ts';
export { defaultWorkers } from './run-length.ts';
export type { RunObserver, RunOptions, RunOutcome } from './run-plan.ts';
export { runPlan, userAgent } from './run-plan.ts';
export type { RunScenarioOptions } from './run-scenario.ts';
export { runScenario } from './run-scenario.ts';
export { loadPlan, loadRegistrarFile, readScenario } from './scenario-file.ts';
export { withoutSecrets } from './secrets.ts';
export type { StopSignal, StopSwitch } from './stop-switch.ts';
export { createStopSwitch } from './stop-switch.ts';
export { storedScenario } from './stored-scenario.ts';
export type { LocatedTarget } from './target.ts';
export { locateTarget, lookUpText } from './target.ts';
