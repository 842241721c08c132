// A registrar as a registrar file describes it, on the virtual clock of harness.ts.

import type { Registrar } from '../../../src/registrar/index.ts';
import { advance, createRegistrar, optionsFor, receive } from '../../../src/registrar/index.ts';
import { loadRegistrar } from '../../../src/scenario/index.ts';
import { drainAll, PEER, PEER_PORT, type Sent } from './harness.ts';

export const MS = 1_000;
export const SECOND = 1_000_000;

export const openFile = (settings: string, seed = 7, transactionCapacity = 256): Registrar => {
  const { behaviour } = loadRegistrar({ file: 'r.yaml', text: `version: 1\n${settings}` });
  const place = { domain: 'test.example', password: null, capacity: 100, seed };
  return createRegistrar({ ...optionsFor(place, behaviour), transactionCapacity });
};

/** Hands one datagram over and gives what is sent at once: nothing, one answer, or several. */
export const give = (registrar: Registrar, text: string, nowUs = 0): Sent[] => {
  const bytes = new Uint8Array(Buffer.from(text, 'latin1'));
  receive(registrar, nowUs, bytes, 0, bytes.length, PEER, PEER_PORT);
  return drainAll(registrar);
};

/** Lets time pass, and gives what is sent then. */
export const at = (registrar: Registrar, nowUs: number): Sent[] => {
  advance(registrar, nowUs);
  return drainAll(registrar);
};
