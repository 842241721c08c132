// @hot
// Room for the texts of bindings and addresses-of-record: one slab of granules, from which runs of 1 to 64 of them are
// taken. A freed run goes to the list of its length; a run that is missing is cut from fresh memory, or from a longer freed
// one, whose rest goes back to its own list. A registrar's texts come in few lengths, so that lists are found filled.
//
//   granule  0        1        2        3        4
//            | user   | contact + Call-ID        | free -> next run of this length (its number in the first word)
//
// Fresh memory is touched only when it is used, so a large capacity costs nothing before it is needed.
//
// Left out on purpose: joining neighbours again. Runs only ever get shorter; a store that has seen one mixture of lengths
// and then fills up with longer ones says "full" early, which the registrar counts and answers with 503.

export const GRANULE_BYTES = 32;
const WORDS_PER_GRANULE = GRANULE_BYTES / 4;
const RUN_GRANULES_MAX = 64;
/** The longest text that can be kept. */
export const TEXT_BYTES_MAX = GRANULE_BYTES * RUN_GRANULES_MAX;

export interface TextStore {
  readonly bytes: Uint8Array;
  /** The same memory as words. */
  readonly words: Int32Array;
  readonly granules: number;
  /** First free run of each length in granules, as its granule; 0 for none. */
  readonly freeRuns: Int32Array;
  /** First granule that was never used. Granule 0 stays unused, so that 0 can mean none. */
  fresh: number;
}

export const createTextStore = (granules: number): TextStore => {
  const bytes = new Uint8Array((granules + 1) * GRANULE_BYTES);
  return {
    bytes,
    words: new Int32Array(bytes.buffer),
    granules,
    freeRuns: new Int32Array(RUN_GRANULES_MAX + 1),
    fresh: 1,
  };
};

const runLength = (lengthBytes: number): number =>
  lengthBytes === 0 ? 1 : Math.floor((lengthBytes + GRANULE_BYTES - 1) / GRANULE_BYTES);

/** The first byte of room for a text of this length (at most TEXT_BYTES_MAX), or 0 when the store is full. */
export const takeText = (store: TextStore, lengthBytes: number): number => {
  const length = runLength(lengthBytes);
  if (length > RUN_GRANULES_MAX) return 0;
  if (store.freeRuns[length] !== 0) return popRun(store, length) * GRANULE_BYTES;
  if (store.fresh + length <= store.granules + 1) {
    const granule = store.fresh;
    store.fresh += length;
    return granule * GRANULE_BYTES;
  }
  for (let longer = length + 1; longer <= RUN_GRANULES_MAX; longer++) {
    if (store.freeRuns[longer] === 0) continue;
    const granule = popRun(store, longer);
    pushRun(store, granule + length, longer - length);
    return granule * GRANULE_BYTES;
  }
  return 0;
};

/** Takes room and puts text[0, length) there; where it begins, or 0 when the store is full. */
export const keepText = (store: TextStore, text: Uint8Array, length: number): number => {
  const at = takeText(store, length);
  if (at === 0) return 0;
  for (let i = 0; i < length; i++) store.bytes[at + i] = text[i]!;
  return at;
};

/** Gives back what takeText or keepText gave for this length. */
export const releaseText = (store: TextStore, at: number, lengthBytes: number): void =>
  pushRun(store, at / GRANULE_BYTES, runLength(lengthBytes));

const popRun = (store: TextStore, length: number): number => {
  const granule = store.freeRuns[length]!;
  store.freeRuns[length] = store.words[granule * WORDS_PER_GRANULE]!;
  return granule;
};

const pushRun = (store: TextStore, granule: number, length: number): void => {
  store.words[granule * WORDS_PER_GRANULE] = store.freeRuns[length]!;
  store.freeRuns[length] = granule;
};
