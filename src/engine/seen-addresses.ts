// Where the sockets of an engine are seen, for the result. Cold: once at the end of a run.

import { formatIpv4 } from './ipv4.ts';
import { NOT_MAPPED } from './repair-table.ts';
import type { Engine } from './state.ts';

/** `address:port` of a local socket, and where answers said that its requests come from. */
export interface SeenAddress {
  readonly local: string;
  readonly seen: string;
}

/** Of each local socket that an answer has told about, the latest. */
export function seenAddresses({ flows, lines, rebinds }: Engine): readonly SeenAddress[] {
  const spare = rebinds === null ? [] : flows.slice(rebinds.firstFlow, rebinds.firstFlow + lines);
  return [...flows.slice(0, lines), ...spare]
    .filter(({ mappedAddress }) => mappedAddress !== NOT_MAPPED)
    .map(({ socketName, mappedAddress, mappedPort }) => ({
      local: socketName,
      seen: `${formatIpv4(mappedAddress)}:${mappedPort}`,
    }));
}
