// Nonces too long for the stretch of bytes that every context has, in a side table: few registrars make them, and those who
// don't should not pay for them. Bounded by the number of contexts and MOST_NONCE_BYTES (challenges.ts).

export interface LongNonces {
  /** The bytes kept for the context; none are kept for most. */
  of(context: number): Uint8Array | undefined;
  /** Bytes for the context's nonce and opaque, those it has already where the length is the same. */
  take(context: number, lengthBytes: number): Uint8Array;
  drop(context: number): void;
}

export function createLongNonces(): LongNonces {
  const kept = new Map<number, Uint8Array>();
  return {
    of: (context) => kept.get(context),
    take: (context, lengthBytes) => {
      const before = kept.get(context);
      if (before?.length === lengthBytes) return before;
      const bytes = new Uint8Array(lengthBytes);
      kept.set(context, bytes);
      return bytes;
    },
    drop: (context) => {
      if (kept.size > 0) kept.delete(context);
    },
  };
}
