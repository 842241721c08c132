// Bytes that say so when something outside a span is read: exact where poison is only likely to show it, and far too slow
// for the fuzzer, so that only the corpus is read this way.

import { Find } from './find.ts';

/** The same bytes to read from; reading one outside [start, end) throws a Find. */
export const watchBytes = (bytes: Uint8Array, start: number, end: number): Uint8Array =>
  new Proxy(bytes, {
    get: (target, key) => {
      const index = typeof key === 'string' ? Number(key) : Number.NaN;
      if (!Number.isNaN(index) && (index < start || index >= end)) {
        throw new Find(`byte ${index} was read, which is outside ${start} to ${end}`);
      }
      return Reflect.get(target, key);
    },
  });
