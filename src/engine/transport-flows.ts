// The flows of one worker, a connected socket each: what its requests say of where they come from, and what waits to leave through
// it. A context belongs to one flow for its life, which follows from its row alone (flowOfRow), so no table says where it lives.
// It keeps its port for its life as well, but where the scenario has its NAT forget it (rebinds.ts).
// Where there are several targets that flow is its line, which keeps what waits, and it may speak through another (targets.ts).
//
// What one flow cannot take waits here and nowhere else, so that a socket that is blocked holds up no other:
//
//   fired Timer E, no room   -> a line of the resend timers, number `resendLine`      oldest first
//   ready context, no room   -> `ready`                                                in the order in which they became ready
//   due start, no room       -> `heldStart`, `heldStartCount`                          in the order of the schedule
//
// With several targets the latter two wait for the flow that they would leave through, not for their line: waiting.ts.
//
// The word: a flow here is a transport's, one socket. The scenario's flow, the list of steps, is in flow.ts.

import type { RunPlan } from '../scenario/index.ts';
import type { StartCursor } from '../scenario/shares.ts';
import { contextsOfWorker, createStartCursor, flowOfRow } from '../scenario/shares.ts';
import type { CompiledText, RegisterTemplate } from '../sip/index.ts';
import { compileText } from '../sip/index.ts';
import type { MemoryPlan } from '../std/index.ts';
import { NEVER_US } from '../std/index.ts';
import type { Outbox } from './outbox.ts';
import { createOutbox } from './outbox.ts';
import type { OwnContacts } from './own-contacts.ts';
import type { ReadyQueue } from './ready-queue.ts';
import { createReadyQueue } from './ready-queue.ts';
import type { Texts } from './repair-table.ts';
import { NOT_MAPPED } from './repair-table.ts';

export interface TransportFlow {
  readonly id: number;
  readonly outbox: Outbox;
  readonly ready: ReadyQueue;
  /** Which line of the resend timers is this flow's. */
  readonly resendLine: number;
  /** The oldest of its starts that were due and found no room, valid while there are any. */
  readonly heldStart: StartCursor;
  heldStartCount: number;
  /** Entries of the outbox below this number are in the run's numbers, whenever they leave: those from before the cleanup. */
  runEntriesEnd: number;
  /** `address:port` of the socket, once it is known (attachFlow), and what stands in Via; a spare one says what the other does. */
  socketName: string;
  sentBy: Uint8Array;
  /** Whom the socket is connected to: an IPv4 address as a number, or NO_PEER where nobody has said. */
  peerAddress: number;
  peerPort: number;
  /** Where answers say that its requests come from (mappings.ts): an IPv4 address, or NOT_MAPPED. */
  mappedAddress: number;
  mappedPort: number;
  /** What the Contact says as long as nothing is repaired; -1 for a name. */
  host: string;
  contactAddress: number;
  contactPort: number;
  /** Texts with a Contact that was repaired, the latest last: of the socket and of its spare, which has none of its own. */
  readonly mappings: Texts[];
  /** The number of the latest that has the address of this one, counted from 1; 0: none has. */
  version: number;
  repairedAtUs: number;
  templates: readonly RegisterTemplate[];
  /** Texts that answers have asked for; see request-variants.ts. */
  readonly variants: Map<number, RegisterTemplate>;
  contact: CompiledText;
  /** The OPTIONS by which it keeps its mapping; null where keepalives are something else, or none. */
  ping: CompiledText | null;
  /** By the number of the request's text. */
  ownContacts: readonly OwnContacts[];
}

export const NO_PEER = -1;

/** Of all flows of a worker together, where each still has room for its least. */
const OUTBOX_ENTRIES = 4096;
const OUTBOX_BYTES = 1 << 21;
const OUTBOX_ENTRIES_LEAST = 64;
/** An outbox holds at least so many of the longest requests, even of a scenario whose headers are absurdly long. */
const OUTBOX_REQUESTS_LEAST = 16;

export interface FlowOptions {
  readonly plan: RunPlan;
  readonly workerIndex: number;
  readonly workerCount: number;
  /** Over all targets, spare ones among them. */
  readonly flowCount: number;
  readonly longestBytes: number;
  /** Lists of the resend timers before the flows' lines. */
  readonly resendLists: number;
}

export function createFlows(memory: MemoryPlan, options: FlowOptions): readonly TransportFlow[] {
  const { plan, workerIndex, workerCount, flowCount, longestBytes, resendLists } = options;
  const lines = plan.local.socketsPerWorker;
  const entries = Math.max(OUTBOX_ENTRIES_LEAST, powerOfTwoUpTo(OUTBOX_ENTRIES / flowCount));
  const slabBytes = Math.max(Math.ceil(OUTBOX_BYTES / flowCount), OUTBOX_REQUESTS_LEAST * longestBytes);
  return Array.from({ length: flowCount }, (_, id): TransportFlow => {
    // As if each flow were a worker of its own: its contexts are those whose number is this one modulo all flows of the run.
    const part = { workerIndex: (id % lines) * workerCount + workerIndex, workerCount: lines * workerCount };
    const contextCount = plan.identities.count;
    const waiting = id < lines ? contextsOfWorker(contextCount, part.workerIndex, part.workerCount) : 0;
    return {
      id,
      outbox: createOutbox(memory, entries, slabBytes, longestBytes),
      ready: createReadyQueue(memory, waiting),
      resendLine: resendLists + id,
      heldStart: createStartCursor({ load: plan.load, contextCount, ...part }),
      heldStartCount: 0,
      runEntriesEnd: NEVER_US,
      socketName: '',
      sentBy: new Uint8Array(0),
      peerAddress: NO_PEER,
      peerPort: 0,
      mappedAddress: NOT_MAPPED,
      mappedPort: 0,
      host: '',
      contactAddress: NOT_MAPPED,
      contactPort: 0,
      mappings: [],
      version: 0,
      repairedAtUs: NEVER_US,
      templates: [],
      variants: new Map(),
      contact: compileText([]),
      ping: null,
      ownContacts: [],
    };
  });
}

interface Lines {
  readonly flows: readonly TransportFlow[];
  readonly lines: number;
}

/** The flow that a context belongs to, by its row. */
export function flowOf({ flows, lines }: Lines, context: number): TransportFlow {
  return flows[flowOfRow(context, lines)]!;
}

const powerOfTwoUpTo = (most: number): number => 2 ** Math.floor(Math.log2(most));
