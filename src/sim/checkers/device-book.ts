// What a device of libeXosip2 knows of itself, as the checkers keep it (devices.ts); null: not known from outside.

export interface Device {
  /** 0: none yet. */
  period: number | null;
  leastBackoffs: number;
  mostBackoffs: number;
  /** When it made its last request. */
  startedUs: number;
}

export const createDevice = (): Device => ({ period: 0, leastBackoffs: 0, mostBackoffs: 0, startedUs: 0 });
