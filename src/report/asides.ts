// What a run had to do besides registering, as lines of the summary: nothing where nothing of the kind happened.

import { formatCount } from '../metrics/index.ts';
import type { RunResult } from '../metrics/run-result.ts';
import { wrappedList } from './layout.ts';

/** Behind the lines of transactions and contexts. */
export function asideLines({ incoming }: RunResult): string[] {
  const asked = Object.entries(incoming.requests).map(([method, count]) => `${method} × ${formatCount(count)}`);
  if (asked.length === 0 && incoming.keepalives === 0) return [];
  const answered = Object.entries(incoming.answers).map(
    ([status, count]) => `answered ${status} × ${formatCount(count)}`,
  );
  const rest = [
    ...(incoming.unanswered > 0 ? [`${formatCount(incoming.unanswered)} unanswered`] : []),
    ...(incoming.keepalives > 0 ? [`${formatCount(incoming.keepalives)} keepalives of the peer`] : []),
  ];
  return wrappedList('  incoming      ', [...asked, ...answered, ...rest]);
}
