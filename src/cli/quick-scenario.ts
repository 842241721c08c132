// `regstorm quick URI` as a scenario text: what the command runs is exactly what it prints. The password is no part of it;
// it comes as an override, so that the text can be shown and kept.

import { usage } from './command.ts';

export interface QuickTarget {
  readonly host: string;
  readonly port: number | null;
  /** The user part, for a single user. */
  readonly user: string | null;
}

export interface QuickLoad {
  readonly target: QuickTarget;
  /** Null where not given: the domain is the URI's host. */
  readonly domain: string | null;
  readonly users: number | null;
  /** As written, e.g. `100/s`. */
  readonly rate: string | null;
  /** Starts per second of `rate`. */
  readonly rateHz: number | null;
  readonly duration: string | null;
}

const URI = /^(?:sip:)?(?:([^@:;?\s]+)@)?([A-Za-z0-9.-]+)(?::(\d{1,5}))?(?:;transport=udp)?$/i;
const PORT_MAX = 65_535;

/** `sip:host`, `sip:alice@host:5070`, `host:5060`. */
export const parseQuickUri = (text: string): QuickTarget => {
  if (/^[^@]*:[^@]*@/.test(text.replace(/^sip:/i, ''))) {
    throw usage('a password in the URI would be visible to everybody on this machine', 'use --password-env VAR');
  }
  const match = URI.exec(text);
  const port = match?.[3] === undefined ? null : Number(match[3]);
  if (match === null || (port !== null && (port < 1 || port > PORT_MAX))) {
    throw usage(
      `"${text}" is no SIP URI that quick can use`,
      'write sip:host, sip:host:port or sip:user@host, over UDP and IPv4',
    );
  }
  return { user: match[1] ?? null, host: match[2]!, port };
};

const DURATION_DEFAULT = '10s';
/** Without --rate, the users are started over ten seconds. */
const SPREAD_SECONDS = 10;
/** Without --users: so many that each one's turn comes every ten seconds. */
const TURN_SECONDS = 10;

const quickUsers = ({ users, rateHz }: QuickLoad): number =>
  users ?? Math.max(1, Math.ceil((rateHz ?? 1) * TURN_SECONDS));

const quickRate = (load: QuickLoad): string =>
  load.rate ?? `${Math.max(1, Math.round(quickUsers(load) / SPREAD_SECONDS))}/s`;

/** A plain YAML scalar where that is safe, else in double quotes. */
const scalar = (text: string): string => (/^[A-Za-z][A-Za-z0-9._-]*$/.test(text) ? text : JSON.stringify(text));

const targetUri = ({ host, port }: QuickTarget): string => `sip:${host}${port === null ? '' : `:${port}`}`;

/** One user, shown message by message, or a small load. */
export const isSingle = (load: QuickLoad): boolean => load.users === null && load.rate === null;

/** The equivalent scenario. */
export const quickScenario = (load: QuickLoad): string => {
  const single = isSingle(load);
  const user = single ? (load.target.user ?? 'regstorm') : 'u{index:8}';
  const bounds = single
    ? 'load: { model: constant-rate, rate: 1/s, starts: 1 }'
    : `load: { model: constant-rate, rate: ${quickRate(load)}, duration: ${load.duration ?? DURATION_DEFAULT} }`;
  return [
    'version: 1',
    'name: quick',
    `target: ${targetUri(load.target)}`,
    'identities:',
    `  count: ${single ? 1 : quickUsers(load)}`,
    `  user: ${scalar(user)}`,
    `  domain: ${scalar(load.domain ?? load.target.host)}`,
    bounds,
    'flow:',
    '  - register',
    '  - refresh',
    '  - unregister',
    'cleanup: unregister',
    '',
  ].join('\n');
};
