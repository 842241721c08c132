// Runs without sockets. Other folders import from here.

export type { DryRunMessage, DryRunOptions } from './dry-run.ts';
export { DRY_RUN_ROUNDS, dryRun } from './dry-run.ts';
export type { Delivery, Link, LinkCounts, LinkOptions } from './network.ts';
export { createLink, PERFECT_LINK, transit } from './network.ts';
export type { MemoryOptions } from './run-memory.ts';
export { runMemory } from './run-memory.ts';
export type { SimulationEnd, SimulationReport, SimulationWish } from './simulate.ts';
export { simulate } from './simulate.ts';
export type { SlowMessage } from './slow-parser.ts';
export { slowParse } from './slow-parser.ts';
