export type { AnswerSink } from './answer-ring.ts';
export type { RegistrarCounters } from './counters.ts';
export { registrarEvents } from './events.ts';
export type { RegistrarOptions } from './options.ts';
export type { RegistrarPlace } from './plan-options.ts';
export { optionsFor } from './plan-options.ts';
export { receive } from './receive.ts';
export type { BindingView } from './registrar.ts';
export {
  addressOfRecordCount,
  advance,
  answeredCount,
  appliedRules,
  behave,
  bindingCount,
  bindingsOf,
  countersOf,
  drain,
  longestQueue,
  nextAnswerUs,
  pendingAnswerCount,
  released,
} from './registrar.ts';
export { restart } from './restart.ts';
export type { Registrar } from './state.ts';
export { createRegistrar } from './state.ts';
