// What a plan says of requests beyond who sends them: Contacts, body, route, names, and what a 200 has to list. All of it is
// optional, and absent where a scenario asks for none of it, so that the hash of a plain scenario stays what it was.

import type { TextTemplate } from './text-template.ts';

export type { TemplatePart, TextTemplate } from './text-template.ts';

export interface PlanHeader {
  readonly name: string;
  readonly value: TextTemplate;
}

/** `;name` or `;name=value` behind a Contact's URI. */
export interface PlanParameter {
  readonly name: string;
  /** Empty: the parameter has no value. */
  readonly value: TextTemplate;
}

/** One Contact of a request. */
export interface PlanContact {
  /** Without angle brackets; `{contact}` alone is the managed one, at the address of the context's socket. */
  readonly uri: TextTemplate;
  /** As written, 0 to 1 with at most three decimals (RFC 3261 §25.1). */
  readonly q: string | null;
  /** Its own expires parameter; null: the Expires header counts (RFC 3261 §10.2.1.1). */
  readonly expiresSeconds: number | null;
  /** `+sip.instance` with the UUID of the context (RFC 5626 §4.1). */
  readonly instance: boolean;
  readonly regId: number | null;
  readonly parameters: readonly PlanParameter[];
}

export interface PlanBody {
  readonly type: string;
  readonly text: TextTemplate;
  /** Instead of a text, which is then empty: anything, as it stands. No scenario has it; a program may. */
  readonly bytes?: Uint8Array;
}

/** What a 2xx has to list; the attempt fails otherwise. */
export interface PlanRequirement {
  /** Exactly so many bindings; null: any number. */
  readonly bindings: number | null;
  /** At least so much for each of our Contacts; `asked`: as much as was asked for; null: anything but nothing. */
  readonly granted: number | 'asked' | null;
}

/** What all requests of a run say of the phone, the clean-up's too. */
export interface PlanPhone {
  /** The managed Contact's URI carries `;line=…`, and the own binding is found by it. */
  readonly line: boolean;
  readonly displayName: TextTemplate | null;
  readonly userAgent: TextTemplate | null;
  /** The To URI where it isn't the address-of-record, headers taken out of it. */
  readonly to: TextTemplate | null;
  /** Headers that the To URI carried (RFC 3261 §19.1.1). */
  readonly headers: readonly PlanHeader[];
  /** The Route header's value; null: none. */
  readonly route: string | null;
  /** Sends what the last 2xx gave as Service-Route in Route (RFC 3608 §6.1). */
  readonly followsServiceRoute: boolean;
}
