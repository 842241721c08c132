// Reading answers: whole messages into the record of offsets, messages of a known shape, the challenge in a 401, our own
// Contact in a 200.

import assert from 'node:assert/strict';
import {
  CHALLENGE_OK,
  CONTACT_FOUND,
  createChallenge,
  createContactCursor,
  createShapeTable,
  createSipMessage,
  createUriPair,
  firstContact,
  learnShape,
  matchShape,
  nextContact,
  PARSE_OK,
  parseChallenge,
  parseMessage,
  rowEnd,
  rowStart,
  sameUri,
} from '../../dist/sip/index.js';
import { decodeLatin1, encodeAscii } from '../../dist/std/index.js';
import { fold, SEED } from './fold.mjs';
import {
  branchOf,
  cseqOf,
  kamailio200,
  kamailio401,
  layMessages,
  long200,
  nullreg200,
  nullreg401,
  SENT_BY,
  userOf,
  VARIETY,
} from './messages.mjs';

const MASK = VARIETY - 1;

/** One parseMessage of one datagram. */
const parsing = (textOf, status) => () => {
  const { bytes, starts, ends } = layMessages(textOf);
  const message = createSipMessage();
  const run = (count) => {
    let hash = SEED;
    for (let i = 0; i < count; i++) {
      const n = i & MASK;
      const code = parseMessage(bytes, starts[n], ends[n], message);
      hash = fold(fold(hash, code + message.status), message.cseq + message.viaBranchEnd - starts[n]);
      hash = fold(fold(hash, message.contact.lastEnd - starts[n]), message.wwwAuthenticate.count);
    }
    return hash;
  };
  const check = () => {
    for (let n = 0; n < VARIETY; n++) {
      assert.equal(parseMessage(bytes, starts[n], ends[n], message), PARSE_OK);
      assert.deepEqual([message.status, message.cseq, message.via.count], [status, cseqOf(n), 1]);
      assert.equal(decodeLatin1(bytes, message.viaBranchStart, message.viaBranchEnd), branchOf(n));
    }
  };
  return { run, check };
};

/** One answer read as the engine does: against the shapes of those read before, and parsed if it fits none. */
const reading = (textOf, status) => () => {
  const { bytes, starts, ends } = layMessages(textOf);
  const shapes = createShapeTable();
  const parsed = createSipMessage();
  const read = (n) => {
    const known = matchShape(shapes, bytes, starts[n], ends[n]);
    if (known !== null) return known.message;
    if (parseMessage(bytes, starts[n], ends[n], parsed) === PARSE_OK) learnShape(shapes, bytes, starts[n], ends[n]);
    return parsed;
  };
  const run = (count) => {
    let hash = SEED;
    for (let i = 0; i < count; i++) {
      const message = read(i & MASK);
      hash = fold(fold(hash, message.status), message.cseq);
    }
    return hash;
  };
  const check = () => {
    for (let n = 0; n < VARIETY; n++) {
      const shape = matchShape(shapes, bytes, starts[n], ends[n]);
      assert.ok(shape !== null, 'its shape is known');
      const { status: found, cseq, viaBranchStart, viaBranchEnd } = shape.message;
      assert.deepEqual([found, cseq], [status, cseqOf(n)]);
      assert.equal(decodeLatin1(shape.bytes, viaBranchStart, viaBranchEnd), branchOf(n));
    }
  };
  return { run, check };
};

/** One parseChallenge of the WWW-Authenticate row of a parsed 401. */
const createChallenges = () => {
  const { bytes, starts, ends } = layMessages(kamailio401);
  const challenge = createChallenge();
  const rows = Array.from(starts, (start, n) => {
    const message = createSipMessage();
    parseMessage(bytes, start, ends[n], message);
    return [rowStart(message.wwwAuthenticate, 0), rowEnd(message.wwwAuthenticate, 0)];
  });
  const from = Int32Array.from(rows, ([start]) => start);
  const until = Int32Array.from(rows, ([, end]) => end);
  const run = (count) => {
    let hash = SEED;
    for (let i = 0; i < count; i++) {
      const n = i & MASK;
      const code = parseChallenge(bytes, from[n], until[n], challenge);
      hash = fold(hash, code + challenge.nonceEnd - challenge.realmStart);
    }
    return hash;
  };
  const check = () => {
    assert.equal(parseChallenge(bytes, from[3], until[3], challenge), CHALLENGE_OK);
    assert.equal(decodeLatin1(bytes, challenge.realmStart, challenge.realmEnd), 'test.example');
    assert.equal(challenge.nonceEnd - challenge.nonceStart, 40);
    assert.equal(challenge.qopAuth, true);
  };
  return { run, check };
};

/** Our own Contact looked up in a parsed 200: rows walked, URIs compared (RFC 3261 §19.1.4), its expires read. */
const lookingUp = (textOf) => () => {
  const { bytes, starts, ends } = layMessages(textOf);
  const cursor = createContactCursor();
  const uris = createUriPair();
  const messages = Array.from(starts, (start, n) => {
    const message = createSipMessage();
    parseMessage(bytes, start, ends[n], message);
    return message;
  });
  const own = Array.from(starts, (_, n) => encodeAscii(`sip:${userOf(n)}@${SENT_BY}`));
  const expiresOfOwn = (n) => {
    const message = messages[n];
    let found = firstContact(message, bytes, cursor);
    for (; found === CONTACT_FOUND; found = nextContact(message, bytes, cursor)) {
      if (sameUri(uris, own[n], 0, own[n].length, bytes, cursor.uriStart, cursor.uriEnd)) return cursor.expires;
    }
    return -2;
  };
  const run = (count) => {
    let hash = SEED;
    for (let i = 0; i < count; i++) hash = fold(hash, expiresOfOwn(i & MASK));
    return hash;
  };
  const check = () => {
    for (let n = 0; n < VARIETY; n++) assert.equal(expiresOfOwn(n), 1800);
  };
  return { run, check };
};

export const BENCHMARKS = [
  { name: 'parse/nullreg-200', count: 10_000, hash: '73e978e4', create: parsing(nullreg200, 200) },
  { name: 'parse/nullreg-401', count: 10_000, hash: '5365c838', create: parsing(nullreg401, 401) },
  { name: 'parse/kamailio-200', count: 10_000, hash: '83771a80', create: parsing(kamailio200, 200) },
  { name: 'parse/kamailio-401', count: 10_000, hash: '8910300c', create: parsing(kamailio401, 401) },
  { name: 'parse/long-200', count: 5_000, hash: '3d71f43c', create: parsing(long200, 200) },
  { name: 'parse/known-nullreg-200', count: 50_000, hash: 'e51d35f2', create: reading(nullreg200, 200) },
  { name: 'parse/known-kamailio-200', count: 50_000, hash: 'e51d35f2', create: reading(kamailio200, 200) },
  { name: 'parse/known-kamailio-401', count: 50_000, hash: 'f4df349e', create: reading(kamailio401, 401) },
  { name: 'parse/challenge', count: 25_000, hash: 'c9967bd5', create: createChallenges },
  { name: 'parse/contact-one', count: 50_000, hash: 'a9d784d5', create: lookingUp(kamailio200) },
  { name: 'parse/contact-three', count: 5_000, hash: 'a9d784d5', create: lookingUp(long200) },
];
