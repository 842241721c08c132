// The records that a response is parsed into, made once and filled again for every message.

import type { Challenge, ContactCursor, SipMessage, UriPair } from '../sip/index.ts';
import { createChallenge, createContactCursor, createSipMessage, createUriPair } from '../sip/index.ts';

/** Longer than any Contact that we make: user and host come from the scenario, the port from the system. */
const OWN_CONTACT_BYTES = 4096;

export interface ResponseReader {
  readonly message: SipMessage;
  readonly cursor: ContactCursor;
  readonly challenge: Challenge;
  /** Our own Contact URI, composed to be compared. */
  readonly ownContact: Uint8Array;
  readonly uris: UriPair;
}

export const createResponseReader = (): ResponseReader => ({
  message: createSipMessage(),
  cursor: createContactCursor(),
  challenge: createChallenge(),
  ownContact: new Uint8Array(OWN_CONTACT_BYTES),
  uris: createUriPair(),
});
