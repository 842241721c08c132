// The client side, driven by its contract (engine.ts). Other folders import from here.

export type { Belief, RowBelief, RowCounts } from './books.ts';
export {
  activeFlowCount,
  beliefOf,
  busyContextCount,
  countsApart,
  freeRowsOf,
  isLoading,
  mayBeBound,
  queuedCount,
  rowsOf,
} from './books.ts';
export { LONGEST_COMMAND_BYTES, MOST_COMMANDED_CONTEXTS } from './command-program.ts';
export type { Command } from './commands.ts';
export { commandAttempt, forgetContext, forgetCredentials, isIdle } from './commands.ts';
export type { Sink } from './engine.ts';
export {
  abort,
  advance,
  drain,
  isBacklogged,
  isOver,
  nextDueUs,
  reportError,
  reportRefused,
  reportSent,
  stopStarting,
} from './engine.ts';
export { exosipRefreshUs, exosipRetryUs, refreshAfterSeconds as exosip2RefreshAfterSeconds } from './exosip2.ts';
export type { EndedTransaction, Observer } from './observer.ts';
export { NO_PONG } from './observer.ts';
export type { LocatedName, RedirectOptions, WantedPlace } from './redirect-table.ts';
export { MOST_PLACES_ADDED, settlePlace, wantedPlace } from './redirect-table.ts';
export { NOT_MAPPED } from './repair-table.ts';
export { receiveDatagram } from './response.ts';
export type { SeenAddress } from './seen-addresses.ts';
export { seenAddresses } from './seen-addresses.ts';
export type { Engine, EngineOptions, FlowPeer } from './state.ts';
export { attachFlow, createEngine, outboxCapacity, redirectFlow, resendIntervals } from './state.ts';
export type { RenewedTarget } from './target-table.ts';
export { flowsOfTarget, renewTargets } from './target-table.ts';
