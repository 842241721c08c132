// What the requests of a drawn scenario carry beyond their Contacts: a body, which qop=auth-int hashes, and the extensions that a
// registrar may have. Mostly nothing.

import type { Random } from '../std/index.ts';

export interface DrawnRequests {
  readonly headers: object;
  /** Of a step: the key `body`, or nothing. */
  readonly ofStep: (random: Random) => object;
}

/** A registrar that refuses bodies must pass over one that may be ignored (RFC 3261 §8.2.3, §20.11). */
const IGNORABLE = { 'Content-Disposition': 'render;handling=optional' };
const BODIES = ['hello', 'of {user} at {contact}, number {index:6}', 'grüße, {user}', '\r\n\r\n{user}\r\n'];
const SUPPORTED = { Supported: 'path, gruu, outbound' };
const PATHS = [
  '<sip:edge.sim.example;lr>',
  '<sip:edge.sim.example;lr;ob>',
  '<sip:a.sim.example;lr>, <sip:b.sim.example;lr;ob>',
];

export function drawRequests(random: Random): DrawnRequests {
  const path = random.chance(0.7) ? { Path: random.pick(PATHS) } : {};
  const extensions = random.chance(0.3) ? { ...SUPPORTED, ...path } : {};
  const share = random.pick([0, 0, 0.4, 1]);
  return {
    headers: { ...extensions, ...(share > 0 ? IGNORABLE : {}) },
    ofStep: (own) => (own.chance(share) ? { body: { type: 'text/plain', text: own.pick(BODIES) } } : {}),
  };
}
