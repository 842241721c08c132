// @hot
// What a 2xx says of the credentials that its request carried: the registrar's Authentication-Info (RFC 7616 §3.5) and a proxy's
// Proxy-Authentication-Info (RFC 7615 §4). The proof is checked (rspauth.ts) before the nonce is replaced (next-nonce.ts) with which it
// was made. With several realms of one kind nobody says which one is meant, and nothing is read.

import { addCounter, COUNTER_RSPAUTH_CHECKED, COUNTER_RSPAUTH_MISMATCHES } from '../metrics/index.ts';
import type { RowTable } from '../sip/index.ts';
import { parseAuthenticationInfo, rowEnd, rowStart } from '../sip/index.ts';
import { NO_PLACE } from './challenges.ts';
import { takeNextNonce } from './next-nonce.ts';
import { provesSecret } from './rspauth.ts';
import type { Engine } from './state.ts';
import { placesCarried } from './transactions.ts';

/** The final answer to the row's request has one of the two headers, or both. */
export function takeAuthenticationInfo(engine: Engine, slot: number, bytes: Uint8Array): void {
  const { authenticationInfo, proxyAuthenticationInfo } = engine.reader.message;
  take(engine, slot, authenticationInfo, false, bytes);
  take(engine, slot, proxyAuthenticationInfo, true, bytes);
}

function take(engine: Engine, slot: number, rows: RowTable, isProxy: boolean, bytes: Uint8Array): void {
  if (rows.count === 0) return;
  const { metrics, reader } = engine;
  const place = placeOf(engine, slot, isProxy);
  if (place === NO_PLACE || !parseAuthenticationInfo(bytes, rowStart(rows, 0), rowEnd(rows, 0), reader.info)) return;
  if (reader.info.rspauthStart >= 0) {
    addCounter(metrics, COUNTER_RSPAUTH_CHECKED, 1);
    if (!provesSecret(engine, slot, place, bytes)) {
      addCounter(metrics, COUNTER_RSPAUTH_MISMATCHES, 1);
      reader.isProofWrong = true;
    }
  }
  if (reader.info.nextNonceStart >= 0) takeNextNonce(engine, slot, place, bytes);
}

/** The only place of this kind that the row's request carried credentials for. */
function placeOf({ challenges, transactions }: Engine, slot: number, isProxy: boolean): number {
  const context = transactions.context[slot]!;
  let found = NO_PLACE;
  for (let number = 0, rest = placesCarried(transactions.credentials[slot]!); rest !== 0; number++, rest >>>= 1) {
    if ((rest & 1) === 0) continue;
    const { fromProxy } = challenges.spaces[challenges.places[number]!.space[context]! - 1]!;
    if (fromProxy !== isProxy) continue;
    if (found !== NO_PLACE) return NO_PLACE;
    found = number;
  }
  return found;
}
