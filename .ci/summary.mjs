// The sum of a CI run: `node .ci/summary.mjs TESTS.json NAME=EXITCODE…`. Reads vitest's JSON report, adds the other checks,
// names what failed, and ends with the line `N passed, N failed`. A test run that left no report, or that failed without a
// failing test (a file that could not be loaded, a build that broke), counts as a failure of its own.

import { readFileSync } from 'node:fs';

const [file = '', ...checks] = process.argv.slice(2);
const say = (text) => process.stdout.write(`${text}\n`);

const readReport = () => {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return null;
  }
};

const report = readReport();
const files = report?.testResults ?? [];
const tests = files.flatMap(({ name, assertionResults }) => assertionResults.map((test) => ({ ...test, file: name })));
const withStatus = (status) => tests.filter((test) => test.status === status);
const passed = withStatus('passed').length;
const skipped = tests.length - passed - withStatus('failed').length;

const failed = withStatus('failed').map(({ fullName }) => fullName);
for (const { name, status, assertionResults } of files) {
  const named = assertionResults.some((test) => test.status === 'failed');
  if (status === 'failed' && !named) failed.push(`${name}: could not be run`);
}

let passedChecks = 0;
for (const check of checks) {
  const [name, code] = check.split('=');
  if (code === '0' && (name !== 'test' || report !== null)) {
    if (name !== 'test') passedChecks += 1;
  } else if (name !== 'test' || failed.length === 0) {
    failed.push(`${name}: exit code ${code}${name === 'test' && report === null ? ', no report' : ''}`);
  }
}

for (const name of failed) say(`failed: ${name}`);
if (skipped > 0) say(`skipped: ${skipped}`);
say(`${passed + passedChecks} passed, ${failed.length} failed`);
process.exitCode = failed.length > 0 ? 1 : 0;
