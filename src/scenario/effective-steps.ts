// What the steps of a flow do where their options say nothing: the intervals that they ask for, when a hold refreshes, and what
// follows when one fails. The plan says it, whose steps are those of the file in their order.

import type { AttemptStep, HoldStep, PlanStep } from './plan.ts';
import { formatDuration, formatPercent } from './quantities.ts';

type Origins = Map<string, string>;
type Options = Readonly<Record<string, unknown>>;

const DEFAULT = 'default';

/** `written` as the file has it, values being texts; the steps' own options are filled in. */
export const stepDefaults = (
  written: readonly unknown[],
  steps: readonly PlanStep[],
  path: string,
  origins: Origins,
): readonly unknown[] => written.map((step, at) => oneStep(step, steps[at], `${path}.${at}`, origins));

const oneStep = (written: unknown, step: PlanStep | undefined, path: string, origins: Origins): unknown => {
  const name = typeof written === 'string' ? written : (Object.keys(written as object)[0] ?? '');
  const options = (typeof written === 'string' ? {} : (written as Record<string, unknown>)[name]) as Options;
  const within = `${path}.${name}`;
  switch (step?.kind) {
    case 'attempt':
      if (typeof written === 'string') origins.delete(path);
      return { [name]: filled(options, attemptDefaults(step), within, origins) };
    case 'hold':
      return { [name]: filled(options, holdDefaults(step), within, origins) };
    case 'repeat': {
      const inner = (options.steps ?? []) as readonly unknown[];
      return { [name]: { ...options, steps: stepDefaults(inner, step.steps, `${within}.steps`, origins) } };
    }
    default:
      return written;
  }
};

const filled = (options: Options, defaults: Options, path: string, origins: Origins): Options => {
  const result: Record<string, unknown> = { ...options };
  for (const [key, value] of Object.entries(defaults)) {
    if (result[key] !== undefined) continue;
    result[key] = value;
    origins.set(`${path}.${key}`, DEFAULT);
  }
  return result;
};

const attemptDefaults = ({ expiresSeconds, onFailure }: AttemptStep): Options => ({
  ...(expiresSeconds === null ? {} : { expires: `${expiresSeconds}s` }),
  onFailure: onFailure ?? 'stop',
});

const holdDefaults = ({ leastShare, mostShare, marginUs, refresh }: HoldStep): Options => {
  const [least, most] = [formatPercent(leastShare), formatPercent(mostShare)];
  return {
    ...attemptDefaults(refresh),
    refreshAt: least === most ? least : `${least.slice(0, -1)}-${most}`,
    margin: formatDuration(marginUs),
  };
};
