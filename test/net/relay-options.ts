// What the relay is told, as JSON in its one argument, and what it tells when it is ended, as JSON on its output.

import type { LinkCounts, LinkOptions } from '../../src/sim/index.ts';

export interface RelayOptions {
  /** Where clients send to. */
  readonly listen: { readonly address: string; readonly port: number };
  /** Where requests go on to, and the address they leave from. */
  readonly registrar: { readonly address: string; readonly port: number };
  readonly localAddress: string;
  /** One for each client socket that will send something. */
  readonly upstreamSockets: number;
  readonly seed: number;
  /** Towards the registrar, and back. Time is 0 when the first datagram arrives. */
  readonly up: LinkOptions;
  readonly down: LinkOptions;
}

export interface RelayReport {
  readonly up: LinkCounts;
  readonly down: LinkCounts;
  /** Datagrams that the kernel took from the relay. */
  readonly sentUp: number;
  readonly sentDown: number;
  readonly clients: number;
  /** All of these are ways in which the relay itself would lose something, and have to be 0. */
  readonly mishaps: {
    /** Copies that still waited at the end. */
    readonly pending: number;
    /** The kernel had no room in a receive queue. */
    readonly overruns: number;
    readonly refused: number;
    readonly unreachable: number;
    readonly tooLong: number;
    readonly noUpstreamSocket: number;
  };
  /** How long after its time a copy left, at most. */
  readonly latenessUsMax: number;
}
