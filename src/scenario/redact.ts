// A scenario's text without its secrets, for storing beside a result: the values of secret keys are replaced where they
// stand, everything else stays as it was written, comments included. An alias loses the value that it stands for.
//
// Works on any text: one that is no YAML has been refused before, and is returned as it is.

import { isAlias, isNode, isScalar, type Node, parseDocument, visit } from 'yaml';

const SECRET_KEYS: readonly string[] = ['password', 'ha1'];

/** From and to, in characters. */
type Range = readonly [number, number];

const rangeOf = (node: Node): Range | null =>
  node.range === null || node.range === undefined ? null : [node.range[0], node.range[1]];

/** `replacement` must be a plain YAML scalar. */
export const redactScenario = (text: string, replacement: string): string => {
  const document = parseDocument(text);
  const secrets: Range[] = [];
  const add = (node: Node | undefined): void => {
    const range = node === undefined ? null : rangeOf(node);
    if (range !== null) secrets.push(range);
  };
  visit(document, {
    Pair: (_, pair) => {
      if (!isScalar(pair.key) || !SECRET_KEYS.includes(String(pair.key.value)) || !isNode(pair.value)) return;
      add(isAlias(pair.value) ? pair.value.resolve(document) : pair.value);
    },
  });
  return withoutRanges(text, secrets, replacement);
};

/** From the end, so that earlier places stay valid; a secret that was found twice is replaced once. */
const withoutRanges = (text: string, ranges: readonly Range[], replacement: string): string => {
  let result = text;
  let limit = text.length + 1;
  for (const [start, end] of [...ranges].sort((a, b) => b[0] - a[0])) {
    if (start >= limit) continue;
    const tail = result.slice(end);
    // A block scalar ends with its line break, which belongs to the next key.
    result = `${result.slice(0, start)}${replacement}${text[end - 1] === '\n' ? '\n' : ''}${tail}`;
    limit = start;
  }
  return result;
};
