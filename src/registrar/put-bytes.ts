// @hot
// Writing bytes into the slab, one piece after the other. Each writer returns where the next one goes on; whoever composes has
// made sure that there is room (see compose.ts).

export { putSpan as put, putText } from '../std/index.ts';

const CR = 0x0d;
const LF = 0x0a;

export const putLineEnd = (out: Uint8Array, at: number): number => {
  out[at] = CR;
  out[at + 1] = LF;
  return at + 2;
};
