// The library's API for registrations one at a time. `src/index.ts` gives it to programs.

/** As libeXosip2 does: the first whole second past 900, 90 % or all but six of them, never random. */
export { exosip2RefreshAfterSeconds } from '../engine/index.ts';
export type { ContactOptions } from './contacts.ts';
export type { CredentialsOptions } from './credential-store.ts';
export type { RegistrationErrorCode } from './errors.ts';
export { REGISTRATION_ERROR_CODES, RegistrationError, RegistrationFailure } from './errors.ts';
export type { FailedEvent, KeepaliveEvent, MappingEvent, RegistrationEvent, RegistrationEvents } from './events.ts';
export type { RegisterRequest, Registration, RegistrationState } from './handle.ts';
export type { HeaderValue, KeepaliveOptions, MessageBody, TimerOptions } from './plans.ts';
export type { InitialRegister, RegistrationClientOptions } from './registration-client.ts';
export { RegistrationClient } from './registration-client.ts';
export type { AttemptReport, Endpoint, MessageReport, TransactionReport } from './reports.ts';
export type { Binding, Response } from './response.ts';
export type { ClientStatistics } from './statistics.ts';
export type { FailureFacts, RefreshAfter, RetryAfter } from './timing.ts';
export { refreshAfterSeconds, retryAfterSeconds } from './timing.ts';
