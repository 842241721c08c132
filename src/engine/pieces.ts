// Pieces of request texts that several texts are made of.

import type { TemplatePiece } from '../sip/index.ts';

export const text = (value: string): TemplatePiece => ({ kind: 'text', text: value });

/** RFC 3261 §25.1 quoted-pair: what would end the quoted string, or escape in it, is escaped. */
export const escapeQuoted = (pieces: readonly TemplatePiece[]): readonly TemplatePiece[] =>
  pieces.map((piece) => (piece.kind === 'text' ? text(piece.text.replace(/["\\]/g, '\\$&')) : piece));
