import { describe, expect, it } from 'vitest';
import { judgeReadiness } from '../../../src/gate/index.ts';
import { readinessJson, readinessText } from '../../../src/report/index.ts';
import { type Changes, factsWith } from '../gate/readiness-facts.ts';

const reportOf = (changes: Changes = {}) => {
  const facts = factsWith(changes);
  return {
    tool: { name: 'regstorm', version: '1.2.3' },
    scenario: { name: 'gate', hash: '0123456789abcdef' },
    facts,
    readiness: judgeReadiness(facts),
  };
};

const UNREADY: Changes = {
  machine: { openFiles: { soft: 10, hard: 1_000 }, loadAverage: 4, governor: null },
};

describe('the text', () => {
  it('says the verdict, what it is for, and one line for each check', () => {
    const lines = readinessText(reportOf(), false).split('\n');
    expect(lines.slice(0, 6)).toEqual([
      'READY  gate: nothing that it needs is missing',
      'sip:registrar.example:5060 · udp-batch · 1 worker · 3,000/s attempts · 10,000 contexts',
      '',
      '  ✓ target          sip:registrar.example:5060 is 192.168.0.9, another machine; needed: an IPv4',
      '                    address',
      '  ✓ transport       udp-batch; needed: udp-batch',
    ]);
    expect(lines.filter((line) => line.startsWith('  ✓ '))).toHaveLength(14);
  });

  it('has the mending command on a line of its own below, and what is not known at the end', () => {
    const text = readinessText(reportOf(UNREADY), false);
    expect(text).toContain('NOT READY  gate: 1 of what it needs is missing, 1 warning (exit code 2)\n');
    expect(text).toContain('  ✗ open files      at most 10; needed: about 60\n                    ulimit -n 128\n');
    expect(text).toContain('  ! other work      load average 4.00; needed: processors left for the run\n');
    expect(text).toMatch(/ {2}- processor clock the machine does not tell its governor\n$/);
  });

  it('never breaks a command, and keeps all else within 100 columns', () => {
    const command = `ss ${'x'.repeat(200)}`;
    const problems = [{ code: 'X', message: 'a word '.repeat(40), hint: command, localPort: 0 }];
    const lines = readinessText(reportOf({ sockets: { problems } }), false).split('\n');
    expect(lines).toContain(' '.repeat(20) + command);
    expect(lines.filter((line) => [...line].length > 100 && !line.includes('xxx'))).toEqual([]);
  });

  it('colours only when asked to, and what a name hides is shown', () => {
    expect(readinessText(reportOf(UNREADY), true)).toContain('\u001b[31m  ✗ open files');
    const text = readinessText(reportOf({ target: { name: 'sip:\u001b[2J' } }), false);
    expect(text).not.toContain('\u001b');
    expect(text).toContain('sip:\\x1b[2J');
  });
});

describe('the JSON', () => {
  it('has the verdict, the checks with their commands, and the facts', () => {
    const json = JSON.parse(readinessJson(reportOf(UNREADY)));
    expect([json.schemaVersion, json.verdict, json.exitCode, json.tool.version]).toEqual([1, 'not-ready', 2, '1.2.3']);
    expect(json.checks).toContainEqual({
      check: 'open files',
      status: 'missing',
      is: 'at most 10',
      needed: 'about 60',
      mend: ['ulimit -n 128'],
    });
    expect(json.facts.machine.openFiles).toEqual({ soft: 10, hard: 1_000 });
  });

  it('an unlimited number is null', () => {
    const openFiles = { soft: Number.POSITIVE_INFINITY, hard: Number.POSITIVE_INFINITY };
    const json = JSON.parse(readinessJson(reportOf({ machine: { openFiles } })));
    expect(json.facts.machine.openFiles).toEqual({ soft: null, hard: null });
  });
});
