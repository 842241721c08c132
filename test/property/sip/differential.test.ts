// The parser against a slow and obvious one, on arbitrary messages, right ones and damaged ones: both must agree on whether
// a message is well-formed and on every part of it.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type SlowMessage, slowParse } from '../../../src/sim/slow-parser.ts';
import { createContactCursor, createSipMessage } from '../../../src/sip/index.ts';
import { encodeAscii } from '../../../src/std/index.ts';
import { fastParse as parseBytes } from '../../fuzz/fast-message.ts';
import { damagedMessage, sipMessage } from './messages.ts';

const message = createSipMessage();
const cursor = createContactCursor();

const fastParse = (text: string): SlowMessage | null => {
  const bytes = encodeAscii(text);
  return parseBytes({ bytes, start: 0, end: bytes.length }, message, cursor);
};

describe('the parser agrees with the slow one', () => {
  it('on messages with every oddity of the grammar', () => {
    fc.assert(
      fc.property(sipMessage, (text) => {
        expect(fastParse(text)).toEqual(slowParse(text));
      }),
      { numRuns: 3000 },
    );
  });

  it('on damaged messages', () => {
    fc.assert(
      fc.property(damagedMessage, (text) => {
        expect(fastParse(text)).toEqual(slowParse(text));
      }),
      { numRuns: 3000 },
    );
  });

  it('and the arbitrary messages are of both kinds', () => {
    const sample = fc.sample(sipMessage, { numRuns: 500, seed: 1 });
    const share = sample.filter((text) => fastParse(text) !== null).length / sample.length;
    expect(share).toBeGreaterThan(0.25);
    expect(share).toBeLessThan(0.75);
  });
});
