// What `node --trace-deopt` says on its output: that optimised code met what it was not compiled for, and was thrown away.

export interface Deopt {
  /** The function and the reason. */
  readonly what: string;
  readonly count: number;
}

const BAILOUT = /^\[bailout \(kind: [\w-]+, reason: (.*?)\): begin\. deoptimizing \S+ <JSFunction (\S*)/gm;

/** Most often first. */
export const readDeopts = (trace: string): readonly Deopt[] => {
  const counts = new Map<string, number>();
  for (const [, reason, name] of trace.matchAll(BAILOUT)) {
    const what = `${name}: ${reason}`;
    counts.set(what, (counts.get(what) ?? 0) + 1);
  }
  return [...counts].map(([what, count]) => ({ what, count })).sort((a, b) => b.count - a.count);
};
