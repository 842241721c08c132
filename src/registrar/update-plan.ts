// @hot
// What one REGISTER wants done, contact by contact, before anything is done: RFC 3261 §10.3(7) commits all updates or none.
// A fixed number of records, used again for every request.

import { TEXT_BYTES_MAX } from './text-store.ts';

/** The most contacts in one request. */
export const PLAN_CONTACTS_MAX = 64;

/** One contact. Spans are in the request. */
export interface PlannedContact {
  uriStart: number;
  uriEnd: number;
  paramsStart: number;
  paramsEnd: number;
  /** What it asks for, -1 for nothing; then what it is granted. Seconds, 0 to remove. */
  expires: number;
  /** The binding it matches, 0 for a new one. */
  binding: number;
  /** Its new text, already in the store, and how that is divided; 0: the binding's text stays as it is. */
  textAt: number;
  uriLength: number;
  paramsLength: number;
  pathLength: number;
}

export interface UpdatePlan {
  count: number;
  /** One of them is `*`. */
  hasStar: boolean;
  /** How many of the oldest bindings give way. */
  evictions: number;
  readonly contacts: readonly PlannedContact[];
  /** Where one text is put together. */
  readonly text: Uint8Array;
}

const createPlannedContact = (): PlannedContact => ({
  uriStart: -1,
  uriEnd: -1,
  paramsStart: -1,
  paramsEnd: -1,
  expires: -1,
  binding: 0,
  textAt: 0,
  uriLength: 0,
  paramsLength: 0,
  pathLength: 0,
});

export const createUpdatePlan = (): UpdatePlan => ({
  count: 0,
  hasStar: false,
  evictions: 0,
  contacts: Array.from({ length: PLAN_CONTACTS_MAX }, createPlannedContact),
  text: new Uint8Array(TEXT_BYTES_MAX),
});
