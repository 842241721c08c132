// Which class each byte belongs to (RFC 3261 §25.1), one bit a class. Built once; characters.ts asks it.

export const CLASS_TOKEN = 1;
export const CLASS_LWS = 2;
/** The inside of a URI scheme. */
export const CLASS_SCHEME = 4;
/** What a URI may hold where it is embedded in a line or a header. */
export const CLASS_URI = 8;

/** A parameter's value without quotes. */
export const CLASS_PARAMETER_VALUE = 16;
/** A host name or IPv4 address. The underscore is not legal in a name, but names with it are in use. */
export const CLASS_HOST = 32;
/** An IPv6 address between its brackets. */
export const CLASS_IPV6 = 64;

const LETTERS = 'abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ';
const DIGITS = '0123456789';
const FIRST_VISIBLE = 0x21;
const DELETE = 0x7f;

export const characterTable = (): Uint8Array => {
  const table = new Uint8Array(256);
  const mark = (characters: string, bit: number): void => {
    for (let i = 0; i < characters.length; i++) {
      const code = characters.charCodeAt(i);
      table[code] = table[code]! | bit;
    }
  };
  mark(`${LETTERS}${DIGITS}-.!%*_+\`'~`, CLASS_TOKEN);
  mark(' \t\r\n', CLASS_LWS);
  mark(`${LETTERS}${DIGITS}+-.`, CLASS_SCHEME);
  mark(`${LETTERS}${DIGITS}-._`, CLASS_HOST);
  mark('abcdefABCDEF0123456789:.', CLASS_IPV6);
  for (let code = 0; code < 256; code++) {
    if (!' \t\r\n;,"'.includes(String.fromCharCode(code))) table[code] = table[code]! | CLASS_PARAMETER_VALUE;
  }
  // Everything visible but the delimiters that end a URI where it is embedded; bytes of UTF-8 are let through.
  for (let code = FIRST_VISIBLE; code < 256; code++) {
    if (code !== DELETE && !'"<>'.includes(String.fromCharCode(code))) table[code] = table[code]! | CLASS_URI;
  }
  return table;
};
