// Which of a run's sockets lead where, when its target has been looked up again. A run has as many slots as it had targets in the
// beginning, each with its sockets. A target that is still there keeps its slot; one that is new takes the slot of one that has
// gone; and a slot without a target is chosen by nobody, while its sockets stay where they are for answers still to come.

import type { LocatedAddress } from './locate.ts';

export interface TargetSlots {
  /** By slot; null where there are fewer targets now. */
  readonly slots: readonly (LocatedAddress | null)[];
  /** For which there is no slot: the least preferred. */
  readonly left: readonly LocatedAddress[];
}

/** `places` says where the sockets of each slot lead now; `found` is sorted, the most preferred first. */
export const assignSlots = (
  places: readonly Pick<LocatedAddress, 'address' | 'port'>[],
  found: readonly LocatedAddress[],
): TargetSlots => {
  const taken = found.slice(0, places.length);
  const isAt = (target: LocatedAddress, place: (typeof places)[number]): boolean =>
    target.address === place.address && target.port === place.port;
  const staying = places.map((place) => taken.find((target) => isAt(target, place)) ?? null);
  const coming = taken.filter((target) => !staying.includes(target));
  let next = 0;
  const slots = staying.map((target) => target ?? coming[next++] ?? null);
  return { slots, left: found.slice(places.length) };
};
