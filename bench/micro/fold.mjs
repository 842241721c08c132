// The hash of the work: FNV-1a over what each operation gave, one number at a time. It is printed beside every time, so that
// no work can be optimised away or quietly become another one.

export const SEED = 0x811c9dc5 | 0;

/** Values are cut to 32 bits. */
export const fold = (hash, value) => Math.imul(hash ^ value, 0x01000193);

export const foldBytes = (hash, bytes, start, end) => {
  let folded = hash;
  for (let at = start; at < end; at++) folded = fold(folded, bytes[at]);
  return folded;
};

export const hexOf = (hash) => (hash >>> 0).toString(16).padStart(8, '0');
