// @hot
// The Service-Routes that contexts send back (service-routes.ts): each text once, and which context has which.
//
//  column   array         unit   meaning                                                       valid in
//  entry    Uint8Array    -      row of its Service-Route + 1, 0: none                         every context
//  lines    Uint8Array    bytes  a row of MOST_ROUTE_BYTES: the header line that is sent       rows below `used`
//  lengths  Uint16Array   bytes  how much of it that is                                        rows below `used`

import type { MemoryPlan } from '../std/index.ts';

export const MOST_ROUTE_BYTES = 512;
export const MOST_ROUTES = 64;

export interface ServiceRoutes {
  readonly entry: Uint8Array;
  readonly lines: Uint8Array;
  readonly lengths: Uint16Array;
  used: number;
  /** A line being made. */
  readonly draft: Uint8Array;
}

export function createServiceRoutes(memory: MemoryPlan, contexts: number): ServiceRoutes {
  return {
    entry: memory.u8('routes', contexts),
    lines: memory.u8('routes', MOST_ROUTES * MOST_ROUTE_BYTES),
    lengths: memory.u16('routes', MOST_ROUTES),
    used: 0,
    draft: memory.u8('routes', MOST_ROUTE_BYTES),
  };
}
