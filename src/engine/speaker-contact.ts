// Where a commanded context says that it is reached (commands.ts): at its socket's address, or where the plan says (`local.advertise`); or,
// with `nat: direct`, where the registrar sees the socket (mappings.ts). Under load each mapping of a socket has texts of its own
// (repair-table.ts); here a context has its texts to itself, and they are made anew when it moves.
//
// It moves with a request that registers or refreshes, the one that answers a challenge among them. One that ends the binding names
// the Contact that the binding was made with: whoever moved in between would leave it behind.
//
// Left out on purpose: the guard against a NAT with a new port for every request. Nothing is sent because a context has moved.

import { ASIDE_REPAIRS, countAside } from '../metrics/index.ts';
import type { AttemptStep, RunPlan } from '../scenario/index.ts';
import { formatIpv4 } from './ipv4.ts';
import { NOT_MAPPED } from './repair-table.ts';
import { speakerOf } from './speakers.ts';
import type { Engine } from './state.ts';
import { flowOf } from './transport-flows.ts';

/** Whether the request's Contact follows the mapping. */
export const isMoving = ({ nat }: RunPlan, { procedure }: AttemptStep): boolean =>
  nat === 'direct' && (procedure === 'register' || procedure === 'refresh');

/** What the context's latest Contact says, or its first one will. */
export function latestContactHost(engine: Engine, context: number): string {
  return engine.speakers?.[context]?.contactHost ?? flowOf(engine, context).host;
}

/** A commanded context is about to make a request: it says where its socket has come to be seen. */
export function followMapping(engine: Engine, context: number): void {
  if (engine.speakers === null) return;
  const speaker = speakerOf(engine.speakers, context);
  const { mappedAddress, mappedPort } = flowOf(engine, context);
  if (!speaker.moves || mappedAddress === NOT_MAPPED) return;
  const host = `${formatIpv4(mappedAddress)}:${mappedPort}`;
  if (host === speaker.contactHost) return;
  countAside(engine.options.metrics, ASIDE_REPAIRS);
  speaker.moveTo(host);
}
