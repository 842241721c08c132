// Hashing for a challenge: ours on bytes as they stand in their columns, and node:crypto's over a text put together for it.
// Every variant of a response starts from the same parts and ends with the hex digits in the same output, because that is
// what a request needs: what it takes to get there belongs to the price.

import assert from 'node:assert/strict';
import { createHash, hash as hashOnce } from 'node:crypto';
import { createDigest, digestHa1, digestResponseAuth, setSpan } from '../../dist/sip/index.js';
import { encodeAscii, writeHex, writeHexBytes } from '../../dist/std/index.js';
import { fold, SEED } from './fold.mjs';
import { nonceOf, userOf, VARIETY } from './messages.mjs';
import { createSha256, sha256Final, sha256Reset, sha256Update, sha256UpdateByte } from './sha256-candidate.mjs';

const MASK = VARIETY - 1;
const COLON = 0x3a;
const NC_BYTES = 8;
const CNONCE = encodeAscii('5d41402abc4b2a76');
const AUTH = encodeAscii(':auth:');
const NONCES = Array.from({ length: VARIETY }, (_, n) => encodeAscii(nonceOf(n)));

const hexBytesOf = (algorithm, text) => encodeAscii(createHash(algorithm).update(text).digest('hex'));

/** What a response is made from, of one algorithm; nc is written anew for each. */
const createParts = (algorithm) => ({
  ha1: hexBytesOf(algorithm, 'u00000001:test.example:secret'),
  ha2: hexBytesOf(algorithm, 'REGISTER:sip:test.example'),
  nc: new Uint8Array(NC_BYTES),
  out: Buffer.alloc(128),
});

/** `respond(parts, nonce)` writes the response's hex digits at the beginning of parts.out. */
const responding = (algorithm, prepare) => () => {
  const parts = createParts(algorithm);
  const respond = prepare(parts);
  const { out, nc } = parts;
  const run = (count) => {
    let hash = SEED;
    for (let i = 0; i < count; i++) {
      writeHex(nc, 0, i + 1, NC_BYTES);
      respond(NONCES[i & MASK]);
      hash = fold(fold(hash, out[0] + out[7]), out[19] + out[31]);
    }
    return hash;
  };
  const check = () => {
    const text = (bytes) => Buffer.from(bytes).toString('latin1');
    for (let n = 0; n < VARIETY; n++) {
      run(n + 1);
      const [ha1, nonce, count, cnonce, ha2] = [parts.ha1, NONCES[n], nc, CNONCE, parts.ha2].map(text);
      const expected = createHash(algorithm).update(`${ha1}:${nonce}:${count}:${cnonce}:auth:${ha2}`).digest('hex');
      assert.equal(out.toString('latin1', 0, expected.length), expected);
    }
  };
  return { run, check };
};

const withOwnMd5 = ({ ha1, ha2, nc, out }) => {
  const digest = createDigest();
  setSpan(digest.ha1, ha1, 0, ha1.length);
  setSpan(digest.ha2, ha2, 0, ha2.length);
  setSpan(digest.nc, nc, 0, nc.length);
  setSpan(digest.cnonce, CNONCE, 0, CNONCE.length);
  return (nonce) => {
    setSpan(digest.nonce, nonce, 0, nonce.length);
    digestResponseAuth(digest, out, 0);
  };
};

const withOwnSha256 = ({ ha1, ha2, nc, out }) => {
  const sha = createSha256();
  const hash = new Uint8Array(32);
  return (nonce) => {
    sha256Reset(sha);
    sha256Update(sha, ha1, 0, ha1.length);
    sha256UpdateByte(sha, COLON);
    sha256Update(sha, nonce, 0, nonce.length);
    sha256UpdateByte(sha, COLON);
    sha256Update(sha, nc, 0, nc.length);
    sha256UpdateByte(sha, COLON);
    sha256Update(sha, CNONCE, 0, CNONCE.length);
    sha256Update(sha, AUTH, 0, AUTH.length);
    sha256Update(sha, ha2, 0, ha2.length);
    sha256Final(sha, hash, 0);
    writeHexBytes(out, 0, hash, 0, hash.length);
  };
};

