// The texts with a Contact that was repaired (mappings.ts): those of each mapping of a socket, and which of them each context uses.
//
//  column   array       unit  meaning                                                          valid in
//  version  Uint8Array  -     whose texts its latest request has: 0, or a mapping's number     every row

import type { BranchReader, CompiledText, RegisterTemplate } from '../sip/index.ts';
import { compileText } from '../sip/index.ts';
import type { MemoryPlan } from '../std/index.ts';
import { decodeLatin1 } from '../std/index.ts';
import { formatIpv4 } from './ipv4.ts';
import type { OwnContacts } from './own-contacts.ts';
import type { TemplateOptions } from './request-templates.ts';
import { ownContactsOf, requestTemplates } from './request-templates.ts';
import { managedPieces } from './request-text.ts';

/** No answer has told yet where the socket's requests come from. */
export const NOT_MAPPED = -1;

/** What the contexts of a socket say with one Contact. */
export interface Texts {
  readonly host: string;
  /** What its host says: an IPv4 address, or ADDRESS_MALFORMED for a name, and a port. */
  readonly contactAddress: number;
  readonly contactPort: number;
  readonly templates: readonly RegisterTemplate[];
  readonly variants: Map<number, RegisterTemplate>;
  readonly contact: CompiledText;
  /** By the steps' numbers. */
  readonly ownContacts: readonly OwnContacts[];
}

export interface RepairTable {
  /** Which texts the context's latest request has: 0, or a mapping of its socket. */
  readonly version: Uint8Array;
}

/** Null where nothing is repaired. */
export function createRepairTable(memory: MemoryPlan, isRepaired: boolean, contexts: number): RepairTable | null {
  return isRepaired ? { version: memory.u8('contexts', contexts) } : null;
}

/** What a socket keeps of its repaired texts. */
interface Mapped {
  readonly mappings: readonly Texts[];
}

/** What of a socket its repaired texts depend on. */
interface Seen {
  readonly sentBy: Uint8Array;
  readonly mappedAddress: number;
  readonly mappedPort: number;
}

/** The socket's texts with the Contact that it, or its spare, is seen at. */
export function repairedTexts(options: TemplateOptions, branch: BranchReader, seen: Seen): Texts {
  const sentBy = decodeLatin1(seen.sentBy, 0, seen.sentBy.length);
  const host = `${formatIpv4(seen.mappedAddress)}:${seen.mappedPort}`;
  return {
    host,
    contactAddress: seen.mappedAddress,
    contactPort: seen.mappedPort,
    templates: requestTemplates(options, branch, sentBy, host),
    variants: new Map(),
    contact: compileText(managedPieces(options.plan, { runId: options.runId, sentBy: host })),
    ownContacts: ownContactsOf(options, host),
  };
}

/** The texts that the context's latest request is of: its socket's own, or those with a repaired Contact. */
export function textsOf(repairs: RepairTable | null, flow: Texts & Mapped, context: number): Texts {
  if (repairs === null || repairs.version[context] === 0) return flow;
  return flow.mappings[repairs.version[context]! - 1]!;
}
