// The node of a file that a message about a path points at.

import { isCollection, type Node } from 'yaml';
import type { TreeReader } from './read-tree.ts';

/** Where to point for a path: at its value, at its key where the value is a whole section, else at the nearest key above. */
export const nodeNear = (reader: TreeReader, path: string): Node | null => {
  const own = reader.nodes.get(path);
  if (own !== undefined && !isCollection(own)) return own;
  const parts = path.split('.');
  for (let length = parts.length; length > 0; length--) {
    const key = reader.keys.get(parts.slice(0, length).join('.'));
    if (key !== undefined) return key;
  }
  return reader.document.yaml.contents as Node | null;
};
