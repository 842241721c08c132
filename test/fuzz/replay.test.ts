// The short form of fuzzing: every input of the corpus through its target, which compares with the slow readers, and some
// new inputs from a seed that stands in the test's name (FUZZ_SEED=… repeats it). The long form is npm run fuzz.

import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  CONTACT_FOUND,
  createChallenge,
  createContactCursor,
  createSipMessage,
  firstContact,
  nextContact,
  parseChallenge,
  parseMessage,
} from '../../src/sip/index.ts';
import { encodeAscii } from '../../src/std/index.ts';
import { checkSpans, shapeOf } from './facts.ts';
import { Find } from './find.ts';
import { createInputs } from './inputs.ts';
import { withOnlyRow } from './only-row.ts';
import { readAgain, readBetweenPoisons, surround } from './poison.ts';
import { slowChallenge } from './slow-challenge.ts';
import * as challenge from './targets/challenge.ts';
import * as contacts from './targets/contacts.ts';
import * as parser from './targets/parser.ts';
import * as scenario from './targets/scenario.ts';
import { watchBytes } from './watched-bytes.ts';

const SEED = Number(process.env.FUZZ_SEED ?? Date.now() % 2 ** 32);
const SIZE_BYTES_MOST = 2048;

const TARGETS = [
  { name: 'parser', target: parser, fresh: 10_000 },
  { name: 'challenge', target: challenge, fresh: 20_000 },
  { name: 'contacts', target: contacts, fresh: 10_000 },
  { name: 'scenario', target: scenario, fresh: 500 },
] as const;

const corpusOf = (name: string): readonly Uint8Array[] => {
  const folder = new URL(`corpus/${name}/`, import.meta.url);
  return readdirSync(folder).map((file) => new Uint8Array(readFileSync(new URL(file, folder))));
};

const tryInput = (fuzz: (input: Uint8Array) => void, input: Uint8Array): void => {
  try {
    fuzz(input);
  } catch (error) {
    throw new Error(`the input is ${JSON.stringify(Buffer.from(input).toString('latin1'))}`, { cause: error });
  }
};

describe.each(TARGETS)('$name', ({ name, target, fresh }) => {
  const corpus = corpusOf(name);

  it('passes on every input of its corpus', () => {
    let executions = 0;
    for (const input of corpus) {
      tryInput(target.fuzz, input);
      executions++;
    }
    expect(executions).toBeGreaterThan(20);
  });

  it(`passes on ${fresh} new inputs, seed ${SEED}`, () => {
    const inputs = createInputs({
      seed: SEED,
      dictionary: target.DICTIONARY,
      known: corpus,
      sizeBytesMost: SIZE_BYTES_MOST,
    });
    const different = new Set<string>();
    for (let i = 0; i < fresh; i++) {
      const input = inputs.next();
      different.add(Buffer.from(input).toString('latin1'));
      tryInput(target.fuzz, input);
    }
    expect(different.size).toBeGreaterThan(fresh / 2);
  });
});

describe('the corpus, with every byte that is read watched', () => {
  const PADDING = new Uint8Array(64).fill(0x22);
  const message = createSipMessage();
  const cursor = createContactCursor();
  const record = createChallenge();

  const readContacts = (bytes: Uint8Array): void => {
    let found = firstContact(message, bytes, cursor);
    while (found === CONTACT_FOUND) found = nextContact(message, bytes, cursor);
  };

  it.each([
    [
      'parser',
      (bytes, start, end) => {
        parseMessage(bytes, start, end, message);
        readContacts(bytes);
      },
    ],
    ['challenge', (bytes, start, end) => void parseChallenge(bytes, start, end, record)],
    [
      'contacts',
      (bytes, start, end) => {
        withOnlyRow(message, start, end);
        readContacts(bytes);
      },
    ],
  ] as [string, (bytes: Uint8Array, start: number, end: number) => void][])('%s reads none outside', (name, read) => {
    for (const input of corpusOf(name)) {
      const { bytes, start, end } = surround(input, PADDING);
      read(watchBytes(bytes, start, end), start, end);
    }
  });
});

describe('the targets catch', () => {
  const input = encodeAscii('abc');

  it('a reader that looks one byte too far, on either side', () => {
    expect(() => readBetweenPoisons(input, (bytes, _start, end) => [bytes[end]!])).toThrow(Find);
    expect(() => readBetweenPoisons(input, (bytes, start) => [bytes[start - 1]!])).toThrow(Find);
    expect(() => watchBytes(input, 0, 2)[2]).toThrow(Find);
    expect(watchBytes(input, 0, 2)[1]).toBe(0x62);
  });

  it('a reader that writes', () => {
    const write = (bytes: Uint8Array, start: number): number[] => [bytes.fill(0, start).length];
    expect(() => readBetweenPoisons(input, write)).toThrow('written');
  });

  it('a record that remembers', () => {
    let count = 0;
    const surrounded = surround(input, new Uint8Array(64));
    expect(() =>
      readAgain(
        surrounded,
        () => [count++],
        () => [count],
      ),
    ).toThrow(Find);
  });

  it.each([
    { fromStart: 4, fromEnd: 2 },
    { fromStart: 0, fromEnd: 3 },
    { fromStart: 2, fromEnd: 9 },
    { fromStart: -1, fromEnd: 3 },
  ])('the span %o', (span) => {
    const check = (record: object): void => checkSpans(shapeOf(record), record, 2, 8);
    expect(() => check(span)).toThrow(Find);
    expect(() => check({ fromStart: 2, fromEnd: 8, toStart: -1, toEnd: -1 })).not.toThrow();
  });

  it('rows that overlap', () => {
    const record = { via: { count: 2, spans: Int32Array.of(2, 5, 4, 6) } };
    expect(() => checkSpans(shapeOf(record), record, 2, 8)).toThrow(Find);
  });

  it('what a slow reader reads otherwise', () => {
    expect(slowChallenge('Digest realm="r", nonce=n, qop="auth auth-int", stale=TRUE')).toEqual({
      realm: 'r',
      nonce: 'n',
      opaque: null,
      stale: true,
      algorithm: 0,
      hasAlgorithm: false,
      hasQop: true,
      qopAuth: true,
      qopAuthInt: true,
    });
    expect(slowChallenge('Basic x')).toBe('other scheme');
    expect(slowChallenge('Digest realm="r", realm="r", nonce="n"')).toBe('malformed');
    expect(slowChallenge('Digest realm="r" nonce="n"')).toBe('malformed');
  });
});
