// What a plan says of redirects (3xx answers).

/** A place where redirects may lead. Null: any port. */
export type RedirectRule =
  | { readonly kind: 'range'; readonly address: number; readonly bits: number; readonly port: number | null }
  | { readonly kind: 'name'; readonly host: string; readonly port: number | null };

export interface PlanRedirects {
  /** So many in one attempt, at least 1. */
  readonly follow: number;
  /** Null: to the addresses of the run's targets and to the hosts that the scenario names anyway, whatever the port. */
  readonly to: readonly RedirectRule[] | null;
}
