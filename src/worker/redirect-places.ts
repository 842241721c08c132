// Opens the sockets of the places that redirects have led to, when the engine wants one (src/engine/redirect-table.ts): from the address
// and port of each line's own socket, so that it is the same phone there. Between two places this costs a turn a look at a number.
//
// A place is opened within the turn where the system allows it, which it does for a thread of its own; on an event loop its contexts
// wait until the loop has come round. Only addresses get here: no name is looked up.

import type { Engine, WantedPlace } from '../engine/index.ts';
import { attachFlow, MOST_PLACES_ADDED, settlePlace, wantedPlace } from '../engine/index.ts';
import type { PlanLocal } from '../scenario/index.ts';
import { assert, UserError } from '../std/index.ts';
import type { OpenedFlow, UdpTransport } from '../transport/index.ts';
import { formatIpv4 } from '../transport/index.ts';
import { MOST_REDIRECT_PLACES } from './messages.ts';
import type { ClientSocket } from './sockets.ts';
import { wantedBuffers } from './sockets.ts';

assert(MOST_REDIRECT_PLACES === MOST_PLACES_ADDED, 'descriptors are counted for as many places as there may be');

export interface PlaceOptions {
  readonly engine: Engine;
  readonly transport: UdpTransport;
  readonly local: PlanLocal;
  /** The worker's own sockets, by flow; those of its lines come first. */
  readonly sockets: readonly ClientSocket[];
  /** Told what could not be done, once each. */
  readonly warnings: Set<string>;
}

/** What is to be called once a turn; null when nothing is. */
export function openPlaces(options: PlaceOptions): (() => void) | null {
  const { engine } = options;
  if (engine.redirects === null) return null;
  const opening: Opening = { ...options, isUnderWay: false, isOutOfStep: false };
  return () => {
    const wanted = opening.isUnderWay ? null : wantedPlace(engine);
    if (wanted === null) return;
    opening.isUnderWay = true;
    openLine(opening, wanted, 0);
  };
}

interface Opening extends PlaceOptions {
  isUnderWay: boolean;
  /** A socket could not be had: from now on engine and transport would number flows differently. */
  isOutOfStep: boolean;
}

/** Opens the place's sockets from this line on, then connects them. */
function openLine(opening: Opening, wanted: WantedPlace, line: number): void {
  const { engine, transport, local, sockets } = opening;
  const home = sockets[line];
  if (opening.isOutOfStep || line === engine.lines || home === undefined) {
    connectPlace(opening, wanted);
    return;
  }
  const goOn = ({ flow }: OpenedFlow): void => {
    assert(flow === wanted.firstFlow + line, 'a transport numbers its flows as the engine does');
    openLine(opening, wanted, line + 1);
  };
  const giveUp = (error: unknown): void => {
    if (!(error instanceof UserError)) throw error;
    opening.isOutOfStep = true;
    losePlace(opening, wanted, error);
  };
  const { localAddress, localPort } = home;
  try {
    const opened = transport.open({
      localAddress,
      localPort,
      // To itself at first, which always goes well: so each place has its sockets, whether or not there is a way to it.
      remote: { address: localAddress, port: localPort },
      slab: engine.flows[wanted.firstFlow + line]!.outbox.slab,
      sharedPort: 'joined',
      ...wantedBuffers(local, MOST_PLACES_ADDED + 1),
    });
    if (opened instanceof Promise) opened.then(goOn, giveUp);
    else goOn(opened);
  } catch (error) {
    giveUp(error);
  }
}

function connectPlace(opening: Opening, wanted: WantedPlace): void {
  const { engine, transport, sockets, isOutOfStep } = opening;
  const { firstFlow, address, port } = wanted;
  if (isOutOfStep) {
    settle(opening, wanted, false);
    return;
  }
  try {
    for (let line = 0; line < engine.lines; line++) {
      transport.reconnect(firstFlow + line, { address, port });
      attachFlow(engine, firstFlow + line, sockets[line]!.sentBy, { address, port });
    }
    settle(opening, wanted, true);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    losePlace(opening, wanted, error);
  }
}

function losePlace(opening: Opening, wanted: WantedPlace, error: UserError): void {
  const { address, port } = wanted;
  opening.warnings.add(`redirects to ${formatIpv4(address)}:${port} could not be followed: ${error.message}`);
  settle(opening, wanted, false);
}

function settle(opening: Opening, { place }: WantedPlace, isOpen: boolean): void {
  settlePlace(opening.engine, place, isOpen);
  opening.isUnderWay = false;
}
