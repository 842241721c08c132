// The value of a WWW-Authenticate or Proxy-Authenticate header through parseChallenge, against the slow reader.

import {
  CHALLENGE_OK,
  CHALLENGE_OTHER_SCHEME,
  type Challenge,
  createChallenge,
  parseChallenge,
} from '../../../src/sip/index.ts';
import { decodeLatin1 } from '../../../src/std/index.ts';
import { checkSpans, factsOf, shapeOf } from '../facts.ts';
import { insist } from '../find.ts';
import { type Read, readAgain, readBetweenPoisons } from '../poison.ts';
import { type SlowChallenge, slowChallenge } from '../slow-challenge.ts';

export const DICTIONARY: readonly string[] = [
  'Digest ',
  'Basic ',
  'realm=',
  'nonce="n"',
  'opaque=',
  'stale=TRUE',
  'algorithm=',
  'MD5-sess',
  'SHA-256',
  'SHA-256-sess',
  'SHA-512-256',
  'qop="auth,auth-int"',
  'auth-int',
  'domain="sip:a"',
  '\r\n ',
  ' , ',
  '"\\"',
  '=',
];

const SHAPE = shapeOf(createChallenge());
const challenge = createChallenge();

const readInto =
  (record: Challenge): Read =>
  (bytes, start, end) =>
    factsOf(SHAPE, record, parseChallenge(bytes, start, end, record));

const read = readInto(challenge);

export const fuzz = (input: Uint8Array): void => {
  const surrounded = readBetweenPoisons(input, read);
  const { bytes, start, end } = surrounded;
  checkSpans(SHAPE, challenge, start, end);
  readAgain(surrounded, read, readInto(createChallenge()));
  const fast = JSON.stringify(inSlowTerms(bytes, parseChallenge(bytes, start, end, challenge)));
  const slow = JSON.stringify(slowChallenge(decodeLatin1(input, 0, input.length)));
  insist(fast === slow, 'the slow reader disagrees', () => `${fast} and ${slow}`);
};

const inSlowTerms = (bytes: Uint8Array, result: number): ReturnType<typeof slowChallenge> => {
  if (result === CHALLENGE_OTHER_SCHEME) return 'other scheme';
  if (result !== CHALLENGE_OK) return 'malformed';
  const { realmStart, realmEnd, nonceStart, nonceEnd, opaqueStart, opaqueEnd } = challenge;
  const { stale, algorithm, hasAlgorithm, hasQop, qopAuth, qopAuthInt } = challenge;
  return {
    realm: decodeLatin1(bytes, realmStart, realmEnd),
    nonce: decodeLatin1(bytes, nonceStart, nonceEnd),
    opaque: opaqueStart < 0 ? null : decodeLatin1(bytes, opaqueStart, opaqueEnd),
    stale,
    algorithm,
    hasAlgorithm,
    hasQop,
    qopAuth,
    qopAuthInt,
  } satisfies SlowChallenge;
};
