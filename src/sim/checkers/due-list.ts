// Things that fall due in the order in which they were put in: all timers of one duration are that. Taken from the front;
// what has become void meanwhile is for the taker to see.

export interface DueList<T> {
  readonly items: { readonly dueUs: number; readonly item: T }[];
  first: number;
}

const WORTH_CUTTING = 1_024;

export const createDueList = <T>(): DueList<T> => ({ items: [], first: 0 });

/** `dueUs` is at least that of the last one. */
export function addDue<T>(list: DueList<T>, dueUs: number, item: T): void {
  list.items.push({ dueUs, item });
}

/** The oldest one if it is due at `nowUs`, out of the list; else null. */
export function takeDue<T>(list: DueList<T>, nowUs: number): T | null {
  const next = list.items[list.first];
  if (next === undefined || next.dueUs > nowUs) return null;
  list.first++;
  if (list.first >= WORTH_CUTTING) {
    list.items.splice(0, list.first);
    list.first = 0;
  }
  return next.item;
}

/** All that are left, oldest first. */
export const leftOf = <T>(list: DueList<T>): T[] => list.items.slice(list.first).map(({ item }) => item);
