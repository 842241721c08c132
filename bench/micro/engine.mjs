// Composing requests, and whole registrations through a whole engine in memory: everything but sockets, clocks and threads.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { composeRequest } from '../../dist/engine/compose.js';
import { TX_TRYING } from '../../dist/engine/transactions.js';
import { COUNTER_MALFORMED, COUNTER_STRAY, mergeBlocks } from '../../dist/metrics/index.js';
import { fold, SEED } from './fold.mjs';
import { answer, createWorld, STARTS_PER_TURN, takeTurn } from './world.mjs';

const PASSWORD = 'secret';
const md5 = (text) => createHash('md5').update(text).digest('hex');

/** Holds the credentials of a request to RFC 7616 §3.4.1, with node:crypto. */
const assertCredentials = (text) => {
  const of = (name) => new RegExp(`${name}="?([^",\\s]+)`).exec(text)?.[1];
  const ha1 = md5(`${of('username')}:${of('realm')}:${PASSWORD}`);
  const ha2 = md5(`REGISTER:${of('uri')}`);
  const expected = md5(`${ha1}:${of('nonce')}:${of('nc')}:${of('cnonce')}:auth:${ha2}`);
  assert.equal(of('response'), expected);
};

const TURNS_BEFORE = 10;

/** One operation: a request composed from the columns, as for a retransmission. */
const composing = (password) => () => {
  const world = createWorld({ contexts: 1_000, password });
  const sent = new Map();
  world.onRequest = (bytes, start, end) => {
    const text = Buffer.from(bytes.subarray(start, end)).toString('latin1');
    sent.set(/;branch=([^;]+)/.exec(text)[1], text);
  };
  // Challenged first where there is a password; what is composed in the last turn stays without an answer.
  for (let turn = 0; turn < TURNS_BEFORE; turn++) takeTurn(world);
  const { engine } = world;
  const slots = Int32Array.from(pendingSlots(engine, password !== null));
  const out = new Uint8Array(2048);
  let next = 0;
  const run = (count) => {
    let hash = SEED;
    for (let i = 0; i < count; i++) {
      const end = composeRequest(engine, slots[next], out, 0);
      hash = fold(fold(hash, end), out[80]);
      next = next + 1 === slots.length ? 0 : next + 1;
    }
    return hash;
  };
  const check = () => {
    assert.ok(slots.length >= 20, `${slots.length} requests are pending`);
    for (const slot of slots) {
      const text = Buffer.from(out.subarray(0, composeRequest(engine, slot, out, 0))).toString('latin1');
      assert.equal(text, sent.get(/;branch=([^;]+)/.exec(text)[1]));
      if (password !== null) assertCredentials(text);
    }
  };
  return { run, check };
};

const pendingSlots = ({ transactions }, withCredentials) => {
  const slots = [];
  for (let slot = 0; slot < transactions.capacity; slot++) {
    const isWanted = (transactions.credentials[slot] !== 0) === withCredentials;
    if (transactions.state[slot] === TX_TRYING && isWanted) slots.push(slot);
  }
  return slots;
};

const totalsOf = (metrics) => {
  const { counters, total } = mergeBlocks([metrics]);
  const { succeeded, failed } = total.register;
  return { succeeded, failed, stray: counters[COUNTER_STRAY], malformed: counters[COUNTER_MALFORMED] };
};

/** One operation: a registration from its start to its 200. A turn does as many as start in it. */
const registering = (contexts, password, turnsBefore) => () => {
  const world = createWorld({ contexts, password });
  for (let turn = 0; turn < turnsBefore; turn++) takeTurn(world);
  const run = (count) => {
    world.hash = SEED;
    for (let done = 0; done < count; done += STARTS_PER_TURN) takeTurn(world);
    return world.hash;
  };
  const check = () => {
    const before = totalsOf(world.metrics);
    let checked = 0;
    world.onRequest = (bytes, start, end) => {
      const text = Buffer.from(bytes.subarray(start, end)).toString('latin1');
      if (!text.includes('Authorization: ')) return;
      assertCredentials(text);
      checked++;
    };
    run(10 * STARTS_PER_TURN);
    world.onRequest = null;
    const { succeeded, failed, stray, malformed } = totalsOf(world.metrics);
    assert.equal(succeeded - before.succeeded, 10 * STARTS_PER_TURN);
    assert.deepEqual([failed, stray, malformed], [0, 0, 0]);
    assert.equal(checked, password === null ? 0 : 10 * STARTS_PER_TURN);
  };
  return { run, check };
};

/** One operation: what the canned registrar takes for an answer. It is part of each `engine-` figure, twice with a challenge. */
const createResponder = () => {
  const world = createWorld({ contexts: STARTS_PER_TURN, answers: false });
  const requests = [];
  world.onRequest = (_bytes, start, end) => requests.push([start, end]);
  takeTurn(world);
  takeTurn(world);
  const { slab } = world.engine.flows[0].outbox;
  const [start, end] = requests[0];
  const run = (count) => {
    let hash = SEED;
    for (let i = 0; i < count; i++) {
      world.count = i & 31;
      answer(world, slab, start, end);
      hash = fold(hash, slab[world.ends[i & 31] - 40]);
    }
    return hash;
  };
  const check = () => {
    run(1);
    const text = Buffer.from(slab.subarray(world.starts[0], world.ends[0])).toString('latin1');
    assert.match(text, /^SIP\/2\.0 200 OK\r\nVia: SIP\/2\.0\/UDP .*\r\nContent-Length: 0\r\n\r\n$/s);
  };
  return { run, check };
};

/** Each registers once, so that each is challenged; more than all rounds need. */
const FRESH_CONTEXTS = 1 << 19;
const RETURNING_CONTEXTS = 5_000;
const ONCE_ROUND = (2 * RETURNING_CONTEXTS) / STARTS_PER_TURN;
const SETTLED = 4;
/** So many registrations, and the compiler has come to the last of the functions that they take. */
const COMPILED = 50_000;

export const BENCHMARKS = [
  { name: 'engine/compose-plain', count: 25_000, hash: '4accb3cd', create: composing(null) },
  { name: 'engine/compose-digest', count: 10_000, hash: '1a446dad', create: composing(PASSWORD) },
  {
    name: 'engine/plain',
    count: 10_000,
    warmUp: COMPILED,
    hash: '92b8001d',
    create: registering(RETURNING_CONTEXTS, null, SETTLED),
  },
  {
    name: 'engine/digest',
    count: 5_000,
    warmUp: COMPILED,
    hash: '9439d0e5',
    create: registering(FRESH_CONTEXTS, PASSWORD, SETTLED),
  },
  {
    name: 'engine/nonce-kept',
    count: 10_000,
    warmUp: COMPILED,
    hash: '9db426a3',
    create: registering(RETURNING_CONTEXTS, PASSWORD, ONCE_ROUND),
  },
  { name: 'engine/responder', count: 50_000, hash: '9d4d6741', create: createResponder },
];
