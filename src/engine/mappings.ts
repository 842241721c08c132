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
// soonest, and only so often (MOST_REPAIRS); what that leaves unrepaired is counted. With `nat: exosip` the same texts are used in another
// way (replacement.ts).

import {
  ASIDE_MAPPING_CHANGES,
  ASIDE_REPAIRS,
  ASIDE_REPAIRS_STOPPED,
  countAside,
  PROCEDURE_QUERY,
} from '../metrics/index.ts';
import type { SipMessage } from '../sip/index.ts';
import { readDecimal, US_PER_SECOND } from '../std/index.ts';
import { ADDRESS_MALFORMED, readIpv4 } from './ipv4.ts';
import type { RepairTable, Texts } from './repair-table.ts';
import { NOT_MAPPED, repairedTexts } from './repair-table.ts';
import type { Engine } from './state.ts';
import { socketOf, socketOfFlow } from './targets.ts';
import type { TransportFlow } from './transport-flows.ts';
import { flowOf } from './transport-flows.ts';

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
  const flow = socketOfFlow(engine, flowId);
  if (flow.mappedAddress === address && flow.mappedPort === port) return;
  if (flow.mappedAddress !== NOT_MAPPED) countAside(engine.options.metrics, ASIDE_MAPPING_CHANGES);
  flow.mappedAddress = address;
  flow.mappedPort = port;
}

/**
 * `nat: direct`: a context is about to make a new request. It takes the texts of the latest mapping, made if there are none yet. Who
 * only asks what is bound (RFC 3261 §10.2.3) goes on to look for the Contact that it has bound.
 */
export function takeLatestContact(engine: Engine, repairs: RepairTable, context: number): void {
  const instruction = engine.program.instructions[engine.contexts.position[context]!]!;
  if (instruction.kind === 'attempt' && instruction.procedure === PROCEDURE_QUERY) return;
  const socket = socketOf(engine, context);
  if (socket.mappedAddress !== NOT_MAPPED) repairTexts(engine, flowOf(engine, context), socket);
  // One that was rebound keeps what it had until it is known where it is seen now.
  if (socket.version !== 0) takeVersion(engine, repairs, context, socket.version);
}

/** The context's requests have these texts from now on: what was confirmed before was confirmed for another Contact. */
export function takeVersion({ verification }: Engine, { version }: RepairTable, context: number, latest: number): void {
  if (verification !== null && version[context] !== latest) verification.isUnsure[context] = 1;
  version[context] = latest;
}

/** Makes texts with the address that the socket is seen at, unless its latest ones have it, or the guard stops that. */
export function repairTexts(engine: Engine, home: TransportFlow, socket: TransportFlow): void {
  if (isSeenAt(socket, latestTexts(home, socket))) return;
  const isTooSoon = socket.version !== 0 && engine.nowUs - socket.repairedAtUs < REPAIR_GUARD_US;
  if (isTooSoon || home.mappings.length >= MOST_REPAIRS) {
    countAside(engine.options.metrics, ASIDE_REPAIRS_STOPPED);
    return;
  }
  socket.version = home.mappings.push(repairedTexts(engine.options, engine.branch, socket));
  socket.repairedAtUs = engine.nowUs;
  countAside(engine.options.metrics, ASIDE_REPAIRS);
}

/** The texts that say most lately where the socket is. `home` is the one that its contexts belong to: itself, if it is no spare. */
export function latestTexts(home: TransportFlow, { version }: TransportFlow): Texts {
  return version === 0 ? home : home.mappings[version - 1]!;
}

/** The socket is seen where the texts' Contact says. */
export function isSeenAt({ mappedAddress, mappedPort }: TransportFlow, texts: Texts): boolean {
  return mappedAddress === texts.contactAddress && mappedPort === texts.contactPort;
}
