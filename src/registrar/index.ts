export type { AnswerSink } from './answer-ring.ts';
export type { RegistrarCounters } from './counters.ts';
export type { RegistrarOptions } from './options.ts';
export { receive } from './receive.ts';
export type { BindingView } from './registrar.ts';
export {
  addressOfRecordCount,
  advance,
  bindingCount,
  bindingsOf,
  countersOf,
  drain,
  pendingAnswerCount,
  released,
} from './registrar.ts';
export { restart } from './restart.ts';
export type { Registrar } from './state.ts';
export { createRegistrar } from './state.ts';
