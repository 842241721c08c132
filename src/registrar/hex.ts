// @hot
// Hexadecimal digits back into a number.

export const HEX_MALFORMED = -1;

/** The value of exactly two hex digits at `at`, or HEX_MALFORMED. */
export const readHex2 = (bytes: Uint8Array, at: number): number => readHex(bytes, at, at + 2);

/** The value of exactly eight hex digits at `at`, as an unsigned number, or HEX_MALFORMED. */
export const readHex8 = (bytes: Uint8Array, at: number): number => readHex(bytes, at, at + 8);

const readHex = (bytes: Uint8Array, start: number, end: number): number => {
  let value = 0;
  for (let i = start; i < end; i++) {
    const byte = bytes[i]!;
    let digit = byte - 0x30;
    if (digit < 0 || digit > 9) {
      digit = (byte | 0x20) - 0x57;
      if (digit < 10 || digit > 15) return HEX_MALFORMED;
    }
    value = (value << 4) | digit;
  }
  return value >>> 0;
};
