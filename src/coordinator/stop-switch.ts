// How a run is told to end early. The first press lets flows end (new starts stop, the drain is short), the second ends at
// once. The command line presses it on SIGINT and SIGTERM; a program that uses the library may press it for its own reasons.

export type StopSignal = 'SIGINT' | 'SIGTERM';

/** Presses beyond the second change nothing. */
export type StopLevel = 0 | 1 | 2;

export interface StopSwitch {
  press(signal: StopSignal): void;
  /** How often it was pressed, at most 2. */
  level(): StopLevel;
  /** The signal of the first press: it decides the exit code. */
  signal(): StopSignal | null;
  /** Calls the listener on every press, and at once when it was pressed before. Returns how to stop listening. */
  onPress(listener: (level: StopLevel) => void): () => void;
}

export const createStopSwitch = (): StopSwitch => {
  let level: StopLevel = 0;
  let first: StopSignal | null = null;
  const listeners = new Set<(level: StopLevel) => void>();
  return {
    press(signal) {
      if (level === 2) return;
      level = level === 0 ? 1 : 2;
      first ??= signal;
      for (const listener of [...listeners]) listener(level);
    },
    level: () => level,
    signal: () => first,
    onPress(listener) {
      listeners.add(listener);
      if (level > 0) listener(level);
      return () => listeners.delete(listener);
    },
  };
};

/** Resolves after the time, or as soon as the switch is pressed. */
export const pauseUnlessStopped = (stop: StopSwitch, milliseconds: number): Promise<void> =>
  new Promise((resolve) => {
    let unsubscribe = (): void => {};
    const timer = setTimeout(() => {
      unsubscribe();
      resolve();
    }, milliseconds);
    unsubscribe = stop.onPress(() => {
      clearTimeout(timer);
      unsubscribe();
      resolve();
    });
  });
