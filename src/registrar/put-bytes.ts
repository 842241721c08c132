// @hot
// Writing bytes into the slab, one piece after the other. Each writer returns where the next one goes on; whoever composes has
// made sure that there is room (see compose.ts).

const CR = 0x0d;
const LF = 0x0a;

export const put = (out: Uint8Array, at: number, from: Uint8Array, start: number, end: number): number => {
  const shift = at - start;
  for (let i = start; i < end; i++) out[i + shift] = from[i]!;
  return end + shift;
};

export const putText = (out: Uint8Array, at: number, text: Uint8Array): number => put(out, at, text, 0, text.length);

export const putLineEnd = (out: Uint8Array, at: number): number => {
  out[at] = CR;
  out[at + 1] = LF;
  return at + 2;
};
