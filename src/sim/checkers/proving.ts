// What the registrar's file says of its knowing the secret (proofs.ts).

export interface Proving {
  readonly kind: 'none' | 'right' | 'wrong';
  /** It asks as a proxy alone. */
  readonly isProxy: boolean;
}
