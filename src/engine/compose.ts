// @hot
// A transaction's request as bytes, straight into the slab that is sent. Everything it says follows from the columns, so
// composing it again gives the same bytes.

import { contextOfRow } from '../scenario/shares.ts';
import { composeText } from '../sip/index.ts';
import { mixBits } from '../std/index.ts';
import { writeCredentials } from './credentials.ts';
import { templateOf } from './request-variants.ts';
import { hasServiceRoute, writeServiceRoute } from './service-routes.ts';
import type { Engine } from './state.ts';
import { CREDENTIALS_NONE, placesCarried } from './transactions.ts';

/** Writes the request of the row at `at` and returns its end. */
export function composeRequest(engine: Engine, slot: number, out: Uint8Array, at: number): number {
  const { transactions, fields, options, serviceRoutes } = engine;
  const context = transactions.context[slot]!;
  const identity = contextOfRow(context, options.workerIndex, options.workerCount);
  fields.index = options.plan.identities.first + identity;
  fields.fromTag = mixBits(engine.fromTagSeed, identity);
  fields.cseq = transactions.cseq[slot]!;
  fields.slot = slot;
  fields.generation = transactions.generation[slot]!;
  const template = templateOf(engine, context, transactions.template[slot]!);
  const credentials = transactions.credentials[slot]!;
  const hasRoute = hasServiceRoute(serviceRoutes, context);
  if (credentials === CREDENTIALS_NONE && !hasRoute) {
    return composeText(template.plain, fields, template.branch, out, at);
  }
  let end = composeText(template.head, fields, template.branch, out, at);
  if (hasRoute) end = writeServiceRoute(serviceRoutes!, context, out, end);
  if (credentials !== CREDENTIALS_NONE) end = writeCredentials(engine, context, placesCarried(credentials), out, end);
  return composeText(template.tail, fields, template.branch, out, end);
}
