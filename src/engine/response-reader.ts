// The records that a response is read into, made once and filled again for every message. A response of a known shape is
// not parsed: `message` then is the shape's own record, and its spans are into the shape's bytes.

import type { Challenge, ContactCursor, ResponseShape, ShapeTable, SipMessage, UriPair } from '../sip/index.ts';
import {
  createChallenge,
  createContactCursor,
  createShapeTable,
  createSipMessage,
  createUriPair,
} from '../sip/index.ts';

/** Longer than any Contact that we make: user and host come from the scenario, the port from the system. */
const OWN_CONTACT_BYTES = 4096;

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
  readonly cursor: ContactCursor;
  /** Our own Contact URI, composed to be compared. */
  readonly ownContact: Uint8Array;
  readonly uris: UriPair;
}

export const createResponseReader = (): ResponseReader => {
  const parsed = createSipMessage();
  const parsedChallenge = createChallenge();
  return {
    message: parsed,
    shape: null,
    challenge: parsedChallenge,
    shapes: createShapeTable(),
    parsed,
    parsedChallenge,
    cursor: createContactCursor(),
    ownContact: new Uint8Array(OWN_CONTACT_BYTES),
    uris: createUriPair(),
  };
};
