import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { registrarJsonSchema, scenarioJsonSchema } from '../../../src/scenario/index.ts';
import { MOST_PER_CALL } from '../../../src/transport/index.ts';
import { BATCH_SIZE } from '../../../src/transport/udp-batch.ts';

const SCHEMA_FILE = new URL('../../../schema/scenario.schema.json', import.meta.url);
const generated = `${JSON.stringify(scenarioJsonSchema(), null, 2)}\n`;

describe('the JSON Schema for editors', () => {
  it('schema/scenario.schema.json is what the program generates (UPDATE_GOLDEN=1 writes it)', () => {
    if (process.env.UPDATE_GOLDEN === '1') writeFileSync(SCHEMA_FILE, generated);
    expect(readFileSync(SCHEMA_FILE, 'utf8')).toBe(generated);
  });

  it('schema/registrar.schema.json is what the program generates', () => {
    const file = new URL('../../../schema/registrar.schema.json', import.meta.url);
    const registrar = `${JSON.stringify(registrarJsonSchema(), null, 2)}\n`;
    if (process.env.UPDATE_GOLDEN === '1') writeFileSync(file, registrar);
    expect(readFileSync(file, 'utf8')).toBe(registrar);
  });

  it('accepts registrars with rules, in a file and under target, and refuses unknown actions', () => {
    const registrar = z.fromJSONSchema(JSON.parse(JSON.stringify(registrarJsonSchema())));
    const isFine = (yaml: string): boolean => registrar.safeParse(parse(yaml)).success;
    const rules = 'rules: [{do: drop}, {when: {users: 0-9}, do: [trying, {delay: {normal: [1s, 2s]}}]}]';
    expect(isFine(`version: 1\n${rules}\nauth: {password: x, algorithms: [SHA-256]}`)).toBe(true);
    expect(isFine('version: 1\nrules: [{do: dorp}]')).toBe(false);
    expect(accepts(scenario('[register]', `target: {embedded: {${rules}}}`))).toBe(true);
    expect(accepts(scenario('[register]', 'target: {embedded: {listen: "127.0.0.1:1"}}'))).toBe(false);
    expect(accepts(scenario('[register]', 'target: embedded'))).toBe(true);
  });

  const validator = z.fromJSONSchema(JSON.parse(generated));
  const accepts = (yaml: string): boolean => validator.safeParse(parse(yaml)).success;
  const scenario = (flow: string, more = ''): string => `
version: 1
identities: { count: 10, user: "u{index}", domain: test.example }
load: { rate: 5/s, duration: 1s }
flow: ${flow}
${more}`;

  it.each(['quickstart', 'register-only', 'register-refresh-unregister', 'wildcard', 'query'])(
    'accepts the example %s',
    (name) => {
      const text = readFileSync(new URL(`../../../scenarios/${name}.yaml`, import.meta.url), 'utf8');
      expect(validator.safeParse(parse(text)).error).toBeUndefined();
    },
  );

  it('accepts steps bare, with options, nested, and thresholds without quotes', () => {
    expect(
      accepts(scenario('[register, {wait: 2s}, {repeat: {times: 2, steps: [refresh, {wait: {uniform: [1s, 2s]}}]}}]')),
    ).toBe(true);
    expect(accepts(scenario('[register]', 'thresholds: [{register.latency: p99 < 50ms}]'))).toBe(true);
  });

  it('tells the default and the bounds of local.maxBurst as the sockets have them', () => {
    const { properties } = scenarioJsonSchema() as { properties: { local: { properties: { maxBurst: object } } } };
    const { maxBurst } = properties.local.properties;
    expect(maxBurst).toMatchObject({ minimum: 1, maximum: MOST_PER_CALL });
    expect(maxBurst).toHaveProperty('description', expect.stringContaining(`default ${BATCH_SIZE}.`));
    expect(readFileSync(new URL('../../../README.md', import.meta.url), 'utf8')).toContain(
      `\`maxBurst\` (most datagrams a call, ${BATCH_SIZE})`,
    );
  });

  it('refuses unknown keys, unknown steps and values without a unit', () => {
    expect(accepts(scenario('[registr]'))).toBe(false);
    expect(accepts(scenario('[register]', 'cleanpu: none'))).toBe(false);
    expect(accepts(scenario('[{wait: 2}]'))).toBe(false);
    expect(accepts(scenario('[{query: {expires: 5s}}]'))).toBe(false);
    expect(accepts(scenario('[register]', 'drain: 5'))).toBe(false);
  });

  it('describes every key', () => {
    const undescribed: string[] = [];
    const visit = (node: Record<string, unknown>, path: string): void => {
      for (const [key, inner] of Object.entries((node.properties ?? {}) as Record<string, Record<string, unknown>>)) {
        const isUnionKey = path.startsWith('definitions.step') && typeof inner.$ref === 'string';
        if (typeof inner.description !== 'string' && !isUnionKey) undescribed.push(`${path}.${key}`);
        visit(inner, `${path}.${key}`);
      }
    };
    visit(scenarioJsonSchema() as Record<string, unknown>, '');
    visit(registrarJsonSchema() as Record<string, unknown>, 'registrar');
    expect(undescribed).toEqual([]);
  });
});
