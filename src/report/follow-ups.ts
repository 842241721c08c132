// What attempts did because an answer or the scenario asked for it, in a few lines, over the whole run: intervals raised after a 423,
// retries and those that the budget denied, Retry-After headers, redirects. Nothing where nothing of it happened.

import { formatCount, type RunResult } from '../metrics/index.ts';
import type { Palette } from './layout.ts';

const INDENT = '  ';

export function followUpLines({ totals, transactions }: RunResult, paint: Palette): string[] {
  const sum = (key: 'raised' | 'retries' | 'retriesDeniedByBudget'): number =>
    Object.values(totals).reduce((all, procedure) => all + procedure[key], 0);
  const { honoured, capped, malformed, ignored } = transactions.retryAfter;
  const lines: string[] = [];
  if (sum('raised') > 0) lines.push(`${formatCount(sum('raised'))} asked for a longer interval after a 423`);
  if (sum('retries') + sum('retriesDeniedByBudget') > 0) {
    const retries = sum('retries') === 1 ? '1 retry' : `${formatCount(sum('retries'))} retries`;
    lines.push(`${retries}, ${formatCount(sum('retriesDeniedByBudget'))} denied by the budget`);
  }
  if (honoured + capped + malformed + ignored > 0) {
    const parts = [`${formatCount(honoured)} honoured`, `${formatCount(capped)} capped`];
    parts.push(`${formatCount(malformed)} malformed`, `${formatCount(ignored)} ignored`);
    lines.push(`Retry-After: ${parts.join(', ')}`);
  }
  lines.push(...redirectLines(transactions.redirects));
  return lines.length === 0 ? [] : [paint.bold('What followed (whole run)'), ...lines.map((line) => INDENT + line)];
}

/** `redirects: 40 followed, 3 not followed (2 to places that redirects.to does not allow, 1 in a loop)` */
function redirectLines(redirects: RunResult['transactions']['redirects']): string[] {
  const { followed, limit, loop, notAllowed, unusable, noRoom } = redirects;
  const reasons: readonly (readonly [count: number, text: string])[] = [
    [limit, 'beyond redirects.follow'],
    [loop, 'in a loop'],
    [notAllowed, 'to places that redirects.to does not allow'],
    [unusable, 'without a usable Contact'],
    [noRoom, 'to more places than a worker has room for, or that no socket reached'],
  ];
  const ended = reasons.filter(([count]) => count > 0);
  const all = ended.reduce((sum, [count]) => sum + count, 0);
  if (followed + all === 0) return [];
  if (all === 0) return [`redirects: ${formatCount(followed)} followed`];
  const why = ended.map(([count, text]) => `${formatCount(count)} ${text}`).join(', ');
  return [`redirects: ${formatCount(followed)} followed, ${formatCount(all)} not (${why})`];
}
