// What a client has sent and received, all its next hops together.

import type { MetricsBlock } from '../metrics/index.ts';
import {
  ASIDE_MAPPING_CHANGES,
  ASIDE_PINGS_ANSWERED,
  ASIDE_PINGS_LOST,
  ASIDE_PINGS_SENT,
  ASIDE_REPAIRS,
  asideOf,
  COUNTER_DATAGRAMS_SENT,
  COUNTER_MALFORMED,
  COUNTER_REDIRECTS_FOLLOWED,
  COUNTER_REQUESTS_SENT,
  COUNTER_RETRANSMISSIONS,
  COUNTER_STRAY,
  counterOf,
  failoversIn,
} from '../metrics/index.ts';

export interface ClientStatistics {
  readonly registrations: number;
  readonly requestsSent: number;
  readonly retransmissions: number;
  readonly datagramsSent: number;
  /** How often a next hop's address has failed a registration, which turned to the next one (RFC 3263 §4.3). */
  readonly failovers: number;
  /** Redirects (3xx) that were followed. */
  readonly redirects: number;
  /** Answers that belong to no request: late ones, repeats after Timer K, and whatever else comes. */
  readonly stray: number;
  readonly malformed: number;
  readonly keepalives: {
    readonly sent: number;
    readonly answered: number;
    /** Without an answer when the next one was due; 0 for CRLFCRLF, which nobody answers. */
    readonly lost: number;
  };
  readonly nat: {
    /** How often a socket has come to be seen at another address. */
    readonly changes: number;
    /** Contacts that were changed for it (`nat: 'direct'`). */
    readonly repairs: number;
  };
}

/** Of these blocks, one for each line. */
export const sumStatistics = (blocks: readonly MetricsBlock[]): Omit<ClientStatistics, 'registrations'> => {
  const sumOf = (of: (block: MetricsBlock) => number): number => blocks.reduce((sum, block) => sum + of(block), 0);
  const count = (counter: number): number => sumOf((block) => counterOf(block, counter));
  const aside = (counter: number): number => sumOf((block) => asideOf(block, counter));
  return {
    requestsSent: count(COUNTER_REQUESTS_SENT),
    retransmissions: count(COUNTER_RETRANSMISSIONS),
    datagramsSent: count(COUNTER_DATAGRAMS_SENT),
    failovers: sumOf(failoversIn),
    redirects: count(COUNTER_REDIRECTS_FOLLOWED),
    stray: count(COUNTER_STRAY),
    malformed: count(COUNTER_MALFORMED),
    keepalives: {
      sent: aside(ASIDE_PINGS_SENT),
      answered: aside(ASIDE_PINGS_ANSWERED),
      lost: aside(ASIDE_PINGS_LOST),
    },
    nat: { changes: aside(ASIDE_MAPPING_CHANGES), repairs: aside(ASIDE_REPAIRS) },
  };
};
