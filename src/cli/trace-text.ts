// Messages as they went over the wire, for reading: a line that says which way and when, then the message, indented. Bytes of
// a peer that would move the cursor or change colours are made visible.

import type { TracedMessage } from '../coordinator/index.ts';
import { harmless } from '../report/index.ts';
import { US_PER_MS } from '../std/index.ts';

const INDENT = '    ';

const milliseconds = (us: number): string => `${(us / US_PER_MS).toFixed(3)} ms`;

/** Times count from the first message. */
export const traceText = (messages: readonly TracedMessage[]): string => {
  const startUs = messages[0]?.atUs ?? 0;
  return messages.map((message) => oneMessage(message, startUs)).join('');
};

const oneMessage = ({ direction, atUs, text }: TracedMessage, startUs: number): string => {
  const head = `${direction === 'sent' ? '>>>' : '<<<'} ${direction} after ${milliseconds(atUs - startUs)}`;
  const lines = text
    .replace(/(\r?\n)+$/, '')
    .split(/\r?\n/)
    .map((line) => `${INDENT}${harmless(line)}`.trimEnd());
  return `${head}\n${lines.join('\n')}\n\n`;
};
