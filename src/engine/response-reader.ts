// The records that a response is read into, made once and filled again for every message. A response of a known shape is
// not parsed: `message` then is the shape's own record, and its spans are into the shape's bytes.

import type {
  AuthenticationInfo,
  Challenge,
  ContactCursor,
  ContactInstance,
  HeaderLine,
  ResponseShape,
  ShapeTable,
  SipMessage,
  UriPair,
} from '../sip/index.ts';
import {
  createAuthenticationInfo,
  createChallenge,
  createContactCursor,
  createContactInstance,
  createHeaderLine,
  createShapeTable,
  createSipMessage,
  createUriPair,
} from '../sip/index.ts';
import type { BindingReading } from './binding-reading.ts';
import { createBindingReading } from './binding-reading.ts';
import { INSTANCE_BYTES } from './contact-lines.ts';
import type { ProofSpace } from './proof-space.ts';
import { createProofSpace } from './proof-space.ts';

/** What is found out while the challenges of one answer are gone through. */
export interface ChallengeRound {
  /** Places that one of them was put into, a bit each. */
  filled: number;
  /** One of them says that our credentials are wrong. */
  isRefused: boolean;
  /** One could be answered, had the scenario a credential for its realm. */
  lacksCredential: boolean;
  /** Where the first algorithm stands that we don't know, name and all; -1 for none. */
  unknownStart: number;
  unknownEnd: number;
}

export interface ResponseReader {
  /** The response at hand, either `parsed` or the record of its shape. */
  message: SipMessage;
  /** Its shape, or null when it was parsed. */
  shape: ResponseShape | null;
  /** The challenge at hand, either `parsedChallenge` or that of its shape. */
  challenge: Challenge;
  readonly shapes: ShapeTable;
  readonly parsed: SipMessage;
  readonly parsedChallenge: Challenge;
  readonly round: ChallengeRound;
  readonly info: AuthenticationInfo;
  readonly proof: ProofSpace;
  /** The 2xx at hand has an rspauth that proves nothing. */
  isProofWrong: boolean;
  readonly cursor: ContactCursor;
  /** Our own Contact URI, composed to be compared. */
  readonly ownContact: Uint8Array;
  /** The same of our instance (RFC 5626 §4.1); and that of the Contact at hand. */
  readonly ownInstance: Uint8Array;
  readonly instance: ContactInstance;
  readonly uris: UriPair;
  readonly bindings: BindingReading;
  /** A header line that was looked for. */
  readonly line: HeaderLine;
}

/** `ownContactBytes`: the longest Contact URI of ours. */
export const createResponseReader = (ownContactBytes: number): ResponseReader => {
  const parsed = createSipMessage();
  const parsedChallenge = createChallenge();
  return {
    message: parsed,
    shape: null,
    challenge: parsedChallenge,
    shapes: createShapeTable(),
    parsed,
    parsedChallenge,
    round: { filled: 0, isRefused: false, lacksCredential: false, unknownStart: -1, unknownEnd: -1 },
    info: createAuthenticationInfo(),
    proof: createProofSpace(),
    isProofWrong: false,
    cursor: createContactCursor(),
    ownContact: new Uint8Array(ownContactBytes),
    ownInstance: new Uint8Array(INSTANCE_BYTES),
    instance: createContactInstance(),
    uris: createUriPair(),
    bindings: createBindingReading(),
    line: createHeaderLine(),
  };
};
