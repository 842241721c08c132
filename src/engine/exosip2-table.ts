// The columns of devices of libeXosip2 (exosip2.ts, exosip2-answers.ts). They are there for a fleet (`profile: exosip2`), and for steps
// that are only tried again as a fleet does (`policy: exosip2`).
//
//  column         array         unit  meaning                                                           valid in
//  requestedUs    Float64Array  µs    first send of the request whose 200 granted the binding           bound
//  periodSeconds  Uint32Array   s     P; 0 before the first 200                                         every row
//  startedUs      Float64Array  µs    when the last request was made                                    after the first
//  againUs        Float64Array  µs    when the device tries again after its last failure                after a failure
//  backoffs       Uint8Array    -     failures in a row that it backs off from, less what no more counts  every row
//  resends        Uint8Array    -     requests repeated at once since the last 2xx                      every row
//  repeated       Uint8Array    -     1: the present attempt has repeated its request                   in an attempt

import type { RunPlan } from '../scenario/index.ts';
import type { MemoryPlan } from '../std/index.ts';
import type { Program } from './program.ts';

export interface ExosipTable {
  /** False: only the times of retries are a fleet's. */
  readonly isFleet: boolean;
  readonly requestedUs: Float64Array;
  readonly periodSeconds: Uint32Array;
  readonly startedUs: Float64Array;
  readonly againUs: Float64Array;
  readonly backoffs: Uint8Array;
  readonly resends: Uint8Array;
  readonly repeated: Uint8Array;
}

/** Null, but for a fleet, and for steps that are tried again as it does. */
export function createExosipTable(
  memory: MemoryPlan,
  { profile }: RunPlan,
  program: Program,
  count: number,
): ExosipTable | null {
  const isFleet = profile === 'exosip2';
  if (!isFleet && !program.attempts.some(({ retry }) => retry?.policy === 'exosip2')) return null;
  return {
    isFleet,
    requestedUs: memory.f64('profile', count),
    periodSeconds: memory.u32('profile', count),
    startedUs: memory.f64('profile', count),
    againUs: memory.f64('profile', count),
    backoffs: memory.u8('profile', count),
    resends: memory.u8('profile', count),
    repeated: memory.u8('profile', count),
  };
}
