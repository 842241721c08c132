// Where new inputs come from: jsfuzz's corpus changes a known input (bits, ranges, digits, pieces of other inputs), with
// a seed instead of chance, and every third one gets words of the target's language besides. The same seed and the same
// known inputs give the same new ones.
//
// jsfuzz's "versifier" is left out: it takes longer than the targets, and it does not end on some inputs.

import { Corpus } from 'jsfuzz/build/src/corpus.js';
import { mix32 } from '../../src/std/index.ts';

export interface InputsOptions {
  readonly seed: number;
  readonly dictionary: readonly string[];
  readonly known: readonly Uint8Array[];
  readonly sizeBytesMost: number;
}

export interface Inputs {
  readonly next: () => Uint8Array;
  /** From now on this one is changed, too. */
  readonly keep: (input: Uint8Array) => void;
}

const WORDS_ONE_IN = 3;

class SeededCorpus extends Corpus {
  #state: number;

  constructor(seed: number) {
    super([], false);
    this.#state = mix32(seed, 0x9e3779b9);
  }

  override rand(limit: number): number {
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    return Math.floor((mix32(this.#state, 0x85ebca6b) / 2 ** 32) * limit);
  }

  override randBool(): boolean {
    return this.rand(2) === 1;
  }
}

export const createInputs = ({ seed, dictionary, known, sizeBytesMost }: InputsOptions): Inputs => {
  const corpus = new SeededCorpus(seed);
  const words = dictionary.map((word) => Buffer.from(word, 'latin1'));
  const keep = (input: Uint8Array): void => corpus.putBuffer(Buffer.from(input));
  for (const input of known) keep(input);
  const next = (): Uint8Array => {
    let input = corpus.generateInput();
    if (corpus.rand(WORDS_ONE_IN) === 0) input = withWord(input, words, corpus);
    return input.length > sizeBytesMost ? input.subarray(0, sizeBytesMost) : input;
  };
  return { next, keep };
};

/** A word somewhere, before what stands there or instead of some of it. */
const withWord = (input: Buffer, words: readonly Buffer[], corpus: SeededCorpus): Buffer => {
  const word = words[corpus.rand(words.length)]!;
  const at = corpus.rand(input.length + 1);
  const after = corpus.randBool() ? at : Math.min(input.length, at + 1 + corpus.rand(2 * word.length));
  return Buffer.concat([input.subarray(0, at), word, input.subarray(after)]);
};
