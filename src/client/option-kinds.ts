// The names and kinds of the client's options, for programs without types. Where they are checked the
// compiler holds each list to its interface.

import type { OptionKind } from '../scenario/index.ts';

export const CLIENT_OPTIONS = {
  localAddress: 'string',
  localPort: 'number',
  nat: 'string',
  advertise: 'string',
  keepalive: 'object',
  profile: 'string',
  userAgent: 'string',
  timers: 'object',
  mostRegistrations: 'number',
  dns: 'string',
  allowPublic: 'boolean',
  followRedirects: 'number',
  redirectsTo: 'object',
  refreshAfter: 'function',
  retryAfter: 'function',
} as const satisfies Record<string, OptionKind>;

export const TIMER_OPTIONS = {
  t1Ms: 'number',
  t2Ms: 'number',
  t4Ms: 'number',
} as const satisfies Record<string, OptionKind>;

export const KEEPALIVE_OPTIONS = { kind: 'string', everySeconds: 'number' } as const satisfies Record<
  string,
  OptionKind
>;

export const INITIAL_REGISTER_OPTIONS = {
  from: 'string',
  registrar: 'string',
  outboundProxy: 'string',
  route: 'boolean',
  contact: 'any',
  expires: 'number',
  autoRefresh: 'boolean',
} as const satisfies Record<string, OptionKind>;
