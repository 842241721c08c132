import { describe, expect, it } from 'vitest';
import * as m from '../../../src/metrics/index.ts';
import { bindingResult, mergeBindings } from '../../../src/metrics/merged-bindings.ts';
import { bindingLines } from '../../../src/report/bindings.ts';
import { encodeUtf8 } from '../../../src/std/index.ts';

const tell = (block: m.MetricsBlock, what: number, text: string): void => {
  const bytes = encodeUtf8(text);
  m.countTold(block, what, bytes, 0, bytes.length);
};

describe('what answers listed and told, as lines', () => {
  it('nothing where nothing occurred', () => {
    expect(bindingLines(bindingResult(mergeBindings([m.createMetricsBlock(1)])))).toEqual([]);
  });

  it('sums of all workers, the first text of each, and nothing that a terminal would obey', () => {
    const [one, other] = [m.createMetricsBlock(1), m.createMetricsBlock(1)];
    m.countBinding(one, m.BINDINGS_GRANTED_LESS);
    m.countBinding(other, m.BINDINGS_GRANTED_LESS);
    m.countBinding(other, m.BINDINGS_MORE);
    tell(other, m.TOLD_PATH, '<sip:e\u001b[2J\u202edge;lr>');
    tell(other, m.TOLD_PATH, '<sip:another;lr>');
    expect(bindingLines(bindingResult(mergeBindings([one, other])))).toEqual([
      '  bindings      2 granted less than asked, 1 more than asked for',
      '  told          Path in 2 answers, as <sip:e\\x1b[2J\\u{202e}dge;lr>',
    ]);
  });

  it('no line is wider than the summary', () => {
    const block = m.createMetricsBlock(1);
    for (let what = 0; what < 6; what++) m.countBinding(block, what);
    for (const what of [m.TOLD_PATH, m.TOLD_SERVICE_ROUTE, m.TOLD_PUB_GRUU, m.TOLD_TEMP_GRUU, m.TOLD_ASSOCIATED_URI]) {
      tell(block, what, 'x'.repeat(500));
    }
    const lines = bindingLines(bindingResult(mergeBindings([block])));
    expect(lines.length).toBeGreaterThan(6);
    for (const line of lines) expect([...line].length).toBeLessThanOrEqual(100);
  });
});
