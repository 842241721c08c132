// "Did you mean": the known word nearest to a written one, by edits (insert, delete, replace, swap neighbours). Words that
// share too little with the written one are not offered, since a wrong guess is worse than none.

const MAX_WORD = 40;

/** Optimal string alignment distance, over two rows kept plus one for swaps. */
export const editDistance = (a: string, b: string): number => {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      let best = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + cost);
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (swapped) best = Math.min(best, beforeLast[j - 2]! + 1);
      row.push(best);
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length]!;
};

/** The nearest of the known words, or null where none is near. */
export const nearestWord = (written: string, known: readonly string[]): string | null => {
  if (written.length > MAX_WORD) return null;
  const lower = written.toLowerCase();
  let best: string | null = null;
  let bestDistance = Number.POSITIVE_INFINITY;
  for (const word of known) {
    const distance = editDistance(lower, word.toLowerCase());
    if (distance < bestDistance) {
      best = word;
      bestDistance = distance;
    }
  }
  const limit = Math.max(1, Math.floor(written.length / 3));
  return bestDistance <= limit ? best : null;
};

/** `; did you mean "duration"?`, or the list of what is known where that is short, or nothing. */
export const suggestion = (written: string, known: readonly string[]): string => {
  const nearest = nearestWord(written, known);
  if (nearest !== null) return `; did you mean "${nearest}"?`;
  return known.length <= 16 ? `; known: ${known.join(', ')}` : '';
};
