// Proofs that the registrar knows the password (rspauth, RFC 7616 §3.5): in some worlds it sends the right one, and in some the one of
// somebody who does not know it; and some phones mind. From streams of their own, so that worlds without them are as they were.

import type { Random } from '../std/index.ts';

const PROVING_SHARE = 0.15;
const MINDING_SHARE = 0.4;

/** Of a registrar that challenges: the key `rspauth`, or nothing. */
export const drawProof = (random: Random, isImpostor: boolean): object => {
  if (isImpostor) return { rspauth: 'wrong' };
  return random.split('rspauth').chance(PROVING_SHARE) ? { rspauth: 'right' } : {};
};

/** Of the whole scenario, in its key `auth`. */
export const drawMinding = (random: Random): object =>
  random.split('rspauth').chance(MINDING_SHARE) ? { checkRspauth: true } : {};
