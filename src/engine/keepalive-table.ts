// The keepalives of one worker (keepalive.ts), a row for each context, or for each socket. A scenario without keepalives has no table.
//
//  column    array        unit  meaning                                                          valid in
//  state     Uint8Array   -     PING_* below                                                     every row
//  number    Uint32Array  -     how many it has sent; in the STUN id, or CSeq and branch         every row
//  sentUs    Uint32Array  µs    when the kernel took the last one, modulo 2^32                   PING_SENT
//  through   Uint16Array  -     the flow of the last one; null where a row has but one flow      PING_QUEUED, PING_SENT

import type { PlanKeepalive, RunPlan } from '../scenario/index.ts';
import type { BranchReader, StunMessage } from '../sip/index.ts';
import { createBranchReader, createStunMessage } from '../sip/index.ts';
import type { MemoryPlan } from '../std/index.ts';
import { mixBits } from '../std/index.ts';
import type { KeepaliveWheel } from './keepalive-wheel.ts';
import { createKeepaliveWheel } from './keepalive-wheel.ts';

const BRANCH_SALT = 7;
const STUN_SALT = 8;
const SPREAD_SALT = 9;

export interface Keepalive {
  readonly plan: PlanKeepalive;
  readonly wheel: KeepaliveWheel;
  readonly state: Uint8Array;
  readonly number: Uint32Array;
  readonly sentUs: Uint32Array;
  readonly through: Uint16Array | null;
  /** Of OPTIONS; another run tag, so that no REGISTER has the same branch. */
  readonly branch: BranchReader;
  readonly stun: StunMessage;
  readonly stunSeed: number;
  readonly spreadSeed: number;
}

export interface KeepaliveOptions {
  readonly plan: RunPlan;
  readonly contexts: number;
  /** Over all targets. */
  readonly flows: number;
  readonly workerIndex: number;
  readonly runTag: number;
  readonly seed: number;
}

/** Null when the scenario wants none: then there are no tables. */
export function createKeepalive(memory: MemoryPlan, options: KeepaliveOptions): Keepalive | null {
  const { keepalive } = options.plan;
  if (keepalive === null) return null;
  const isByContext = keepalive.per === 'context';
  const rows = isByContext ? options.contexts : options.flows;
  const hasWays = isByContext && options.flows > options.plan.local.socketsPerWorker;
  return {
    plan: keepalive,
    wheel: createKeepaliveWheel(memory, rows, keepalive.everyUs),
    state: memory.u8('keepalives', rows),
    number: memory.u32('keepalives', rows),
    sentUs: memory.u32('keepalives', rows),
    through: hasWays ? memory.u16('keepalives', rows) : null,
    branch: createBranchReader(mixBits(options.runTag, BRANCH_SALT) >>> 0, options.workerIndex),
    stun: createStunMessage(),
    stunSeed: mixBits(options.runTag, STUN_SALT),
    spreadSeed: mixBits(options.seed, SPREAD_SALT),
  };
}
