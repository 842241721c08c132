// A text through the scenario loader: a frozen plan that can be described and comes out the same once more, or a UserError
// whose places are in the text. Nothing else may come out.

import {
  describePlan,
  loadScenario,
  planLength,
  planWarnings,
  type RunPlan,
  redactScenario,
} from '../../../src/scenario/index.ts';
import { decodeUtf8, formatProblem, type Problem, UserError } from '../../../src/std/index.ts';
import { insist } from '../find.ts';

const FILE = 'fuzz.yaml';

export const DICTIONARY: readonly string[] = [
  'version: 1\n',
  'identities: ',
  'count: 1',
  'user: "u{index:8}"',
  'domain: a.example\n',
  'password: ',
  'load: {rate: 1/s, duration: 1s}\n',
  'starts: 5',
  'warmup: 1s',
  'flow:\n',
  '  - register\n',
  '  - register: { expires: 60s, headers: { X-A: b } }\n',
  '  - wait: { uniform: [1s, 2s] }\n',
  '  - repeat: { times: 2, steps: [refresh] }\n',
  '  - unregister\n',
  '  - wildcard\n',
  '  - query\n',
  '  - discard\n',
  'thresholds:\n',
  '  - "register.latency: p99 < 50ms"\n',
  '  - "all.failures: ratio < 0.1%"\n',
  'timers: { T1: 500ms }\n',
  'local: { addresses: [127.0.0.1], ports: 5060-5070 }\n',
  'cleanup: wildcard\n',
  'target: sip:127.0.0.1:5060;transport=udp\n',
  '&a ',
  '*a',
  '<<: *a\n',
  '!!str ',
  '? ',
  '|\n ',
  '---\n',
  '\r\n',
  '\t',
  '# ',
  '0x1F',
  '1e999',
  '{',
  ']',
];

export const fuzz = (input: Uint8Array): void => {
  const text = decodeUtf8(input, 0, input.length);
  const first = load(text);
  const again = load(text);
  insist(first.text === again.text, 'loading again gives something else', () => `${first.text} and ${again.text}`);
  if (first.plan === null) return;
  checkFrozen(first.plan);
  insist(describePlan(first.plan).length > 0, 'the plan has no description', () => first.text);
  planWarnings(first.plan);
  planLength(first.plan);
  redactScenario(text, '(secret)');
};

interface Loaded {
  readonly plan: RunPlan | null;
  readonly text: string;
}

const load = (text: string): Loaded => {
  try {
    const plan = loadScenario({ file: FILE, text });
    return { plan, text: JSON.stringify(plan) };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    checkProblems(error.problems, text);
    return { plan: null, text: error.message };
  }
};

const checkProblems = (problems: readonly Problem[], text: string): void => {
  insist(problems.length > 0, 'a UserError without a problem', () => '');
  const lines = text.split('\n');
  for (const problem of problems) {
    const said = formatProblem(problem);
    insist(problem.message.length > 5 && !/undefined|\[object|NaN/.test(said), 'an unclear message', () => said);
    const { place } = problem;
    if (place === undefined) {
      insist(/^… and \d+ more/.test(said), 'a problem without a place', () => said);
      continue;
    }
    const line = lines[place.line - 1];
    const inside = line !== undefined && place.column >= 1 && place.column <= line.length + 1;
    insist(inside && place.file === FILE, 'a place outside the text', () => said);
  }
};

/** The plan is a tree of a few levels; a list of what is still to be looked at stands for recursion. */
const checkFrozen = (plan: RunPlan): void => {
  const open: object[] = [plan];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    insist(Object.isFrozen(next), 'a part of the plan can be changed', () => JSON.stringify(next));
    for (const value of Object.values(next)) {
      if (typeof value === 'object' && value !== null) open.push(value);
    }
  }
};
