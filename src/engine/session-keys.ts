// Keys of -sess sessions that have outlived their first nonce (RFC 7616 §3.4.2, next-nonce.ts), for one place of all contexts. There are
// none until a server gives a first nextnonce with a -sess algorithm, which hardly any does; who doesn't should not pay for it.
//
//  column   array        unit   meaning                                                  valid in
//  isKept   Uint8Array   -      1: the key is used, whatever the nonce is now            every row
//  keys     Uint8Array   bytes  32 hex digits of MD5, or 32 bytes of SHA, as in ha1.ts   isKept

/** Of any H(A1), as it is kept. */
export const HA1_BYTES = 32;

export interface SessionKeys {
  readonly isKept: Uint8Array;
  readonly keys: Uint8Array;
}

export function createSessionKeys(contexts: number): SessionKeys {
  return { isKept: new Uint8Array(contexts), keys: new Uint8Array(contexts * HA1_BYTES) };
}
