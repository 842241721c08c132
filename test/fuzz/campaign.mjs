// A run of the fuzzer: every target's executions cut into pieces, which a few threads work off. Each piece begins with all
// inputs known by then, so that the threads learn from each other, and with a seed of its own. A thread that makes no
// execution for a while is ended, and the input on which it stands is a find.

import { Worker } from 'node:worker_threads';
import { nameOf, readCorpus, saveFind, saveFound, saveState } from './store.mjs';
import { SHARED_HEAD_BYTES, SIZE_BYTES_MOST } from './targets.mjs';

/** A piece is a twentieth of a target's executions between these bounds: starting a thread takes about a second. */
const PIECES = 20;
const PIECE_LEAST = 5_000;
const PIECE_MOST = 200_000;
const LOOK_MS = 1_000;
/** A machine that is stopped for a while looks only once, so that looks are counted and not seconds. */
const LOOKS_WITHOUT_EXECUTION_MOST = 30;
const HEAP_MB_MOST = 1_024;

const WORKER = new URL('worker.mjs', import.meta.url);

/** `state` is what an interrupted run left. */
export const createBook = (target, found = [], state = { done: 0, pieces: 0, finds: [] }) => ({
  target,
  done: state.done,
  doneBefore: state.done,
  taken: state.done,
  pieces: state.pieces,
  finds: [...state.finds],
  known: new Map([...readCorpus(target.name), ...found].map((input) => [nameOf(input), input])),
  points: 0,
  reached: 0,
  features: 0,
  slowestMs: 0,
  ms: 0,
});

/** Works off all books; `tell` gets the book after each piece and each find. */
export const runCampaign = async (books, { jobs, seed }, tell) => {
  const save = () =>
    saveState({ seed, targets: books.map(({ target, done, pieces, finds }) => ({ target, done, pieces, finds })) });
  const work = async () => {
    for (let book = nextBook(books); book !== null; book = nextBook(books)) {
      await runPiece(book, seed, tell);
      save();
    }
  };
  save();
  await Promise.all(Array.from({ length: jobs }, work));
};

/** The one that is least far, of those that have not found anything. */
const nextBook = (books) => {
  const open = books.filter(({ finds, taken, target }) => finds.length === 0 && taken < target.executions);
  const share = ({ taken, target }) => taken / target.executions;
  return open.sort((a, b) => share(a) - share(b))[0] ?? null;
};

const runPiece = async (book, seed, tell) => {
  const whole = book.target.executions;
  const size = Math.min(PIECE_MOST, Math.max(PIECE_LEAST, Math.ceil(whole / PIECES)));
  const executions = Math.min(size, whole - book.taken);
  book.taken += executions;
  book.pieces++;
  const before = performance.now();
  const done = await execute(book, { executions, seed: (seed + 7919 * book.pieces) >>> 0 }, tell);
  book.ms += performance.now() - before;
  book.done += done;
  tell.piece(book);
};

/** Resolves to the executions made. */
const execute = (book, { executions, seed }, tell) =>
  new Promise((resolve) => {
    const shared = new SharedArrayBuffer(SHARED_HEAD_BYTES + SIZE_BYTES_MOST);
    const head = new Int32Array(shared, 0, 2);
    const workerData = { target: book.target, seed, executions, known: [...book.known.values()], shared };
    const worker = new Worker(WORKER, { workerData, resourceLimits: { maxOldGenerationSizeMb: HEAP_MB_MOST } });
    const find = (input, what) => {
      const file = saveFind(book.target.name, input);
      book.finds.push({ file, what });
      tell.find(book);
    };
    const current = () => new Uint8Array(shared, SHARED_HEAD_BYTES).slice(0, head[1]);
    const watch = watchProgress(head, () => {
      find(current(), `no end after ${LOOKS_WITHOUT_EXECUTION_MOST} s`);
      worker.terminate();
    });
    worker.on('message', (message) => take(book, message, find));
    worker.on('error', (error) => find(current(), error.stack ?? String(error)));
    worker.on('exit', () => {
      clearInterval(watch);
      resolve(Atomics.load(head, 0));
    });
  });

const watchProgress = (head, onHang) => {
  let last = -1;
  let looks = 0;
  return setInterval(() => {
    const now = Atomics.load(head, 0);
    looks = now === last ? looks + 1 : 0;
    last = now;
    if (looks === LOOKS_WITHOUT_EXECUTION_MOST) onHang();
  }, LOOK_MS);
};

const take = (book, message, find) => {
  const { known, target } = book;
  switch (message.kind) {
    case 'new':
      known.set(nameOf(message.input), message.input);
      saveFound(target.name, message.input);
      break;
    case 'find':
      find(message.input, message.what);
      break;
    case 'done':
      book.points = message.points;
      book.reached = Math.max(book.reached, message.reached);
      book.features = Math.max(book.features, message.features);
      book.slowestMs = Math.max(book.slowestMs, message.slowestMs);
      break;
  }
};

/** What is left of the known inputs when those that reach nothing more are dropped. */
export const usefulInputs = (book) =>
  new Promise((resolve, reject) => {
    const shared = new SharedArrayBuffer(SHARED_HEAD_BYTES + SIZE_BYTES_MOST);
    const known = [...book.known.values()];
    const worker = new Worker(WORKER, {
      workerData: { target: book.target, seed: 0, executions: known.length, known, shared },
    });
    worker.on('message', (message) => message.kind === 'useful' && resolve(message.inputs));
    worker.on('error', reject);
    worker.on('exit', () => reject(new Error('the known inputs could not be replayed')));
  });
