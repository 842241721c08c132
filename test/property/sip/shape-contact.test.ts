// The literals of a contact are compared once a shape, and noted when a byte of them changes. So whatever comes in whatever order,
// what is said of the only contact must be what comparing it as a whole would say.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type CompiledText,
  compileText,
  composeText,
  createBranchReader,
  createShapeTable,
  isNoted,
  isOnlyContact,
  learnShape,
  matchShape,
  type RegisterFields,
  type TemplatePiece,
} from '../../../src/sip/index.ts';
import { decodeLatin1, encodeAscii } from '../../../src/std/index.ts';

const branch = createBranchReader(1, 0);
const fieldsOf = (index: number): RegisterFields => ({
  index,
  fromTag: 0,
  cseq: 1,
  slot: 0,
  generation: 0,
  expires: 0,
});

const uriPieces = (width: number, port: string): readonly TemplatePiece[] => [
  { kind: 'text', text: 'sip:u' },
  { kind: 'index', width },
  { kind: 'text', text: `@127.0.0.1:${port}` },
];

/** `before` moves the contact to another place within a word. */
const answerTo = (uri: string, before: string, after: string): string =>
  [
    'SIP/2.0 200 OK',
    `Via: SIP/2.0/UDP 127.0.0.1:5062;branch=z9hG4bK${'0'.repeat(24)}`,
    `From: <sip:u${before}@test.example>;tag=51b0c2d4`,
    'To: <sip:u@test.example>;tag=b27e',
    'Call-ID: 8057e7f6',
    'CSeq: 1 REGISTER',
    `Contact: <${uri}>${after}`,
    '',
    '',
  ].join('\r\n');

const composed = (text: CompiledText, index: number): string => {
  const out = new Uint8Array(100);
  return decodeLatin1(out, 0, composeText(text, fieldsOf(index), branch, out, 0));
};

describe('the only contact of an answer whose shape is known', () => {
  /** Mostly ours, so that it comes to be noted; now and then another phone's, or another socket's. */
  const answer = fc.record({
    sent: fc.integer({ min: 0, max: 3 }),
    shift: fc.oneof({ arbitrary: fc.constant(0), weight: 15 }, { arbitrary: fc.constantFrom(1, 2, 3), weight: 1 }),
    port: fc.oneof(
      { arbitrary: fc.constant('40001'), weight: 15 },
      { arbitrary: fc.constantFrom('40002', '50001'), weight: 1 },
    ),
  });
  const indexes = fc.array(fc.integer({ min: 10_000_000, max: 99_999_999 }), { minLength: 4, maxLength: 4 });

  it('is ours when it is what we would send, whatever came before', () => {
    let ours = 0;
    let others = 0;
    let noted = 0;
    fc.assert(
      fc.property(
        fc.array(answer, { minLength: 10, maxLength: 60 }),
        indexes,
        fc.constantFrom(0, 8),
        fc.stringMatching(/^[0-9a-z]{0,8}$/),
        fc.constantFrom('', ';expires=1800', ';q=1'),
        (answers, numbers, width, before, after) => {
          const ownText = compileText(uriPieces(width, '40001'));
          const table = createShapeTable();
          for (const { sent, shift, port } of answers) {
            const asked = (sent + shift) % numbers.length;
            const uri = `sip:u${numbers[sent]}@127.0.0.1:${port}`;
            const bytes = encodeAscii(answerTo(uri, before, after));
            const shape = matchShape(table, bytes, 0, bytes.length);
            if (shape === null) {
              learnShape(table, bytes, 0, bytes.length);
              continue;
            }
            const isOurs = composed(ownText, numbers[asked]!) === uri;
            if (isNoted(shape)) noted++;
            expect(isOnlyContact(shape, ownText, fieldsOf(numbers[asked]!), branch)).toBe(isOurs);
            if (isOurs) ours++;
            else others++;
          }
        },
      ),
      { numRuns: 1_000 },
    );
    expect(Math.min(ours, others, noted)).toBeGreaterThan(500);
  });

  it('is compared with each text anew: contacts of two sockets in turn', () => {
    const table = createShapeTable();
    const texts = ['40001', '40002'].map((port) => compileText(uriPieces(8, port)));
    const bytesOf = (text: CompiledText, index: number): Uint8Array =>
      encodeAscii(answerTo(composed(text, index), '', ''));
    const first = bytesOf(texts[0]!, 1);
    learnShape(table, first, 0, first.length);
    for (let index = 2; index < 40; index++) {
      const [own, other] = index % 3 === 0 ? texts : [texts[1]!, texts[0]!];
      const bytes = bytesOf(own!, index);
      const shape = matchShape(table, bytes, 0, bytes.length);
      expect(shape).not.toBeNull();
      expect(isOnlyContact(shape!, own!, fieldsOf(index), branch)).toBe(true);
      expect(isOnlyContact(shape!, other!, fieldsOf(index), branch)).toBe(false);
      expect(isOnlyContact(shape!, own!, fieldsOf(index + 1), branch)).toBe(false);
    }
  });
});
