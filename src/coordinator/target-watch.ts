// The target is looked up again when its records' time to live is over (RFC 3263 §4: availability is to be flushed in the end),
// once for all workers, which find the answer in the target table. A look-up that fails changes nothing and is tried again: a
// name server that is down for a while must not end a load that goes on without it.
//
// A run keeps the number of targets that it began with; see scenario/target-slots.ts.

import type { LocatedAddress, RunPlan, UriTarget } from '../scenario/index.ts';
import { assignSlots } from '../scenario/index.ts';
import { US_PER_MS, US_PER_SECOND } from '../std/index.ts';
import { createNameResolver, hostlessKind, isPublicAddress, parseIpv4 } from '../transport/index.ts';
import { CTL_TARGETS } from '../worker/messages.ts';
import { createTargetTable, writeTargets } from '../worker/target-table.ts';
import type { Control } from './control.ts';
import { addressText, type LocatedTarget, type LocateOptions, locate } from './target.ts';

export interface TargetWatchOptions extends LocateOptions {
  readonly plan: RunPlan;
  /** What the look-up before the run gave; null for the embedded registrar. */
  readonly located: LocatedTarget | null;
  readonly slots: number;
  readonly observer: { notice(text: string): void; warning(text: string): void };
}

export interface TargetWatch {
  /** What workers read; null: nothing will be written. */
  readonly table: SharedArrayBuffer | null;
  /** From the load's start on; the function that it returns ends it. */
  start(control: Control): () => void;
  /** Where each slot leads; null: as in the beginning. */
  places(): readonly LocatedAddress[] | null;
}

/** Records with a time to live of 0 are not asked for with every request. */
const SHORTEST_MS = 1_000;
const AGAIN_MS = 5_000;
const TIMER_MS_MAX = 2 ** 31 - 1;
const MS_PER_SECOND = US_PER_SECOND / US_PER_MS;

export const createTargetWatch = (options: TargetWatchOptions): TargetWatch => {
  const { plan, located, slots } = options;
  const { target } = plan;
  const ttlSeconds = located?.ttlSeconds ?? null;
  if (target.kind === 'embedded' || located === null || ttlSeconds === null) {
    return { table: null, start: () => () => {}, places: () => null };
  }
  const table = createTargetTable(slots);
  const look = createLook(options, target, located, table);
  return {
    table,
    places: look.places,
    start: (control) => {
      let timer: NodeJS.Timeout | null = null;
      let isOver = false;
      const schedule = (ms: number): void => {
        timer = setTimeout(
          async () => {
            const nextMs = await look.again(control, () => isOver);
            if (nextMs !== null && !isOver) schedule(nextMs);
          },
          Math.min(TIMER_MS_MAX, ms),
        );
      };
      schedule(restMs(ttlSeconds));
      return () => {
        isOver = true;
        if (timer !== null) clearTimeout(timer);
      };
    },
  };
};

const restMs = (ttlSeconds: number): number => Math.max(SHORTEST_MS, ttlSeconds * MS_PER_SECOND);

interface Look {
  /** Looks once more; how long to wait until the next time, or null when what was found holds for good. */
  again(control: Control, isOver: () => boolean): Promise<number | null>;
  places(): readonly LocatedAddress[];
}

const createLook = (
  options: TargetWatchOptions,
  target: UriTarget,
  located: LocatedTarget,
  table: SharedArrayBuffer,
): Look => {
  const resolver = createNameResolver({ server: options.dns ?? target.dns ?? null });
  let places = located.targets.slice(0, options.slots);
  let edition = 0;
  const told = new Set<string>();
  const tellOnce = (text: string): void => {
    if (!told.has(text)) options.observer.warning(text);
    told.add(text);
  };
  return {
    places: () => places,
    again: async (control, isOver) => {
      const found = await locate(target, resolver);
      if (isOver()) return null;
      if (found.kind === 'failed') {
        tellOnce(`looked up again: ${found.message}; the load goes on to ${addressText(places)}`);
        return AGAIN_MS;
      }
      const strange = found.targets.find(({ address }) => isNoPlaceForLoad(address, options.allowPublic));
      if (strange !== undefined) {
        const is = hostlessKind(strange.address) ?? 'a public address';
        tellOnce(`looked up again: ${strange.address} is ${is}; the load goes on to ${addressText(places)}`);
        return found.ttlSeconds === null ? null : restMs(found.ttlSeconds);
      }
      const { slots, left } = assignSlots(places, found.targets);
      if (left.length > 0)
        tellOnce(`looked up again: no socket for ${addressText(left)}, which the run did not begin with`);
      const before = addressText(places);
      places = places.map((place, slot) => slots[slot] ?? place);
      if (addressText(places) !== before)
        options.observer.notice(`looked up again: ${target.text} is ${addressText(found.targets)}`);
      edition += 1;
      const rows = slots.map((slot) => (slot === null ? null : { ...slot, address: parseIpv4(slot.address) }));
      writeTargets(table, edition, rows);
      Atomics.store(control.lanes, CTL_TARGETS, edition);
      return found.ttlSeconds === null ? null : restMs(found.ttlSeconds);
    },
  };
};

const isNoPlaceForLoad = (address: string, allowPublic: boolean): boolean =>
  hostlessKind(address) !== null || (!allowPublic && isPublicAddress(address));