/** The text of a response with nonces of one length, put together where it stays; HA1, cnonce and HA2 are in place. */
const createText = ({ ha1, ha2, nc }, nonceBytes) => {
  const nonceAt = ha1.length + 1;
  const ncAt = nonceAt + nonceBytes + 1;
  const ha2At = ncAt + nc.length + 1 + CNONCE.length + AUTH.length;
  const bytes = new Uint8Array(ha2At + ha2.length).fill(COLON);
  bytes.set(ha1, 0);
  bytes.set(CNONCE, ncAt + nc.length + 1);
  bytes.set(AUTH, ncAt + nc.length + 1 + CNONCE.length);
  bytes.set(ha2, ha2At);
  const fill = (nonce) => {
    bytes.set(nonce, nonceAt);
    bytes.set(nc, ncAt);
  };
  return { bytes, fill };
};

/** `hash(bytes)` gives the hex digits as a string. */
const withHexOf = (hash) => (parts) => {
  const { bytes, fill } = createText(parts, NONCES[0].length);
  return (nonce) => {
    fill(nonce);
    parts.out.latin1Write(hash(bytes), 0);
  };
};

/** `hash(bytes)` gives the hash as bytes. */
const withBytesOf = (hash) => (parts) => {
  const { bytes, fill } = createText(parts, NONCES[0].length);
  return (nonce) => {
    fill(nonce);
    const hashed = hash(bytes);
    writeHexBytes(parts.out, 0, hashed, 0, hashed.length);
  };
};

const createHa1 = () => {
  const digest = createDigest();
  const out = new Uint8Array(32);
  const users = Array.from({ length: VARIETY }, (_, n) => encodeAscii(userOf(n)));
  const realm = encodeAscii('test.example');
  const password = encodeAscii('secret');
  setSpan(digest.realm, realm, 0, realm.length);
  setSpan(digest.password, password, 0, password.length);
  const write = (n) => {
    setSpan(digest.username, users[n], 0, users[n].length);
    digestHa1(digest, out, 0);
  };
  const run = (count) => {
    let hash = SEED;
    for (let i = 0; i < count; i++) {
      write(i & MASK);
      hash = fold(hash, out[0] + out[31]);
    }
    return hash;
  };
  const check = () => {
    for (let n = 0; n < VARIETY; n++) {
      write(n);
      assert.deepEqual(out, hexBytesOf('md5', `${userOf(n)}:test.example:secret`));
    }
  };
  return { run, check };
};

const once = (algorithm, encoding) => (bytes) => hashOnce(algorithm, bytes, encoding);
const created = (algorithm) => (bytes) => createHash(algorithm).update(bytes).digest('hex');

export const BENCHMARKS = [
  { name: 'digest/ha1', count: 25_000, hash: '3c55e692', create: createHa1 },
  { name: 'digest/response', count: 10_000, hash: '1013be30', create: responding('md5', withOwnMd5) },
  {
    name: 'digest/md5-crypto-hash-hex',
    count: 10_000,
    hash: '1013be30',
    create: responding('md5', withHexOf(once('md5', 'hex'))),
  },
  {
    name: 'digest/md5-crypto-hash-buffer',
    count: 10_000,
    hash: '1013be30',
    create: responding('md5', withBytesOf(once('md5', 'buffer'))),
  },
  {
    name: 'digest/md5-create-hash',
    count: 10_000,
    hash: '1013be30',
    create: responding('md5', withHexOf(created('md5'))),
  },
  { name: 'digest/sha256-own', count: 10_000, hash: '3f579cea', create: responding('sha256', withOwnSha256) },
  {
    name: 'digest/sha256-crypto-hash-hex',
    count: 10_000,
    hash: '3f579cea',
    create: responding('sha256', withHexOf(once('sha256', 'hex'))),
  },
  {
    name: 'digest/sha256-crypto-hash-buffer',
    count: 10_000,
    hash: '3f579cea',
    create: responding('sha256', withBytesOf(once('sha256', 'buffer'))),
  },
  {
    name: 'digest/sha256-create-hash',
    count: 10_000,
    hash: '3f579cea',
    create: responding('sha256', withHexOf(created('sha256'))),
  },
];
