// Phones that are told what to do, one thing at a time, as the library's RegistrationClient tells its own: in such a world nothing starts
// by itself. What may be told are the steps of the drawn flow, each at any time, and now and then a phone is forgotten for a new one.

import type { AttemptStep, RunPlan } from '../scenario/index.ts';
import type { Random } from '../std/index.ts';
import { US_PER_SECOND } from '../std/index.ts';
import type { ClientEvent } from './client-host.ts';

const FORGET_SHARE = 0.04;
const DRAIN_SECONDS = [0, 5, 40];

interface CommandWish {
  readonly plan: RunPlan;
  readonly count: number;
  readonly seconds: number;
  readonly workerCount: number;
}

/** By worker, soonest first; the last thing that it is told is to stop. */
export function drawCommands(random: Random, wish: CommandWish): readonly (readonly ClientEvent[])[] {
  const { plan, count, seconds, workerCount } = wish;
  const steps = plan.flow.filter((step): step is AttemptStep => step.kind === 'attempt');
  const lastUs = seconds * US_PER_SECOND;
  const events: ClientEvent[][] = Array.from({ length: workerCount }, () => []);
  for (let left = count; left > 0; left--) {
    const identity = random.between(0, plan.identities.count - 1);
    const atUs = Math.floor(random.next() * lastUs);
    const isForgotten = random.chance(FORGET_SHARE);
    const step = random.pick(steps);
    events[identity % workerCount]!.push(
      isForgotten ? { kind: 'forget', atUs, identity } : { kind: 'command', atUs, identity, step },
    );
  }
  const drainUs = random.pick(DRAIN_SECONDS) * US_PER_SECOND;
  return events.map((own) => [
    ...own.sort((one, other) => one.atUs - other.atUs),
    { kind: 'stop', atUs: lastUs, drainUs },
  ]);
}
