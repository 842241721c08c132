// What a phone in a hold waits for after a refresh that failed (holds.ts).

/** After a refresh that ended otherwise than well, and whose hold goes on: from when it rests, and before when it is not to come again. */
export interface Rest {
  /** Null: not known exactly. */
  readonly fromUs: number | null;
  readonly toldLowUs: number;
  readonly toldHighUs: number;
}
