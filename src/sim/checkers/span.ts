/** A moment that is known only to lie between two. */
export interface Span {
  readonly lowUs: number;
  readonly highUs: number;
}
