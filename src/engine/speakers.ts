// Who speaks in a context's requests. Under load every context is the same phone with another number: one user text, one set of
// credentials, one Contact for all, into which the number is written. Where contexts are commanded one by one (commands.ts), each
// has its own user, credentials and Contact, and they stand in a table: one entry a context, null while it has nothing to say.
//
// Under load there is no table, and asking whether there is one is all that it costs.

import type { RunPlan } from '../scenario/index.ts';
import type { CompiledText, RegisterTemplate } from '../sip/index.ts';
import { assert } from '../std/index.ts';
import type { Authenticator } from './authenticator.ts';
import { findCredential, NO_CREDENTIAL } from './authenticator.ts';
import type { RowPlace } from './own-realm.ts';
import { isOwnRealm } from './own-realm.ts';
import type { ProtectionSpace } from './protection-spaces.ts';
import type { RepairTable } from './repair-table.ts';
import { textsOf } from './repair-table.ts';
import type { TransportFlow } from './transport-flows.ts';
import { flowOf } from './transport-flows.ts';

/** One context's own texts and credentials. */
export interface Speaker {
  /** The plan of this context alone, which says who it is. */
  readonly plan: RunPlan;
  readonly user: CompiledText;
  readonly authenticator: Authenticator;
  /** The URI by which it knows its own binding in an answer. */
  readonly contact: CompiledText;
  /** Its request with another Request-URI, unless null, and with a gap for each interval that is below so many seconds, unless 0. */
  readonly variant: (requestUri: Uint8Array | null, leastSeconds: number) => RegisterTemplate;
  /** `address:port` in its own Contact, and whether its request follows where the socket is seen (speaker-contact.ts). */
  readonly contactHost: string;
  readonly moves: boolean;
  /** Makes its texts anew, with this in its Contact. */
  readonly moveTo: (contactHost: string) => void;
  /** The OPTIONS by which it keeps its mapping; null where keepalives are something else, or none. */
  readonly ping: CompiledText | null;
}

export type SpeakerTable = (Speaker | null)[];

/** What of an engine says who speaks. */
interface Speaking {
  readonly speakers: SpeakerTable | null;
  readonly user: CompiledText;
  readonly authenticator: Authenticator;
  readonly flows: readonly TransportFlow[];
  readonly repairs: RepairTable | null;
  readonly lines: number;
  readonly options: RowPlace;
}

export const createSpeakerTable = (contexts: number): SpeakerTable =>
  Array.from({ length: contexts }, (): Speaker | null => null);

export function userOf(engine: Speaking, context: number): CompiledText {
  return engine.speakers === null ? engine.user : speakerOf(engine.speakers, context).user;
}

export function authenticatorOf(engine: Speaking, context: number): Authenticator {
  return engine.speakers === null ? engine.authenticator : speakerOf(engine.speakers, context).authenticator;
}

/** Which of its credentials the context answers the space with, or NO_CREDENTIAL: where each has its own, no answer fits all. */
export function credentialFor(engine: Speaking, context: number, space: ProtectionSpace): number {
  if (engine.speakers === null) {
    const { ownRealm } = engine.authenticator;
    if (ownRealm === null || isOwnRealm(ownRealm, context, space.realm, engine.options)) return space.credential;
    return NO_CREDENTIAL;
  }
  return findCredential(authenticatorOf(engine, context), space.realm, space.algorithm);
}

/** The keepalive's request, where it is one. */
export function pingOf(engine: Speaking, context: number): CompiledText | null {
  if (engine.speakers === null) return flowOf(engine, context).ping;
  const speaker = engine.speakers[context];
  return speaker == null ? null : speaker.ping;
}

/** The Contact URI of the context's binding. */
export function contactOf(engine: Speaking, context: number): CompiledText {
  return engine.speakers === null
    ? textsOf(engine.repairs, flowOf(engine, context), context).contact
    : speakerOf(engine.speakers, context).contact;
}

export function speakerOf(speakers: SpeakerTable, context: number): Speaker {
  const speaker = speakers[context];
  assert(speaker !== null && speaker !== undefined, 'a context that talks was told what to say');
  return speaker;
}
