// Text from peers and files, made harmless for a terminal: control characters (escape sequences begin with one), and
// characters that reorder or hide text, are shown as \xNN or \u{NNNN}. Everything else is left as it is.

/** Also for text that should be one line: line breaks are control characters. */
export function harmless(text: string): string {
  let safe = '';
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    if (!isHarmful(code)) safe += character;
    else if (code < 0x100) safe += `\\x${code.toString(16).padStart(2, '0')}`;
    else safe += `\\u{${code.toString(16)}}`;
  }
  return safe;
}

/** The same JSON with those characters escaped in its strings: a reader of JSON gets the text back as it was. */
export function escapedForJson(json: string): string {
  let safe = '';
  for (const character of json) {
    const isLayout = character === '\n';
    safe += isLayout || !isHarmful(character.codePointAt(0) ?? 0) ? character : jsonEscape(character);
  }
  return safe;
}

/** One escape for each UTF-16 unit (RFC 8259 §7). */
function jsonEscape(character: string): string {
  const units = Array.from({ length: character.length }, (_, at) => character.charCodeAt(at));
  return units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('');
}

/** Cut to a width in characters, with an ellipsis where something is missing. */
export function cutTo(text: string, width: number): string {
  const characters = [...text];
  return characters.length <= width ? text : `${characters.slice(0, Math.max(0, width - 1)).join('')}…`;
}

function isHarmful(code: number): boolean {
  if (code < 0x20 || (code >= 0x7f && code < 0xa0)) return true;
  // Zero-width and direction marks, line and paragraph separators, direction embeddings and isolates.
  if (code === 0xad || code === 0x61c || code === 0xfeff) return true;
  if (code >= 0x200b && code <= 0x200f) return true;
  if (code >= 0x2028 && code <= 0x202e) return true;
  if (code >= 0x2060 && code <= 0x206f) return true;
  // Half a surrogate pair, and the tag characters that repeat ASCII invisibly.
  return (code >= 0xd800 && code <= 0xdfff) || (code >= 0xe0000 && code <= 0xe007f);
}
