// docs/registrar.md: every example on it is read by the loader, and every setting is on it.

import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { loadRegistrar, loadScenario, registrarJsonSchema } from '../../../src/scenario/index.ts';
import { pathInRepository, readPage } from './page.ts';

const page = readPage('registrar.md');
const examples = [...page.matchAll(/^```yaml\n([\s\S]*?)^```$/gm)].map((match) => match[1] ?? '');
const readSecret = (): string => 'secret';

interface Node {
  readonly properties?: Readonly<Record<string, Node>>;
  readonly items?: Node;
  readonly anyOf?: readonly Node[];
  readonly enum?: readonly string[];
  readonly $ref?: string;
  readonly definitions?: Readonly<Record<string, Node>>;
}

/** The keys and words of a schema. */
const wordsOf = (node: Node): string[] => [
  ...Object.entries(node.properties ?? {}).flatMap(([key, inner]) => [key, ...wordsOf(inner)]),
  ...(node.items === undefined ? [] : wordsOf(node.items)),
  ...(node.anyOf ?? []).flatMap(wordsOf),
  ...(node.enum ?? []),
  ...Object.values(node.definitions ?? {}).flatMap(wordsOf),
];

describe('docs/registrar.md', () => {
  it.each(examples.map((text, index) => [index + 1, text] as const))('example %i is a file that works', (_, text) => {
    const load = text.includes('flow:') ? loadScenario : loadRegistrar;
    expect(() => load({ file: 'example.yaml', text, readSecret })).not.toThrow();
  });

  it('names every key and word that a registrar file may hold', () => {
    const words = [...new Set(wordsOf(registrarJsonSchema() as Node))];
    expect(words.length).toBeGreaterThan(50);
    expect(words.filter((word) => !new RegExp(`(?<![\\w-])${word}(?![\\w-])`).test(page))).toEqual([]);
  });
});

describe('scenarios/registrars', () => {
  const folder = pathInRepository('scenarios/registrars');

  it.each(readdirSync(folder))('%s loads and points editors at the schema', (name) => {
    const text = readFileSync(`${folder}/${name}`, 'utf8');
    expect(loadRegistrar({ file: name, text }).behaviour.auth?.password).toBe('secret');
    expect(text.split('\n')[0]).toBe('# yaml-language-server: $schema=../../schema/registrar.schema.json');
  });
});
