// Strings to bytes and back, for cold code: start-up, diagnosis, reports and tests. Everything that runs per message stays
// on bytes (see bytes.ts).

/** The bytes of a text that is known to be ASCII; other characters keep their lowest 8 bits. */
export const encodeAscii = (text: string): Uint8Array => {
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return bytes;
};

export const encodeUtf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Bytes turned into characters in one call; far below what a call may take as arguments. */
const CHUNK_BYTES = 4096;

/** One character for each byte: never fails, and turns back into the same bytes. */
export const decodeLatin1 = (bytes: Uint8Array, start: number, end: number): string => {
  let text = '';
  for (let at = start; at < end; at += CHUNK_BYTES) {
    // A typed array is as good as the list of numbers that apply asks for, and is taken ten times as fast as a spread.
    const chunk = bytes.subarray(at, Math.min(end, at + CHUNK_BYTES)) as unknown as number[];
    text += String.fromCharCode.apply(null, chunk);
  }
  return text;
};

/** Bytes that are not UTF-8 become U+FFFD. */
export const decodeUtf8 = (bytes: Uint8Array, start: number, end: number): string =>
  new TextDecoder().decode(bytes.subarray(start, end));
