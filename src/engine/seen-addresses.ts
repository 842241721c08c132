// Where the sockets of an engine are seen, for the result. Cold: once at the end of a run.

import { decodeLatin1 } from '../std/index.ts';
import { formatIpv4 } from './ipv4.ts';
import { NOT_MAPPED } from './repair-table.ts';
import type { Engine } from './state.ts';

/** `address:port` of a local socket, and where answers said that its requests come from. */
export interface SeenAddress {
  readonly local: string;
  readonly seen: string;
}

/** Of each local socket that an answer has told about, the latest. */
export function seenAddresses({ flows, lines }: Engine): readonly SeenAddress[] {
  return flows
    .slice(0, lines)
    .filter(({ mappedAddress }) => mappedAddress !== NOT_MAPPED)
    .map(({ sentBy, mappedAddress, mappedPort }) => ({
      local: decodeLatin1(sentBy, 0, sentBy.length),
      seen: `${formatIpv4(mappedAddress)}:${mappedPort}`,
    }));
}
