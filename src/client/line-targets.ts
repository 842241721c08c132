// Where a line leads: the addresses of its next hop, each with a socket at the same local port, and how long they hold (RFC 3263 §4).
// When their time to live is over, the next attempt waits for another look-up; the sockets are connected anew where a slot leads
// somewhere else, and registrations begin with the most preferred target again. A look-up that fails changes nothing.
//
// DEVIATION (RFC 3263 §4): as under load, what is under way to a place that has gone is sent again to the one that took its place.
// And a line keeps the number of targets that it began with (src/scenario/target-slots.ts).

import type { Engine } from '../engine/index.ts';
import { redirectFlow, renewTargets } from '../engine/index.ts';
import type { LocatedAddress } from '../scenario/index.ts';
import { assignSlots } from '../scenario/index.ts';
import { NEVER_US, US_PER_SECOND, UserError } from '../std/index.ts';
import type { UdpTransport } from '../transport/index.ts';
import { formatIpv4, parseIpv4 } from '../transport/index.ts';
import type { LocatedPlaces } from './locate.ts';
import type { Endpoint } from './reports.ts';

export interface LineTargetsOptions {
  readonly engine: Engine;
  readonly transport: UdpTransport;
  readonly located: LocatedPlaces;
  readonly look: () => Promise<LocatedPlaces>;
}

export interface LineTargets {
  /** Where a flow of the engine leads. */
  readonly remoteOf: (flow: number) => Endpoint;
  /** Null while the targets hold; else they are looked up, and the promise never rejects. */
  readonly renew: () => Promise<void> | null;
  /** Nothing is looked up any more. */
  readonly end: () => void;
}

/** After a look-up that failed, the old targets hold for so long. */
const AGAIN_US = 5 * US_PER_SECOND;

export const createLineTargets = (options: LineTargetsOptions): LineTargets => {
  const { engine, transport, located, look } = options;
  const places: LocatedAddress[] = [...located.targets];
  let untilUs = endOf(located, transport.nowUs());
  let renewing: Promise<void> | null = null;
  let isOver = false;
  const lookAgain = async (): Promise<void> => {
    const found = await askedAgain(look);
    if (isOver) return;
    untilUs = found === null ? transport.nowUs() + AGAIN_US : endOf(found, transport.nowUs());
    if (found !== null) follow(engine, transport, places, found.targets);
  };
  return {
    remoteOf: (flow) => {
      const place = places[flow];
      if (place !== undefined) return { address: place.address, port: place.port };
      // Behind the targets: where a redirect led.
      const { peerAddress, peerPort } = engine.flows[flow]!;
      return { address: formatIpv4(peerAddress), port: peerPort };
    },
    renew: () => {
      if (isOver || transport.nowUs() < untilUs) return null;
      renewing ??= lookAgain().finally(() => {
        renewing = null;
      });
      return renewing;
    },
    end: () => {
      isOver = true;
    },
  };
};

const endOf = ({ ttlSeconds }: LocatedPlaces, nowUs: number): number =>
  ttlSeconds === null ? NEVER_US : nowUs + ttlSeconds * US_PER_SECOND;

/** Null where the name servers do not say, or what they say is no place to go. */
const askedAgain = async (look: () => Promise<LocatedPlaces>): Promise<LocatedPlaces | null> => {
  try {
    return await look();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return null;
  }
};

/** Slot and flow are one number: a line has one local socket. */
const follow = (
  engine: Engine,
  transport: UdpTransport,
  places: LocatedAddress[],
  found: readonly LocatedAddress[],
): void => {
  const { slots } = assignSlots(places, found);
  for (const [slot, target] of slots.entries()) {
    const place = places[slot];
    if (target === null || place === undefined) continue;
    if (target.address !== place.address || target.port !== place.port) {
      const peer = { address: parseIpv4(target.address), port: target.port };
      transport.reconnect(slot, peer);
      redirectFlow(engine, slot, peer);
    }
    places[slot] = target;
  }
  renewTargets(engine, slots);
};
