// What a scenario's words become on the wire, as register-requests.md beside this file shows: the first request of each
// scenario, byte by byte. After a wanted change run it once with UPDATE_GOLDEN=1 and read the difference.

import { readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { loadScenario } from '../../src/scenario/index.ts';
import { slowParse } from '../../src/sim/slow-parser.ts';
import { createSipMessage, PARSE_OK, parseMessage } from '../../src/sip/index.ts';
import { drive, SILENT } from '../unit/engine/driver.ts';

const FILE = new URL('./register-requests.md', import.meta.url);
const ENTRY = /^## (.+)\n\n(?:.+\n)*?\n?```yaml\n([\s\S]*?)^```\n\n```sip\n([\s\S]*?)^```\n/gm;

const IDENTITIES = 'identities: { count: 1, first: 17, user: "u{index:4}", domain: test.example }\n';

const scenarioOf = (yaml: string): string =>
  [
    'version: 1\nload: { rate: 1/s, starts: 1 }\n',
    yaml.includes('target:') ? '' : 'target: sip:192.0.2.1:5060\n',
    yaml.includes('identities:') ? '' : IDENTITIES,
    yaml.includes('flow:') ? '' : 'flow: [register]\n',
    yaml,
  ].join('');

const firstRequest = (yaml: string): string => {
  const plan = loadScenario({ file: 'golden.yaml', text: scenarioOf(yaml), readText: () => 'from a file\r\n' });
  return drive({ plan, peer: SILENT, runId: 'golden', seed: 7 }).sent[0]!.text;
};

/** The driver's text has a character for each byte. */
const shown = (text: string): string => {
  const lines = Buffer.from(text, 'latin1').toString('utf8').replaceAll('\r\n', '\n');
  return lines.endsWith('\n') ? lines : `${lines}\n`;
};

const original = readFileSync(FILE, 'utf8');

if (process.env.UPDATE_GOLDEN !== undefined) {
  const updated = original.replaceAll(ENTRY, (entry, _title, yaml: string, sip: string) =>
    entry.replace(`\`\`\`sip\n${sip}\`\`\``, () => `\`\`\`sip\n${shown(firstRequest(yaml))}\`\`\``),
  );
  writeFileSync(FILE, updated);
}

const entries = [...readFileSync(FILE, 'utf8').matchAll(ENTRY)].map(([, title = '', yaml = '', sip = '']) => ({
  title,
  yaml,
  sip,
}));

describe('golden request', () => {
  it('every section of the file is a scenario and its request', () => {
    expect(entries.length).toBe(original.split(/^## /m).length - 1);
    expect(entries.length).toBeGreaterThan(10);
  });

  it.each(entries)('$title', ({ yaml, sip }) => {
    const text = firstRequest(yaml);
    expect(shown(text)).toBe(sip);
    // Both readers find one whole message in it, whose body is as long as it says.
    const bytes = new Uint8Array(Buffer.from(text, 'latin1'));
    const message = createSipMessage();
    expect(parseMessage(bytes, 0, bytes.length, message)).toBe(PARSE_OK);
    expect(message.bodyEnd).toBe(bytes.length);
    expect(message.contentLength).toBe(bytes.length - message.bodyStart);
    expect(slowParse(text)?.body.length).toBe(message.contentLength);
  });
});
