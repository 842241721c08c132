// Problems in the order in which a person reads the file that has them.

import type { Place, Problem } from '../std/index.ts';

const MAX_PROBLEMS = 100;

/** By file and place, those without one last; no more than a person would read. */
export const inOrder = (problems: readonly Problem[]): readonly Problem[] => {
  const files = [...new Set(problems.map(({ place }) => place?.file))];
  const rank = (place: Place | undefined): number =>
    place === undefined ? Number.MAX_SAFE_INTEGER : place.line * 1_000_000 + Math.min(place.column, 999_999);
  const fileRank = ({ place }: Problem): number => (place === undefined ? files.length : files.indexOf(place.file));
  const sorted = [...problems].sort((a, b) => fileRank(a) - fileRank(b) || rank(a.place) - rank(b.place));
  if (sorted.length <= MAX_PROBLEMS) return sorted;
  return [...sorted.slice(0, MAX_PROBLEMS), { message: `… and ${sorted.length - MAX_PROBLEMS} more problems` }];
};
