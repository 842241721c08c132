// @hot
// What one REGISTER wants done, contact by contact, before anything is done: RFC 3261 §10.3(7) commits all updates or none.
//
//  column        array          unit  meaning
//  uriStart/End  Int32Array     byte  the contact's URI in the request
//  paramsStart/End Int32Array   byte  its header parameters in the request
//  expires       Float64Array   s     granted interval, 0 to remove
//  binding       Int32Array     -     the binding it matches, 0 for a new one
//  textAt        Float64Array   byte  its new text in the store, already written; 0: the binding's text stays
//  uriLength, paramsLength  Uint16Array  byte  how that text is divided

import { TEXT_BYTES_MAX } from './text-store.ts';

/** The most contacts in one request. */
export const PLAN_CONTACTS_MAX = 64;

export interface UpdatePlan {
  count: number;
  /** One of them is `*`. */
  hasStar: boolean;
  readonly uriStart: Int32Array;
  readonly uriEnd: Int32Array;
  readonly paramsStart: Int32Array;
  readonly paramsEnd: Int32Array;
  readonly expires: Float64Array;
  readonly binding: Int32Array;
  readonly textAt: Float64Array;
  readonly uriLength: Uint16Array;
  readonly paramsLength: Uint16Array;
  /** Where one text is put together. */
  readonly text: Uint8Array;
}

export const createUpdatePlan = (): UpdatePlan => ({
  count: 0,
  hasStar: false,
  uriStart: new Int32Array(PLAN_CONTACTS_MAX),
  uriEnd: new Int32Array(PLAN_CONTACTS_MAX),
  paramsStart: new Int32Array(PLAN_CONTACTS_MAX),
  paramsEnd: new Int32Array(PLAN_CONTACTS_MAX),
  expires: new Float64Array(PLAN_CONTACTS_MAX),
  binding: new Int32Array(PLAN_CONTACTS_MAX),
  textAt: new Float64Array(PLAN_CONTACTS_MAX),
  uriLength: new Uint16Array(PLAN_CONTACTS_MAX),
  paramsLength: new Uint16Array(PLAN_CONTACTS_MAX),
  text: new Uint8Array(TEXT_BYTES_MAX),
});
