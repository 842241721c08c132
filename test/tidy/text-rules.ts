// Rules about the bare text of any tracked file, whatever its language: nothing that only makes sense on one machine.

import type { Violation } from './source.ts';

const MACHINE_PATH = /(?:^|[^\w/.-])\/(?:work|root|home)\/[A-Za-z0-9_.]/;
const RESOLVED = /"resolved": "https?:/;

export const textIsPortable = (path: string, text: string): readonly Violation[] => {
  if (text.includes('\0')) return [];
  const violations: Violation[] = [];
  for (const [index, content] of text.split('\n').entries()) {
    const line = index + 1;
    if (MACHINE_PATH.test(content)) {
      violations.push({ path, line, what: 'path of one machine', instead: 'write it relative to the repository' });
    }
    if (path.endsWith('package-lock.json') && RESOLVED.test(content)) {
      violations.push({ path, line, what: 'package host', instead: 'leave the host out of the lock file' });
    }
  }
  return violations;
};
