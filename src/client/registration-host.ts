// What a registration needs of its client, and what is fixed for its life.

import type { Profile, RunPlan } from '../scenario/index.ts';
import type { Identity, Place } from './addresses.ts';
import type { Contacts } from './contacts.ts';
import type { StoredCredentials } from './credential-store.ts';
import type { RegistrationEvents } from './events.ts';
import type { Registration } from './handle.ts';
import type { Line } from './line.ts';
import type { RefreshAfter, RetryAfter } from './timing.ts';

/** What a registration is made of. */
export interface RegistrationInit {
  readonly rid: number;
  readonly identity: Identity;
  /** The Request-URI. */
  readonly registrar: Place;
  /** Where requests go. */
  readonly nextHop: Place;
  readonly contacts: Contacts;
  /** The Route header's value; null: none. */
  readonly route: string | null;
  readonly expires: number;
  readonly autoRefresh: boolean;
}

export interface RegistrationHost {
  readonly userAgent: string;
  readonly nat: RunPlan['nat'];
  readonly profile: Profile;
  /** Null: as the profile has it. */
  readonly refreshAfter: RefreshAfter | null;
  readonly retryAfter: RetryAfter | null;
  isClosed(): boolean;
  /** The line to a next hop: at once where it is open, else a promise. */
  lineTo(nextHop: Place): Line | Promise<Line>;
  credentialsVersion(): number;
  credentialsOf(username: string): readonly StoredCredentials[];
  /** Tells the client's listeners, after what is going on now. */
  emit<K extends keyof RegistrationEvents>(name: K, event: RegistrationEvents[K][0]): void;
  forget(registration: Registration): void;
}
