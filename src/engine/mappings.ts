// Where a socket's requests come from as the registrar sees them: `rport` and `received` of the topmost Via of an answer (RFC 3581 §4,
// RFC 3261 §18.2.1), or the mapped address of a STUN answer. Behind a NAT that is not the socket's own address, and a Contact with its
// own one leads nowhere. It is learned for each local socket, and told in the result.
//
// With `nat: direct` the Contact is repaired: the next request that a context makes, the one that answers the challenge of its first
// among them, has the address learned. The repaired texts are made once for each mapping of a socket, and a context notes which of
// them its requests have, so that a retransmission and the reading of its answer keep to the one that was sent:
//
//   version 0: as the socket sees itself    1, 2, …: socket.mappings[version - 1]
//
// A binding made with an earlier Contact stays at the registrar until it expires, as with real phones; nobody removes it.
// A NAT that gives a new port for each request must not make a storm of texts: a repair comes a minute after the one before at the
// soonest, and only so often (MOST_REPAIRS).

import { ASIDE_MAPPING_CHANGES, ASIDE_REPAIRS, countAside } from '../metrics/index.ts';
import type { SipMessage } from '../sip/index.ts';
import { readDecimal, US_PER_SECOND } from '../std/index.ts';
import { ADDRESS_MALFORMED, readIpv4 } from './ipv4.ts';
import type { RepairTable } from './repair-table.ts';
import { NOT_MAPPED, repairedTexts } from './repair-table.ts';
import type { Engine } from './state.ts';
import type { TransportFlow } from './transport-flows.ts';

const REPAIR_GUARD_US = 60 * US_PER_SECOND;
/** What a byte can number. */
const MOST_REPAIRS = 255;
const MOST_PORT = 65_535;
/** `rport=`. */
const RPORT_BYTES = 6;

/** What the answer at hand says of where its request came from. */
export function learnFromVia(engine: Engine, flow: number, message: SipMessage, text: Uint8Array): void {
  const { viaRportStart, viaRportEnd, viaReceivedStart, viaReceivedEnd } = message;
  if (viaRportStart < 0 || viaReceivedStart < 0) return;
  const port = readDecimal(text, viaRportStart + RPORT_BYTES, viaRportEnd);
  const address = readIpv4(text, viaReceivedStart, viaReceivedEnd);
  if (port > 0 && port <= MOST_PORT && address !== ADDRESS_MALFORMED) learnMapping(engine, flow, address, port);
}

/** The flow is seen at this address; each local socket has one mapping, whatever it speaks to. */
export function learnMapping(engine: Engine, flowId: number, address: number, port: number): void {
  const flow = engine.flows[flowId % engine.lines]!;
  if (flow.mappedAddress === address && flow.mappedPort === port) return;
  if (flow.mappedAddress !== NOT_MAPPED) countAside(engine.options.metrics, ASIDE_MAPPING_CHANGES);
  flow.mappedAddress = address;
  flow.mappedPort = port;
}

/** A context is about to make a new request: it takes the texts of the latest mapping, which are made if there are none yet. */
export function takeLatestContact(engine: Engine, repairs: RepairTable, flow: TransportFlow, context: number): void {
  if (flow.mappedAddress !== NOT_MAPPED) repair(engine, flow);
  repairs.version[context] = flow.mappings.length;
}

function repair(engine: Engine, flow: TransportFlow): void {
  if (flow.mappedAddress === flow.contactAddress && flow.mappedPort === flow.contactPort) return;
  const isTooSoon = flow.mappings.length > 0 && engine.nowUs - flow.repairedAtUs < REPAIR_GUARD_US;
  if (isTooSoon || flow.mappings.length >= MOST_REPAIRS) return;
  flow.mappings.push(repairedTexts(engine.options, engine.branch, flow));
  flow.contactAddress = flow.mappedAddress;
  flow.contactPort = flow.mappedPort;
  flow.repairedAtUs = engine.nowUs;
  countAside(engine.options.metrics, ASIDE_REPAIRS);
}
