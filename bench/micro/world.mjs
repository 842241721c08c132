// An engine in memory with a canned registrar opposite, driven through the engine's contract as a pump does it: what has come,
// advance, drain, report, one turn every 500 µs at 50,000 starts a second.
//
// The registrar is bench/yardsticks/nullreg.c without a socket: a status line, and the request's own header lines after it. They
// are moved within the engine's slab, above what a turn needs, so that an answer costs one memmove and no memory. It answers
// 401 to a request without credentials when the scenario has a password.

import assert from 'node:assert/strict';
import { advance, attachFlow, createEngine, drain, receiveDatagram, reportSent } from '../../dist/engine/index.js';
import { createMetricsBlock } from '../../dist/metrics/index.js';
import { loadScenario } from '../../dist/scenario/index.js';
import { encodeAscii, writeHex } from '../../dist/std/index.js';
import { fold, SEED } from './fold.mjs';

export const TURN_US = 500;
export const STARTS_PER_TURN = 25;
const ONLY_FLOW = 0;
const SENT_BY = '127.0.0.1:40123';
const ANSWERS_MOST = 256;
const ANSWER_BYTES = 1024;
/** When the answers of a turn have come, before the next one. */
const ARRIVED_US = 300;
const SERIES_SECONDS = 3600;

const REQUEST_LINE = 'REGISTER sip:test.example SIP/2.0';
const OK = encodeAscii('SIP/2.0 200 OK');
const NONCE_DIGITS = 8;
const CHALLENGE_HEAD =
  'SIP/2.0 401 Unauthorized\r\nWWW-Authenticate: Digest realm="test.example", nonce="000000000000000000000000';
const CHALLENGE = encodeAscii(`${CHALLENGE_HEAD}00000000", qop="auth", algorithm=MD5`);
/** An Authorization line is longer than this, and requests of one run differ by less. */
const CREDENTIALS_BYTES_LEAST = 100;

const scenario = (contexts, password) => `
version: 1
name: micro
target: sip:127.0.0.1:5060
registrar: sip:test.example
identities: { count: ${contexts}, user: "u{index:8}", domain: test.example${password === null ? '' : `, password: ${password}`} }
load: { model: constant-rate, rate: 50000/s, starts: 1000000000 }
timers: { T4: 500ms }
flow: [{ register: { expires: 1800s } }]
`;

/** `answers` false: nothing is ever answered. */
export const createWorld = ({ contexts, password = null, answers = true }) => {
  const plan = loadScenario({ file: 'micro.yaml', text: scenario(contexts, password) });
  const metrics = createMetricsBlock(SERIES_SECONDS);
  const engine = createEngine({
    plan,
    workerIndex: 0,
    workerCount: 1,
    runId: 'micro',
    seed: 1,
    userAgent: 'regstorm/micro',
    metrics,
  });
  attachFlow(engine, ONLY_FLOW, SENT_BY);
  const world = {
    engine,
    metrics,
    answers,
    challenges: password !== null,
    plainBytes: 0,
    nowUs: 0,
    hash: SEED,
    nonces: 0,
    /** Where this turn's answers lie in the engine's slab. */
    count: 0,
    starts: new Int32Array(ANSWERS_MOST),
    ends: new Int32Array(ANSWERS_MOST),
    onRequest: null,
    sink: null,
  };
  world.sink = (_flow, bytes, start, end) => takeRequest(world, bytes, start, end);
  return world;
};

const takeRequest = (world, bytes, start, end) => {
  world.hash = fold(fold(world.hash, end - start), bytes[end - 40]);
  if (world.onRequest !== null) world.onRequest(bytes, start, end);
  if (world.answers) answer(world, bytes, start, end);
  return true;
};

/** Leaves the answer where receiveAnswers finds it. */
export const answer = (world, bytes, start, end) => {
  if (world.plainBytes === 0) world.plainBytes = end - start;
  const hasCredentials = end - start > world.plainBytes + CREDENTIALS_BYTES_LEAST;
  const status = world.challenges && !hasCredentials ? CHALLENGE : OK;
  if (status === CHALLENGE) writeHex(CHALLENGE, CHALLENGE_HEAD.length, world.nonces++, NONCE_DIGITS);
  const at = (bytes.length >> 1) + world.count * ANSWER_BYTES;
  const headersAt = start + REQUEST_LINE.length;
  bytes.set(status, at);
  bytes.copyWithin(at + status.length, headersAt, end);
  world.starts[world.count] = at;
  world.ends[world.count] = at + status.length + end - headersAt;
  world.count++;
};

const receiveAnswers = (world, receivedAtUs) => {
  const { engine, starts, ends, count } = world;
  const { slab } = engine.flows[ONLY_FLOW].outbox;
  for (let i = 0; i < count; i++) receiveDatagram(engine, receivedAtUs, ONLY_FLOW, slab, starts[i], ends[i]);
  world.count = 0;
};

export const takeTurn = (world) => {
  const { engine } = world;
  world.nowUs += TURN_US;
  receiveAnswers(world, world.nowUs - ARRIVED_US);
  advance(engine, world.nowUs);
  reportSent(engine, ONLY_FLOW, drain(engine, world.sink), world.nowUs);
  assert.ok(world.count < ANSWERS_MOST);
};
